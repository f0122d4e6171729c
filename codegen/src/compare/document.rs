//! What differs between what the documents say of themselves: their titles, servers and tags.

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, difference, shown};
use crate::openapi::Pointer;

pub(super) fn compare(contract: &mut Contract) {
    let root = Pair {
        old: Pointer::root(),
        new: Pointer::root(),
    };
    for key in contract.keys(&root) {
        let at = root.join(key);
        match key.as_str() {
            "paths" | "components" | "security" => {}
            "info" => compare_info(contract, &at),
            "servers" => compare_servers(contract, &at),
            "openapi" => contract.keyword(Class::NoEffect, &at),
            _ => contract.keyword(Class::Description, &at),
        }
    }
}

fn compare_info(contract: &mut Contract, info: &Pair) {
    for key in contract.keys(info) {
        let at = info.join(key);
        let class = match key.as_str() {
            "version" => Class::NoEffect,
            _ => Class::Description,
        };
        contract.keyword(class, &at);
    }
}

/// Servers count by their address. The SDK has a constructor for each.
fn compare_servers(contract: &mut Contract, servers: &Pair) {
    let listed = |root: &Value, at: &Pointer| -> Vec<(Pointer, Value)> {
        let list = at.get(root).and_then(Value::as_array).cloned();
        let list = list.unwrap_or_default().into_iter().enumerate();
        list.map(|(index, server)| (at.join(index), server))
            .collect()
    };
    let old = listed(contract.old.root, &servers.old);
    let new = listed(contract.new.root, &servers.new);
    for (at, server) in &old {
        let words = || format!("the server {} is removed", shown(&server["url"]));
        match new.iter().find(|(_, other)| other["url"] == server["url"]) {
            None => contract.removed(Class::Breaking, at, words()),
            Some((place, other)) if other != server => {
                let pair = Pair {
                    old: at.clone(),
                    new: place.clone(),
                };
                let class = if other["variables"] == server["variables"] {
                    Class::Description
                } else {
                    Class::Breaking
                };
                contract.changed(class, &pair, difference(Some(server), Some(other)));
            }
            Some(_) => {}
        }
    }
    for (at, server) in &new {
        if !old.iter().any(|(_, other)| other["url"] == server["url"]) {
            let words = format!("the server {} is added", shown(&server["url"]));
            contract.added(Class::Compatible, at, words);
        }
    }
}
