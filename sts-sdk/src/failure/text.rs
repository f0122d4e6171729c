//! Text that is not JSON, such as an HTML page: the properties of the error that it tells of.

use reqwest::header::HeaderMap;
use serde_json::error::Category;
use serde_json::{Map, Value, json};

use crate::redact::line;

/// Longest beginning of a text that is kept, in characters.
const LONGEST: usize = 200;

/// Properties of an `Error` of the specification.
pub(super) type Properties = Map<String, Value>;

/// Those of the error that `text` tells of: an HTML page, plain text, or JSON that could not be read because of
/// `error`.
pub(super) fn properties(text: &str, headers: &HeaderMap, error: &serde_json::Error) -> Properties {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    // Broken JSON says nothing to people, and may hold anything.
    if text.trim_start().starts_with('{') || (kind.contains("json") && !text.trim().is_empty()) {
        return detail(match error.classify() {
            Category::Eof => "the body is not complete JSON",
            _ => "the body is not valid JSON",
        });
    }
    let html = kind.contains("html") || text.trim_start().starts_with('<');
    if !html {
        return detail(text);
    }
    let shown = line(&without_tags(text));
    let Some(title) = title(text) else {
        return detail(&shown);
    };
    let mut error = detail(without_heading(&shown, &title));
    error.insert("title".to_owned(), json!(title));
    error
}

/// The text of a page without what repeats its `title`, if that is a status: `502 Bad Gateway`, with its number or without.
fn without_heading<'t>(text: &'t str, title: &str) -> &'t str {
    let reason = title.trim_start_matches(|c: char| c.is_ascii_digit());
    if title.len() - reason.len() != 3 {
        return text;
    }
    let headings = [title, reason.trim()].into_iter();
    let rest = headings.filter_map(|heading| text.strip_prefix(heading));
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(' '));
    rest.map(str::trim_start).next().unwrap_or(text)
}

/// The beginning of `text` as the `detail`; nothing if there is none.
pub(super) fn detail(text: &str) -> Properties {
    let text: String = line(text).chars().take(LONGEST).collect();
    let pair = (!text.is_empty()).then(|| ("detail".to_owned(), json!(text)));
    pair.into_iter().collect()
}

fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let title: String = line(&page[start..end]).chars().take(LONGEST).collect();
    (!title.is_empty()).then_some(title)
}

/// The text of a page: what stands outside of its tags, head, title, scripts and styles.
fn without_tags(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut text = String::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|open| at + open) {
        text.push_str(&page[at..open]);
        text.push(' ');
        let hidden = ["head", "title", "script", "style", "!--"]
            .into_iter()
            .find(|name| is_tag(&lower[open + 1..], name));
        let end = match hidden {
            Some("!--") => "-->".to_owned(),
            Some(name) => format!("</{name}"),
            None => ">".to_owned(),
        };
        let Some(close) = lower[open..].find(&end).map(|close| open + close) else {
            return text;
        };
        // Blanks may stand before the bracket that ends a tag.
        let Some(bracket) = lower[close..].find('>') else {
            return text;
        };
        at = close + bracket + 1;
    }
    text.push_str(&page[at..]);
    text
}

fn is_tag(rest: &str, name: &str) -> bool {
    rest.strip_prefix(name)
        .is_some_and(|rest| name == "!--" || rest.starts_with(['>', ' ', '\n', '\r', '\t']))
}
