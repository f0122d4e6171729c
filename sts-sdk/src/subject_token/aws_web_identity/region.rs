//! Which region is asked, and at which address.

use std::path::PathBuf;

use ini::Ini;

use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::file::TokenFile;
use crate::subject_token::http::Endpoint;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::variables;

const WHO: &str = "AWS STS";
const VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The variables that give the address of this service, or of all.
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
const PROFILE: &str = "AWS_PROFILE";

/// The beginnings of the names of regions, and the domains that they are in. All others are in `amazonaws.com`.
const DOMAINS: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
];

/// The region: `set`, or that of the environment, or that of the `profile`.
pub(super) async fn region(
    set: Option<&str>,
    profile: Option<&str>,
) -> Result<String, SubjectTokenError> {
    let from_variables = || VARIABLES.into_iter().find_map(variables::text);
    let region = match set.map(str::to_owned).or_else(from_variables) {
        Some(region) => Some(region),
        None => of_profile(&profile_name(profile)).await?,
    };
    let Some(region) = region else {
        return Err(SubjectTokenError::permanent(format!(
            "{WHO}: no region is known; set AWS_REGION, or the region of the profile"
        )));
    };
    let region = region.trim();
    // It becomes a part of the host's name.
    let is_one = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if region.is_empty() || region.len() > 63 || !region.chars().all(is_one) {
        return Err(SubjectTokenError::permanent(format!(
            "{WHO}: the region is no region's name; set one such as eu-central-1"
        )));
    }
    Ok(region.to_owned())
}

/// Where STS of `region` is asked, unless `set` or the environment says otherwise.
pub(super) fn endpoint(set: Option<&str>, region: &str) -> Result<Endpoint, SubjectTokenError> {
    if let Some(url) = set {
        return Endpoint::parse(WHO, "its endpoint", url);
    }
    if let Some((name, url)) = endpoint_variable() {
        return Endpoint::parse(WHO, name, &url);
    }
    let domain = DOMAINS
        .iter()
        .find(|(beginning, _)| region.starts_with(beginning))
        .map_or("amazonaws.com", |(_, domain)| domain);
    Endpoint::parse(
        WHO,
        "its region",
        &format!("https://sts.{region}.{domain}/"),
    )
}

fn endpoint_variable() -> Option<(&'static str, String)> {
    let ignored = variables::text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|ignored| ignored.trim().eq_ignore_ascii_case("true")) {
        return None;
    }
    let mut all = ENDPOINTS.into_iter();
    all.find_map(|name| Some((name, variables::text(name)?)))
}

pub(super) fn profile_name(set: Option<&str>) -> String {
    let name = set.map(str::to_owned).or_else(|| variables::text(PROFILE));
    name.map_or_else(|| "default".to_owned(), |name| name.trim().to_owned())
}

/// The region that the files of AWS's tools give the profile `name`.
async fn of_profile(name: &str) -> Result<Option<String>, SubjectTokenError> {
    let in_config = match name {
        "default" => name.to_owned(),
        _ => format!("profile {name}"),
    };
    for (variable, file, section) in [
        ("AWS_CONFIG_FILE", "config", &*in_config),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", name),
    ] {
        let path = variables::text(variable).map(PathBuf::from).or_else(|| {
            let home = std::env::home_dir()?;
            Some(home.join(".aws").join(file))
        });
        let Some(path) = path else { continue };
        // Mostly there is none.
        let Ok(text) = TokenFile::new(path.clone()).subject_token().await else {
            continue;
        };
        let found = region_in(text.secret().expose_secret(), section).map_err(|()| {
            SubjectTokenError::permanent(format!(
                "the file {} is not of the form of AWS's configuration; correct it, or set AWS_REGION",
                path.display()
            ))
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn region_in(text: &str, section: &str) -> Result<Option<String>, ()> {
    // What the library says of a line may quote it.
    let file = Ini::load_from_str(text).map_err(|_| ())?;
    let region = file.get_from(Some(section), "region");
    Ok(region
        .map(str::to_owned)
        .filter(|region| !region.is_empty()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_partition_has_its_domain() {
        for (region, at) in [
            ("eu-central-1", "sts.eu-central-1.amazonaws.com"),
            ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"),
        ] {
            let endpoint = endpoint(None, region).unwrap();
            assert_eq!(endpoint.url().as_str(), format!("https://{at}/"));
        }
    }

    #[test]
    fn regions_are_read_from_files() {
        let text = "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 20\n\n[profile a b]\nregion=us-east-2\n\
                    [profile c]\noutput = json\nregion =\n";
        for (section, region) in [
            ("default", Some("eu-west-1")),
            ("profile a b", Some("us-east-2")),
            ("profile c", None),
            ("profile d", None),
        ] {
            assert_eq!(region_in(text, section), Ok(region.map(str::to_owned)));
        }
        assert_eq!(region_in("[default", "default"), Err(()));
    }

    proptest! {
        #[test]
        fn no_file_panics(text in ".*", lines in "(\\[[a-z ]*\\]?\n|[a-z]* ?=? ?[\"'\\\\a-z]*\n| )*") {
            let _ = region_in(&text, "default");
            let _ = region_in(&lines, "default");
        }
    }
}
