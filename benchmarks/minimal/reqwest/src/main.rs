//! One exchange with reqwest alone: `minimal-reqwest SERVER IDENTITY_POOL`, with the subject token in the
//! environment.

use std::env;
use std::error::Error;

use serde::Deserialize;

#[derive(Deserialize)]
struct Reply {
    access_token: String,
    expires_in: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let server = arguments.next().ok_or("no server")?;
    let pool = arguments.next().ok_or("no identity pool")?;
    let subject_token = env::var("SUBJECT_TOKEN")?;
    let response = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?
        .post(format!("{server}/sts/v1/oauth2/token"))
        .form(&[
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            ("identity_pool_id", pool.as_str()),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
            ("subject_token", subject_token.as_str()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ])
        .send()
        .await?;
    let reply: Reply = response.error_for_status()?.json().await?;
    if reply.access_token.is_empty() {
        return Err("the access token is empty".into());
    }
    println!("a token for {} s", reply.expires_in);
    Ok(())
}
