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

/// An STS with a pool for each filter.
struct Sts {
    emulator: StsEmulator,
    client: Client,
}

impl Sts {
    async fn with(filters: &[String]) -> Self {
        let pool = |(nth, filter): (usize, &String)| {
            IdentityPool::new(format!("pool-{nth}")).filter(filter.as_str())
        };
        let pools = filters.iter().enumerate().map(pool);
        let builder = StsEmulator::builder();
        let builder = pools.fold(builder, sts_emulator::Builder::identity_pool);
        let emulator = builder.start().await.unwrap();
        let client = Client::for_base_url(emulator.url()).unwrap();
        Self { emulator, client }
    }

    /// Whether the pool of the `nth` filter takes a token with `claims`.
    async fn takes(&self, nth: usize, claims: &Map<String, Value>) -> bool {
        let mut claims = claims.clone();
        // Its own identity provider's, which signs them.
        claims.remove("iss");
        let token = self.emulator.any_token(&claims.into()).unwrap();
        let request = TokenExchangeRequest::builder().identity_pool_id(format!("pool-{nth}"));
        match self.client.exchange(request.subject_token(token)).await {
            Ok(_) => true,
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("filter"), "{text}");
                false
            }
        }
    }
}

/// The claims that `filter` names.
fn named(filter: &str) -> Vec<&str> {
    let rest = filter.split("claims.").skip(1);
    let names = rest.map(|rest| rest.split([' ', '.']).next().unwrap());
    names.collect()
}

#[tokio::test]
async fn filters_take_the_claims_of_the_page_and_no_others() {
    let recipes = recipes();
    let filter = |recipe: &Recipe| recipe.only("text").trim().to_owned();
    let filters: Vec<String> = recipes.iter().map(filter).collect();
    let sts = Sts::with(&filters).await;
    for (nth, (recipe, filter)) in recipes.iter().zip(&filters).enumerate() {
        let claims = recipe.claims();
        assert!(sts.takes(nth, &claims).await, "{}", recipe.name);
        assert!(!named(filter).is_empty(), "{}", recipe.name);
        for name in named(filter) {
            let value = claims[name].as_str().unwrap();
            for other in [format!("x{value}"), "other".to_owned()] {
                let mut others = claims.clone();
                others.insert(name.to_owned(), other.into());
                let taken = sts.takes(nth, &others).await;
                assert!(!taken, "{}: {filter} takes another {name}", recipe.name);
            }
        }
    }
}

#[tokio::test]
async fn the_audience_of_a_list_is_found_as_cel_has_it() {
    let filter = r#""confluent" in claims.aud"#;
    let sts = Sts::with(&[filter.to_owned()]).await;
    let recipes = recipes();
    let kubernetes = recipes
        .iter()
        .find(|recipe| recipe.name.starts_with("Kubernetes"))
        .unwrap();
    assert!(kubernetes.text.contains(filter));
    let mut claims = kubernetes.claims();
    assert!(sts.takes(0, &claims).await);
    claims.insert(
        "aud".to_owned(),
        serde_json::json!(["https://kubernetes.default.svc"]),
    );
    assert!(!sts.takes(0, &claims).await);
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
