//! Writing YAML.

use serde_json::Value;

use crate::document::parse;
use crate::fault::Fault;

const REPORT: &str = "report this as a bug of xtask";

/// Two spaces for each level, lines of text as they are, and quotes wherever a reader of YAML 1.1 or
/// 1.2 could take text for something else.
pub(crate) fn to_yaml(root: &Value) -> Result<String, Fault> {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Long lines are not folded.
        folded_wrap_chars: usize::MAX,
    };
    serde_saphyr::to_string_with_options(root, options).map_err(|error| {
        let what = format!("cannot be written as YAML: {error}");
        Fault::new("document", what, REPORT)
    })
}

/// Refuses text that does not read as `root`.
pub(crate) fn check_yaml(text: &str, root: &Value) -> Result<(), Fault> {
    let what = match parse(text.as_bytes()) {
        Ok(read) if read == *root => return Ok(()),
        Ok(_) => "reads as another document once it is written as YAML".to_owned(),
        Err(fault) => format!("cannot be read once it is written as YAML: {fault}"),
    };
    Err(Fault::new("document", what, REPORT))
}
