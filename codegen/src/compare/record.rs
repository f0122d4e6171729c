//! What is found to differ between two documents.

use std::collections::BTreeMap;

use super::change::{Change, Class};
use crate::openapi::Pointer;

/// A place in the old document and its counterpart in the new one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) old: Pointer,
    pub(super) new: Pointer,
}

impl Pair {
    pub(super) fn root() -> Self {
        Self {
            old: Pointer::root(),
            new: Pointer::root(),
        }
    }

    pub(super) fn join(&self, token: impl std::fmt::Display) -> Self {
        Self {
            old: self.old.join(&token),
            new: self.new.join(&token),
        }
    }
}

/// Which side has what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Removed,
    Added,
    Both,
}

impl Presence {
    /// Of what is there before, or after, or both times.
    pub(super) fn of<T>(old: Option<&T>, new: Option<&T>) -> Self {
        match (old, new) {
            (Some(_), None) => Self::Removed,
            (None, Some(_)) => Self::Added,
            _ => Self::Both,
        }
    }

    /// What happens to it, in words.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Both => "changed",
        }
    }
}

/// Which way what a schema describes travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Travel {
    Sent,
    /// In a response of success.
    Received,
    /// In any other response.
    Error,
}

/// What a difference means, and why a program breaks if it does.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) class: Class,
    pub(super) reason: Option<String>,
}

impl Judgement {
    pub(super) fn breaking(reason: impl Into<String>) -> Self {
        Self {
            class: Class::Breaking,
            reason: Some(reason.into()),
        }
    }
}

impl From<Class> for Judgement {
    fn from(class: Class) -> Self {
        Self {
            class,
            reason: None,
        }
    }
}

/// A change, with what its words are about until it is known which ways that travels.
struct Entry {
    change: Change,
    property: Option<String>,
    sent: bool,
    received: bool,
}

/// The changes that were found so far, each once.
#[derive(Default)]
pub(super) struct Record {
    entries: Vec<Entry>,
    known: BTreeMap<(Option<Pointer>, Option<Pointer>, String), usize>,
}

impl Record {
    /// Adds that `words` is true of `pair`. What several places refer to is one change, of the gravest class.
    pub(super) fn add(
        &mut self,
        judgement: impl Into<Judgement>,
        presence: Presence,
        pair: &Pair,
        words: impl Into<String>,
    ) {
        self.entry(judgement.into(), presence, pair, words.into());
    }

    /// As [`add`](Self::add), of the property `name`, which travels in this way.
    pub(super) fn add_property(
        &mut self,
        judgement: impl Into<Judgement>,
        presence: Presence,
        pair: &Pair,
        (name, predicate): (&str, &str),
        travel: Travel,
    ) {
        let index = self.entry(judgement.into(), presence, pair, predicate.to_owned());
        let entry = &mut self.entries[index];
        entry.property = Some(name.to_owned());
        entry.sent |= travel == Travel::Sent;
        entry.received |= travel != Travel::Sent;
    }

    fn entry(
        &mut self,
        judgement: Judgement,
        presence: Presence,
        pair: &Pair,
        words: String,
    ) -> usize {
        let old = (presence != Presence::Added).then(|| pair.old.clone());
        let new = (presence != Presence::Removed).then(|| pair.new.clone());
        let key = (old.clone(), new.clone(), words.clone());
        let index = *self.known.entry(key).or_insert(self.entries.len());
        if index == self.entries.len() {
            self.entries.push(Entry {
                change: Change {
                    class: judgement.class,
                    old,
                    new,
                    words,
                    reason: judgement.reason,
                },
                property: None,
                sent: false,
                received: false,
            });
        } else {
            self.raise(index, judgement);
        }
        index
    }

    /// Makes a change as grave as `judgement`.
    pub(super) fn raise(&mut self, index: usize, judgement: Judgement) {
        let change = &mut self.entries[index].change;
        if change.class < judgement.class {
            change.class = judgement.class;
            change.reason = judgement.reason;
        }
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.entries.iter().map(|entry| &entry.change)
    }

    /// The gravest class of all.
    pub(super) fn gravest(&self) -> Option<Class> {
        self.changes().map(|change| change.class).max()
    }

    /// What was found, the gravest first.
    pub(super) fn into_changes(self) -> Vec<Change> {
        let finished = self.entries.into_iter().map(|entry| {
            let mut change = entry.change;
            if let Some(name) = entry.property {
                let noun = match (entry.sent, entry.received) {
                    (true, false) => "request property",
                    (false, true) => "reply property",
                    _ => "property",
                };
                change.words = format!("the {noun} `{name}` {}", change.words);
            }
            change
        });
        let mut changes: Vec<Change> = finished.collect();
        changes.sort_by(|one, other| {
            let class = other.class.cmp(&one.class);
            class.then_with(|| one.at().cmp(other.at()))
        });
        changes
    }
}
