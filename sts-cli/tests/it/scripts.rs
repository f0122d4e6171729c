//! Completions and the manual page, and the programs that read them.

use std::process::Stdio;

use crate::world::{BINARY, bare, ran};

async fn printed(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    ran(bare(BINARY, folder.path()).args(arguments))
        .await
        .printed()
}

/// Has `shell` read a file without running it.
async fn parses(shell: &str, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, printed(&["completions", shell]).await).unwrap();
    let read = ran(bare(shell, folder.path()).args(arguments).arg(&script)).await;
    assert_eq!((read.code, &*read.err), (Some(0), ""), "{shell}");
}

#[tokio::test]
async fn completions_know_all_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]).await;
        for command in [
            "token",
            "exec",
            "serve",
            "header",
            "kafka-config",
            "inspect",
            "doctor",
            "emulate",
            "completions",
            "man",
        ] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}

#[tokio::test]
async fn bash_completes() {
    parses("bash", &["-n"]).await;
    let folder = tempfile::tempdir().unwrap();
    let script = printed(&["completions", "bash"]).await;
    let ask = "COMP_WORDS=(confluent-sts kafka-config --form); COMP_CWORD=2; \
               _confluent__sts confluent-sts --form kafka-config; printf '%s' \"${COMPREPLY[*]}\"";
    let script = format!("{script}\n{ask}");
    let answer = ran(bare("bash", folder.path()).args(["-c", &script]))
        .await
        .printed();
    assert_eq!(answer, "--format");
}

#[tokio::test]
#[ignore = "needs zsh (.ci/run foreign)"]
async fn foreign_zsh_reads_its_completions() {
    parses("zsh", &["-n"]).await;
}

#[tokio::test]
#[ignore = "needs fish (.ci/run foreign)"]
async fn foreign_fish_reads_its_completions() {
    parses("fish", &["--no-execute"]).await;
}

#[tokio::test]
#[ignore = "needs elvish (.ci/run foreign)"]
async fn foreign_elvish_completes() {
    let folder = tempfile::tempdir().unwrap();
    let script = printed(&["completions", "elvish"]).await;
    // The module of its editor is there on a terminal alone.
    let editor = "fn candidate {|text &display=''| put $text}\n\
                  var edit: = (ns [&completion:=(ns [&arg-completer=[&]]) &complex-candidate~=$candidate~])";
    let ask = "for each [($edit:completion:arg-completer[confluent-sts] confluent-sts kafka-config '')] { echo $each }";
    let file = folder.path().join("script");
    std::fs::write(&file, [editor, &script, ask].join("\n")).unwrap();
    let mut elvish = bare("elvish", folder.path());
    let answer = ran(elvish.arg("-norc").arg(&file)).await.printed();
    for flag in ["--format", "--write", "--logical-cluster"] {
        assert!(answer.lines().any(|line| line == flag), "{answer}");
    }
}

#[tokio::test]
async fn there_is_a_page_for_all_and_for_each_command() {
    let page = printed(&["man"]).await;
    assert!(
        page.contains(".TH confluent-sts 1") && page.contains("confluent\\-sts\\-exec(1)"),
        "{page}"
    );
    let page = printed(&["man", "exec"]).await;
    assert!(
        page.contains(".TH confluent-sts-exec 1") && page.contains("CONFLUENT_ACCESS_TOKEN_FILE"),
        "{page}"
    );
    let folder = tempfile::tempdir().unwrap();
    let none = ran(bare(BINARY, folder.path()).args(["man", "none"])).await;
    none.fails(2, "there is no command \"none\"; see confluent-sts --help");
}

#[tokio::test]
#[ignore = "needs man (.ci/run foreign)"]
async fn foreign_man_shows_the_page_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let commands = [
        "token",
        "exec",
        "serve",
        "header",
        "kafka-config",
        "inspect",
        "doctor",
        "emulate",
        "completions",
        "man",
    ];
    let pages = commands.map(|command| (command, vec!["man", command]));
    for (name, page) in [("all", vec!["man"])].into_iter().chain(pages) {
        let file = folder.path().join(format!("{name}.1"));
        std::fs::write(&file, printed(&page).await).unwrap();
        let mut man = bare("man", folder.path());
        man.args(["--warnings", "-l"])
            .arg(&file)
            .env("MANWIDTH", "100")
            .env("LC_ALL", "C.UTF-8");
        let shown = ran(man.stdin(Stdio::null())).await;
        assert_eq!((shown.code, &*shown.err), (Some(0), ""), "{name}");
        assert!(
            shown.out.contains("NAME") && shown.out.contains("confluent-sts"),
            "{}",
            shown.out
        );
    }
}
