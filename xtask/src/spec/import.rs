//! `cargo xtask spec import`: from a published document to the fragment.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use confluent_codegen::Diagnostic;
use confluent_codegen::compare::compare;
use confluent_codegen::import::{Extract, Imported, Prefix, import, is_fragment};
use confluent_codegen::openapi::{parse, read_bytes};
use confluent_codegen::output::{check_replaceable, diff, write_atomically};
use confluent_codegen::provenance::{clean, file_name};

use crate::print::{counted, print};
use crate::workspace::{FRAGMENT, VERSION, in_workspace, target};

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

pub(crate) fn run(options: &Options) -> Result<ExitCode, Diagnostic> {
    let prefix = Prefix::new(&options.path_prefix)
        .map_err(|diagnostic| diagnostic.within("--path-prefix"))?;
    let source = &options.document;
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| in_workspace(FRAGMENT));
    let bytes = read_bytes(source)?;
    check_different(source, &out)?;
    let Imported { text, extract } = import(&bytes, &file_name(source), &prefix)
        .map_err(|diagnostic| diagnostic.within(&source.display().to_string()))?;

    let old = check_replaceable(&out, is_fragment)?;
    let name = out.display();
    let source = clean(&source.display().to_string());
    if old.as_deref() == Some(&text) {
        print(&format!("{name} is up to date with {source}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    if options.dry_run {
        let old = old.unwrap_or_default();
        print(&diff(&out, ("as it is", &old), ("imported", &text)));
        print(&verdict(&old, &text));
        return Ok(ExitCode::SUCCESS);
    }
    write_atomically(&out, &text)?;
    print(&format!("{name} imported from {source}\n"));
    print(&summary(&extract));
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
    let report = parse(old.as_bytes()).and_then(|old| {
        let new = parse(new.as_bytes())?;
        compare(
            ("the fragment as it is", &old),
            ("the imported one", &new),
            &target(),
        )
    });
    match report {
        Ok(report) => format!("\n{}", report.text(VERSION, false)),
        Err(diagnostic) => format!("\nno verdict: {diagnostic}\n"),
    }
}

fn check_different(source: &Path, out: &Path) -> Result<(), Diagnostic> {
    let same = match (source.canonicalize(), out.canonicalize()) {
        (Ok(source), Ok(out)) => source == out,
        _ => false,
    };
    if same {
        return Err(Diagnostic::new(
            out.display().to_string(),
            "is the document itself",
            "name another file with --out",
        ));
    }
    Ok(())
}

fn summary(extract: &Extract) -> String {
    format!(
        "  {} and {} kept; {} and {} left out\n",
        counted(extract.operations, "operation"),
        counted(extract.components, "component"),
        counted(extract.other_paths, "path"),
        counted(extract.other_components, "component"),
    )
}
