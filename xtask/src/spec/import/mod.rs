//! `cargo xtask spec import`: from a published document to the fragment.

mod cut;
mod exact_numbers;
mod gaps;
mod header;
mod openapi_3_1;
mod prefix;
mod unused;

#[cfg(test)]
mod fuzz;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use self::cut::{Cut, cut};
use self::header::{MARK, header};
use self::prefix::Prefix;
use crate::document::{check, is_release_of, parse, read_bytes, version};
use crate::fault::Fault;
use crate::output::{check_replaceable, diff, print, write_atomically};
use crate::provenance::{clean, file_name};
use crate::spec::compare;
use crate::workspace::{FRAGMENT, in_workspace};
use crate::yaml::{check_yaml, to_yaml};

/// Options of `cargo xtask spec import`.
#[derive(Args)]
pub(crate) struct Options {
    /// Published OpenAPI document to take the fragment from, 3.0 or 3.1, YAML or JSON
    document: PathBuf,
    /// Take the operations at this path and below it
    #[arg(long, value_name = "PATH", default_value = "/sts/v1")]
    path_prefix: String,
    /// File to write [default: openapi/sts-v1.yaml]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing; print what would change
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let prefix = Prefix::new(&options.path_prefix)?;
    let source = &options.document;
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| in_workspace(FRAGMENT));
    let bytes = read_bytes(source)?;
    check_different(source, &out)?;
    let Imported { text, cut } = import(&bytes, &file_name(source), &prefix)
        .map_err(|fault| fault.within(&source.display().to_string()))?;

    let old = check_replaceable(&out, is_fragment)?;
    let name = out.display();
    if old.as_deref() == Some(&text) {
        print(&format!("{name} is up to date with {}\n", one_line(source)));
        return Ok(ExitCode::SUCCESS);
    }
    if options.dry_run {
        let old = old.unwrap_or_default();
        print(&diff(&out, ("as it is", &old), ("imported", &text)));
        print(&verdict(&old, &text));
        return Ok(ExitCode::SUCCESS);
    }
    write_atomically(&out, &text)?;
    print(&format!("{name} imported from {}\n", one_line(source)));
    print(&summary(&cut));
    let spec = options.out.as_ref();
    let spec = spec.map(|out| format!(" --spec {}", out.display()));
    let spec = spec.unwrap_or_default();
    print(&format!("next: cargo xtask codegen{spec}\n"));
    Ok(ExitCode::SUCCESS)
}

/// What the step from the fragment `old` to `new` means for users of the SDK.
fn verdict(old: &str, new: &str) -> String {
    if old.is_empty() {
        return String::new();
    }
    let report = parse(old.as_bytes()).and_then(|old| compare(&old, &parse(new.as_bytes())?));
    match report {
        Ok(report) => format!("\n{}", report.text()),
        Err(fault) => format!("\nno verdict: {fault}\n"),
    }
}

/// A document that was imported.
struct Imported {
    /// The fragment, as it is to be written.
    text: String,
    cut: Cut,
}

/// Makes the fragment out of `bytes`, which are the file `name`.
fn import(bytes: &[u8], name: &str, prefix: &Prefix) -> Result<Imported, Fault> {
    let mut root = parse(bytes)?;
    gaps::check_ending(bytes)?;
    let is_3_1 = is_3_1(&root)?;
    let mut cut = cut(&mut root, prefix)?;
    let moved = cut.moved.clone();
    let as_given = |fault: Fault| {
        moved.iter().fold(fault, |fault, (from, to)| {
            fault.moved(from.as_str(), to.as_str())
        })
    };
    gaps::check_values(&mut root).map_err(as_given)?;
    exact_numbers::check(&root, bytes).map_err(as_given)?;
    if is_3_1 {
        openapi_3_1::bring_down(&mut root).map_err(as_given)?;
        // Some of what cannot be said, and need not be, refers to others.
        cut.remove_components(&mut root);
    }
    check(&root).map_err(as_given)?;
    let yaml = to_yaml(&root)?;
    check_yaml(&yaml, &root)?;
    let version = root["info"]["version"].as_str().unwrap_or_default();
    let text = format!("{}{yaml}", header(name, bytes, version, prefix));
    Ok(Imported { text, cut })
}

fn is_3_1(root: &serde_json::Value) -> Result<bool, Fault> {
    let version = version(root)?;
    if is_release_of(version, "3.0") || is_release_of(version, "3.1") {
        return Ok(is_release_of(version, "3.1"));
    }
    Err(Fault::new(
        "/openapi",
        format!("OpenAPI {version} is not supported"),
        "provide the document in OpenAPI 3.0.x or 3.1.x",
    ))
}

/// Whether `text` is a fragment: one that was imported, or an OpenAPI document that was written by hand.
fn is_fragment(text: &str) -> bool {
    text.starts_with(MARK) || parse(text.as_bytes()).is_ok_and(|root| root.get("openapi").is_some())
}

fn check_different(source: &Path, out: &Path) -> Result<(), Fault> {
    let same = match (source.canonicalize(), out.canonicalize()) {
        (Ok(source), Ok(out)) => source == out,
        _ => false,
    };
    if same {
        return Err(Fault::new(
            out.display().to_string(),
            "is the document itself",
            "name another file with --out",
        ));
    }
    Ok(())
}

fn one_line(file: &Path) -> String {
    clean(&file.display().to_string())
}

fn summary(cut: &Cut) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    format!(
        "  {} and {} kept; {} and {} left out\n",
        count(cut.operations, "operation", "operations"),
        count(cut.components, "component", "components"),
        count(cut.other_paths, "path", "paths"),
        count(cut.other_components, "component", "components"),
    )
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
        imported.map_err(|fault| fault.to_string())
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
    fn faults_name_places_of_the_document_as_it_was_given() {
        let fault = imported(&DOCUMENT.replace(
            "parameters: []",
            "parameters: [{name: p, in: query, schema: {contains: {}}}]",
        ));
        let expected = "/components/pathItems/a/get/parameters/0/schema/contains: ";
        assert!(
            fault.as_ref().unwrap_err().starts_with(expected),
            "{fault:?}"
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
            let fault = imported(&DOCUMENT.replace("openapi: 3.1.0", version)).unwrap_err();
            assert!(fault.contains(part), "{fault}");
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
