//! What a program notices of the generated code, and which difference of the documents it comes from.

use super::change::Class;
use super::limits;
use super::places::Places;
use super::record::{Judgement, Pair, Presence, Record};
use super::rust_api::RustApi;
use crate::openapi::Pointer;

/// One name of which the generated code says something else.
pub(super) struct Effect<'a> {
    name: &'a str,
    presence: Presence,
    class: Class,
    /// What happens to the name.
    predicate: &'static str,
    /// What becomes of programs, if they break.
    reason: Option<String>,
}

/// Raises what `record` has to what the generated code says of it, and adds what it lacks.
pub(super) fn apply(record: &mut Record, effects: Vec<Effect>, old: &Places, new: &Places) {
    for effect in effects {
        let places = places(&effect, old, new);
        attribute(record, effect, places);
    }
}

/// What a program notices.
pub(super) fn effects<'a>(old: &'a RustApi, new: &'a RustApi) -> Vec<Effect<'a>> {
    let mut found = Vec::new();
    let mut add = |name: &'a str, class, predicate, reason| {
        found.push(Effect {
            name,
            presence: Presence::of(old.names.get(name), new.names.get(name)),
            class,
            predicate,
            reason,
        });
    };
    for (name, item) in &old.names {
        match new.names.get(name) {
            None if is_within_missing(name, new) => {}
            None => add(name, Class::Breaking, "is gone", Some(lost(name, old))),
            Some(other) if stands_for(&other.meaning, &item.meaning) => {}
            Some(other) => {
                let reason = changed(name, (&item.meaning, &other.meaning), old);
                add(name, Class::Breaking, "changes", Some(reason));
            }
        }
    }
    for name in new.asked.difference(&old.asked) {
        if old.names.contains_key(owner(name)) && is_sent(name, new) {
            let reason = Some("callers must give it".to_owned());
            add(name, Class::Breaking, "becomes necessary", reason);
        }
    }
    for name in old.asked.difference(&new.asked) {
        if new.names.contains_key(name) && is_sent(name, old) {
            add(name, Class::Compatible, "is no longer necessary", None);
        }
    }
    for name in new.names.keys() {
        if !old.names.contains_key(name) && !is_within_missing(name, old) {
            add(name, Class::Compatible, "is added", None);
        }
    }
    found
}

/// Where a name comes from. What one document lacks may have come from the same place of it.
fn places(effect: &Effect, old: &Places, new: &Places) -> (Option<Pointer>, Option<Pointer>) {
    let of = |places: &Places| places.of(effect.name);
    match effect.presence {
        Presence::Both => (Some(of(old)), Some(of(new))),
        Presence::Removed => (Some(of(old)), new.same(&of(old))),
        Presence::Added => (old.same(&of(new)), Some(of(new))),
    }
}

/// Raises the differences that `effect` comes from, the closest ones at or below its place, or adds it.
fn attribute(record: &mut Record, effect: Effect, (old, new): (Option<Pointer>, Option<Pointer>)) {
    let below = |outer: &Option<Pointer>, place: &Option<Pointer>| {
        let outer = outer.as_ref().filter(|outer| **outer != Pointer::root())?;
        let below = place.as_ref()?.as_str().strip_prefix(outer.as_str())?;
        (below.is_empty() || below.starts_with('/')).then(|| below.matches('/').count())
    };
    let near = record.changes().enumerate().filter_map(|(index, change)| {
        let depth = below(&new, &change.new).or(below(&old, &change.old))?;
        // A limit changes a type only if nothing else does.
        let rank = (depth, limits::is_limit(&change.at_name()));
        (change.class > Class::Description).then_some((rank, index))
    });
    let near: Vec<_> = near.collect();
    let nearest = near.iter().map(|(rank, _)| *rank).min();
    let Effect { class, reason, .. } = effect;
    let judgement = Judgement { class, reason };
    for (_, index) in near.iter().filter(|(rank, _)| Some(*rank) == nearest) {
        record.raise(*index, judgement.clone());
    }
    // What is new comes with something that is.
    let explained = class == Class::Compatible && record.gravest() >= Some(Class::Compatible);
    if nearest.is_none() && !explained {
        let pair = Pair {
            old: old.unwrap_or_default(),
            new: new.unwrap_or_default(),
        };
        let words = format!(
            "the generated `{}` {}",
            shown(effect.name),
            effect.predicate
        );
        record.add(judgement, effect.presence, &pair, words);
    }
}

/// The type or builder that `name` belongs to; itself if it is one.
fn owner(name: &str) -> &str {
    let start = name.find("::").map_or(0, |start| start + 2);
    let end = name[start..]
        .find(['.', ':'])
        .map_or(name.len(), |end| start + end);
    &name[..end]
}

fn is_within_missing(name: &str, api: &RustApi) -> bool {
    let owner = owner(name);
    owner != name && !api.names.contains_key(owner)
}

fn is_sent(name: &str, api: &RustApi) -> bool {
    match owner(name).strip_prefix("types::") {
        Some(name) => api.directions.sent.contains(name),
        None => true,
    }
}

/// Whether what was given for `old` can be given for `new`. Limits are values, not names: callers give
/// numbers. A plain integer within an `Option` becomes no bounded one, though.
fn stands_for(new: &str, old: &str) -> bool {
    let appears = new.contains(BOUNDED) && !old.contains(BOUNDED);
    new == old || (!appears && unbounded(new) == unbounded(old))
}

const BOUNDED: &str = ":: sts_sdk :: Bounded <";

/// `text` with plain integers for bounded ones.
fn unbounded(text: &str) -> String {
    let mut parts = text.split(BOUNDED);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (inside, rest) = part.split_once('>').unwrap_or((part, ""));
        let integer = inside.split(',').next().unwrap_or_default().trim();
        format!("{text}{integer}{rest}")
    })
}

/// A name as programs write it.
fn shown(name: &str) -> &str {
    let name = name.strip_prefix("types::").unwrap_or(name);
    name.strip_prefix("builder::").unwrap_or(name)
}

/// What becomes of programs when `name` is lost.
fn lost(name: &str, api: &RustApi) -> String {
    let known = shown(name);
    if name.starts_with("Client::") {
        format!("programs call `{known}`")
    } else if name.starts_with("builder::") {
        format!("programs call the setter `{known}`")
    } else if name.contains('.') && is_sent(name, api) {
        format!("programs set `{known}`")
    } else if name.contains('.') {
        format!("programs read `{known}`")
    } else {
        format!("programs name `{known}`")
    }
}

/// What becomes of programs when `name` stands for something else.
fn changed(name: &str, (old, new): (&str, &str), api: &RustApi) -> String {
    let known = shown(name);
    if name.ends_with("::send") {
        return format!("`{known}` returns another type: {}", differing(old, new));
    }
    if name.starts_with("builder::") {
        return format!(
            "the setter `{known}` takes another type: {}",
            differing(old, new)
        );
    }
    let types = format!("`{}` instead of `{}`", short(new), short(old));
    if name.contains('.') && is_sent(name, api) {
        format!("the setter of `{known}` takes another type, {types}")
    } else if name.contains('.') {
        format!("`{known}` is of another type, {types}")
    } else {
        format!("`{known}` is something else, {types}")
    }
}

/// The type of a signature that differs, as far as one does.
fn differing(old: &str, new: &str) -> String {
    let (old, new) = (short(old), short(new));
    let words = |text: &str| -> Vec<String> {
        text.split_inclusive([' ', '<', '>', ','])
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (words(&old), words(&new));
    let start = before
        .iter()
        .zip(&after)
        .take_while(|(one, other)| one == other)
        .count();
    let most = before.len().min(after.len()) - start;
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(most)
        .take_while(|(one, other)| one == other)
        .count();
    let middle = |words: &[String]| {
        words[start..words.len() - end]
            .concat()
            .trim_matches([' ', ',', '<', '>'])
            .to_owned()
    };
    format!("`{}` instead of `{}`", middle(&after), middle(&before))
}

/// A type as programs write it.
fn short(text: &str) -> String {
    let mut text = text.to_owned();
    for path in [
        ":: std :: option ::",
        ":: std :: string ::",
        ":: std :: vec ::",
        ":: std :: collections ::",
        ":: sts_sdk ::",
        "types ::",
    ] {
        text = text.replace(&format!("{path} "), "");
    }
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        (" )", ")"),
        ("& ", "&"),
    ] {
        text = text.replace(from, to);
    }
    text
}
