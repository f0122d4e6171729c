//! Settings of a Kafka client, as text.

use std::fmt::{self, Write};

use serde_json::{Map, Value};

use crate::secret::Secret;

/// Settings of a Kafka client. Some hold a secret, so that `Debug` shows the names alone.
#[derive(Clone, Default)]
pub struct Settings(Vec<(&'static str, Secret)>);

impl Settings {
    pub(super) fn add(&mut self, name: &'static str, value: &str) {
        self.0.push((name, Secret::from(value)));
    }

    /// Names and values, for a client's own interface.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Secret)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Lines `name=value`, as `kcat -F` and other programs around librdkafka read them: nothing is escaped. A line break
    /// within a value would be another setting, and becomes a space.
    #[must_use]
    pub fn to_lines(&self) -> Secret {
        let mut text = String::new();
        for (name, value) in self.iter() {
            let value = value.expose_secret().replace(['\n', '\r'], " ");
            _ = writeln!(text, "{name}={value}");
        }
        Secret::from(text)
    }

    /// A properties file of Java: backslashes, control characters, a space at the beginning of a value and what is not ASCII
    /// are escaped.
    #[must_use]
    pub fn to_properties(&self) -> Secret {
        let mut text = String::new();
        for (name, value) in self.iter() {
            _ = write!(text, "{name}=");
            escape(value.expose_secret(), &mut text);
            text.push('\n');
        }
        Secret::from(text)
    }

    /// An object of JSON.
    #[must_use]
    pub fn to_json(&self) -> Secret {
        let pairs = self.iter();
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.expose_secret().into()));
        let object: Map<String, Value> = pairs.collect();
        Secret::from(format!("{:#}", Value::Object(object)))
    }
}

/// Adds a value to a properties file: `java.util.Properties`, "load".
fn escape(value: &str, text: &mut String) {
    for (index, c) in value.chars().enumerate() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            ' ' if index == 0 => text.push_str("\\ "),
            ' '..='~' => text.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// The names alone.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(|(name, _)| name).collect();
        f.debug_tuple("Settings").field(&names).finish()
    }
}
