//! The two documents side by side, from the operations on, following every reference.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::change::Class;
use super::keywords::{Keyword, is_description, judge, judge_name, judge_value, only_annotates};
use super::limits;
use super::record::{Judgement, Pair, Presence, Record, Travel};
use super::words::{difference, shown};
use crate::diagnostic::Diagnostic;
use crate::openapi::{
    EXTENSIBLE_ENUM, Operation, Parameter, Pointer, holds_names, is_data, is_extension, parameters,
    resolve,
};

/// One of the two documents.
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
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
    /// The `allOf` that says more of a reference, and which part of it that is.
    wrapper: Option<(Pointer, usize)>,
}

impl<'a> Side<'a> {
    pub(super) fn value(&self, at: &Pointer) -> Option<&'a Value> {
        at.get(self.root)
    }

    /// The parameters of `operation`.
    pub(super) fn parameters(&self, operation: &Operation) -> Result<Vec<Parameter>, Diagnostic> {
        parameters(self.root, operation).map_err(|diagnostic| diagnostic.within(self.name))
    }

    /// Where the references from `at` lead.
    fn resolve(&self, at: &Pointer) -> Result<Pointer, Diagnostic> {
        resolve(self.root, at).map_err(|diagnostic| diagnostic.within(self.name))
    }

    fn core(&self, at: &Pointer) -> Result<Core<'a>, Diagnostic> {
        let outer = self.resolve(at)?;
        let part = self.value(&outer).and_then(referring_part);
        let wrapper = part.map(|index| (outer.clone(), index));
        let reference = match part {
            Some(index) => outer.join("allOf").join(index),
            None => at.clone(),
        };
        let at = self.resolve(&reference)?;
        Ok(Core {
            schema: self.value(&at).unwrap_or(&Value::Null),
            name: (at != reference).then(|| at.name()),
            at,
            wrapper,
        })
    }

    /// The parts of the wrapper beside the reference.
    fn beside(&self, core: &Core) -> Vec<(Pointer, &'a Value)> {
        let Some((wrapper, referring)) = &core.wrapper else {
            return Vec::new();
        };
        let at = wrapper.join("allOf");
        let parts = at.get(self.root).and_then(Value::as_array);
        let parts = parts.into_iter().flatten().enumerate();
        parts
            .filter(|(index, _)| index != referring)
            .map(|(index, part)| (at.join(index), part))
            .collect()
    }

    /// The properties that a schema requires, together with what leads to it.
    fn required(&self, core: &Core) -> BTreeSet<String> {
        let parts = self.beside(core).into_iter().map(|(_, part)| part);
        let wrapper = core.wrapper.iter().filter_map(|(at, _)| self.value(at));
        let schemas = parts.chain(wrapper).chain([core.schema]);
        let lists = schemas.filter_map(|schema| schema.get("required")?.as_array());
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

/// Whether something below `value` refers to something else.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(map) => map
            .iter()
            .any(|(key, inner)| key == "$ref" || refers(inner)),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
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
        self.wrapper(pair, (&old, &new), travel)?;
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

    /// Records what only generated code can judge.
    pub(super) fn leave(&mut self, presence: Presence, pair: &Pair, words: String) {
        self.record.add(self.left.clone(), presence, pair, words);
    }

    fn names_of_components(&mut self, pair: &Pair, (old, new): (&Core, &Core)) {
        let named = |name: &Option<String>| match name {
            Some(name) => format!("`{name}`"),
            None => "written in place".to_owned(),
        };
        if old.name != new.name {
            let words = format!("is {} instead of {}", named(&new.name), named(&old.name));
            self.leave(Presence::Both, pair, words);
        }
    }

    /// Compares what is said beside references.
    fn wrapper(
        &mut self,
        pair: &Pair,
        (old, new): (&Core, &Core),
        travel: Travel,
    ) -> Result<(), Diagnostic> {
        let place = |core: &Core, at: &Pointer| match &core.wrapper {
            Some((wrapper, _)) => wrapper.clone(),
            None => at.clone(),
        };
        let at = Pair {
            old: place(old, &pair.old),
            new: place(new, &pair.new),
        };
        let value = |side: &Side<'a>, core: &Core| {
            let wrapper = core.wrapper.as_ref();
            wrapper
                .and_then(|(at, _)| side.value(at))
                .unwrap_or(&Value::Null)
        };
        let holders = (value(&self.old, old), value(&self.new, new));
        for key in keys(Some(holders.0), Some(holders.1)) {
            if key != "allOf" {
                self.keyword(&at, holders, key, travel)?;
            }
        }
        let (mut before, mut after) = (self.old.beside(old), self.new.beside(new));
        while let (Some(_), Some(_)) = (before.first(), after.first()) {
            let part = Pair {
                old: before.remove(0).0,
                new: after.remove(0).0,
            };
            self.objects(&part, travel, &["required"])?;
        }
        for (presence, rest) in [(Presence::Removed, before), (Presence::Added, after)] {
            for (_, part) in rest {
                let says_more = |key: &&String| !matches!(key.as_str(), "required" | "type");
                let judgement = match only_annotates(part) {
                    // Compared with the properties.
                    _ if !keys(Some(part), None).iter().any(says_more) => continue,
                    true => Class::Description.into(),
                    false => self.left.clone(),
                };
                let words = format!("a part is {}", presence.verb());
                self.record
                    .add(judgement, Presence::Both, &at.join("allOf"), words);
            }
        }
        Ok(())
    }

    /// Compares which properties are required.
    fn required(&mut self, core: &Pair, (old, new): (&Core, &Core), travel: Travel) {
        let (before, after) = (self.old.required(old), self.new.required(new));
        for name in before.symmetric_difference(&after) {
            let declared = |core: &Core| core.schema["properties"].get(name).is_some();
            let now = if after.contains(name) {
                "now"
            } else {
                "no longer"
            };
            match (declared(old), declared(new)) {
                (true, true) => {
                    let at = core.join("properties").join(name);
                    let predicate = format!("is {now} required");
                    self.record.add_property(
                        self.left.clone(),
                        Presence::Both,
                        &at,
                        (name, &predicate),
                        travel,
                    );
                }
                (false, false) => {
                    let composed =
                        core.new.as_str().contains("/allOf/") || new.schema.get("allOf").is_some();
                    let judgement = if now == "now" && travel == Travel::Sent && !composed {
                        Judgement::breaking("requests without it may be refused")
                    } else {
                        self.left.clone()
                    };
                    let words = format!("`{name}`, which is not declared, is {now} required");
                    let at = core.join("required");
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
        let described = !is_description(key) && !matches!(key, "callbacks" | "links");
        let is_map = |value: Option<&Value>| value.is_some_and(Value::is_object);
        match (old, new) {
            // Compared with the properties.
            _ if key == "required" && [old, new].into_iter().flatten().all(Value::is_array) => {}
            (Some(Value::Array(before)), Some(Value::Array(after))) if described => match key {
                "enum" | EXTENSIBLE_ENUM => {
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
            (Class::Description, ..) => Presence::of(old, new).verb().to_owned(),
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
            self.leave(Presence::Both, at, words);
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
                "responses" if is_extension(name) => continue,
                "responses" if name.starts_with('2') => Travel::Received,
                "responses" => Travel::Error,
                _ => travel,
            };
            let presence = Presence::of(before, after);
            let at = pair.join(name);
            match (before, after) {
                (Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
                    if old != new || refers(new) {
                        self.objects(&at, travel, &[])?;
                    }
                }
                _ if before == after => {}
                (Some(_), Some(_)) => {
                    self.leave(presence, &at, difference(before, after));
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
        let predicate = format!("is {}", presence.verb());
        let noun = match map {
            "properties" => {
                self.record
                    .add_property(judgement, presence, at, (name, &predicate), travel);
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
