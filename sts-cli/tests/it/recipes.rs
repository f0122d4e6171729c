//! The recipes of `docs/command.md`, run as they are against the emulator, with stand-ins for the programs that they run.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::world::{BINARY, Ran, World, bare, claims, post, ran, until};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The block of this language under this heading.
pub(crate) fn recipe(heading: &str, language: &str) -> String {
    let page = std::fs::read_to_string(workspace().join("docs/command.md")).unwrap();
    let section = page.split_once(&format!("\n### {heading}\n")).unwrap().1;
    let section = section.split("\n### ").next().unwrap();
    let block = section.split_once(&format!("```{language}\n")).unwrap().1;
    block.split_once("```").unwrap().0.to_owned()
}

/// Puts a stand-in for a program where recipes find it, beside the command itself.
fn stand_in(world: &World, name: &str, script: &str) {
    let path = world.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A program of a recipe, with the command and the stand-ins in its path.
fn program(world: &World, name: &str) -> Command {
    let bin = world.path("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let link = bin.join("confluent-sts");
    if !link.exists() {
        std::os::unix::fs::symlink(BINARY, link).unwrap();
    }
    let mut command = world.program(name);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", bin.display()));
    command
}

async fn run(world: &World, script: &str) -> Ran {
    ran(program(world, "sh").args(["-eu", "-c", script])).await
}

#[tokio::test]
async fn terraform_gets_a_url_that_it_renews_its_token_from() {
    let world = World::new().await;
    stand_in(
        &world,
        "terraform",
        r#"[ "$*" = "apply -auto-approve" ] && printf '%s\n' "$TF_VAR_token_url" "$TF_VAR_client_id" "$TF_VAR_client_secret" > new
           mv new ready; until [ -e done ]; do sleep 0.01; done; exit 4"#,
    );
    let mut child = program(&world, "sh")
        .args(["-eu", "-c", &recipe("Terraform", "sh")])
        .spawn()
        .unwrap();
    let ready = world.path("ready");
    until(|| ready.exists().then_some(())).await;
    let lines = world.read("ready");
    let [url, id, secret] = lines.lines().collect::<Vec<_>>()[..] else {
        panic!("three lines");
    };
    let (status, given) = post(url, (id, secret), "grant_type=client_credentials").await;
    assert_eq!(status, 200);
    assert_eq!(claims(given["access_token"].as_str().unwrap())["sub"], "me");
    world.write("done", "");
    assert_eq!(child.wait().await.unwrap().code(), Some(4));
    // The provider's block takes what the command gives, by the provider's names.
    let block = recipe("Terraform", "hcl");
    for name in ["token_url", "client_id", "client_secret"] {
        assert!(block.contains(&format!("variable \"{name}\"")), "{name}");
        assert!(block.lines().any(|line| {
            line.trim().starts_with(&format!("oauth_external_{name}"))
                && line.ends_with(&format!("= var.{name}"))
        }));
    }
}

#[tokio::test]
async fn a_job_of_gitlab_takes_the_token_that_it_declares() {
    let world = World::new().await;
    stand_in(&world, "unused", "");
    world.write(
        "deploy.sh",
        "#!/bin/sh\ncat \"$CONFLUENT_ACCESS_TOKEN_FILE\" > deployed\n",
    );
    std::fs::set_permissions(
        world.path("deploy.sh"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let job = recipe("GitLab CI", "yaml");
    let script = job.split_once("  script:\n").unwrap().1;
    let script: Vec<&str> = script
        .lines()
        .map(|line| line.trim().trim_start_matches("- "))
        .collect();
    assert!(job.contains("id_tokens:\n    CONFLUENT_ID_TOKEN:\n"));
    let mut shell = program(&world, "sh");
    shell
        .args(["-eu", "-c", &script.join("\n")])
        .env_remove("CONFLUENT_STS_HTTP_URL");
    shell.env("GITLAB_CI", "true").env(
        "CONFLUENT_ID_TOKEN",
        world.emulator.subject_token("my-job").unwrap(),
    );
    ran(&mut shell).await.printed();
    for file in ["token", "deployed"] {
        assert_eq!(claims(world.read(file).trim_end())["sub"], "my-job");
    }
}

#[tokio::test]
async fn a_pod_takes_the_projected_token() {
    let world = World::new().await;
    stand_in(&world, "my-program", "cat \"$CONFLUENT_ACCESS_TOKEN_FILE\"");
    let pod = recipe("A Kubernetes pod", "yaml");
    let command = pod
        .lines()
        .find_map(|line| line.trim().strip_prefix("command: "))
        .unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    // Where it is mounted, a platform is found.
    let mount = pod
        .lines()
        .find_map(|line| line.trim().strip_prefix("mountPath: "))
        .unwrap();
    let file = pod
        .lines()
        .find_map(|line| line.trim().strip_prefix("path: "))
        .unwrap();
    assert_eq!(
        format!("{mount}/{file}"),
        "/var/run/secrets/tokens/confluent"
    );
    let token = world.write(
        "projected",
        &world
            .emulator
            .subject_token("system:serviceaccount:a:b")
            .unwrap(),
    );
    let mut process = program(&world, &command[0]);
    process
        .args(&command[1..])
        .env_remove("CONFLUENT_STS_HTTP_URL")
        .env("CONFLUENT_STS_TOKEN_FILE", token);
    let printed = ran(&mut process).await.printed();
    assert_eq!(claims(&printed)["sub"], "system:serviceaccount:a:b");
}

#[tokio::test]
async fn a_service_of_systemd_has_its_secret_from_a_credential() {
    let world = World::new().await;
    stand_in(
        &world,
        "my-program",
        "cat \"$CONFLUENT_ACCESS_TOKEN_FILE\"; [ \"$CONFLUENT_ACCESS_TOKEN_FILE\" = \"$EXPECTED\" ]",
    );
    world.write("credentials/client-secret", "a secret\n");
    std::fs::create_dir_all(world.path("run/my-program")).unwrap();
    let folder = world.folder.path().display().to_string();
    let unit = recipe("A systemd service", "ini")
        .replace("%d", &format!("{folder}/credentials"))
        .replace("%t", &format!("{folder}/run"))
        .replace("/usr/local/bin", &format!("{folder}/bin"))
        .replace(
            "https://idp.example.com/oauth2/token",
            &format!("{}/idp/token", world.emulator.url()),
        );
    let values = |name: &str| {
        let prefix = format!("{name}=");
        unit.lines()
            .filter_map(move |line| line.strip_prefix(&prefix).map(str::to_owned))
            .collect::<Vec<_>>()
    };
    // Otherwise the program gets each signal twice: from systemd, and from exec.
    assert_eq!(values("KillMode"), ["mixed"]);
    let start = values("ExecStart").remove(0);
    let arguments: Vec<&str> = start.split(' ').collect();
    let mut process = program(&world, arguments[0]);
    process
        .args(&arguments[1..])
        .env_remove("CONFLUENT_STS_HTTP_URL");
    for variable in values("Environment") {
        let (name, value) = variable.split_once('=').unwrap();
        process.env(name, value);
    }
    process.env("EXPECTED", format!("{folder}/run/my-program/token"));
    let printed = ran(&mut process).await.printed();
    assert_eq!(claims(&printed)["sub"], "my-program");
}

#[tokio::test]
async fn librdkafka_gets_its_settings_beneath_exec() {
    let world = World::new().await;
    stand_in(
        &world,
        "kcat",
        "[ \"$*\" = '-F client.properties -L' ] && cat client.properties",
    );
    let printed = run(&world, &recipe("librdkafka", "sh")).await.printed();
    assert!(
        printed.starts_with("bootstrap.servers=pkc-123.example:9092\n"),
        "{printed}"
    );
    let extensions = "sasl.oauthbearer.extensions=logicalCluster=lkc-123,identityPoolId=pool-abc\n";
    assert!(
        printed.contains("sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:")
            && printed.ends_with(extensions)
    );
}

#[tokio::test]
#[ignore = "needs curl (.ci/run foreign)"]
async fn foreign_curl_presents_the_token() {
    let world = World::new().await;
    let api = format!("{}/resource/pool-abc", world.emulator.url());
    let script =
        recipe("curl", "sh").replace("https://api.confluent.cloud/iam/v2/service-accounts", &api);
    run(&world, &script).await.printed();
    assert_eq!(world.emulator.counts().resource, 1);
    let script = recipe("A job that starts several programs", "sh");
    let ran = run(&world, &script).await;
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        claims(json["access_token"].as_str().unwrap())["identity_pool_id"],
        "pool-abc"
    );
}

#[tokio::test]
async fn a_job_takes_the_endpoint_of_its_own_run() {
    let world = World::new().await;
    stand_in(&world, "curl", r#"for last; do :; done; echo "$last""#);
    let stale = "export CONFLUENT_ENDPOINT_CLIENT_ID=a CONFLUENT_ENDPOINT_CLIENT_SECRET=b \
        CONFLUENT_ENDPOINT_ACCESS_TOKEN_URL=stale\n";
    world.write("endpoint.sh", stale);
    let script = recipe("A job that starts several programs", "sh");
    let job = run(&world, &script).await;
    assert!(job.out.starts_with("http://127.0.0.1:"), "{}", job.out);

    // One whose server ends does not wait for ever.
    world.write("endpoint.sh", stale);
    let mut shell = program(&world, "sh");
    shell.env("CONFLUENT_STS_DEADLINE", "soon");
    let job = ran(shell.args(["-eu", "-c", &script])).await;
    assert_eq!((job.code, &*job.out), (Some(1), ""), "{}", job.err);
    assert!(job.err.contains("CONFLUENT_STS_DEADLINE"), "{}", job.err);
}

/// A tool of `target/tools/python`.
fn tool(name: &str) -> PathBuf {
    workspace().join("target/tools/python/bin").join(name)
}

#[tokio::test]
#[ignore = "needs check-jsonschema and kubernetes-validate (.ci/run foreign)"]
async fn foreign_schemas_have_the_job_and_the_pod() {
    let world = World::new().await;
    let job = world.write(".gitlab-ci.yml", &recipe("GitLab CI", "yaml"));
    let mut check = bare(tool("check-jsonschema"), world.folder.path());
    let checked = ran(check
        .args(["--builtin-schema", "vendor.gitlab-ci"])
        .arg(job))
    .await;
    assert_eq!(checked.code, Some(0), "{}", checked.out);
    let pod = recipe("A Kubernetes pod", "yaml");
    for (text, code) in [
        (pod.clone(), 0),
        (pod.replace("audience:", "audiences:"), 1),
    ] {
        let file = world.write("pod.yaml", &text);
        let mut check = bare(tool("kubernetes-validate"), world.folder.path());
        let checked = ran(check.args(["--strict"]).arg(file)).await;
        assert_eq!(
            i32::from(checked.code != Some(0)),
            code,
            "{}{}",
            checked.out,
            checked.err
        );
    }
}

#[tokio::test]
#[ignore = "needs systemd-analyze (.ci/run foreign)"]
async fn foreign_systemd_takes_the_service() {
    let world = World::new().await;
    // It looks whether the program is there.
    let unit = recipe("A systemd service", "ini").replace("/usr/local/bin/confluent-sts", BINARY);
    let file = world.write("my-program.service", &unit);
    let checked = ran(bare("systemd-analyze", world.folder.path())
        .args(["verify", "--man=no"])
        .arg(file))
    .await;
    assert_eq!((checked.code, &*checked.err), (Some(0), ""));
}

#[tokio::test]
#[ignore = "needs confluent-kafka with schemaregistry (.ci/run foreign)"]
async fn foreign_a_client_of_schema_registry_presents_token_pool_and_cluster() {
    let world = World::new().await;
    let program_file = world.write("program.py", &recipe("Schema Registry clients", "python"));
    let registry = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/schema_registry.py");
    let mut command = program(&world, "confluent-sts");
    command
        .args(["exec", "--"])
        .arg(tool("python"))
        .arg(registry)
        .arg(program_file);
    let ran = ran(&mut command).await;
    assert_eq!(
        (ran.code, &*ran.out),
        (Some(0), "['a-subject']\ndone\n"),
        "{}",
        ran.err
    );
}
