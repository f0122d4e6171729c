//! Asks a source of subject tokens once, as a process whose environment is a platform's, and prints what came of it:
//! `token …`, `transient …` or `permanent …`.

use std::process::ExitCode;

use sts_sdk::TokenProvider;
use sts_sdk::subject_token::{
    AzurePipelines, ClientCredentials, GitHubActions, GoogleMetadata, HttpToken, ManagedIdentity,
    SubjectTokenSource,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if arguments == ["provider"] {
        match TokenProvider::from_env() {
            Ok(tokens) => match tokens.token().await {
                Ok(token) => println!("token {}", token.secret().expose_secret()),
                Err(error) => println!("{error}"),
            },
            Err(error) => println!("not built: {error}"),
        }
        return ExitCode::SUCCESS;
    }
    let source: Box<dyn SubjectTokenSource> = match arguments[..] {
        ["azure-pipelines", connection] => Box::new(AzurePipelines::new(connection)),
        ["azure-workload-identity", scope] => {
            match ClientCredentials::azure_workload_identity(scope) {
                Ok(source) => Box::new(source),
                Err(error) => {
                    println!("not built: {error}");
                    return ExitCode::SUCCESS;
                }
            }
        }
        ["github", audience] => Box::new(GitHubActions::new(audience)),
        ["google", audience] => Box::new(GoogleMetadata::new(audience)),
        ["managed-identity", resource] => Box::new(ManagedIdentity::new(resource)),
        ["managed-identity", resource, "client-id", id] => {
            Box::new(ManagedIdentity::new(resource).client_id(id))
        }
        ["managed-identity", resource, "object-id", id] => {
            Box::new(ManagedIdentity::new(resource).object_id(id))
        }
        ["managed-identity", resource, "resource-id", id] => {
            Box::new(ManagedIdentity::new(resource).resource_id(id))
        }
        ["managed-identity", resource, "arc-keys", folder] => {
            Box::new(ManagedIdentity::new(resource).arc_key_folder(folder))
        }
        ["vault", role] => Box::new(HttpToken::vault(role)),
        _ => {
            eprintln!("no such source");
            return ExitCode::from(2);
        }
    };
    match source.subject_token().await {
        Ok(token) => println!("token {}", token.secret().expose_secret()),
        Err(error) if error.is_transient() => println!("transient {error}"),
        Err(error) => println!("permanent {error}"),
    }
    ExitCode::SUCCESS
}
