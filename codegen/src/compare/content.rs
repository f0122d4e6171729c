//! What differs between bodies: their media types.

use super::change::Class;
use super::contract::{Contract, Pair, Role, Travel};

/// Compares what is sent or received by media type, where the loss of one is of the class `lost`.
pub(super) fn compare(contract: &mut Contract, content: &Pair, travel: Travel, lost: Class) {
    for name in contract.keys(content) {
        let at = content.join(name);
        match contract.values(&at) {
            (Some(_), None) => {
                contract.removed(lost, &at.old, format!("the media type {name} is removed"));
            }
            (None, Some(_)) => {
                let words = format!("the media type {name} is added");
                contract.added(Class::NoEffect, &at.new, words);
            }
            _ => compare_media_type(contract, &at, travel),
        }
    }
}

fn compare_media_type(contract: &mut Contract, media_type: &Pair, travel: Travel) {
    for key in contract.keys(media_type) {
        let at = media_type.join(key);
        let (old, new) = contract.values(&at);
        let class = match key.as_str() {
            "schema" if old.is_some() && new.is_some() => {
                contract.open(at, Role::Other);
                continue;
            }
            "schema" => Class::Breaking,
            "encoding" if travel.sent => Class::Breaking,
            "encoding" => Class::NoEffect,
            _ => Class::Description,
        };
        contract.keyword(class, &at);
    }
}
