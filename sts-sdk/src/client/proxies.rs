//! Which proxy is between a client and its server, for the texts of errors: `reqwest` does not say which one it used.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Proxy;
use zeroize::Zeroizing;

/// The proxy through which requests to `base_url` go, as scheme, host and port; `None` if there is none, or if it cannot be
/// known.
///
/// The first of those that were `given` to the client whose rules match counts. Without any, it is one of the
/// environment, if that `is_asked`: `reqwest` asks the same matcher as this does.
pub(super) fn proxy_of(base_url: &str, given: &[Proxy], is_asked: bool) -> Option<String> {
    let url: http::Uri = base_url.parse().ok()?;
    let matched = if given.is_empty() {
        Matcher::from_system().intercept(&url).filter(|_| is_asked)
    } else {
        // One that cannot be read may match: what comes after it is then not asked.
        let mut readable = given.iter().map_while(matcher);
        readable.find_map(|proxy| proxy.intercept(&url))
    };
    let matched = matched?;
    let uri = matched.uri();
    let scheme = uri.scheme_str()?;
    let port = uri.port_u16().or(match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    });
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{scheme}://{}{port}", uri.host()?))
}

/// What `reqwest` makes of `proxy`, without its credentials. Its `Debug` is the only thing that tells; `None` if that does
/// not, as for a proxy that is chosen by a function.
fn matcher(proxy: &Proxy) -> Option<Matcher> {
    // With the proxy's password.
    let shown = Zeroizing::new(format!("{proxy:?}"));
    let (kind, url) = shown.strip_prefix("Proxy(")?.split_once("(Url { ")?;
    let scheme = between(url, "scheme: \"", "\"")?;
    let (kind_of_host, host) = between(url, "host: Some(", "),")?.split_once('(')?;
    let host = host.trim_end_matches(')').trim_matches('"');
    let host = if kind_of_host == "Ipv6" {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let port = between(url, "port: Some(", ")").map(|port| format!(":{port}"));
    let url = format!("{scheme}://{host}{}", port.unwrap_or_default());
    let but_for = between(&shown, "NoProxy { inner: \"", "\"").unwrap_or_default();
    let builder = Matcher::builder().no(but_for.to_owned());
    let builder = match kind {
        "All" => builder.all(url),
        "Http" => builder.http(url),
        "Https" => builder.https(url),
        _ => return None,
    };
    Some(builder.build())
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::{NoProxy, Url};

    use super::*;

    const URL: &str = "https://sts.example.com/stem";

    fn of(given: &[Proxy]) -> Option<String> {
        proxy_of(URL, given, true)
    }

    #[test]
    fn a_proxy_is_named_without_its_credentials() {
        for (url, shown) in [
            (
                "http://proxy.example.com:3128",
                "http://proxy.example.com:3128",
            ),
            ("proxy.example.com:3128", "http://proxy.example.com:3128"),
            ("http://proxy.example.com", "http://proxy.example.com:80"),
            (
                "https://me:hunter2@proxy.example.com/",
                "https://proxy.example.com:443",
            ),
            (
                "http://me%22),:hunter2@10.0.0.1:8080",
                "http://10.0.0.1:8080",
            ),
            ("http://me:hunter2@[::1]:8080", "http://[::1]:8080"),
            (
                "socks5://proxy.example.com",
                "socks5://proxy.example.com:1080",
            ),
        ] {
            for proxy in [Proxy::all(url), Proxy::https(url)] {
                assert_eq!(of(&[proxy.unwrap()]).as_deref(), Some(shown));
            }
            assert_eq!(of(&[Proxy::http(url).unwrap()]), None);
        }
    }

    #[test]
    fn the_first_proxy_whose_rules_match_is_named() {
        let http = Proxy::http("http://a:1").unwrap();
        let but_for = |hosts| {
            Proxy::all("http://b:2")
                .unwrap()
                .no_proxy(NoProxy::from_string(hosts))
        };
        let all = Proxy::all("http://c:3")
            .unwrap()
            .basic_auth("me", "hunter2");
        let given = |hosts| [http.clone(), but_for(hosts), all.clone()];
        assert_eq!(of(&given("example.com")).as_deref(), Some("http://c:3"));
        assert_eq!(of(&given("example.org")).as_deref(), Some("http://b:2"));
    }

    #[test]
    fn what_cannot_be_known_is_not_named() {
        let chosen = Proxy::custom(|_| Some("http://a:1"));
        let all = Proxy::all("http://b:2").unwrap();
        assert_eq!(of(&[chosen, all.clone()]), None);
        let never = Proxy::custom(|_| None::<&str>);
        assert_eq!(of(&[all, never]).as_deref(), Some("http://b:2"));
    }

    proptest! {
        /// `reqwest` changes what its `Debug` prints as it likes.
        #[test]
        fn any_proxy_is_named_as_its_url_says_and_without_its_credentials(
            scheme in "https?",
            user in "[ -~]{0,12}",
            host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}|10\\.0\\.0\\.[1-9]|\\[::[1-9a-f]\\]",
            port in proptest::option::of(1..u16::MAX),
            but_for in "[a-z.,:\"{} ]{0,10}",
        ) {
            let mut url = Url::parse(&format!("{scheme}://{host}")).unwrap();
            url.set_port(port).unwrap();
            url.set_username(&user).unwrap();
            url.set_password(Some(&format!("hunter2{user}"))).unwrap();
            let expected = format!("{scheme}://{host}:{}", url.port_or_known_default().unwrap());
            let plain = Proxy::all(url.clone()).unwrap();
            prop_assert_eq!(of(&[plain]), Some(expected.clone()));
            let excepting = Proxy::all(url).unwrap().no_proxy(NoProxy::from_string(&but_for));
            if let Some(named) = of(&[excepting]) {
                prop_assert_eq!(named, expected);
            }
        }
    }
}
