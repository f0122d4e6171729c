//! Subject tokens that somebody else has put in place.

use std::sync::Arc;

use crate::settings::{Reader, setting};
use crate::subject_token::environment::EnvironmentVariable;
use crate::subject_token::file::TokenFile;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::static_token::StaticToken;
use crate::subject_token::variables;

type Source = Option<Arc<dyn SubjectTokenSource>>;

pub(in super::super) fn file(reader: &mut Reader<'_>) -> Source {
    // Where Kubernetes projects a token for this, no setting is needed.
    let conventional = crate::subject_token::file::CONVENTIONAL;
    let path = match reader.text(&setting::TOKEN_FILE) {
        Some(path) => path,
        None if std::path::Path::new(conventional).exists() => conventional.to_owned(),
        None => reader.required(
            &setting::TOKEN_FILE,
            "the file that holds the subject token",
        )?,
    };
    Some(Arc::new(TokenFile::new(path)))
}

pub(in super::super) fn aws_file(reader: &mut Reader<'_>) -> Source {
    file_of_platform(reader, "AWS_WEB_IDENTITY_TOKEN_FILE")
}

pub(in super::super) fn azure_file(reader: &mut Reader<'_>) -> Source {
    file_of_platform(reader, "AZURE_FEDERATED_TOKEN_FILE")
}

fn file_of_platform(reader: &mut Reader<'_>, variable: &str) -> Source {
    match variables::text(variable) {
        Some(path) => Some(Arc::new(TokenFile::new(path.trim()))),
        None => {
            reader.problem(format!(
                "the environment variable {variable} is not set; run this in a pod whose service account has it"
            ));
            None
        }
    }
}

pub(in super::super) fn token(reader: &mut Reader<'_>) -> Source {
    match reader.secret(&setting::TOKEN) {
        Some(token) => Some(Arc::new(StaticToken::new(token))),
        None => {
            reader.missing(&setting::TOKEN, "the subject token");
            None
        }
    }
}

pub(in super::super) fn variable(reader: &mut Reader<'_>) -> Source {
    let what = "the name of the environment variable that holds the subject token";
    let name = reader.required(&setting::TOKEN_VARIABLE, what)?;
    Some(Arc::new(EnvironmentVariable::new(name)))
}
