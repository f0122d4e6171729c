//! Prints a document like the one that Confluent publishes, to measure the tool with:
//! `cargo run -p confluent-codegen --example published -- 3.1 yaml > openapi.yaml`.

#[path = "../tests/published/mod.rs"]
mod published;

use std::io::{self, Write};

use published::{Version, published};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let usage = || io::Error::other("usage: published 3.0|3.1 yaml|json");
    let [version, format] = arguments[..] else {
        return Err(usage());
    };
    let root = published(match version {
        "3.0" => Version::V3_0,
        "3.1" => Version::V3_1,
        _ => return Err(usage()),
    });
    let text = match format {
        "yaml" => serde_saphyr::to_string(&root).map_err(io::Error::other)?,
        "json" => serde_json::to_string_pretty(&root)?,
        _ => return Err(usage()),
    };
    io::stdout().write_all(text.as_bytes())
}
