//! Which place of a document the names of the generated code come from.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::rust_api::RustApi;
use crate::diagnostic::Diagnostic;
use crate::generate::type_name;
use crate::openapi::{Pointer, operations, parameters, resolve};

pub(super) struct Places<'a> {
    original: &'a Value,
    adapted: &'a Value,
    api: &'a RustApi,
    found: BTreeMap<String, Pointer>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        original: &'a Value,
        adapted: &'a Value,
        api: &'a RustApi,
    ) -> Result<Self, Diagnostic> {
        let mut places = Self {
            original,
            adapted,
            api,
            found: BTreeMap::new(),
        };
        let schemas = Pointer::root().joined(&["components", "schemas"]);
        let components = schemas.get(adapted).and_then(Value::as_object);
        let names = components.into_iter().flat_map(serde_json::Map::keys);
        let types: Vec<(String, Pointer)> = names
            .map(|name| (format!("types::{}", type_name(name)), schemas.join(name)))
            .filter(|(name, _)| api.names.contains_key(name))
            .collect();
        places.found.extend(types.iter().cloned());
        for (name, at) in &types {
            places.add_members(name, at);
        }
        places.add_operations()?;
        Ok(places)
    }

    /// Where `name` comes from, in the document as it was before it was adapted; the root if that is not known.
    pub(super) fn of(&self, name: &str) -> Pointer {
        let mut name = name;
        let mut at = loop {
            if let Some(at) = self.found.get(name) {
                break at.clone();
            }
            // What has no place of its own is at that of its owner.
            match name.rfind(['.', ':']) {
                Some(end) => name = name[..end].trim_end_matches(':'),
                None => return Pointer::root(),
            }
        };
        // What an adaptation adds is at what it is added to.
        while at.get(self.original).is_none() {
            at = at.parent();
        }
        // A list of components or paths is not about any of them.
        if matches!(
            at.as_str(),
            "/components/schemas" | "/components" | "/paths"
        ) {
            return Pointer::root();
        }
        at
    }

    /// The place `at`, if the document has it.
    pub(super) fn same(&self, at: &Pointer) -> Option<Pointer> {
        at.get(self.original).is_some().then(|| at.clone())
    }

    /// Adds the type `name`, which the schema at `at` becomes, and the types of what is declared in it.
    fn add_type(&mut self, name: &str, at: &Pointer) {
        let full = format!("types::{name}");
        if !self.api.names.contains_key(&full) || self.found.contains_key(&full) {
            return;
        }
        self.found.insert(full.clone(), at.clone());
        self.add_members(&full, at);
    }

    /// Adds the fields and variants of the type `name`.
    fn add_members(&mut self, name: &str, at: &Pointer) {
        let api = self.api;
        for (member, item) in api.within(name) {
            let field = member[name.len()..].starts_with('.');
            let place = match &item.json {
                Some(json) => self.property(at, json),
                None if field => Some(at.join("additionalProperties")),
                None => ["oneOf", "anyOf", "enum"]
                    .into_iter()
                    .map(|key| at.join(key))
                    .find(|at| at.get(self.adapted).is_some()),
            };
            let place = place
                .filter(|place| place.get(self.adapted).is_some())
                .unwrap_or_else(|| at.clone());
            self.add_mentioned(&item.mentions, &place);
            self.found.insert(member.clone(), place);
        }
    }

    /// Adds the types among `words` that are not known yet, which are declared at `at`.
    fn add_mentioned(&mut self, words: &[String], at: &Pointer) {
        let mut schema = at.clone();
        // Lists and maps have no names.
        while let Some(inner) = ["items", "additionalProperties"]
            .into_iter()
            .map(|key| schema.join(key))
            .find(|inner| inner.get(self.adapted).is_some_and(Value::is_object))
            && schema.join("properties").get(self.adapted).is_none()
        {
            schema = inner;
        }
        if schema.join("$ref").get(self.adapted).is_none() {
            for word in words {
                self.add_type(word, &schema);
            }
        }
    }

    /// Where the schema at `at`, or one that it is composed of, declares the property `name`.
    fn property(&self, at: &Pointer, name: &str) -> Option<Pointer> {
        let own = at.joined(&["properties", name]);
        if own.get(self.adapted).is_some() {
            return Some(own);
        }
        let parts = at.join("allOf");
        let count = parts.get(self.adapted)?.as_array()?.len();
        (0..count).find_map(|index| {
            let part = resolve(self.adapted, &parts.join(index)).ok()?;
            self.property(&part, name)
        })
    }

    fn add_operations(&mut self) -> Result<(), Diagnostic> {
        for operation in operations(self.adapted) {
            let builder = format!("builder::{}", operation.id.to_pascal_case());
            let method = format!("Client::{}", operation.id.to_snake_case());
            self.found.insert(method, operation.at.clone());
            let mut places = vec![
                ("send".to_owned(), operation.at.join("responses")),
                ("body".to_owned(), operation.at.join("requestBody")),
                ("body_map".to_owned(), operation.at.join("requestBody")),
            ];
            for parameter in parameters(self.adapted, &operation)? {
                places.push((parameter.name.to_snake_case(), parameter.at));
            }
            for (member, at) in places {
                let name = format!("{builder}::{member}");
                if let Some(item) = self.api.names.get(&name) {
                    self.add_mentioned(&item.mentions, &schema_below(self.adapted, &at));
                    self.found.insert(name, at);
                }
            }
            self.found.insert(builder, operation.at);
        }
        Ok(())
    }
}

/// The schema of a parameter, a body or the first of some responses.
fn schema_below(root: &Value, at: &Pointer) -> Pointer {
    let first = |at: &Pointer| -> Option<Pointer> {
        let at = resolve(root, at).ok()?;
        let content = at.join("content");
        let media_type = content
            .get(root)
            .and_then(Value::as_object)?
            .keys()
            .next()?;
        Some(content.join(media_type).join("schema"))
    };
    let responses = at.get(root).and_then(Value::as_object);
    let mut statuses = responses.into_iter().flat_map(serde_json::Map::keys);
    let schema = at.join("schema");
    if schema.get(root).is_some() {
        return schema;
    }
    first(at)
        .or_else(|| statuses.find_map(|status| first(&at.join(status))))
        .unwrap_or_else(|| at.clone())
}
