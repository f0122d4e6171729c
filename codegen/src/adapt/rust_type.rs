//! Says in the document which type of `sts-sdk` a schema becomes.

use serde_json::{Value, json};

/// The crate whose types may be named, as typify's settings must know it.
pub(crate) const CRATE: &str = "sts-sdk";

/// Marks `schema` with typify's `x-rust-type`: the generated code uses `name` of `sts-sdk`, with
/// `parameters` as its type parameters.
pub(super) fn mark(schema: &mut Value, name: &str, parameters: &[Value]) {
    let rust_type = json!({
        "crate": CRATE,
        "version": "*",
        "path": format!("sts_sdk::{name}"),
        "parameters": parameters,
    });
    // Typify reads the extension before `nullable`, which would get lost beside it.
    let nullable = schema
        .as_object_mut()
        .and_then(|schema| schema.shift_remove("nullable"))
        .is_some_and(|nullable| nullable == true);
    schema["x-rust-type"] = rust_type;
    if nullable {
        let inner = schema.take();
        *schema = json!({"nullable": true, "allOf": [inner]});
    }
}
