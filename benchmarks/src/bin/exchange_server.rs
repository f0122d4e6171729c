//! Serves exchanges in a process of its own, so that what a client costs is the client's alone. Prints its
//! address.

use std::net::TcpListener;

use sts_sdk_benchmarks::exchange::Failure;
use sts_sdk_benchmarks::server;

fn main() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    server::serve(&listener);
    Ok(())
}
