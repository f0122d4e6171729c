//! Programs that print a token.

use crate::settings::Reader;
use crate::subject_token::from_settings::made::Made;

#[cfg(feature = "command")]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    use std::sync::Arc;

    use crate::settings::setting;
    use crate::subject_token::command::Command;

    let what = r#"an array of texts such as ["program", "argument"]"#;
    let is_set = reader.is_set(&setting::COMMAND);
    let command: Option<Vec<String>> = reader.json(&setting::COMMAND, what);
    let timeout = reader.seconds(&setting::COMMAND_TIMEOUT);
    let pointer = reader.text(&setting::TOKEN_POINTER);
    if !is_set {
        let what = r#"the program and its arguments, such as ["program", "argument"]"#;
        reader.missing(&setting::COMMAND, what);
    }
    let command = command?;
    let Some((program, arguments)) = command.split_first() else {
        reader.problem(format!("{} has no program", setting::COMMAND.name()));
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

/// The source `name`, a program that prints its token.
#[cfg(feature = "command")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without the feature it is an error"
)]
pub(super) fn program(_: &mut Reader<'_>, _name: &str, program: &str, arguments: &[&str]) -> Made {
    use std::sync::Arc;

    use crate::subject_token::command::Command;

    Some(Arc::new(
        Command::new(program).args(arguments.iter().copied()),
    ))
}

#[cfg(not(feature = "command"))]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    program(reader, "command", "", &[])
}

#[cfg(not(feature = "command"))]
pub(super) fn program(reader: &mut Reader<'_>, name: &str, _: &str, _: &[&str]) -> Made {
    reader.problem(format!(
        "the source {name} runs a program, which this was built without; enable the feature `command` of sts-sdk"
    ));
    None
}

#[cfg(test)]
#[cfg(not(feature = "command"))]
mod tests {
    use crate::subject_token::from_settings;

    #[test]
    fn without_the_feature_an_error_names_it() {
        for name in ["command", "buildkite"] {
            let error =
                from_settings(|setting| (setting == "CONFLUENT_STS_SOURCE").then_some(name));
            assert_eq!(
                error.unwrap_err().to_string(),
                format!(
                    "the source {name} runs a program, which this was built without; enable the feature `command` of \
                     sts-sdk"
                )
            );
        }
        let error = from_settings(|name| (name == "CONFLUENT_STS_COMMAND").then_some("[\"x\"]"));
        let text = error.unwrap_err().to_string();
        assert!(text.contains("enable the feature `command`"), "{text}");
    }
}
