//! What a change means for those who use the SDK.

use std::fmt;

use crate::openapi::Pointer;

/// What a change means for a program that uses the SDK, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Words, examples and the like: nothing but documentation changes.
    Description,
    /// The contract changes in a way that the SDK keeps from its users.
    NoEffect,
    /// Programs go on as they are; there is more that they can do.
    Compatible,
    /// A program that compiles and works may no longer do so.
    Breaking,
}

impl Class {
    /// Every class, the gravest first.
    pub const ALL: [Self; 4] = [
        Self::Breaking,
        Self::Compatible,
        Self::NoEffect,
        Self::Description,
    ];

    /// The word for it in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::NoEffect => "no effect",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// One difference between two documents.
#[derive(Clone, Debug)]
pub struct Change {
    /// What the change means.
    pub class: Class,
    /// Where it was; `None` for what is added.
    pub old: Option<Pointer>,
    /// Where it is; `None` for what is removed.
    pub new: Option<Pointer>,
    /// What changes, in words.
    pub words: String,
    /// What becomes of a program, where the change is breaking.
    pub reason: Option<String>,
}

impl Change {
    /// The place in the document that has it, the later one if both do.
    #[must_use]
    pub fn at(&self) -> &str {
        let at = self.new.as_ref().or(self.old.as_ref());
        at.map(Pointer::as_str).unwrap_or_default()
    }

    /// The last part of that place.
    pub(super) fn at_name(&self) -> String {
        let at = self.new.as_ref().or(self.old.as_ref());
        at.map(Pointer::name).unwrap_or_default()
    }

    /// What changes and, where it is breaking, why.
    #[must_use]
    pub fn explained(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{}; {reason}", self.words),
            None => self.words.clone(),
        }
    }
}

/// What the next version of the crate has to be (Semantic Versioning).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No release is needed.
    Unchanged,
    /// Nothing that a program could notice.
    Patch,
    /// Programs go on as they are.
    Minor,
    /// A program may no longer compile or work.
    Major,
}

impl Verdict {
    /// What `changes` come to.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        match changes.iter().map(|change| change.class).max() {
            None => Self::Unchanged,
            Some(Class::Description | Class::NoEffect) => Self::Patch,
            Some(Class::Compatible) => Self::Minor,
            Some(Class::Breaking) => Self::Major,
        }
    }

    /// The version after `version`, as Cargo counts: below 1.0.0, the second number stands for the first and
    /// the third for the others.
    #[must_use]
    pub fn next(self, version: &str) -> Option<String> {
        let numbers: Vec<u64> = version
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let &[major, minor, patch] = numbers.as_slice() else {
            return None;
        };
        let (major, minor, patch) = match (self, major) {
            (Self::Unchanged, _) => return None,
            (Self::Major, 0) => (0, minor + 1, 0),
            (Self::Major, _) => (major + 1, 0, 0),
            (Self::Minor, 1..) => (major, minor + 1, 0),
            (Self::Minor | Self::Patch, _) => (major, minor, patch + 1),
        };
        Some(format!("{major}.{minor}.{patch}"))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unchanged => "unchanged",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_counted_as_cargo_does() {
        for (verdict, version, next) in [
            (Verdict::Major, "0.3.1", Some("0.4.0")),
            (Verdict::Minor, "0.3.1", Some("0.3.2")),
            (Verdict::Patch, "0.3.1", Some("0.3.2")),
            (Verdict::Major, "1.3.1", Some("2.0.0")),
            (Verdict::Minor, "1.3.1", Some("1.4.0")),
            (Verdict::Patch, "1.3.1", Some("1.3.2")),
            (Verdict::Unchanged, "1.2.3", None),
            (Verdict::Major, "1.2.3-alpha", None),
        ] {
            assert_eq!(verdict.next(version).as_deref(), next);
        }
    }
}
