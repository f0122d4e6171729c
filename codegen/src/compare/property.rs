//! What differs between the properties of objects: which there are, and whether callers must give them.

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, Role, Side, Travel};
use super::subject::{Subject, subject};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// What a property is to those who set and read it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for a keyword of its own"
)]
struct Shape<'a> {
    required: bool,
    default: Option<&'a Value>,
    nullable: bool,
    /// A list or a map, which can be empty where others are absent.
    collection: bool,
    /// Whether it has a value that is filled in: its only one.
    filled_in: bool,
}

impl<'a> Shape<'a> {
    /// The property `name` of the object at `object`, which `schema` is the schema of.
    fn of(side: &Side<'a>, object: &Pointer, name: &str, schema: &Subject) -> Self {
        let at = &schema.at;
        let values = side
            .under(at, "x-extensible-enum")
            .and_then(Value::as_array);
        let is_map = side
            .under(at, "additionalProperties")
            .is_some_and(Value::is_object)
            && side.under(at, "properties").is_none();
        Self {
            required: side.requires(object, name),
            default: side.under(at, "default"),
            nullable: schema.wrappers.iter().chain([at]).any(|at| {
                side.under(at, "nullable")
                    .is_some_and(|value| *value == true)
            }),
            collection: is_map || side.under(at, "type").is_some_and(|kind| kind == "array"),
            filled_in: values.is_some_and(|values| values.len() == 1) && !side.receives(object),
        }
    }

    /// Whether the generated field is an `Option`.
    fn is_optional(&self) -> bool {
        self.nullable || !(self.required || self.collection || self.default.is_some())
    }

    /// Whether a request cannot be built without it. A default does not help what is required.
    fn must_be_given(&self, travel: Travel) -> bool {
        travel.sent && self.required && !self.filled_in
    }
}

/// Compares the properties of the objects at `object`.
pub(super) fn compare_all(contract: &mut Contract, object: &Pair) -> Result<(), Diagnostic> {
    let properties = object.join("properties");
    for name in contract.keys(&properties) {
        let at = properties.join(name);
        match contract.values(&at) {
            (Some(_), None) => {
                let noun = contract.travel(object).noun();
                let words = format!("the {noun} `{name}` is removed");
                contract.removed(Class::Breaking, &at.old, words);
            }
            (None, Some(_)) => add(contract, object, &at.new, name)?,
            _ => {
                compare(contract, object, &at, name)?;
                contract.open(at, Role::Property);
            }
        }
    }
    Ok(())
}

fn add(contract: &mut Contract, object: &Pair, at: &Pointer, name: &str) -> Result<(), Diagnostic> {
    let travel = contract.travel(object);
    let schema = subject(&contract.new, at)?;
    let shape = Shape::of(&contract.new, &object.new, name, &schema);
    let (class, kind) = if shape.must_be_given(travel) {
        (Class::Breaking, "required ")
    } else if travel.sent && !shape.required {
        (Class::Compatible, "optional ")
    } else {
        (Class::Compatible, "")
    };
    let words = format!("the {kind}{} `{name}` is added", travel.noun());
    contract.added(class, at, words);
    Ok(())
}

/// Compares what a property is to callers; its schema is compared apart.
fn compare(
    contract: &mut Contract,
    object: &Pair,
    at: &Pair,
    name: &str,
) -> Result<(), Diagnostic> {
    let travel = contract.travel(object);
    let subjects = (
        subject(&contract.old, &at.old)?,
        subject(&contract.new, &at.new)?,
    );
    let old = Shape::of(&contract.old, &object.old, name, &subjects.0);
    let new = Shape::of(&contract.new, &object.new, name, &subjects.1);
    let schema = Pair {
        old: subjects.0.at,
        new: subjects.1.at,
    };
    let class = |otherwise: Class| {
        let asked = new.must_be_given(travel) && !old.must_be_given(travel);
        if asked || old.is_optional() != new.is_optional() {
            Class::Breaking
        } else {
            otherwise
        }
    };
    let noun = travel.noun();
    if old.required != new.required {
        let now = if new.required { "now" } else { "no longer" };
        let words = format!("the {noun} `{name}` is {now} required");
        let relief = if old.must_be_given(travel) {
            Class::Compatible
        } else {
            Class::NoEffect
        };
        contract.changed(class(relief), at, words);
    }
    if old.nullable != new.nullable {
        let now = if new.nullable { "now" } else { "no longer" };
        let words = format!("the {noun} `{name}` is {now} nullable");
        let keyword = schema.join("nullable");
        let place = match contract.values(&keyword) {
            (None, None) => at,
            _ => &keyword,
        };
        contract.differs(class(Class::NoEffect), place, words);
    }
    if old.default != new.default {
        contract.keyword(class(Class::Compatible), &schema.join("default"));
    }
    compare_extensible(contract, &schema, travel, class(Class::Compatible));
    Ok(())
}

/// Compares `x-extensible-enum`: a list that can grow, so that no type is made of it.
pub(super) fn compare_extensible(
    contract: &mut Contract,
    schema: &Pair,
    travel: Travel,
    grown: Class,
) {
    let at = schema.join("x-extensible-enum");
    let (old, new) = contract.values(&at);
    let grown = if travel.sent { grown } else { Class::NoEffect };
    let (Some(Value::Array(before)), Some(Value::Array(after))) = (old, new) else {
        contract.keyword(grown, &at);
        return;
    };
    let lost = if travel.sent {
        Class::Breaking
    } else {
        Class::NoEffect
    };
    contract.listed(&at, (before, after), (lost, grown));
}
