//! What the change of one keyword means, as far as generated code does not tell it.

use serde_json::Value;

use super::change::Class;
use super::limits;
use super::record::{Judgement, Presence, Travel};
use super::words::is_off;
use crate::openapi::{EXTENSIBLE_ENUM, is_annotation, is_furniture};

/// A keyword that changes, and what stands around it.
pub(super) struct Keyword<'a> {
    pub(super) key: &'a str,
    pub(super) old: Option<&'a Value>,
    pub(super) new: Option<&'a Value>,
    /// What holds it.
    pub(super) holders: (&'a Value, &'a Value),
    /// What stands in its place in the adapted documents.
    pub(super) adapted: (Option<&'a Value>, Option<&'a Value>),
    pub(super) travel: Travel,
}

/// Whether a keyword says nothing that a program could notice.
pub(super) fn is_description(key: &str) -> bool {
    let noticed = matches!(key, "deprecated" | "readOnly" | "writeOnly");
    matches!(key, "summary" | "tags") || is_furniture(key) || (is_annotation(key) && !noticed)
}

/// Whether nothing but annotations stands in `schema`.
pub(super) fn only_annotates(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| {
        schema.iter().all(|(key, value)| match key.as_str() {
            "type" => value == "object",
            "required" => true,
            "properties" => value
                .as_object()
                .is_some_and(|properties| properties.values().all(only_annotates)),
            key => is_description(key),
        })
    })
}

const REFUSED: &str = "a value that was taken may be refused";

/// What the change means. What only generated code tells is `left`.
pub(super) fn judge(keyword: &Keyword, left: &Judgement) -> Judgement {
    let Keyword { key, old, new, .. } = *keyword;
    let sent = keyword.travel == Travel::Sent;
    let off = is_off(old) && is_off(new);
    let now_on = !is_off(new);
    match key {
        key if is_description(key) => Class::Description.into(),
        "additionalProperties" if !sent => tells_apart(keyword, left),
        _ if off => Class::NoEffect.into(),
        _ if sent && is_same_once_adapted(keyword) => Class::NoEffect.into(),
        "deprecated" => Class::Compatible.into(),
        key if limits::is_limit(key) => limits::judge(key, old, new, sent),
        "style" | "explode" | "allowReserved" if !sent || is_default(keyword) => {
            Class::NoEffect.into()
        }
        "style" | "explode" | "allowReserved" => {
            Judgement::breaking("requests are written another way")
        }
        "default" | EXTENSIBLE_ENUM if sent => Class::Compatible.into(),
        "enum" if sent && old.is_none() => Judgement::breaking(REFUSED),
        "requestBody" if old.is_none() => Judgement::breaking("requests need a body"),
        "servers" => Judgement::breaking("programs send requests elsewhere"),
        "readOnly" if sent && now_on => {
            Judgement::breaking("the server no longer takes it from programs")
        }
        "writeOnly" if !sent && now_on => Judgement::breaking("the server no longer sends it"),
        "default" | EXTENSIBLE_ENUM | "readOnly" | "writeOnly" | "discriminator"
        | "propertyName" | "callbacks" | "links" | "required" => Class::NoEffect.into(),
        "$ref"
        | "additionalProperties"
        | "allOf"
        | "anyOf"
        | "content"
        | "enum"
        | "format"
        | "in"
        | "items"
        | "name"
        | "nullable"
        | "oneOf"
        | "operationId"
        | "parameters"
        | "properties"
        | "requestBody"
        | "responses"
        | "schema"
        | "type" => left.clone(),
        _ if sent => Judgement::breaking("the server may refuse what it took"),
        _ => Class::NoEffect.into(),
    }
}

/// Whether the adaptations make the same of both.
fn is_same_once_adapted(keyword: &Keyword) -> bool {
    let (old, new) = keyword.adapted;
    old.is_some() && old == new
}

/// Alternatives of what is received are told apart by what they forbid; elsewhere nothing is forbidden.
fn tells_apart(keyword: &Keyword, left: &Judgement) -> Judgement {
    let closed = |value: Option<&Value>| value.is_some_and(|value| *value == false);
    let (old, new) = keyword.adapted;
    if closed(old) == closed(new) {
        left.clone()
    } else {
        Judgement::breaking("the generated type may take a reply for another alternative")
    }
}

/// Whether a parameter is written as OpenAPI has it unless it says otherwise (3.0.4, Parameter Object).
fn is_default(keyword: &Keyword) -> bool {
    let (old, new) = keyword.holders;
    [old, new].into_iter().all(|holder| {
        let in_form = !matches!(holder["in"].as_str(), Some("path" | "header"));
        let expected = match (keyword.key, in_form) {
            ("style", true) => "form".into(),
            ("style", false) => "simple".into(),
            ("explode", _) => Value::Bool(in_form),
            _ => Value::Bool(false),
        };
        let stated = holder.get(keyword.key);
        stated.is_none_or(|value| *value == expected)
    })
}

/// What it means that a value of a list of allowed values comes or goes.
pub(super) fn judge_value(key: &str, presence: Presence, travel: Travel) -> Judgement {
    match (presence, travel) {
        (Presence::Removed, Travel::Sent) => Judgement::breaking("programs may send it"),
        (Presence::Added, Travel::Sent) => Class::Compatible.into(),
        (Presence::Added, _) if key == "enum" => Class::Compatible.into(),
        _ => Class::NoEffect.into(),
    }
}

/// What it means that `name` comes to or goes from the map under `map`. `taken` is whether the generated code
/// takes the media type.
pub(super) fn judge_name(
    map: &str,
    name: &str,
    presence: Presence,
    travel: Travel,
    taken: bool,
    left: &Judgement,
) -> Judgement {
    match (map, presence) {
        ("responses", Presence::Removed) if name.starts_with('2') => {
            Judgement::breaking("the generated client waits for it")
        }
        ("responses", _) if name.starts_with('2') => {
            Judgement::breaking("programs of today take it for an error")
        }
        ("content", Presence::Removed) if taken && travel == Travel::Sent => {
            Judgement::breaking("programs send it")
        }
        ("content", Presence::Removed) if taken && travel == Travel::Received => {
            Judgement::breaking("programs read it")
        }
        ("headers", _) => Class::Compatible.into(),
        ("encoding", _) if travel == Travel::Sent => {
            Judgement::breaking("requests are written another way")
        }
        ("responses" | "content" | "encoding" | "mapping", _) => Class::NoEffect.into(),
        _ => left.clone(),
    }
}
