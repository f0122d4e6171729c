//! Names that only meet in the generated code, which would not compile with them.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use super::directions::items;
use super::schemars_attributes::type_name;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, component, properties};

/// Refuses a type with two fields of one name, and two properties whose defaults come from functions of one name.
pub(super) fn check(file: &syn::File, adapted: &Value) -> Result<(), Diagnostic> {
    let modules = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => Some(module),
        _ => None,
    });
    let mut defaults: BTreeMap<String, Field> = BTreeMap::new();
    for (owner, fields) in modules.flat_map(items).flat_map(types) {
        let mut seen: BTreeMap<String, &syn::Field> = BTreeMap::new();
        for field in fields {
            let Some(ident) = &field.ident else {
                continue;
            };
            let name = ident.to_string();
            let this = Field {
                owner: owner.clone(),
                name: name.clone(),
            };
            if seen.insert(name, field).is_some() {
                return Err(two_fields(&this, adapted));
            }
            if let Some(function) = default(field)
                && let Some(other) = defaults.insert(function.clone(), this.clone())
            {
                return Err(two_defaults(&function, &other, &this, adapted));
            }
        }
    }
    Ok(())
}

/// A field of a generated type.
#[derive(Clone)]
struct Field {
    owner: String,
    name: String,
}

impl Field {
    fn shown(&self) -> String {
        format!("`{}.{}`", self.owner, self.name)
    }

    /// The property that it comes from; the schemas where that is not known.
    fn place(&self, adapted: &Value) -> Pointer {
        let all = Pointer::root().joined(&["components", "schemas"]);
        let schemas = all.get(adapted).and_then(Value::as_object);
        let mut schemas = schemas.into_iter().flatten();
        let Some((name, schema)) = schemas.find(|(name, _)| type_name(name) == self.owner) else {
            return all;
        };
        let at = component(name);
        let is_own = |property: &str| property.to_snake_case() == self.name;
        let mut names = properties(schema).map(|(property, _)| property);
        match names.find(|property| is_own(property)) {
            Some(property) => at.join("properties").join(property),
            None => at,
        }
    }
}

/// What typify puts other properties into is a field of its own, whatever else there is.
fn two_fields(field: &Field, adapted: &Value) -> Diagnostic {
    Diagnostic::new(
        field.place(adapted).as_str(),
        format!(
            "{} would be two fields: the property, and the map of the `additionalProperties`",
            field.shown()
        ),
        "remove the `additionalProperties` of the schema, or the property",
    )
}

fn two_defaults(function: &str, one: &Field, other: &Field, adapted: &Value) -> Diagnostic {
    Diagnostic::new(
        other.place(adapted).as_str(),
        format!(
            "the defaults of {} and {} would come from one function, `{function}`",
            one.shown(),
            other.shown()
        ),
        "rename one of the schemas, or remove one of the defaults",
    )
}

/// The structs that `item` declares, with their fields. Those of a variant belong to its enum.
fn types(item: &syn::Item) -> Vec<(String, &syn::Fields)> {
    match item {
        syn::Item::Struct(item) => vec![(item.ident.to_string(), &item.fields)],
        syn::Item::Enum(item) => {
            let variants = item.variants.iter();
            variants
                .map(|variant| (item.ident.to_string(), &variant.fields))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The function that is made for the default of `field`; those that are generic serve many.
fn default(field: &syn::Field) -> Option<String> {
    let mut function = None;
    for attribute in &field.attrs {
        if !attribute.path().is_ident("serde") {
            continue;
        }
        // What is of another form has no such function.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let text: syn::LitStr = value.parse()?;
                if meta.path.is_ident("default") && !text.value().contains('<') {
                    function = Some(text.value());
                }
            }
            Ok(())
        });
    }
    function
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(code: &str) -> String {
        let adapted = json!({"components": {"schemas": {
            "a.Foo": {"properties": {"bar-baz": {}, "extra": {}}},
            "a.FooBar": {"properties": {"baz": {}}},
        }}});
        let file = syn::parse_str(&format!("mod types {{ {code} }}")).unwrap();
        let said = check(&file, &adapted).err();
        said.map(|said| said.to_string()).unwrap_or_default()
    }

    #[test]
    fn two_fields_of_one_name_are_refused() {
        assert_eq!(
            refusal("struct AFoo { extra: u8 } struct B { extra: u8 }"),
            ""
        );
        assert_eq!(
            refusal("struct AFoo { extra: u8, extra: u8 }"),
            "/components/schemas/a.Foo/properties/extra: `AFoo.extra` would be two fields: the property, and the map \
             of the `additionalProperties`; remove the `additionalProperties` of the schema, or the property"
        );
        let said = refusal("enum E { A { x: u8 }, B { x: u8, x: u8 } }");
        assert!(
            said.starts_with("/components/schemas: `E.x` would be"),
            "{said}"
        );
    }

    #[test]
    fn two_defaults_of_one_function_are_refused() {
        let field = |struct_: &str, field: &str, function: &str| {
            format!(
                "struct {struct_} {{ #[serde(rename = \"x\", default = \"{function}\")] {field}: u8 }}\n"
            )
        };
        let foo = field("AFoo", "bar_baz", "defaults::a_foo_bar_baz");
        let said = refusal(&(foo.clone() + &field("AFooBar", "baz", "defaults::a_foo_bar_baz")));
        let expected = "/components/schemas/a.FooBar/properties/baz: the defaults of `AFoo.bar_baz` and \
                        `AFooBar.baz` would come from one function, `defaults::a_foo_bar_baz`; rename one";
        assert!(said.starts_with(expected), "{said}");
        assert_eq!(refusal(&(foo + &field("B", "baz", "defaults::b_baz"))), "");
        // One function serves all of these.
        let generic = "defaults::default_u64::<u32, 3>";
        assert_eq!(
            refusal(&(field("A", "a", generic) + &field("B", "b", generic))),
            ""
        );
    }
}
