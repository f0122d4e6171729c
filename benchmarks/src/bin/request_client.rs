//! Makes authenticated requests one after the other: `request_client KIND ADDRESS REQUESTS`.

use sts_sdk_benchmarks::exchange::Failure;
use sts_sdk_benchmarks::request;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, address, requests] = arguments.as_slice() else {
        return Err("usage: request_client KIND ADDRESS REQUESTS".into());
    };
    request::run(kind, address, (0, requests.parse()?), || ())?;
    Ok(())
}
