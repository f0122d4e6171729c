//! What is printed of the steps.

use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::step::{Outcome, Step};
use crate::failure::Failure;
use crate::output::print;

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for each step, as soon as it is done
    #[default]
    Text,
    /// One object, with `exit_code` and `steps`
    Json,
}

/// The steps that were made.
pub(super) struct Report {
    format: Format,
    steps: Vec<Step>,
}

impl Report {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            steps: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, step: Step) -> Result<(), Failure> {
        if self.format == Format::Text {
            print(&format!(
                "{:<8} {:<14} {}\n",
                step.outcome.name(),
                step.name,
                step.found
            ))?;
        }
        self.steps.push(step);
        Ok(())
    }

    fn exit_code(&self) -> u8 {
        let code = self.steps.iter().find_map(|step| match step.outcome {
            Outcome::Failed(kind) => Some(kind as u8),
            _ => None,
        });
        code.unwrap_or(0)
    }

    /// Prints what is left to print; the exit code is that of the first failure.
    pub(super) fn finish(self) -> Result<ExitCode, Failure> {
        let code = self.exit_code();
        if self.format == Format::Json {
            let steps: Vec<Value> = self.steps.iter().map(Step::json).collect();
            print(&format!(
                "{:#}\n",
                json!({"exit_code": code, "steps": steps})
            ))?;
        }
        Ok(ExitCode::from(code))
    }
}
