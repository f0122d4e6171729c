//! Which region is asked, and at which address.

use super::profile::Profile;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::Endpoint;
use crate::subject_token::variables;

const WHO: &str = "AWS STS";
const VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The variables that give the address of this service, or of all.
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];

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
    let mut region = set.map(str::to_owned).or_else(from_variables);
    if region.is_none() {
        region = Profile::read(profile)
            .await?
            .get("region")
            .map(str::to_owned);
    }
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

#[cfg(test)]
mod tests {
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
}
