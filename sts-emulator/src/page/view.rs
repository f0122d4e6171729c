use std::fmt::Write;

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response};

use super::escape::Escaped;
use crate::endpoint::Endpoint;
use crate::state::State;

/// How many exchanges the page lists.
const LISTED: usize = 20;

/// What came of a form.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) message: String,
    pub(super) subject_token: String,
    pub(super) pool: String,
    pub(super) reply: String,
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:70rem;margin:1rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.2rem .5rem;text-align:left;\
overflow-wrap:anywhere;vertical-align:top}form{border:1px solid #ccc;padding:.5rem 1rem;margin:1rem 0}\
label{display:block;margin:.3rem 0}input,select,textarea{font:inherit;width:100%;max-width:40rem;display:block}\
textarea{font:13px/1.4 monospace;max-width:none}button{font:inherit;padding:.2rem 1rem}pre{white-space:pre-wrap;\
overflow-wrap:anywhere;background:#f4f4f4;padding:.5rem}#message{background:#ffd;padding:.5rem}";

/// The page with what came of a form.
pub(super) fn page(state: &State, shown: &Shown) -> Response<Body> {
    let mut html = String::with_capacity(16 * 1024);
    write(&mut html, state, shown).ok();
    let mut response = Response::new(Body::from(html));
    // No script and nothing from elsewhere, whatever a text on the page contains. The referrer stays: without it a
    // browser does not say where a form is from.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers: [(HeaderName, &'static str); 5] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn write(html: &mut String, state: &State, shown: &Shown) -> std::fmt::Result {
    write!(
        html,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>sts-emulator</title><style>{STYLE}</style></head><body>\
         <h1>sts-emulator</h1><p>A local stand-in for Confluent Cloud's STS at <code>{url}</code>; not Confluent's. The \
         form and the replies are those of Confluent's specification. The claims of the tokens, the texts of refusals and \
         the language of filters are the emulator's own, for Confluent's are not public.</p>",
        url = Escaped(&state.url),
    )?;
    if !shown.message.is_empty() {
        write!(
            html,
            "<p id=\"message\" role=\"status\">{}</p>",
            Escaped(&shown.message)
        )?;
    }
    if !shown.reply.is_empty() {
        write!(html, "<pre id=\"reply\">{}</pre>", Escaped(&shown.reply))?;
    }
    forms(html, state, shown)?;
    pools(html, state)?;
    exchanges(html, state)?;
    faults(html, state)?;
    addresses(html, state)?;
    html.push_str("</body></html>");
    Ok(())
}

fn forms(html: &mut String, state: &State, shown: &Shown) -> std::fmt::Result {
    let pool = match (shown.pool.as_str(), state.directory.pools().first()) {
        ("", Some(pool)) => pool.id.as_str(),
        ("", None) => "pool-abc",
        (pool, _) => pool,
    };
    write!(
        html,
        "<h2>Try it</h2>\
         <form id=\"make\" method=\"post\" action=\"/page/subject-token\"><h3>1. Make a subject token</h3>\
         <label>Subject (sub) <input name=\"sub\" value=\"someone\"></label>\
         <label>Audience (aud), if not the usual one <input name=\"aud\"></label>\
         <label>Lifetime in seconds <input name=\"expires_in\" value=\"3600\"></label>\
         <label>More claims, a JSON object <input name=\"claims\"></label>\
         <button>Make</button></form>\
         <form id=\"exchange\" method=\"post\" action=\"/page/exchange\"><h3>2. Exchange it</h3>\
         <label>Subject token <textarea name=\"subject_token\" rows=\"4\">{token}</textarea></label>\
         <label>Identity pool id <input name=\"identity_pool_id\" value=\"{pool}\"></label>\
         <label>Lifetime in seconds <input name=\"expires_in\"></label>\
         <button>Exchange</button></form>\
         <p>Tokens that these forms make are shown, since somebody asked for them. Those of programs are not, here or in \
         the log.</p>\
         <form id=\"fault\" method=\"post\" action=\"/page/fault\"><h3>3. Have exchanges fail</h3>\
         <label>What happens <select name=\"kind\"><option value=\"429\">429 Too Many Requests</option>\
         <option value=\"500\">500 Internal Server Error</option><option value=\"503\">503 Service Unavailable</option>\
         <option value=\"401\">401 Unauthorized</option><option value=\"html\">503 with a proxy's page</option>\
         <option value=\"reset\">the connection is reset</option>\
         <option value=\"truncate\">the body ends after 10 bytes</option><option value=\"delay\">the answer is \
         delayed</option></select></label>\
         <label>How many times <input name=\"times\" value=\"1\"></label>\
         <label>Retry-After in seconds <input name=\"retry_after\"></label>\
         <label>Delay in milliseconds <input name=\"delay_ms\"></label>\
         <button>Inject</button></form>\
         <form id=\"reset\" method=\"post\" action=\"/page/reset\"><button>Clear faults, log and counts</button></form>",
        token = Escaped(&shown.subject_token),
        pool = Escaped(pool),
    )
}

fn pools(html: &mut String, state: &State) -> std::fmt::Result {
    html.push_str("<h2>Identity pools</h2>");
    if state.directory.trust_any_jwt {
        html.push_str(
            "<p><strong>Any JWT is trusted: issuers and signatures are not looked at.</strong></p>",
        );
    }
    let pools = state.directory.pools();
    if pools.is_empty() {
        html.push_str("<p>None is configured: every id is one of a pool that takes all tokens of the identity providers below.</p>");
    } else {
        html.push_str("<table id=\"pools\"><tr><th>Id</th><th>Identity provider</th><th>Identity</th><th>Filter</th></tr>");
        for pool in pools {
            write!(
                html,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                Escaped(&pool.id),
                Escaped(pool.issuer.as_deref().unwrap_or("any")),
                Escaped(&pool.identity_claim.join(".")),
                Escaped(pool.filter.as_ref().map_or("none", |filter| filter.text())),
            )?;
        }
        html.push_str("</table>");
    }
    html.push_str("<p>Identity providers: ");
    for (index, issuer) in state.directory.issuers().iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(html, "{comma}<code>{}</code>", Escaped(issuer))?;
    }
    html.push_str(".</p>");
    Ok(())
}

fn exchanges(html: &mut String, state: &State) -> std::fmt::Result {
    let counts = state.log.counts();
    write!(
        html,
        "<h2>The last exchanges</h2><p>{} since the start.</p>",
        counts.exchange
    )?;
    html.push_str("<table id=\"exchanges\"><tr><th>No.</th><th>Client</th><th>Pool</th><th>Status</th><th>What became of it</th></tr>");
    let requests = state.log.requests();
    let exchanges = requests
        .iter()
        .rev()
        .filter(|request| request.endpoint == Endpoint::Exchange);
    for request in exchanges.take(LISTED) {
        let status = request
            .status
            .map_or_else(|| "none".to_owned(), |status| status.to_string());
        let pool = request
            .parameters
            .get(crate::specification::IDENTITY_POOL_ID);
        write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{status}</td><td>{}</td></tr>",
            request.number,
            Escaped(&request.client),
            Escaped(pool.map_or("", String::as_str)),
            Escaped(&request.outcome),
        )?;
    }
    html.push_str("</table>");
    Ok(())
}

fn faults(html: &mut String, state: &State) -> std::fmt::Result {
    let faults = state.faults.list();
    html.push_str("<h2>Faults that wait</h2>");
    if faults.is_empty() {
        html.push_str("<p>None.</p>");
    }
    for fault in faults.iter().take(LISTED) {
        let json = serde_json::to_string(fault).unwrap_or_default();
        write!(html, "<p><code>{}</code></p>", Escaped(&json))?;
    }
    Ok(())
}

fn addresses(html: &mut String, state: &State) -> std::fmt::Result {
    html.push_str("<h2>Addresses</h2><table>");
    let exchange = format!(
        "{} {}",
        state.specification.method(),
        state.specification.path()
    );
    for (address, what) in [
        (exchange.as_str(), "the token exchange"),
        (
            "POST /idp/token",
            "the identity provider, for client credentials",
        ),
        (
            "GET /idp/any-token?sub=…&aud=…",
            "a subject token with any claims",
        ),
        (
            "GET /idp/.well-known/openid-configuration, /idp/jwks",
            "about the identity provider",
        ),
        (
            "GET /.well-known/openid-configuration, /jwks",
            "about the access tokens",
        ),
        (
            "GET /resource, /resource/POOL",
            "opened by an access token, by one of this pool",
        ),
        ("GET, POST, DELETE /control/faults", "faults"),
        ("GET /control/requests, /control/counts", "the log"),
        (
            "GET, POST /control/clock; POST /control/revoke, /control/reset",
            "the clock, revocation, a fresh start",
        ),
        ("GET /healthz", "200 while it runs"),
    ] {
        write!(
            html,
            "<tr><td><code>{}</code></td><td>{}</td></tr>",
            Escaped(address),
            Escaped(what)
        )?;
    }
    html.push_str("</table>");
    Ok(())
}
