//! What differs between two documents, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::change::{Change, Class, Verdict};
use crate::openapi::Pointer;
use crate::text::one_line;

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// For a terminal
    Text,
    /// For a pull request or a changelog
    Markdown,
    /// For programs
    Json,
}

/// The changes between two documents, the gravest first.
#[derive(Debug)]
pub struct Report {
    /// What differs.
    pub changes: Vec<Change>,
    /// What could not be compared, and why.
    pub notes: Vec<String>,
}

impl Report {
    /// What the changes mean for the next version of the crate.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.changes)
    }

    /// The report on `old` and `new`, by their names. `version` is the version of the crate that the next one
    /// follows. Changes of descriptions are counted, or listed where `descriptions` says so; for programs, they
    /// always are.
    #[must_use]
    pub fn write(
        &self,
        format: Format,
        descriptions: bool,
        version: &str,
        (old, new): (&str, &str),
    ) -> String {
        match format {
            Format::Text => self.text(version, descriptions),
            Format::Markdown => self.markdown(version, descriptions, (old, new)),
            Format::Json => self.json(version, old, new),
        }
    }

    /// The changes and the verdict, for a terminal.
    #[must_use]
    pub fn text(&self, version: &str, descriptions: bool) -> String {
        let mut text = String::new();
        for change in self.listed(descriptions) {
            let (class, at) = (change.class.name(), place(change));
            // Writing to a string does not fail.
            let _ = writeln!(text, "{class:<12} {at}: {}", one_line(&change.explained()));
        }
        if let Some(counted) = self.counted(descriptions) {
            let class = Class::Description.name();
            let _ = writeln!(text, "{class:<12} {counted}");
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {}", one_line(note));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "verdict: {}", self.conclusion(version));
        text
    }

    /// The changes that are listed one by one.
    fn listed(&self, descriptions: bool) -> impl Iterator<Item = &Change> {
        let is_listed = move |change: &&Change| descriptions || change.class != Class::Description;
        self.changes.iter().filter(is_listed)
    }

    /// How many changes are not.
    fn counted(&self, descriptions: bool) -> Option<String> {
        let noun = match self.changes.len() - self.listed(descriptions).count() {
            0 => return None,
            1 => "1 description".to_owned(),
            count => format!("{count} descriptions"),
        };
        Some(format!(
            "{noun} reworded (spec diff --descriptions lists them)"
        ))
    }

    /// The verdict and what it rests on, in one line.
    fn conclusion(&self, version: &str) -> String {
        let verdict = self.verdict();
        let counts: Vec<String> = Class::ALL
            .into_iter()
            .filter_map(|class| {
                let count = self.changes.iter().filter(|change| change.class == class);
                match count.count() {
                    0 => None,
                    count => Some(format!("{count} {}", class.name())),
                }
            })
            .collect();
        let only_words = self
            .changes
            .iter()
            .all(|change| change.class == Class::Description);
        let basis = match verdict {
            Verdict::Unchanged => return "unchanged (the contracts are the same)".to_owned(),
            Verdict::Patch if only_words => "changes of descriptions only".to_owned(),
            _ => counts.join(", "),
        };
        match verdict.next(version) {
            Some(next) => format!("{verdict} ({basis}): {version} becomes {next}"),
            None => format!("{verdict} ({basis})"),
        }
    }

    fn markdown(&self, version: &str, descriptions: bool, (old, new): (&str, &str)) -> String {
        let mut text = format!("**{}**\n\n", escaped(&self.conclusion(version)));
        let _ = writeln!(
            text,
            "From `{}` to `{}`.",
            old.replace('`', ""),
            new.replace('`', "")
        );
        if self.listed(descriptions).next().is_some() {
            text.push_str("\n| class | where | what |\n| --- | --- | --- |\n");
        }
        for change in self.listed(descriptions) {
            let _ = writeln!(
                text,
                "| {} | `{}` | {} |",
                change.class.name(),
                place(change).replace('|', "\\|").replace('`', "'"),
                escaped(&change.explained())
            );
        }
        if let Some(counted) = self.counted(descriptions) {
            let _ = writeln!(text, "\n{}.", escaped(&counted));
        }
        for note in &self.notes {
            let _ = writeln!(text, "\nNote: {}", escaped(note));
        }
        text
    }

    fn json(&self, version: &str, old: &str, new: &str) -> String {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                json!({
                    "class": change.class.name(),
                    "pointer": change.at(),
                    "old": change.old.as_ref().map(Pointer::as_str),
                    "new": change.new.as_ref().map(Pointer::as_str),
                    "description": change.words,
                    "reason": change.reason,
                })
            })
            .collect();
        let report = json!({
            "old": old,
            "new": new,
            "verdict": self.verdict().to_string(),
            "version": version,
            "next_version": self.verdict().next(version),
            "changes": changes,
            "notes": self.notes,
        });
        format!("{report:#}\n")
    }
}

/// Where a change is; both places if it moved.
fn place(change: &Change) -> String {
    let at = match (&change.old, &change.new) {
        (Some(old), Some(new)) if old != new => format!("{} -> {}", old.as_str(), new.as_str()),
        _ => change.at().to_owned(),
    };
    match at.as_str() {
        "" => "document".to_owned(),
        at => one_line(at),
    }
}

/// As plain text within a table of a Markdown document.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        if matches!(c, '|' | '*' | '_' | '<' | '>' | '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
