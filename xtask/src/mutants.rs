//! `cargo xtask mutants`: whether tests fail when the code is broken, by a draw of what `cargo mutants` would break.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::{Args, ValueEnum};
use confluent_codegen::Diagnostic;
use serde_json::Value;

use crate::print::{counted, print};
use crate::workspace::workspace;

/// The version of `cargo-mutants` whose options and results this knows.
const VERSION: &str = "27.1.0";
/// Where it writes what came of each mutant, unless told.
const RESULTS: &str = "target/mutants";

/// Options of `cargo xtask mutants`.
#[derive(Args)]
pub(crate) struct Options {
    /// Package whose code is broken
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Package::StsSdk)]
    package: Package,
    /// How many mutants are drawn
    #[arg(long, value_name = "NUMBER", default_value_t = 60)]
    count: usize,
    /// Draw what this number has drawn before [default: another one each time, which is printed]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Print what is drawn, and do nothing with it
    #[arg(long)]
    list: bool,
    /// Longest time that the tests of one mutant may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u32,
    /// Folder for what came of each mutant [default: target/mutants]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Further options of `cargo mutants`, such as `--jobs=2`
    #[arg(last = true, value_name = "OPTION")]
    further: Vec<String>,
}

/// The packages of this workspace that have tests.
#[derive(Clone, Copy, ValueEnum)]
enum Package {
    StsSdk,
    StsCli,
    ConfluentCodegen,
    StsEmulator,
    Xtask,
}

impl Package {
    fn name(self) -> &'static str {
        match self {
            Self::StsSdk => "sts-sdk",
            Self::StsCli => "sts-cli",
            Self::ConfluentCodegen => "confluent-codegen",
            Self::StsEmulator => "sts-emulator",
            Self::Xtask => "xtask",
        }
    }

    /// The packages whose tests are run on its mutants.
    fn tested_by(self) -> &'static str {
        match self {
            Self::StsSdk => "sts-sdk,sts-sdk-tests",
            Self::StsCli => "sts-cli",
            Self::ConfluentCodegen => "confluent-codegen,xtask",
            // Whose command `emulate` it is.
            Self::StsEmulator => "sts-emulator,sts-cli",
            Self::Xtask => "xtask",
        }
    }

    /// The features without which these tests do not reach all of its code.
    fn features(self) -> Option<&'static str> {
        match self {
            Self::StsSdk => Some("sts-sdk-tests/aws,sts-sdk-tests/spiffe"),
            _ => None,
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Diagnostic> {
    check_version()?;
    let all = list(options)?;
    let seed = options.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let drawn = draw(&all, options.count, seed);
    print(&format!(
        "{} of {} of {}, drawn with --seed {seed}\n",
        drawn.len(),
        counted(all.len(), "mutant"),
        options.package.name()
    ));
    if options.list || drawn.is_empty() {
        print(
            &drawn
                .iter()
                .fold(String::new(), |text, name| text + name + "\n"),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let results = options.out.clone();
    let results = results.unwrap_or_else(|| workspace().join(RESULTS));
    let failed = |why: &str| {
        let advice = format!(
            "look at what it says, and at its logs in {}",
            results.display()
        );
        Diagnostic::new("cargo mutants", why, advice)
    };
    fs::create_dir_all(&results).map_err(|error| failed(&error.to_string()))?;
    let mut command = mutants(options);
    command
        .arg("--test-package")
        .arg(options.package.tested_by())
        // What it would choose is made for the tests of the package alone.
        .args(["--timeout", &options.timeout.to_string()])
        .arg("--output")
        .arg(&results)
        .args(&options.further);
    if let Some(features) = options.package.features() {
        command.args(["--features", features]);
    }
    // Those that delete a field of a struct are not left out by their names: of the files that are drawn from, all are
    // tested.
    let files: BTreeSet<&str> = drawn
        .iter()
        .filter_map(|name| name.split(':').next())
        .collect();
    for file in files {
        command.args(["--file", file]);
    }
    for name in &drawn {
        command.arg(format!("--re=^{}$", escaped(name)));
    }
    let status = command
        .status()
        .map_err(|error| failed(&error.to_string()))?;
    // 2 and 3: some lived, or did not come to an end.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(failed(&format!("ended with {status}")));
    }
    let outcomes = outcomes(&results).ok_or_else(|| failed("wrote no results that can be read"))?;
    let (text, lived) = report(&outcomes, &results);
    print(&text);
    Ok(ExitCode::from(u8::from(lived)))
}

/// `cargo mutants`, for the package.
fn mutants(options: &Options) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace()).arg("mutants").args([
        "--colors",
        "never",
        "--package",
        options.package.name(),
    ]);
    command
}

fn check_version() -> Result<(), Diagnostic> {
    let mut command = Command::new("cargo");
    let output = command.args(["mutants", "--version"]).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let said = said.unwrap_or_default();
    if said == format!("cargo-mutants {VERSION}") {
        return Ok(());
    }
    let what = match said.as_str() {
        "" => "is not installed".to_owned(),
        other => format!("is {other:?}, not version {VERSION}"),
    };
    let advice = format!("run `cargo install --locked cargo-mutants@{VERSION}`");
    Err(Diagnostic::new("cargo mutants", what, advice))
}

/// The names of all mutants, but those that `.cargo/mutants.toml` accepts.
fn list(options: &Options) -> Result<Vec<String>, Diagnostic> {
    let mut command = mutants(options);
    // Warnings would stand among the names.
    let command = command.args(["--list", "--level", "error"]);
    let output = command.stderr(Stdio::inherit()).output();
    let failed = |why: String| Diagnostic::new("cargo mutants --list", why, "look at what it says");
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("ended with {}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(ToOwned::to_owned).collect())
}

/// `count` of `all`, in their order.
fn draw(all: &[String], count: usize, seed: u64) -> Vec<&str> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut drawn = random.choose_multiple(all.iter().enumerate(), count);
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, name)| name.as_str()).collect()
}

/// A regular expression that matches `name` alone.
fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if "\\.+*?()|[]{}^$#&-~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What `cargo mutants` says of each.
fn outcomes(results: &Path) -> Option<Vec<Value>> {
    let text = fs::read_to_string(results.join("mutants.out/outcomes.json")).ok()?;
    let mut root: Value = serde_json::from_str(&text).ok()?;
    match root.get_mut("outcomes")?.take() {
        Value::Array(outcomes) => Some(outcomes),
        _ => None,
    }
}

/// How many ended how, with the difference that each of those makes that lived; whether any did.
fn report(outcomes: &[Value], results: &Path) -> (String, bool) {
    let with = |summary: &str| {
        let found = outcomes
            .iter()
            .filter(|outcome| outcome["summary"] == summary);
        found.collect::<Vec<_>>()
    };
    let lived = with("MissedMutant");
    let hung = with("Timeout");
    let mut text = format!(
        "{} killed, {} lived, {} do not compile, {} hung\n",
        with("CaughtMutant").len(),
        lived.len(),
        with("Unviable").len(),
        hung.len(),
    );
    for (what, those) in [("lived", &lived), ("hung", &hung)] {
        for outcome in those {
            let name = outcome["scenario"]["Mutant"]["name"].as_str();
            let path = outcome["diff_path"].as_str().unwrap_or_default();
            let diff = fs::read_to_string(results.join("mutants.out").join(path));
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "\n{what}: {}\n{}",
                name.unwrap_or("?"),
                diff.unwrap_or_default().trim_end()
            );
        }
    }
    if !lived.is_empty() {
        text.push_str(
            "\nWrite a test that fails for each of those that lived. One that changes nothing that anybody can see is \
             accepted in .cargo/mutants.toml, with the reason.\n",
        );
    }
    (text, !lived.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_has_no_mutant_twice_and_depends_on_its_seed_alone() {
        let all: Vec<String> = (0..1000).map(|nth| nth.to_string()).collect();
        let drawn = draw(&all, 60, 7);
        assert_eq!(drawn, draw(&all, 60, 7));
        assert_ne!(drawn, draw(&all, 60, 8));
        let numbers: Vec<u32> = drawn.iter().map(|name| name.parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        assert_eq!(numbers.len(), 60);
        // From all parts of the list.
        assert!(numbers[0] < 200 && numbers[59] > 800, "{numbers:?}");
        assert_eq!(draw(&all[..3], 60, 7), ["0", "1", "2"]);
    }
}
