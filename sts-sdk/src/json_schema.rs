//! What the JSON Schema of a generated type says beyond its Rust type.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::Value;

/// Adds keywords to the properties of a schema. A chain of calls, since that is what a derive macro can
/// parse without the whole of Rust's grammar.
#[derive(Default)]
pub(crate) struct Keywords(Vec<[&'static str; 3]>);

impl Keywords {
    /// Adds `keyword` with `value` to `property`.
    pub(crate) fn with(
        mut self,
        property: &'static str,
        keyword: &'static str,
        value: &'static str,
    ) -> Self {
        self.0.push([property, keyword, value]);
        self
    }
}

impl Transform for Keywords {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for [property, keyword, value] in &self.0 {
            if let Some(Value::Object(property)) = properties.get_mut(*property) {
                property.insert((*keyword).to_owned(), (*value).into());
            }
        }
    }
}
