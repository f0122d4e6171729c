//! What differs between what the documents say of themselves: their titles and servers.

use serde_json::Value;

use super::change::Class;
use super::record::{Judgement, Pair, Presence};
use super::walk::{Walk, keys};
use super::words::{difference, shown};
use crate::generate::Constructor;
use crate::openapi::Pointer;

pub(super) fn compare(walk: &mut Walk, constructors: &[Constructor]) {
    let root = Pair::root();
    for key in keys(Some(walk.old.root), Some(walk.new.root)) {
        let at = root.join(key);
        match key.as_str() {
            "paths" | "components" | "security" => {}
            "info" => {
                let (old, new) = walk.values(&at);
                for key in keys(old, new) {
                    differs(walk, &at.join(key), key == "version");
                }
            }
            "servers" => compare_servers(walk, &at, constructors),
            _ => differs(walk, &at, key == "openapi"),
        }
    }
}

/// Records that what stands at `pair` differs, if it does. It is a `version`, or words.
fn differs(walk: &mut Walk, pair: &Pair, version: bool) {
    let (old, new) = walk.values(pair);
    if old == new {
        return;
    }
    let presence = Presence::of(old, new);
    if version {
        let words = difference(old, new);
        walk.record.add(Class::NoEffect, presence, pair, words);
    } else {
        let words = match presence {
            Presence::Both => "reworded",
            _ => presence.verb(),
        };
        walk.record.add(Class::Description, presence, pair, words);
    }
}

/// Servers count by their address. Programs use the first one, and those that a constructor names.
fn compare_servers(walk: &mut Walk, servers: &Pair, constructors: &[Constructor]) {
    let old = listed(walk.old.root, &servers.old);
    let new = listed(walk.new.root, &servers.new);
    for (index, (at, server)) in old.iter().enumerate() {
        let gone = || {
            let url = server["url"].as_str().map(|url| url.trim_end_matches('/'));
            let is_named = |constructor: &&Constructor| Some(constructor.url.as_str()) == url;
            match constructors.iter().find(is_named) {
                Some(constructor) => {
                    Judgement::breaking(format!("`{}` names it", constructor.name))
                }
                None if index == 0 => Judgement::breaking("programs send requests to it"),
                None => Class::NoEffect.into(),
            }
        };
        let other = new.iter().find(|(_, other)| other["url"] == server["url"]);
        let pair = Pair {
            old: at.clone(),
            new: other.map_or(at, |(place, _)| place).clone(),
        };
        match other {
            None => {
                let words = format!("the server {} is removed", shown(&server["url"]));
                walk.record.add(gone(), Presence::Removed, &pair, words);
            }
            Some((_, other)) if other["variables"] != server["variables"] => {
                let words = difference(Some(server), Some(other));
                walk.record.add(gone(), Presence::Both, &pair, words);
            }
            Some((_, other)) if other != server => {
                walk.record
                    .add(Class::Description, Presence::Both, &pair, "reworded");
            }
            Some(_) => {}
        }
    }
    for (at, server) in &new {
        if !old.iter().any(|(_, other)| other["url"] == server["url"]) {
            let words = format!("the server {} is added", shown(&server["url"]));
            let pair = Pair {
                old: at.clone(),
                new: at.clone(),
            };
            walk.record
                .add(Class::Compatible, Presence::Added, &pair, words);
        }
    }
}

fn listed<'a>(root: &'a Value, at: &Pointer) -> Vec<(Pointer, &'a Value)> {
    let list = at.get(root).and_then(Value::as_array);
    let list = list.into_iter().flatten().enumerate();
    list.map(|(index, server)| (at.join(index), server))
        .collect()
}
