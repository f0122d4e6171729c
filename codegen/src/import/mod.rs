//! From a published document to a fragment: the operations under a path, with everything they refer to.

mod exact_numbers;
mod extract;
mod header;
mod openapi_3_1;
mod prefix;
mod truncation;
mod unused;

#[cfg(test)]
mod fuzz;

use self::extract::extract;
use self::header::{MARK, header};
use crate::diagnostic::Diagnostic;
use crate::openapi::{check_yaml, is_release_of, parse, to_yaml, version};
use crate::pipeline::selected;

pub use self::extract::Extract;
pub use self::prefix::Prefix;

/// A document that was imported.
#[derive(Debug)]
pub struct Imported {
    /// The fragment, as it is to be written.
    pub text: String,
    /// What was taken and what was left.
    pub extract: Extract,
}

/// Makes the fragment out of `bytes`, which are the file `name`.
///
/// # Errors
///
/// `bytes` are no sound OpenAPI document of version 3.0 or 3.1, have nothing under `prefix`, or say there what
/// OpenAPI 3.0 cannot say.
pub fn import(bytes: &[u8], name: &str, prefix: &Prefix) -> Result<Imported, Diagnostic> {
    let mut root = parse(bytes)?;
    truncation::check_ending(bytes)?;
    let is_3_1 = is_3_1(&root)?;
    let mut extract = extract(&mut root, prefix)?;
    let moved = extract.moved.clone();
    let as_given = |diagnostic: Diagnostic| {
        moved.iter().fold(diagnostic, |diagnostic, (from, to)| {
            diagnostic.moved(from.as_str(), to.as_str())
        })
    };
    truncation::check_values(&mut root).map_err(as_given)?;
    exact_numbers::check(&root, bytes).map_err(as_given)?;
    if is_3_1 {
        openapi_3_1::downgrade(&mut root).map_err(as_given)?;
        // Some of what cannot be said, and need not be, refers to others.
        extract.remove_components(&mut root);
    }
    selected(&root).map_err(as_given)?;
    let yaml = to_yaml(&root)?;
    check_yaml(&yaml, &root)?;
    let version = root["info"]["version"].as_str().unwrap_or_default();
    let text = format!("{}{yaml}", header(name, bytes, version, prefix));
    Ok(Imported { text, extract })
}

fn is_3_1(root: &serde_json::Value) -> Result<bool, Diagnostic> {
    let version = version(root)?;
    if is_release_of(version, "3.0") || is_release_of(version, "3.1") {
        return Ok(is_release_of(version, "3.1"));
    }
    Err(Diagnostic::new(
        "/openapi",
        format!("OpenAPI {version} is not supported"),
        "provide the document in OpenAPI 3.0.x or 3.1.x",
    ))
}

/// Whether `text` is a fragment: one that was imported, or an OpenAPI document that was written by hand.
#[must_use]
pub fn is_fragment(text: &str) -> bool {
    text.starts_with(MARK) || parse(text.as_bytes()).is_ok_and(|root| root.get("openapi").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a:
    $ref: '#/components/pathItems/a'
components:
  pathItems:
    a:
      get:
        operationId: getA
        responses:
          '200': {description: d, content: {a/b: {schema: {$ref: '#/components/schemas/A'}}}}
        parameters: []
  schemas:
    A: {type: [string, 'null']}
";

    fn imported(text: &str) -> Result<String, String> {
        let prefix = Prefix::new("/a").unwrap();
        let imported = import(text.as_bytes(), "api.yaml", &prefix);
        let imported = imported.map(|imported| imported.text);
        imported.map_err(|diagnostic| diagnostic.to_string())
    }

    #[test]
    fn an_import_is_a_header_and_plain_yaml() {
        let text = imported(DOCUMENT).unwrap();
        let (header, yaml) = text.split_once("\n\n").unwrap();
        assert!(header.starts_with(MARK), "{header}");
        assert_eq!(
            yaml,
            "\
openapi: \"3.0.3\"
info:
  title: t
  version: \"1\"
paths:
  /a:
    get:
      operationId: getA
      responses:
        \"200\":
          description: d
          content:
            a/b:
              schema:
                $ref: \"#/components/schemas/A\"
      parameters: []
components:
  schemas:
    A:
      type: string
      nullable: true
"
        );
    }

    #[test]
    fn diagnostics_name_places_of_the_document_as_it_was_given() {
        let diagnostic = imported(&DOCUMENT.replace(
            "parameters: []",
            "parameters: [{name: p, in: query, schema: {contains: {}}}]",
        ));
        let expected = "/components/pathItems/a/get/parameters/0/schema/contains: ";
        assert!(
            diagnostic.as_ref().unwrap_err().starts_with(expected),
            "{diagnostic:?}"
        );
    }

    #[test]
    fn versions_other_than_3_0_and_3_1_are_refused() {
        for (version, part) in [
            (
                "openapi: 3.2.0",
                "/openapi: OpenAPI 3.2.0 is not supported; provide",
            ),
            ("openapi: 3.1", "/openapi: the version 3.1 is not a string"),
            ("swagger: '2.0'", "/swagger: is Swagger 2.0"),
            ("name: x", "`openapi` is missing"),
        ] {
            let diagnostic = imported(&DOCUMENT.replace("openapi: 3.1.0", version)).unwrap_err();
            assert!(diagnostic.contains(part), "{diagnostic}");
        }
    }

    #[test]
    fn only_openapi_documents_are_taken_for_fragments() {
        assert!(is_fragment(MARK));
        assert!(is_fragment("# by hand\nopenapi: 3.0.0\n"));
        assert!(!is_fragment("name: x\n"));
        assert!(!is_fragment("fn main() {}\n"));
    }
}
