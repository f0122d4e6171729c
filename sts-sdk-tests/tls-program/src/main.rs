//! Does one thing with TLS and says what came of it: `tls-program ACT SERVER`, with the root certificate of the server
//! in the environment.

use std::env;
use std::error::Error;

use sts_sdk::Client;
use sts_sdk::TokenExchangeRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    #[cfg(feature = "install-ring")]
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a provider was installed before")?;
    let mut arguments = env::args().skip(1);
    let act = arguments.next().ok_or("no act")?;
    let server = arguments.next().ok_or("no server")?;
    let outcome = match act.as_str() {
        "reqwest" => of_reqwest(&server).await,
        "rustls" => of_rustls(),
        "exchange" => {
            let builder = Client::builder().base_url(server);
            of_exchange(builder.root_certificates(env::var("ROOT")?)).await
        }
        "exchange with a client certificate" => {
            let builder = Client::builder().base_url(server);
            let builder = builder.root_certificates(env::var("ROOT")?);
            of_exchange(builder.client_certificate(env::var("CHAIN")?, env::var("KEY")?)).await
        }
        "configured exchange" => {
            let builder = Client::builder().base_url(server);
            of_exchange(builder.http_client(|builder| builder)).await
        }
        _ => Err("no such act".into()),
    };
    match outcome {
        Ok(outcome) => println!("{outcome}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}

/// Which TLS library a plain client of `reqwest` uses, by what it says of a certificate that nobody trusts.
async fn of_reqwest(server: &str) -> Result<&'static str, Box<dyn Error>> {
    let client = reqwest::Client::new();
    let error = client.get(server).send().await.err().ok_or("it trusts")?;
    let mut text = String::new();
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(said) = cause {
        text = said.to_string();
        cause = said.source();
    }
    Ok(match text {
        text if text.contains("UnknownIssuer") => "rustls",
        text if text.contains("scheme is not http") => "no TLS",
        text if text.contains("certificate") => "native-tls",
        text => return Err(text.into()),
    })
}

/// A configuration that leaves it to rustls which provider it uses.
fn of_rustls() -> Result<&'static str, Box<dyn Error>> {
    #[cfg(feature = "rustls")]
    {
        drop(rustls::ClientConfig::builder());
        Ok("works")
    }
    #[cfg(not(feature = "rustls"))]
    Err("rustls is not in the build".into())
}

async fn of_exchange(builder: sts_sdk::ClientBuilder) -> Result<&'static str, Box<dyn Error>> {
    let request = TokenExchangeRequest::builder()
        .identity_pool_id("p")
        .subject_token("t");
    builder.build()?.exchange(request).await?;
    Ok("works")
}
