//! The two documents side by side, from the operations on, following every reference.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::change::Class;
use super::keywords::{Keyword, is_annotation, judge, judge_name, judge_value, only_annotates};
use super::limits;
use super::record::{Judgement, Pair, Presence, Record, Travel};
use super::words::{difference, shown};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, holds_names, is_data, resolve};

/// One of the two documents.
pub(super) struct Side<'a> {
    pub(super) root: &'a Value,
    /// The same once it is adapted, if it can be.
    pub(super) adapted: Option<&'a Value>,
}

/// A schema, beyond the references that lead to it.
struct Core<'a> {
    at: Pointer,
    schema: &'a Value,
    /// What the component is called.
    name: Option<String>,
    /// Each `allOf` that says more of one reference, with the index of that.
    wrappers: Vec<(Pointer, usize)>,
}

impl<'a> Side<'a> {
    pub(super) fn value(&self, at: &Pointer) -> Option<&'a Value> {
        at.get(self.root)
    }

    fn core(&self, at: &Pointer) -> Result<Core<'a>, Diagnostic> {
        let mut wrappers: Vec<(Pointer, usize)> = Vec::new();
        let mut name = None;
        let mut at = at.clone();
        loop {
            let target = resolve(self.root, &at)?;
            if target != at {
                name = Some(target.name());
                at = target;
            }
            let schema = self.value(&at).unwrap_or(&Value::Null);
            let wrapper = referring_part(schema);
            match wrapper.filter(|_| wrappers.iter().all(|(seen, _)| *seen != at)) {
                Some(index) => {
                    let part = at.join("allOf").join(index);
                    wrappers.push((at, index));
                    at = part;
                }
                None => {
                    return Ok(Core {
                        at,
                        schema,
                        name,
                        wrappers,
                    });
                }
            }
        }
    }

    /// The properties that a schema requires, together with what leads to it.
    fn required(&self, core: &Core) -> BTreeSet<String> {
        let mut lists = vec![core.schema.get("required")];
        for (at, _) in &core.wrappers {
            if let Some(wrapper) = self.value(at) {
                let parts = wrapper["allOf"].as_array().into_iter().flatten();
                lists.extend(parts.map(|part| part.get("required")));
                lists.push(wrapper.get("required"));
            }
        }
        let lists = lists.into_iter().flatten().filter_map(Value::as_array);
        let names = lists.flatten().filter_map(Value::as_str);
        names.map(str::to_owned).collect()
    }
}

/// The only reference of an `allOf`.
fn referring_part(schema: &Value) -> Option<usize> {
    let parts = schema.get("allOf")?.as_array()?;
    let mut referring = (0..parts.len()).filter(|index| parts[*index].get("$ref").is_some());
    match (referring.next(), referring.next()) {
        (Some(index), None) if schema.get("properties").is_none() => Some(index),
        _ => None,
    }
}

/// The keys of both, those of the old one first.
pub(super) fn keys<'a>(old: Option<&'a Value>, new: Option<&'a Value>) -> Vec<&'a String> {
    let map = |value: Option<&'a Value>| value.and_then(Value::as_object);
    let (old, new) = (map(old), map(new));
    let added = |key: &&String| old.is_none_or(|old| !old.contains_key(*key));
    let names = |map: Option<&'a Map<String, Value>>| map.into_iter().flat_map(Map::keys);
    names(old).chain(names(new).filter(added)).collect()
}

pub(super) struct Walk<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    pub(super) record: Record,
    /// What is said of differences that only generated code can judge.
    pub(super) left: Judgement,
    seen: BTreeSet<(Pair, Travel)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(old: Side<'a>, new: Side<'a>, left: Judgement) -> Self {
        Self {
            old,
            new,
            record: Record::default(),
            left,
            seen: BTreeSet::new(),
        }
    }

    /// What stands at `pair`, on either side.
    pub(super) fn values(&self, pair: &Pair) -> (Option<&'a Value>, Option<&'a Value>) {
        (self.old.value(&pair.old), self.new.value(&pair.new))
    }

    /// Compares the objects at `pair`, whose keys are keywords, apart from the keys `except`.
    pub(super) fn objects(
        &mut self,
        pair: &Pair,
        travel: Travel,
        except: &[&str],
    ) -> Result<(), Diagnostic> {
        let (old, new) = (self.old.core(&pair.old)?, self.new.core(&pair.new)?);
        self.names_of_components(pair, (&old, &new));
        self.wrappers(pair, (&old, &new), travel)?;
        let core = Pair {
            old: old.at.clone(),
            new: new.at.clone(),
        };
        if !except.contains(&"required") {
            self.required(&core, (&old, &new), travel);
        }
        if !self.seen.insert((core.clone(), travel)) {
            return Ok(());
        }
        for key in keys(Some(old.schema), Some(new.schema)) {
            if !except.contains(&key.as_str()) {
                self.keyword(&core, (old.schema, new.schema), key, travel)?;
            }
        }
        Ok(())
    }

    fn names_of_components(&mut self, pair: &Pair, (old, new): (&Core, &Core)) {
        let named = |name: &Option<String>| match name {
            Some(name) => format!("`{name}`"),
            None => "written in place".to_owned(),
        };
        if old.name != new.name {
            let words = format!("is {} instead of {}", named(&new.name), named(&old.name));
            let left = self.left.clone();
            self.record.add(left, Presence::Both, pair, words);
        }
    }

    /// Compares what stands around references.
    fn wrappers(
        &mut self,
        pair: &Pair,
        (old, new): (&Core, &Core),
        travel: Travel,
    ) -> Result<(), Diagnostic> {
        for depth in 0..old.wrappers.len().max(new.wrappers.len()) {
            let (before, after) = (old.wrappers.get(depth), new.wrappers.get(depth));
            let at = Pair {
                old: before.map_or(&pair.old, |(at, _)| at).clone(),
                new: after.map_or(&pair.new, |(at, _)| at).clone(),
            };
            let (from, to) = self.values(&at);
            let (from, to) = (
                from.filter(|_| before.is_some()),
                to.filter(|_| after.is_some()),
            );
            let holders = (from.unwrap_or(&Value::Null), to.unwrap_or(&Value::Null));
            for key in keys(from, to) {
                if key != "allOf" {
                    self.keyword(&at, holders, key, travel)?;
                }
            }
            let parts = at.join("allOf");
            let others =
                |wrapper: Option<&(Pointer, usize)>, value: &'a Value| -> Vec<(usize, &'a Value)> {
                    let list = value["allOf"].as_array().into_iter().flatten().enumerate();
                    list.filter(|(index, _)| wrapper.is_some_and(|(_, other)| other != index))
                        .collect()
                };
            let (before, after) = (others(before, holders.0), others(after, holders.1));
            for index in 0..before.len().max(after.len()) {
                match (before.get(index), after.get(index)) {
                    (Some((from, _)), Some((to, _))) => {
                        let part = Pair {
                            old: parts.old.join(from),
                            new: parts.new.join(to),
                        };
                        self.objects(&part, travel, &["required"])?;
                    }
                    (from, to) => {
                        let part = from.or(to).map_or(&Value::Null, |(_, part)| part);
                        if keys(Some(part), None)
                            .iter()
                            .any(|key| !matches!(key.as_str(), "required" | "type"))
                        {
                            let judgement = if only_annotates(part) {
                                Class::Description.into()
                            } else {
                                self.left.clone()
                            };
                            let words = if from.is_some() {
                                "a part is removed"
                            } else {
                                "a part is added"
                            };
                            self.record.add(judgement, Presence::Both, &parts, words);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Compares which properties are required.
    fn required(&mut self, core: &Pair, (old, new): (&Core, &Core), travel: Travel) {
        let (before, after) = (self.old.required(old), self.new.required(new));
        for name in before.symmetric_difference(&after) {
            let declared = |core: &Core| core.schema["properties"].get(name).is_some();
            let is_required = after.contains(name);
            match (declared(old), declared(new)) {
                (true, true) => {
                    let at = core.join("properties").join(name);
                    let predicate = if is_required {
                        "is now required"
                    } else {
                        "is no longer required"
                    };
                    let left = self.left.clone();
                    self.record
                        .add_property(left, Presence::Both, &at, (name, predicate), travel);
                }
                (false, false) => {
                    let at = core.join("required");
                    let composed =
                        core.new.as_str().contains("/allOf/") || new.schema.get("allOf").is_some();
                    let judgement = if is_required && travel == Travel::Sent && !composed {
                        Judgement::breaking("requests without it may be refused")
                    } else {
                        self.left.clone()
                    };
                    let verb = if is_required {
                        "requires"
                    } else {
                        "no longer requires"
                    };
                    let words = format!("{verb} `{name}`, which is not declared");
                    self.record.add(judgement, Presence::Both, &at, words);
                }
                _ => {}
            }
        }
    }

    /// Compares what stands under `key` in both `holders`, which are at `pair`.
    pub(super) fn keyword(
        &mut self,
        pair: &Pair,
        holders: (&'a Value, &'a Value),
        key: &str,
        travel: Travel,
    ) -> Result<(), Diagnostic> {
        let (old, new) = (holders.0.get(key), holders.1.get(key));
        let described = !is_annotation(key) && !matches!(key, "callbacks" | "links");
        let is_map = |value: Option<&Value>| value.is_some_and(Value::is_object);
        match (old, new) {
            // Compared with the properties.
            _ if key == "required" && [old, new].into_iter().flatten().all(Value::is_array) => {}
            (Some(Value::Array(before)), Some(Value::Array(after))) if described => match key {
                "enum" | "x-extensible-enum" => {
                    self.listed(&pair.join(key), key, (before, after), travel);
                }
                "allOf" | "oneOf" | "anyOf" => {
                    self.parts(&pair.join(key), key, (before, after), travel)?;
                }
                _ if before != after => self.differs(pair, holders, key, travel),
                _ => {}
            },
            _ if described && holds_names(key) && (is_map(old) || is_map(new)) => {
                self.names(&pair.join(key), key, (old, new), travel)?;
            }
            (Some(Value::Object(_)), Some(after @ Value::Object(_)))
                if described && !is_data(key, after) =>
            {
                self.objects(&pair.join(key), travel, &[])?;
            }
            _ if old != new => self.differs(pair, holders, key, travel),
            _ => {}
        }
        Ok(())
    }

    /// Records that what stands under `key` differs.
    pub(super) fn differs(
        &mut self,
        pair: &Pair,
        holders: (&'a Value, &'a Value),
        key: &str,
        travel: Travel,
    ) {
        let at = pair.join(key);
        let (old, new) = (holders.0.get(key), holders.1.get(key));
        let adapted = |side: &Side<'a>, at: &Pointer| side.adapted.and_then(|root| at.get(root));
        let keyword = Keyword {
            key,
            old,
            new,
            holders,
            adapted: (adapted(&self.old, &at.old), adapted(&self.new, &at.new)),
            travel,
        };
        let judgement = judge(&keyword, &self.left);
        let words = match (judgement.class, old, new) {
            (Class::Description, Some(_), Some(_)) => "reworded".to_owned(),
            (Class::Description, None, _) => "added".to_owned(),
            (Class::Description, _, None) => "removed".to_owned(),
            _ => limits::words(key, old, new),
        };
        self.record
            .add(judgement, Presence::of(old, new), &at, words);
    }

    /// Compares lists of allowed values.
    fn listed(
        &mut self,
        at: &Pair,
        key: &str,
        (before, after): (&[Value], &[Value]),
        travel: Travel,
    ) {
        let gone = before.iter().filter(|value| !after.contains(value));
        let come = after.iter().filter(|value| !before.contains(value));
        let gone = gone.map(|value| (value, Presence::Removed, "removed"));
        let come = come.map(|value| (value, Presence::Added, "added"));
        for (value, presence, verb) in gone.chain(come) {
            let judgement = judge_value(key, presence, travel);
            let words = format!("the value {} is {verb}", shown(value));
            self.record.add(judgement, Presence::Both, at, words);
        }
    }

    /// Compares the schemas of a composition.
    fn parts(
        &mut self,
        at: &Pair,
        key: &str,
        (before, after): (&[Value], &[Value]),
        travel: Travel,
    ) -> Result<(), Diagnostic> {
        let (from, to) = (before.len(), after.len());
        if from != to {
            let words = format!("{key} has {to} parts instead of {from}");
            let left = self.left.clone();
            self.record.add(left, Presence::Both, at, words);
        }
        for (index, part) in before.iter().enumerate() {
            let reference = part.get("$ref");
            let same = |other: &Value| reference.is_some() && other.get("$ref") == reference;
            // Parts can be in any order.
            let other = after.iter().position(same);
            if let Some(other) = other.or((from == to).then_some(index)) {
                let pair = Pair {
                    old: at.old.join(index),
                    new: at.new.join(other),
                };
                self.objects(&pair, travel, &[])?;
            }
        }
        Ok(())
    }

    /// Compares what is under each name in the map under `map`.
    fn names(
        &mut self,
        pair: &Pair,
        map: &str,
        (old, new): (Option<&'a Value>, Option<&'a Value>),
        travel: Travel,
    ) -> Result<(), Diagnostic> {
        for name in keys(old, new) {
            let under = |value: Option<&'a Value>| value.and_then(|value| value.get(name));
            let (before, after) = (under(old), under(new));
            let travel = match map {
                "responses" if name.starts_with("x-") => continue,
                "responses" if name.starts_with('2') => Travel::Received,
                "responses" => Travel::Error,
                _ => travel,
            };
            let at = pair.join(name);
            let presence = Presence::of(before, after);
            match (before, after) {
                (Some(Value::Object(_)), Some(Value::Object(_))) => {
                    self.objects(&at, travel, &[])?;
                }
                _ if before == after => {}
                (Some(_), Some(_)) => {
                    let left = self.left.clone();
                    self.record
                        .add(left, presence, &at, difference(before, after));
                }
                _ => self.come_or_gone(&at, map, name, presence, travel),
            }
        }
        Ok(())
    }

    /// Records that one side lacks `name`.
    fn come_or_gone(
        &mut self,
        at: &Pair,
        map: &str,
        name: &str,
        presence: Presence,
        travel: Travel,
    ) {
        let taken = self
            .old
            .adapted
            .is_none_or(|root| at.old.get(root).is_some());
        let judgement = judge_name(map, name, presence, travel, taken, &self.left);
        let predicate = match presence {
            Presence::Removed => "is removed",
            _ => "is added",
        };
        let noun = match map {
            "properties" => {
                self.record
                    .add_property(judgement, presence, at, (name, predicate), travel);
                return;
            }
            "responses" => "response",
            "content" => "media type",
            "headers" => "header",
            _ => "entry",
        };
        self.record.add(
            judgement,
            presence,
            at,
            format!("the {noun} {name} {predicate}"),
        );
    }
}
