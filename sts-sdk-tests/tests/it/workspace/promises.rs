//! The pages of `promises/`: what the documentation promises, and the tests that hold it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sts_sdk_tests::workspace;
use syn::Item;

const PAGES: &str = "sts-sdk-tests/promises";

/// Every row of a table in the documentation of these is quoted, pages that it includes among them.
const DOCUMENTED: [&str; 9] = [
    "sts-sdk/src",
    "sts-emulator/src",
    "sts-cli/src",
    "codegen/src",
    "docs/another-sdk.md",
    "docs/command.md",
    "docs/data-plane.md",
    "docs/subject-tokens.md",
    "docs/updating-the-spec.md",
];

/// A quote, and the tests that are named below it.
#[derive(Default)]
struct Promise {
    quote: String,
    tests: Vec<String>,
}

/// Reads a page of promises into `all`, by the file that is quoted. What cannot be read is noted in `wrong`.
fn promises(text: &str, all: &mut BTreeMap<String, Vec<Promise>>, wrong: &mut Vec<String>) {
    let mut file = None;
    let mut before = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            file = Some(all.entry(name.to_owned()).or_default());
        } else if let Some(promises) = &mut file {
            if let Some(quoted) = line.strip_prefix("> ") {
                if !before.starts_with("> ") {
                    promises.push(Promise::default());
                }
                if let Some(promise) = promises.last_mut() {
                    promise.quote = spaced(&format!("{} {quoted}", promise.quote));
                }
            } else if let (Some(test), Some(promise)) =
                (line.strip_prefix("- "), promises.last_mut())
            {
                promise.tests.push(test.to_owned());
            } else if !line.is_empty() {
                wrong.push(format!("{PAGES}: neither a quote nor a test: {line}"));
            }
        }
        before = line;
    }
}

/// `text` in one line, with single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of the documentation in `source`, without what makes them comments unless it is a page.
fn documentation(source: &str, is_page: bool) -> Vec<&str> {
    if is_page {
        return source.lines().map(str::trim).collect();
    }
    let lines = source.lines().map(str::trim_start);
    let lines = lines.filter_map(|line| {
        let text = line.strip_prefix("//!").or(line.strip_prefix("///"))?;
        Some(text.trim())
    });
    lines.collect()
}

fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "md")
}

/// The rows of its tables, without their heads. Those within blocks of code are none.
fn rows(documentation: &[&str]) -> Vec<String> {
    let is_rule = |line: &&str| line.starts_with("| ---");
    let mut is_code = false;
    let mut rows = Vec::new();
    for (at, line) in documentation.iter().enumerate() {
        is_code ^= line.starts_with("```");
        let is_head = documentation.get(at + 1).is_some_and(is_rule);
        if !is_code && line.starts_with("| ") && !is_rule(line) && !is_head {
            rows.push(spaced(line));
        }
    }
    rows
}

/// The names of the tests in a file, or `None` if it cannot be read.
fn tests(path: &str) -> Option<Vec<String>> {
    let source = fs::read_to_string(workspace().join(path)).ok()?;
    let file = syn::parse_file(&source).ok()?;
    let mut names = Vec::new();
    collect(&file.items, &mut names);
    Some(names)
}

fn collect(items: &[Item], names: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Fn(function) => {
                let is_test = function.attrs.iter().any(|attribute| {
                    let last = attribute.path().segments.last();
                    last.is_some_and(|name| name.ident == "test")
                });
                if is_test {
                    names.push(function.sig.ident.to_string());
                }
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, names);
                }
            }
            // What `proptest!` holds: attributes and functions whose arguments are patterns.
            Item::Macro(call) if call.mac.path.is_ident("proptest") => {
                let text = call.mac.tokens.to_string();
                let after = text.split("# [test]").skip(1);
                let after = after.filter_map(|text| text.trim_start().strip_prefix("fn "));
                names.extend(after.filter_map(|text| {
                    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_')?;
                    Some(text[..end].to_owned())
                }));
            }
            _ => {}
        }
    }
}

/// The sources and pages below `path`, which may be one itself.
fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if path
        .extension()
        .is_some_and(|extension| extension == "rs" || extension == "md")
    {
        found.push(path.to_owned());
    }
}

/// What is wrong with a promise that `path` is said to make.
fn check(
    path: &str,
    documentation: &str,
    promise: &Promise,
    known: &mut BTreeMap<String, Option<Vec<String>>>,
    wrong: &mut Vec<String>,
) {
    let quote = &promise.quote;
    if !documentation.contains(quote) {
        wrong.push(format!("{path} does not say: {quote}"));
    }
    if promise.tests.is_empty() {
        wrong.push(format!("{path}: no test is named for: {quote}"));
    }
    for test in &promise.tests {
        let (file, name) = test.split_once("::").unwrap_or((test, ""));
        let names = known.entry(file.to_owned()).or_insert_with(|| tests(file));
        let exists = names
            .as_ref()
            .is_some_and(|names| names.iter().any(|other| other == name));
        if !exists {
            wrong.push(format!("there is no test {test}, named for: {quote}"));
        }
    }
}

#[test]
fn every_promise_is_where_it_is_quoted_from_and_has_a_test() {
    let mut wrong = Vec::new();
    let mut promised = BTreeMap::new();
    let mut pages = Vec::new();
    sources(&workspace().join(PAGES), &mut pages);
    for page in pages {
        let text = fs::read_to_string(page).unwrap();
        promises(&text, &mut promised, &mut wrong);
    }
    let mut known = BTreeMap::new();
    for documented in DOCUMENTED {
        let mut files = Vec::new();
        sources(&workspace().join(documented), &mut files);
        assert!(!files.is_empty(), "{documented} is documented");
        let rows_found = check_files(files, &mut promised, &mut known, &mut wrong);
        // The command's are on its page.
        let has_rows = rows_found > 0 || documented == "sts-cli/src";
        assert!(has_rows, "{documented} has rows of tables");
    }
    // Others: quotes of them are checked, whichever there are.
    for (path, quoted) in promised {
        match fs::read_to_string(workspace().join(&path)) {
            Ok(page) if is_page(&path) => {
                for promise in &quoted {
                    check(&path, &spaced(&page), promise, &mut known, &mut wrong);
                }
            }
            _ => wrong.push(format!("{path} is no source and no page")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{PAGES}/README.md says how to put this right:\n{}",
        wrong.join("\n")
    );
}

/// Checks what is `promised` of `files`, and that all their rows are; how many there are.
fn check_files(
    files: Vec<PathBuf>,
    promised: &mut BTreeMap<String, Vec<Promise>>,
    known: &mut BTreeMap<String, Option<Vec<String>>>,
    wrong: &mut Vec<String>,
) -> usize {
    let mut rows_found = 0;
    for file in files {
        let path = file.strip_prefix(workspace()).unwrap();
        let path = path.to_str().unwrap().replace('\\', "/");
        let source = fs::read_to_string(&file).unwrap();
        let documentation = documentation(&source, is_page(&path));
        let quoted = promised.remove(&path).unwrap_or_default();
        for row in rows(&documentation) {
            rows_found += 1;
            if !quoted.iter().any(|promise| promise.quote == row) {
                wrong.push(format!("{path}: a row without a test: {row}"));
            }
        }
        let documentation = spaced(&documentation.join(" "));
        for promise in &quoted {
            check(&path, &documentation, promise, known, wrong);
        }
    }
    rows_found
}

#[test]
fn what_is_edited_renamed_or_new_is_seen() {
    let source =
        "/// | a | b |\n/// | --- | --- |\n/// | one | two |\n/// Never\n/// fails.\nfn f() {}\n";
    let page = "1. See:\n\n   | a | b |\n   | --- | --- |\n   | one | two |\n\n```text\n| three | four |\n```\n";
    assert_eq!(rows(&documentation(page, true)), ["| one | two |"]);
    let documentation = documentation(source, false);
    assert_eq!(rows(&documentation), ["| one | two |"]);
    let here =
        "sts-sdk-tests/tests/it/workspace/promises.rs::what_is_edited_renamed_or_new_is_seen";
    let found = |page: &str| {
        let mut wrong = Vec::new();
        let mut all = BTreeMap::new();
        promises(page, &mut all, &mut wrong);
        let text = spaced(&documentation.join(" "));
        for promise in all.get("a.rs").into_iter().flatten() {
            check("a.rs", &text, promise, &mut BTreeMap::new(), &mut wrong);
        }
        wrong
    };
    let sound = format!(
        "Preface.\n\n## a.rs\n\n> | one | two |\n\n- {here}\n\n> Never\n> fails.\n\n- {here}\n"
    );
    assert_eq!(found(&sound), [""; 0]);
    for (page, expected) in [
        (
            sound.replace("| two", "| three"),
            "a.rs does not say: | one | three |",
        ),
        (
            sound.replace("> fails.", "> fail."),
            "a.rs does not say: Never fail.",
        ),
        (
            sound.replace("_is_seen", "_is_unseen"),
            "there is no test sts-sdk-tests/tests/it/workspace/promises.rs::what_is_edited_renamed_or_new_is_unseen, \
             named for: | one | two |",
        ),
        (
            sound.replace("promises.rs::", "other.rs::"),
            "there is no test sts-sdk-tests/tests/it/workspace/other.rs::what_is_edited_renamed_or_new_is_seen, named \
             for: | one | two |",
        ),
        (
            sound.replace(&format!("fails.\n\n- {here}\n"), "fails.\n"),
            "a.rs: no test is named for: Never fails.",
        ),
        (
            sound.replace("> Never", "Never"),
            "sts-sdk-tests/promises: neither a quote nor a test: Never",
        ),
    ] {
        assert_eq!(found(&page)[0], expected, "{page}");
    }
}

#[test]
fn tests_are_found_wherever_they_stand() {
    let of = |path: &str, name: &str| {
        let names = tests(path).unwrap_or_default();
        names.iter().any(|other| other == name)
    };
    let values = "sts-sdk-tests/tests/it/wire/values.rs";
    assert!(
        of(values, "an_integer_is_taken_if_it_is_within_the_limits"),
        "in proptest!"
    );
    assert!(of(values, "json_text_is_text_on_the_wire"));
    assert!(!of(values, "no_such_test"));
    let unit = "sts-sdk/src/provider/backoff.rs";
    assert!(
        of(unit, "a_permanent_wait_doubles_with_each_failure"),
        "in a module"
    );
    assert!(!of(unit, "after_permanent"), "no test");
    assert!(tests("sts-sdk/src/no_such_file.rs").is_none());
}
