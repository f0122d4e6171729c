//! What differs between two documents, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::change::{Change, Class, Verdict};
use crate::openapi::Pointer;
use crate::text::one_line;

/// Most changes of no effect that are listed unasked.
const FEW: usize = 3;

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
    /// follows. Changes of descriptions, and those of no effect where there are many, are counted, or listed where
    /// `all` says so; for programs, they always are.
    #[must_use]
    pub fn write(
        &self,
        format: Format,
        all: bool,
        version: &str,
        (old, new): (&str, &str),
    ) -> String {
        match format {
            Format::Text => self.text(version, all),
            Format::Markdown => self.markdown(version, all, (old, new)),
            Format::Json => self.json(version, old, new),
        }
    }

    /// The changes and the verdict, for a terminal.
    #[must_use]
    pub fn text(&self, version: &str, all: bool) -> String {
        let mut text = String::new();
        for change in self.listed(all) {
            let (class, at) = (change.class.name(), place(change));
            // Writing to a string does not fail.
            let _ = writeln!(text, "{class:<12} {at}: {}", one_line(&change.explained()));
        }
        for (class, counted) in self.counted(all) {
            let _ = writeln!(text, "{:<12} {counted}", class.name());
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
    fn listed(&self, all: bool) -> impl Iterator<Item = &Change> {
        let is_listed = move |change: &&Change| all || !self.is_counted(change.class);
        self.changes.iter().filter(is_listed)
    }

    /// Whether the changes of `class` are counted, unless all are asked for.
    fn is_counted(&self, class: Class) -> bool {
        match class {
            Class::Breaking | Class::Compatible => false,
            Class::NoEffect => self.count(class) > FEW,
            Class::Description => true,
        }
    }

    fn count(&self, class: Class) -> usize {
        let of_class = self.changes.iter().filter(|change| change.class == class);
        of_class.count()
    }

    /// How many changes are not listed, by class.
    fn counted(&self, all: bool) -> Vec<(Class, String)> {
        let counted = Class::ALL
            .into_iter()
            .filter(|class| !all && self.is_counted(*class));
        let words = |class| {
            let what = match (class, self.count(class)) {
                (_, 0) => return None,
                (Class::Description, 1) => "1 description reworded".to_owned(),
                (Class::Description, count) => format!("{count} descriptions reworded"),
                (_, count) => format!("{count} changes that programs do not notice"),
            };
            Some((class, format!("{what} (spec diff --all lists them)")))
        };
        counted.filter_map(words).collect()
    }

    /// The verdict and what it rests on, in one line.
    fn conclusion(&self, version: &str) -> String {
        let verdict = self.verdict();
        let counts: Vec<String> = Class::ALL
            .into_iter()
            .filter_map(|class| {
                let count = self.count(class);
                (count > 0).then(|| format!("{count} {}", class.name()))
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

    fn markdown(&self, version: &str, all: bool, (old, new): (&str, &str)) -> String {
        let mut text = format!("**{}**\n\n", escaped(&self.conclusion(version)));
        let _ = writeln!(
            text,
            "From `{}` to `{}`.",
            old.replace('`', ""),
            new.replace('`', "")
        );
        if self.listed(all).next().is_some() {
            text.push_str("\n| class | where | what |\n| --- | --- | --- |\n");
        }
        for change in self.listed(all) {
            let _ = writeln!(
                text,
                "| {} | `{}` | {} |",
                change.class.name(),
                place(change).replace('|', "\\|").replace('`', "'"),
                escaped(&change.explained())
            );
        }
        for (_, counted) in self.counted(all) {
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
