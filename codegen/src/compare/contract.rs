//! Two documents side by side, and what is found to differ between them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Class};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Direction, Pointer, parts, reachable, resolve};
use crate::text::shortened;

/// One of the two documents.
pub(super) struct Side<'a> {
    pub(super) root: &'a Value,
    sent: BTreeSet<Pointer>,
    received: BTreeSet<Pointer>,
    /// What is received as one of several schemas.
    alternatives: BTreeSet<Pointer>,
    /// What the parts of an `allOf` require of the other parts.
    required: BTreeMap<Pointer, BTreeSet<String>>,
}

impl<'a> Side<'a> {
    fn new(root: &'a Value) -> Result<Self, Diagnostic> {
        let places = |direction| Ok(reachable(root, direction)?.into_iter().collect());
        let sent: BTreeSet<Pointer> = places(Direction::Request)?;
        let received: BTreeSet<Pointer> = places(Direction::Response)?;
        let mut required: BTreeMap<Pointer, BTreeSet<String>> = BTreeMap::new();
        for at in sent.union(&received) {
            let Some(schema) = at.get(root) else {
                continue;
            };
            let mut members = vec![at.clone()];
            if schema.get("allOf").is_some() {
                for part in parts(schema, at) {
                    members.push(resolve(root, &part)?);
                }
            }
            let names: BTreeSet<String> = members
                .iter()
                .filter_map(|member| member.get(root)?.get("required")?.as_array())
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            for member in members {
                required
                    .entry(member)
                    .or_default()
                    .extend(names.iter().cloned());
            }
        }
        let mut alternatives = BTreeSet::new();
        for at in &received {
            for key in ["oneOf", "anyOf"] {
                let list = at.join(key);
                let count = list.get(root).and_then(Value::as_array).map_or(0, Vec::len);
                for index in 0..count {
                    alternatives.insert(resolve(root, &list.join(index))?);
                }
            }
        }
        Ok(Self {
            root,
            sent,
            received,
            alternatives,
            required,
        })
    }

    pub(super) fn value(&self, at: &Pointer) -> Option<&'a Value> {
        at.get(self.root)
    }

    /// What stands under `key` at `at`.
    pub(super) fn under(&self, at: &Pointer, key: &str) -> Option<&'a Value> {
        self.value(at)?.get(key)
    }

    /// The keys of the object at `at`, in document order.
    pub(super) fn keys(&self, at: &Pointer) -> Vec<&'a String> {
        let object = self.value(at).and_then(Value::as_object);
        object.into_iter().flatten().map(|(key, _)| key).collect()
    }

    pub(super) fn receives(&self, at: &Pointer) -> bool {
        self.received.contains(at)
    }

    /// Whether the schema at `at`, or one that it is composed with, requires the property `name`.
    pub(super) fn requires(&self, at: &Pointer, name: &str) -> bool {
        let names = self.required.get(at);
        names.is_some_and(|names| names.contains(name))
    }
}

/// Which way a schema travels, in either document.
#[derive(Clone, Copy)]
pub(super) struct Travel {
    pub(super) sent: bool,
    pub(super) received: bool,
}

impl Travel {
    pub(super) fn noun(self) -> &'static str {
        match (self.sent, self.received) {
            (true, false) => "request property",
            (false, true) => "reply property",
            _ => "property",
        }
    }
}

/// A place in the old document and its counterpart in the new one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) old: Pointer,
    pub(super) new: Pointer,
}

impl Pair {
    pub(super) fn join(&self, token: impl std::fmt::Display) -> Self {
        Self {
            old: self.old.join(&token),
            new: self.new.join(&token),
        }
    }
}

/// What a schema is to the one that refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Property,
    Other,
}

/// The comparison: both documents, what is left to compare, and what was found.
pub(super) struct Contract<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    changes: Vec<Change>,
    open: Vec<(Pair, Role)>,
    seen: BTreeSet<(Pair, Role)>,
}

impl<'a> Contract<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Result<Self, Diagnostic> {
        Ok(Self {
            old: Side::new(old).map_err(|diagnostic| diagnostic.within("old document"))?,
            new: Side::new(new).map_err(|diagnostic| diagnostic.within("new document"))?,
            changes: Vec::new(),
            open: Vec::new(),
            seen: BTreeSet::new(),
        })
    }

    /// What stands at `pair`, on either side.
    pub(super) fn values(&self, pair: &Pair) -> (Option<&'a Value>, Option<&'a Value>) {
        (self.old.value(&pair.old), self.new.value(&pair.new))
    }

    /// The keys of the objects at `pair`, those of the old one first.
    pub(super) fn keys(&self, pair: &Pair) -> Vec<&'a String> {
        let mut keys = self.old.keys(&pair.old);
        for key in self.new.keys(&pair.new) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    pub(super) fn resolved(&self, pair: &Pair) -> Result<Pair, Diagnostic> {
        Ok(Pair {
            old: resolve(self.old.root, &pair.old)?,
            new: resolve(self.new.root, &pair.new)?,
        })
    }

    pub(super) fn travel(&self, pair: &Pair) -> Travel {
        Travel {
            sent: self.old.sent.contains(&pair.old) || self.new.sent.contains(&pair.new),
            received: self.old.received.contains(&pair.old)
                || self.new.received.contains(&pair.new),
        }
    }

    /// Whether `pair` is received as one of several schemas.
    pub(super) fn is_alternative(&self, pair: &Pair) -> bool {
        self.old.alternatives.contains(&pair.old) || self.new.alternatives.contains(&pair.new)
    }

    /// Has the schemas at `pair` compared.
    pub(super) fn open(&mut self, pair: Pair, role: Role) {
        self.open.push((pair, role));
    }

    /// The next schemas to compare.
    pub(super) fn next(&mut self) -> Option<(Pair, Role)> {
        self.open.pop()
    }

    /// Whether `pair` is met in this role for the first time.
    pub(super) fn enter(&mut self, pair: &Pair, role: Role) -> bool {
        self.seen.insert((pair.clone(), role))
    }

    pub(super) fn added(&mut self, class: Class, at: &Pointer, words: impl Into<String>) {
        self.record(class, None, Some(at), words.into());
    }

    pub(super) fn removed(&mut self, class: Class, at: &Pointer, words: impl Into<String>) {
        self.record(class, Some(at), None, words.into());
    }

    pub(super) fn changed(&mut self, class: Class, pair: &Pair, words: impl Into<String>) {
        self.record(class, Some(&pair.old), Some(&pair.new), words.into());
    }

    /// Records a change at `pair`, of which each side may lack what changed.
    pub(super) fn differs(&mut self, class: Class, pair: &Pair, words: impl Into<String>) {
        let (old, new) = self.values(pair);
        let (old, new) = (old.map(|_| &pair.old), new.map(|_| &pair.new));
        self.record(class, old, new, words.into());
    }

    /// Records that what stands at `pair` differs, if it does.
    pub(super) fn keyword(&mut self, class: Class, pair: &Pair) {
        let (old, new) = self.values(pair);
        if old == new {
            return;
        }
        let class = if is_off(old) && is_off(new) {
            class.min(Class::NoEffect)
        } else {
            class
        };
        let words = match (class, old, new) {
            (Class::Description, Some(_), Some(_)) => "reworded".to_owned(),
            (Class::Description, None, _) => "added".to_owned(),
            (Class::Description, _, None) => "removed".to_owned(),
            _ => difference(old, new),
        };
        self.differs(class, pair, words);
    }

    /// Records the values that a list at `pair` loses and gains.
    pub(super) fn listed(
        &mut self,
        pair: &Pair,
        (before, after): (&[Value], &[Value]),
        (lost, gained): (Class, Class),
    ) {
        for value in before.iter().filter(|value| !after.contains(value)) {
            self.changed(lost, pair, format!("the value {} is removed", shown(value)));
        }
        for value in after.iter().filter(|value| !before.contains(value)) {
            self.changed(gained, pair, format!("the value {} is added", shown(value)));
        }
    }

    fn record(
        &mut self,
        class: Class,
        old: Option<&Pointer>,
        new: Option<&Pointer>,
        words: String,
    ) {
        let known = self.changes.iter_mut().find(|change| {
            change.old.as_ref() == old && change.new.as_ref() == new && change.words == words
        });
        // What several places refer to is one change, of the gravest class.
        if let Some(change) = known {
            change.class = change.class.max(class);
            return;
        }
        self.changes.push(Change {
            class,
            old: old.cloned(),
            new: new.cloned(),
            words,
        });
    }

    /// What was found, the gravest first.
    pub(super) fn into_changes(self) -> Vec<Change> {
        let mut changes = self.changes;
        changes.sort_by(|one, other| {
            let class = other.class.cmp(&one.class);
            class.then_with(|| one.at().cmp(other.at()))
        });
        changes
    }
}

/// Whether a switch is off, which is as good as none.
pub(super) fn is_off(value: Option<&Value>) -> bool {
    value.is_none_or(|value| *value == false)
}

/// `value` in words, shortened.
pub(super) fn shown(value: &Value) -> String {
    shortened(&value.to_string(), 80)
}

/// How what stands under one key differs, in words.
pub(super) fn difference(old: Option<&Value>, new: Option<&Value>) -> String {
    match (old, new) {
        (Some(old), Some(new)) => format!("changed from {} to {}", shown(old), shown(new)),
        (None, Some(new)) => format!("added: {}", shown(new)),
        (Some(old), None) => format!("removed, was {}", shown(old)),
        (None, None) => "unchanged".to_owned(),
    }
}
