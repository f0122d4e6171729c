//! Where things are in this workspace.

use std::path::{Path, PathBuf};

use confluent_codegen::Target;
use confluent_codegen::generate::Constructor;

/// The checked-in fragment.
pub(crate) const FRAGMENT: &str = "openapi/sts-v1.yaml";
/// The code that is generated from it.
pub(crate) const GENERATED: &str = "sts-sdk/src/generated.rs";

/// The fragment of the Organization API, the code that is generated from it, and the type that its client carries.
pub(crate) const ORGANIZATION: (&str, &str, &str) = (
    "openapi/org-v2.yaml",
    "sts-sdk-org/src/generated.rs",
    "sts_sdk::auth::Authenticator",
);

/// The version of the crate that the next release follows.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A file of this workspace, relative to the current folder where that is above it.
pub(crate) fn in_workspace(file: &str) -> PathBuf {
    let path = workspace().join(file);
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
}

/// The constructors of `sts-sdk` that name a server.
const CONSTRUCTORS: [(&str, &str); 3] = [
    ("Client::production()", "https://api.confluent.cloud"),
    ("Client::staging()", "https://api.stag.cpdev.cloud"),
    ("Client::development()", "https://api.devel.cpdev.cloud"),
];

/// `sts-sdk`, the crate that is generated for.
pub(crate) fn target() -> Target {
    let constructors = CONSTRUCTORS.into_iter();
    let constructors = constructors.map(|(name, url)| Constructor {
        name: name.to_owned(),
        url: url.to_owned(),
    });
    Target {
        constructors: constructors.collect(),
        ..Target::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constructors_are_those_of_the_crate() {
        let code = include_str!("../../sts-sdk/src/client/client.rs");
        let constants = code.split(": &str = \"").skip(1);
        let urls: Vec<&str> = constants
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(urls, CONSTRUCTORS.map(|(_, url)| url));
        for (name, _) in CONSTRUCTORS {
            let method = name.trim_start_matches("Client::").trim_end_matches("()");
            let body = format!(
                "-> Result<Self, BuildError> {{\n        Self::for_base_url({})",
                method.to_uppercase()
            );
            assert!(
                code.contains(&format!("pub fn {method}() {body}")),
                "{name}"
            );
        }
    }
}
