//! Issuers that are nearly the same.

use std::fmt;

/// The versions of Microsoft Entra's access tokens, by their issuers
/// (Microsoft: "Access tokens in the Microsoft identity platform", "Token formats").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntraVersion {
    /// `https://sts.windows.net/TENANT/`; the application is `appid`.
    V1,
    /// `https://login.microsoftonline.com/TENANT/v2.0`; the application is `azp`.
    V2,
}

impl EntraVersion {
    /// The version of a token with this issuer, if it is one of Entra's.
    pub(crate) fn of_issuer(issuer: &str) -> Option<Self> {
        entra(issuer).map(|(version, _)| version)
    }

    /// The claim that has the id of the application.
    pub(crate) fn application(self) -> &'static str {
        match self {
            Self::V1 => "appid",
            Self::V2 => "azp",
        }
    }
}

impl fmt::Display for EntraVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        })
    }
}

/// The version and the tenant.
fn entra(issuer: &str) -> Option<(EntraVersion, &str)> {
    let issuer = issuer.strip_prefix("https://")?.trim_end_matches('/');
    let (host, path) = issuer.split_once('/')?;
    match host {
        "sts.windows.net" => Some((EntraVersion::V1, path)),
        "login.microsoftonline.com" => Some((EntraVersion::V2, path.strip_suffix("/v2.0")?)),
        _ => None,
    }
}

/// Whether the two differ in nothing but a slash at the end.
pub(crate) fn same_but_slash(one: &str, other: &str) -> bool {
    one != other && one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// The versions of two issuers of one tenant of Entra, if they differ.
pub(crate) fn same_entra_tenant(one: &str, other: &str) -> Option<(EntraVersion, EntraVersion)> {
    let ((one, tenant), (other, other_tenant)) = (entra(one)?, entra(other)?);
    (one != other && tenant == other_tenant).then_some((one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "https://sts.windows.net/6a5b/";
    const V2: &str = "https://login.microsoftonline.com/6a5b/v2.0";

    #[test]
    fn versions_of_entra_are_told_by_the_issuer() {
        assert_eq!(EntraVersion::of_issuer(V1), Some(EntraVersion::V1));
        assert_eq!(EntraVersion::of_issuer(V2), Some(EntraVersion::V2));
        for other in [
            "https://login.microsoftonline.com/6a5b",
            "http://sts.windows.net/6a5b/",
            "https://sts.windows.net.example/6a5b/",
            "sts",
            "",
        ] {
            assert_eq!(EntraVersion::of_issuer(other), None, "{other}");
        }
        let both = Some((EntraVersion::V1, EntraVersion::V2));
        assert_eq!(same_entra_tenant(V1, V2), both);
        assert_eq!(same_entra_tenant(V1, &V2.replace("6a5b", "7c")), None);
        assert_eq!(same_entra_tenant(V1, V1), None);
    }

    #[test]
    fn a_slash_at_the_end_is_seen() {
        assert!(same_but_slash("https://a", "https://a/"));
        assert!(!same_but_slash("https://a/", "https://a/"));
        assert!(!same_but_slash("https://a/", "https://b"));
    }
}
