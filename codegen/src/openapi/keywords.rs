//! What kinds of keywords there are.

/// The values that are known of an enumeration that may grow: the one vendor extension that describes the wire.
pub(crate) const EXTENSIBLE_ENUM: &str = "x-extensible-enum";

/// Whether a key is a vendor extension (OpenAPI 3.0.4, Specification Extensions).
pub(crate) fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

/// Whether a key is a vendor extension that says nothing about the wire: samples, logos, page furniture.
pub(crate) fn is_furniture(key: &str) -> bool {
    is_extension(key) && key != EXTENSIBLE_ENUM
}

/// Whether a keyword of a schema says nothing about what is valid or sent.
pub(crate) fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "$comment"
            | "deprecated"
            | "description"
            | "example"
            | "examples"
            | "externalDocs"
            | "readOnly"
            | "title"
            | "writeOnly"
            | "xml"
    )
}
