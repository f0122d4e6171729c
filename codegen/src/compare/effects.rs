//! What a program notices of the generated code, and which difference of the documents it comes from.

use super::change::Class;
use super::limits;
use super::places::Places;
use super::record::{Judgement, Pair, Presence, Record};
use super::rust_api::RustApi;
use crate::openapi::Pointer;

/// The generated code of one document.
pub(super) struct Side<'a> {
    pub(super) api: &'a RustApi,
    pub(super) places: Places<'a>,
}

/// One name of which the generated code says something else.
struct Effect {
    presence: Presence,
    /// Where the name comes from in either document, if that has it.
    old: Option<Pointer>,
    new: Option<Pointer>,
    class: Class,
    words: String,
    /// What becomes of programs, if they break.
    reason: Option<String>,
}

/// Raises what `record` has to what the generated code says of it, and adds what it lacks.
pub(super) fn apply(record: &mut Record, old: &Side, new: &Side) {
    let (before, after) = (old.api, new.api);
    let mut found: Vec<(&str, Presence, Class, String, Option<String>)> = Vec::new();
    for (name, item) in &before.names {
        let (presence, words, reason) = match after.names.get(name) {
            None if is_within_missing(name, after) => continue,
            None => (Presence::Removed, "is gone", lost(name, before)),
            Some(other) if stands_for(&other.meaning, &item.meaning) => continue,
            Some(other) => {
                let reason = changed(name, (&item.meaning, &other.meaning), before);
                (Presence::Both, "changes", reason)
            }
        };
        found.push((
            name,
            presence,
            Class::Breaking,
            described(name, words),
            Some(reason),
        ));
    }
    for name in after.asked.difference(&before.asked) {
        if before.names.contains_key(owner(name)) && is_sent(name, after) {
            let presence = match before.names.contains_key(name) {
                true => Presence::Both,
                false => Presence::Added,
            };
            let reason = Some("callers must give it".to_owned());
            let words = described(name, "becomes necessary");
            found.push((name, presence, Class::Breaking, words, reason));
        }
    }
    for name in before.asked.difference(&after.asked) {
        if after.names.contains_key(name) && is_sent(name, before) {
            let words = described(name, "is no longer necessary");
            found.push((name, Presence::Both, Class::Compatible, words, None));
        }
    }
    for name in after.names.keys() {
        if !before.names.contains_key(name) && !is_within_missing(name, before) {
            let words = described(name, "is added");
            found.push((name, Presence::Added, Class::Compatible, words, None));
        }
    }
    for (name, presence, class, words, reason) in found {
        let (from, to) = places(name, presence, old, new);
        attribute(
            record,
            Effect {
                presence,
                old: from,
                new: to,
                class,
                words,
                reason,
            },
        );
    }
}

fn described(name: &str, predicate: &str) -> String {
    format!("the generated `{}` {predicate}", shown(name))
}

/// Where `name` comes from. What one document lacks may have come from the same place of it.
fn places(
    name: &str,
    presence: Presence,
    old: &Side,
    new: &Side,
) -> (Option<Pointer>, Option<Pointer>) {
    match presence {
        Presence::Both => (Some(old.places.of(name)), Some(new.places.of(name))),
        Presence::Removed => {
            let at = old.places.of(name);
            let same = new.places.same(&at);
            (Some(at), same)
        }
        Presence::Added => {
            let at = new.places.of(name);
            (old.places.same(&at), Some(at))
        }
    }
}

/// Raises the differences that `effect` comes from, the closest ones at or below its place, or adds it.
fn attribute(record: &mut Record, effect: Effect) {
    let below = |outer: &Option<Pointer>, place: &Option<Pointer>| {
        let outer = outer.as_ref().filter(|outer| **outer != Pointer::root())?;
        let below = place.as_ref()?.as_str().strip_prefix(outer.as_str())?;
        (below.is_empty() || below.starts_with('/')).then(|| below.matches('/').count())
    };
    let mut near: Vec<(usize, bool, usize)> = Vec::new();
    for (index, change) in record.changes().enumerate() {
        let depth = below(&effect.new, &change.new).or(below(&effect.old, &change.old));
        if let Some(depth) = depth
            && change.class > Class::Description
        {
            // A limit changes a type only if nothing else does.
            near.push((depth, limits::is_limit(&change.at_name()), index));
        }
    }
    let Effect { class, reason, .. } = effect;
    let Some((nearest, is_limit, _)) = near.iter().min().copied() else {
        // What is new comes with something that is.
        if class == Class::Breaking || record.gravest() < Some(Class::Compatible) {
            let pair = Pair {
                old: effect.old.unwrap_or_default(),
                new: effect.new.unwrap_or_default(),
            };
            record.add(
                Judgement { class, reason },
                effect.presence,
                &pair,
                effect.words,
            );
        }
        return;
    };
    for (depth, limit, index) in near {
        if depth == nearest && limit == is_limit {
            let reason = reason.clone();
            record.raise(index, Judgement { class, reason });
        }
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
