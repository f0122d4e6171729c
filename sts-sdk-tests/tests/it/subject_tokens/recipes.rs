//! The recipes of `docs/subject-tokens.md`: filters take the claims beside them and no others, settings exist, manifests are
//! valid.

use std::fs;
use std::process::Command;

use serde_json::{Map, Value};
use sts_emulator::{IdentityPool, StsEmulator};
use sts_sdk::{Client, TokenExchangeRequest, settings};
use sts_sdk_tests::workspace;

/// A section of the page.
struct Recipe {
    name: String,
    text: String,
}

impl Recipe {
    /// The blocks of code of a language.
    fn blocks(&self, language: &str) -> Vec<&str> {
        let start = format!("```{language}\n");
        let blocks = self.text.split(&*start).skip(1);
        blocks
            .map(|block| block.split("```").next().unwrap())
            .collect()
    }

    fn only(&self, language: &str) -> &str {
        let blocks = self.blocks(language);
        assert_eq!(blocks.len(), 1, "{}: blocks of {language}", self.name);
        blocks[0]
    }

    fn claims(&self) -> Map<String, Value> {
        serde_json::from_str(self.only("json")).unwrap()
    }
}

fn page() -> String {
    fs::read_to_string(workspace().join("docs/subject-tokens.md")).unwrap()
}

fn recipes() -> Vec<Recipe> {
    let page = page();
    let sections = page.split("\n## ").skip(1);
    let recipe = |section: &str| {
        let (name, text) = section.split_once('\n').unwrap();
        Recipe {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    };
    sections.map(recipe).collect()
}

#[test]
fn every_platform_without_a_type_of_its_own_has_one() {
    let names: Vec<_> = recipes().into_iter().map(|recipe| recipe.name).collect();
    let expected = [
        "GitLab CI",
        "Buildkite",
        "CircleCI",
        "Kubernetes on any cloud",
        "EKS",
        "Okta",
        "Entra",
        "Auth0",
        "Keycloak",
    ];
    assert_eq!(names, expected);
}

/// Whether an STS whose pool has `filter` takes a token with `claims`.
async fn is_taken(filter: &str, claims: &Map<String, Value>) -> bool {
    let pool = IdentityPool::new("pool-abc").filter(filter);
    let emulator = StsEmulator::builder().identity_pool(pool).start();
    let emulator = emulator.await.unwrap();
    let mut claims = claims.clone();
    // Its own identity provider's, which signs them.
    claims.remove("iss");
    let token = emulator.any_token(&claims.into()).unwrap();
    let request = TokenExchangeRequest::builder().identity_pool_id("pool-abc");
    let client = Client::for_base_url(emulator.url()).unwrap();
    match client.exchange(request.subject_token(token)).await {
        Ok(_) => true,
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.contains("do not match the filter") || text.contains("filter"),
                "{text}"
            );
            false
        }
    }
}

#[tokio::test]
async fn filters_take_the_claims_of_the_page_and_no_others() {
    for recipe in recipes() {
        let (filter, claims) = (recipe.only("text").trim(), recipe.claims());
        assert!(is_taken(filter, &claims).await, "{}", recipe.name);
        let named: Vec<&str> = filter
            .split("claims.")
            .skip(1)
            .map(|rest| rest.split([' ', '.', '=']).next().unwrap())
            .collect();
        assert!(!named.is_empty(), "{}", recipe.name);
        for name in named {
            let value = claims[name].as_str().unwrap();
            for other in [
                Value::from(format!("x{value}")),
                Value::from(value.trim_end_matches(|last: char| last != '/')),
                Value::from("other"),
                Value::Null,
            ] {
                let mut others = claims.clone();
                if name == "sub" && (other.is_null() || other.as_str() == Some("")) {
                    // Who it is must be there in any case.
                    continue;
                }
                if filter.contains("startsWith")
                    && other.as_str().is_some_and(|other| value.starts_with(other))
                {
                    continue;
                }
                others.insert(name.to_owned(), other);
                let taken = is_taken(filter, &others).await;
                assert!(!taken, "{}: {filter} takes another {name}", recipe.name);
            }
        }
    }
}

#[tokio::test]
async fn the_audience_of_a_list_is_found_as_cel_has_it() {
    let recipes = recipes();
    let kubernetes = recipes
        .iter()
        .find(|recipe| recipe.name.starts_with("Kubernetes"));
    let (filter, mut claims) = (r#""confluent" in claims.aud"#, kubernetes.unwrap().claims());
    assert!(kubernetes.unwrap().text.contains(filter));
    assert!(is_taken(filter, &claims).await);
    claims.insert(
        "aud".to_owned(),
        serde_json::json!(["https://kubernetes.default.svc"]),
    );
    assert!(!is_taken(filter, &claims).await);
}

#[test]
fn settings_on_the_page_exist() {
    let page = page();
    let mut count = 0;
    for rest in page.split("CONFLUENT_STS_").skip(1) {
        let name = rest.split(|next: char| !(next.is_ascii_uppercase() || next == '_'));
        let name = format!("CONFLUENT_STS_{}", name.into_iter().next().unwrap());
        assert!(
            settings::ALL.iter().any(|setting| setting.name() == name),
            "{name}"
        );
        count += 1;
    }
    assert!(count > 20, "settings were found: {count}");
}

/// Checks a manifest by its platform's schema; the programs bring the schemas with them.
fn check(recipe: &str, manifest: &str) -> Result<(), String> {
    let builtin = |name| ("check-jsonschema", vec!["--builtin-schema", name]);
    let (program, arguments) = match recipe {
        "GitLab CI" => builtin("vendor.gitlab-ci"),
        "Buildkite" => builtin("vendor.buildkite"),
        "CircleCI" => builtin("vendor.circle-ci"),
        _ => ("kubernetes-validate", vec!["--strict", "-k", "1.34"]),
    };
    let path = workspace().join("target/tools/python/bin").join(program);
    assert!(
        path.exists(),
        "{program} is missing: run `.ci/run foreign`, or install it from PyPI into target/tools/python"
    );
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    fs::write(file.path(), manifest).unwrap();
    let output = Command::new(path).args(arguments).arg(file.path()).output();
    let output = output.unwrap();
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{recipe}: {}", String::from_utf8_lossy(&said)))
}

#[test]
#[ignore = "needs check-jsonschema and kubernetes-validate: `.ci/run foreign` installs them from PyPI"]
fn foreign_manifests_are_valid() {
    let mut count = 0;
    for recipe in recipes() {
        for manifest in recipe.blocks("yaml") {
            check(&recipe.name, manifest).unwrap();
            // That it does not take everything.
            for (right, wrong) in [
                ("script:", "no_script:"),
                ("steps:", "no_steps:"),
                ("audience:", "no_audience:"),
            ] {
                if manifest.contains(right) {
                    let wrong = manifest.replace(right, wrong);
                    assert!(check(&recipe.name, &wrong).is_err(), "{}", recipe.name);
                }
            }
            count += 1;
        }
    }
    assert_eq!(count, 5);
}
