//! One exchange with the SDK: `minimal-sts-sdk SERVER IDENTITY_POOL`, with the subject token in the
//! environment.

use std::env;
use std::error::Error;

use sts_sdk::Client;
use sts_sdk::TokenExchangeRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let server = arguments.next().ok_or("no server")?;
    let pool = arguments.next().ok_or("no identity pool")?;
    let request = TokenExchangeRequest::builder()
        .identity_pool_id(pool)
        .subject_token(env::var("SUBJECT_TOKEN")?);
    let token = Client::for_base_url(&server)?.exchange(request).await?;
    println!("a token for {} s", token.lifetime().as_secs());
    Ok(())
}
