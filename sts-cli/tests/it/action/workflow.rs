//! The workflow of the recipe.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::RECIPE;
use super::job::Job;
use crate::recipes::recipe;
use crate::world::{bare, ran};

#[tokio::test]
async fn the_workflow_of_the_recipe_runs() {
    let workflow: Value = serde_saphyr::from_str(&recipe(RECIPE, "yaml")).unwrap();
    assert_eq!(workflow["permissions"]["id-token"], "write");
    let steps = workflow["jobs"]["list"]["steps"].as_array().unwrap();
    let uses = steps.iter().find(|step| step["id"] == "confluent").unwrap();
    let inputs = uses["with"].as_object().unwrap();
    let inputs: Vec<(&str, &str)> = inputs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let audience = inputs
        .iter()
        .find(|(name, _)| *name == "audience")
        .unwrap()
        .1;
    let job = Job::for_audience(audience).await;
    let action = job.run(&inputs).await;
    assert_eq!(action.code, 0, "{}", action.log);

    // Stand-ins for the programs of the steps, which note what they are given.
    let bin = job.folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let noting = "#!/bin/sh\n[ \"$1\" = apply ] || cat >\"$HOME/stdin\"\nprintf '%s\\n' \"$*\" >>\"$HOME/arguments\"\n\
                  env | grep ^TF_VAR >\"$HOME/variables\" || true\n";
    for name in ["curl", "terraform"] {
        fs::write(bin.join(name), noting).unwrap();
        fs::set_permissions(bin.join(name), Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for step in steps.iter().filter(|step| step["run"].is_string()) {
        let mut command = bare("bash", job.folder.path());
        command.args(["-eo", "pipefail", "-c", step["run"].as_str().unwrap()]);
        command.envs(&action.variables).env("PATH", &path);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let expression = value.as_str().unwrap();
            let output = expression
                .strip_prefix("${{ steps.confluent.outputs.")
                .unwrap();
            command.env(name, &action.outputs[output.strip_suffix(" }}").unwrap()]);
        }
        let step = ran(&mut command).await;
        assert_eq!(step.code, Some(0), "{}", step.err);
    }
    let read = |name: &str| fs::read_to_string(job.folder.path().join(name)).unwrap();
    let token = fs::read_to_string(&action.outputs["token-file"]).unwrap();
    assert!(
        read("stdin") == format!("Authorization: Bearer {token}\n"),
        "curl has the token"
    );
    assert_eq!(
        read("arguments"),
        "--fail --silent --header @- https://api.confluent.cloud/org/v2/environments\napply -auto-approve\n"
    );
    for (name, output) in [
        ("token_url", "token-url"),
        ("client_id", "client-id"),
        ("client_secret", "client-secret"),
    ] {
        let line = format!("TF_VAR_{name}={}", action.outputs[output]);
        assert!(
            read("variables").lines().any(|other| other == line),
            "terraform has {name}"
        );
    }
}
