//! Programs that print a token.

use std::sync::Arc;

use crate::settings::Reader;
use crate::subject_token::source::SubjectTokenSource;

type Source = Option<Arc<dyn SubjectTokenSource>>;

#[cfg(feature = "command")]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Source {
    use crate::settings::setting;
    use crate::subject_token::command::Command;

    let what = r#"an array of texts such as ["program", "argument"]"#;
    let command: Option<Vec<String>> = reader.json(&setting::COMMAND, what);
    let timeout = reader.seconds(&setting::COMMAND_TIMEOUT);
    let pointer = reader.text(&setting::TOKEN_POINTER);
    let Some((program, arguments)) = command.as_deref().and_then(<[String]>::split_first) else {
        if command.is_some() || !reader.is_set(&setting::COMMAND) {
            let what = r#"the program and its arguments, such as ["program", "argument"]"#;
            reader.missing(&setting::COMMAND, what);
        }
        return None;
    };
    let mut source = Command::new(program).args(arguments);
    if let Some(timeout) = timeout {
        source = source.timeout(timeout);
    }
    if let Some(pointer) = pointer {
        source = source.token_at(pointer);
    }
    Some(Arc::new(source))
}

#[cfg(feature = "command")]
pub(in super::super) fn buildkite(reader: &mut Reader<'_>) -> Source {
    use super::ci::audience;
    use crate::subject_token::command::Command;

    let arguments = ["oidc", "request-token", "--audience"];
    let source = Command::new("buildkite-agent")
        .args(arguments)
        .arg(audience(reader));
    Some(Arc::new(source))
}

#[cfg(not(feature = "command"))]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Source {
    without(reader, "command")
}

#[cfg(not(feature = "command"))]
pub(in super::super) fn buildkite(reader: &mut Reader<'_>) -> Source {
    without(reader, "buildkite")
}

#[cfg(not(feature = "command"))]
fn without(reader: &mut Reader<'_>, name: &str) -> Source {
    reader.problem(format!(
        "the source {name} runs a program, for which this was built without; enable the feature `command` of sts-sdk"
    ));
    None
}
