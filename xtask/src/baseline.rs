//! What a fragment changes about the code that is checked in.

use std::path::Path;
use std::process::{Command, Stdio};

use confluent_codegen::Diagnostic;
use confluent_codegen::compare::{Report, Verdict, compare};
use confluent_codegen::openapi::parse;
use confluent_codegen::provenance::sha_256;

use crate::workspace::{FRAGMENT, GENERATED, VERSION, target};

/// How the header of generated code names the fragment.
pub(crate) const DIGEST: &str = "// sha-256: ";

/// What to tell the maintainer of the step from the fragment that the checked-in code was generated from to the
/// one in `bytes`: nothing if that is the one.
pub(crate) fn verdict(root: &Path, bytes: &[u8]) -> String {
    match changes(root, bytes) {
        Ok(None) => String::new(),
        Ok(Some(report)) => {
            let remember = if report.verdict() == Verdict::Unchanged {
                ""
            } else {
                "remember: say under Unreleased in CHANGELOG.md what users will notice\n"
            };
            format!(
                "\nsince the checked-in code was generated:\n\n{}{remember}",
                report.text(VERSION, false)
            )
        }
        Err(diagnostic) => format!("\nno verdict: {diagnostic}\n"),
    }
}

/// The code that is checked in is that of the last commit; without git, the file as it is.
fn changes(root: &Path, bytes: &[u8]) -> Result<Option<Report>, Diagnostic> {
    let on_disk = |file: &str| std::fs::read(root.join(file)).ok();
    let Some(code) = committed(root, GENERATED).or_else(|| on_disk(GENERATED)) else {
        return Ok(None);
    };
    let Some(wanted) = recorded_digest(&code) else {
        return Ok(None);
    };
    if wanted == sha_256(bytes) {
        return Ok(None);
    }
    let candidates = [committed(root, FRAGMENT), on_disk(FRAGMENT)];
    let old = candidates
        .into_iter()
        .flatten()
        .find(|candidate| sha_256(candidate) == wanted);
    let Some(old) = old else {
        return Err(Diagnostic::new(
            GENERATED,
            format!("was generated from a {FRAGMENT} that is not at hand"),
            "find the one whose SHA-256 its header names, and run `cargo xtask spec diff` with it",
        ));
    };
    let (old, new) = (parse(&old)?, parse(bytes)?);
    let old = (
        "the fragment that the checked-in code was generated from",
        &old,
    );
    compare(old, ("the one as it is", &new), &target()).map(Some)
}

/// `file` as the last commit of the repository at `root` has it.
fn committed(root: &Path, file: &str) -> Option<Vec<u8>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["show", &format!("HEAD:./{file}")])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout)
}

/// The SHA-256 of the fragment that generated code names in its header.
fn recorded_digest(code: &[u8]) -> Option<String> {
    let code = String::from_utf8_lossy(code);
    let digest = code.lines().find_map(|line| line.strip_prefix(DIGEST))?;
    Some(digest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A document that is no one's specification.
    const BASE: &str = include_str!("../../codegen/tests/changes/base.yaml");

    /// A workspace that holds the fragment `fragment`, and code that was generated from `source`.
    fn checkout(fragment: &str, source: &str) -> TempDir {
        let root = TempDir::new().unwrap();
        for file in [FRAGMENT, GENERATED] {
            fs::create_dir_all(root.path().join(file).parent().unwrap()).unwrap();
        }
        fs::write(root.path().join(FRAGMENT), fragment).unwrap();
        let code = format!("// first\n{DIGEST}{}\n", sha_256(source.as_bytes()));
        fs::write(root.path().join(GENERATED), code).unwrap();
        root
    }

    #[test]
    fn the_fragment_that_the_code_was_generated_from_needs_no_verdict() {
        let root = checkout(BASE, BASE);
        assert_eq!(verdict(root.path(), BASE.as_bytes()), "");
    }

    #[test]
    fn without_git_another_document_is_compared_with_the_fragment() {
        let root = checkout(BASE, BASE);
        let changed = BASE.replace("The grant.", "How it is asked for.");
        let text = verdict(root.path(), changed.as_bytes());
        assert!(
            text.contains("verdict: patch (changes of descriptions only)"),
            "{text}"
        );
        assert!(text.contains("Unreleased in CHANGELOG.md"), "{text}");
        // A comment is no change of the contract, and nothing to tell users.
        let commented = format!("# comment\n{BASE}");
        let text = verdict(root.path(), commented.as_bytes());
        assert!(text.contains("verdict: unchanged"), "{text}");
        assert!(!text.contains("CHANGELOG"), "{text}");
    }

    #[test]
    fn a_fragment_that_is_not_at_hand_is_said_to_be() {
        let root = checkout(BASE, "another");
        let text = verdict(root.path(), BASE.as_bytes());
        assert!(text.starts_with("\nno verdict: "), "{text}");
        assert_eq!(text.trim().lines().count(), 1, "{text}");
    }

    #[test]
    fn with_git_the_last_commit_counts() {
        let root = checkout(BASE, BASE);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(root.path()).args(arguments);
            command.stdout(Stdio::null()).status()
        };
        if git(&["init", "--quiet"]).is_err() {
            // Without git there is no last commit; the tests above cover that.
            return;
        }
        git(&["add", "."]).unwrap();
        let commit = [
            "-c",
            "user.name=n",
            "-c",
            "user.email=e",
            "-c",
            "commit.gpgsign=false",
            "commit",
            "--quiet",
            "--message=m",
        ];
        assert!(git(&commit).unwrap().success());
        // The fragment is edited and generated from, twice, before it is committed.
        let changed = BASE.replace("The grant.", "How it is asked for.");
        fs::write(root.path().join(FRAGMENT), &changed).unwrap();
        let code = format!("{DIGEST}{}\n", sha_256(changed.as_bytes()));
        fs::write(root.path().join(GENERATED), code).unwrap();
        let text = verdict(root.path(), changed.as_bytes());
        assert!(
            text.contains("verdict: patch (changes of descriptions only)"),
            "{text}"
        );
    }
}
