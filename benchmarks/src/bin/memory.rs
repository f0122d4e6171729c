//! Counts what a token provider keeps on the heap, over many that share one client and hold a token of
//! 1.1 KiB each.

use std::alloc::System;
use std::net::TcpListener;
use std::thread;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::{Client, Secret, TokenProvider};
use sts_sdk_benchmarks::exchange::Failure;
use sts_sdk_benchmarks::{server, token};
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PROVIDERS: usize = 1000;

fn main() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = Client::for_base_url(&format!("http://{}", listener.local_addr()?))?;
    thread::spawn(move || server::serve(&listener));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&client))
}

async fn measure(client: &Client) -> Result<(), Failure> {
    // The connection, and what else is made once, is not a provider's.
    let first = provider(client).await?;
    let mut providers = Vec::with_capacity(PROVIDERS);
    let before = ALLOCATOR.stats();
    for _ in 0..PROVIDERS {
        providers.push(provider(client).await?);
    }
    // Lets refreshes that are done be taken down.
    tokio::task::yield_now().await;
    let made = ALLOCATOR.stats() - before;
    let bytes = made.bytes_allocated - made.bytes_deallocated;
    let blocks = made.allocations - made.deallocations;
    println!("| | bytes | blocks |");
    println!("| --- | ---: | ---: |");
    println!(
        "| a provider with a token | {} | {} |",
        bytes / PROVIDERS,
        blocks / PROVIDERS
    );
    drop((first, providers));
    Ok(())
}

/// Its subject token is made when it is wanted, so that only the access token is kept.
async fn provider(client: &Client) -> Result<TokenProvider, Failure> {
    let tokens = TokenProvider::builder()
        .client(client.clone())
        .identity_pool_id("pool-abc")
        .subject_token(|| async { Ok::<_, SubjectTokenError>(Secret::from(token::jwt())) })
        .build()?;
    tokens.warm_up().await?;
    Ok(tokens)
}
