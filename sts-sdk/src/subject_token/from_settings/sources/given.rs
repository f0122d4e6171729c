//! Subject tokens that somebody else has put in place.

use std::path::Path;
use std::sync::Arc;

use crate::settings::{Reader, setting};
use crate::subject_token::environment::EnvironmentVariable;
use crate::subject_token::file::{CONVENTIONAL, TokenFile};
use crate::subject_token::from_settings::made::Made;
use crate::subject_token::static_token::StaticToken;
use crate::subject_token::variables;

pub(in super::super) fn file(reader: &mut Reader<'_>) -> Made {
    // Where Kubernetes projects a token for this, no setting is needed.
    let path = match reader.text(&setting::TOKEN_FILE) {
        None if Path::new(CONVENTIONAL).exists() => CONVENTIONAL.to_owned(),
        None => reader.required(
            &setting::TOKEN_FILE,
            "the file that holds the subject token",
        )?,
        Some(path) => path,
    };
    Some(Arc::new(TokenFile::new(path)))
}

pub(in super::super) fn aws_file(reader: &mut Reader<'_>) -> Made {
    file_of_platform(reader, "AWS_WEB_IDENTITY_TOKEN_FILE")
}

pub(in super::super) fn azure_file(reader: &mut Reader<'_>) -> Made {
    file_of_platform(reader, "AZURE_FEDERATED_TOKEN_FILE")
}

fn file_of_platform(reader: &mut Reader<'_>, variable: &str) -> Made {
    let path = variables::text(variable);
    if path.is_none() {
        reader.no_subject_token(format!(
            "the environment variable {variable} is not set; run this in a pod whose service account has it"
        ));
    }
    Some(Arc::new(TokenFile::new(path?.trim())))
}

pub(in super::super) fn token(reader: &mut Reader<'_>) -> Made {
    let token = reader.secret(&setting::TOKEN);
    if token.is_none() {
        reader.missing(&setting::TOKEN, "the subject token");
    }
    Some(Arc::new(StaticToken::new(token?)))
}

pub(in super::super) fn variable(reader: &mut Reader<'_>) -> Made {
    let what = "the name of the environment variable that holds the subject token";
    let name = reader.required(&setting::TOKEN_VARIABLE, what)?;
    Some(Arc::new(EnvironmentVariable::new(name)))
}
