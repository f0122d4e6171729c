//! What the JSON Schema of a generated type says beyond its Rust type.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::Value;

/// Adds keywords to properties: each entry is a property, a keyword and its value.
pub(crate) struct Keywords(pub(crate) &'static [(&'static str, &'static str, &'static str)]);

impl Transform for Keywords {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for (property, keyword, value) in self.0 {
            if let Some(Value::Object(property)) = properties.get_mut(*property) {
                property.insert((*keyword).to_owned(), (*value).into());
            }
        }
    }
}
