//! Further parameters of the request.

use std::fmt;

/// Those that the source sends itself. None may be sent twice (RFC 6749, section 3.2).
const OWN: [&str; 5] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

/// Parameters, each once.
#[derive(Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Sets a parameter in place of one of the same name.
    pub(super) fn set(&mut self, name: String, value: String) {
        self.0.retain(|(other, _)| *other != name);
        self.0.push((name, value));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// One that the source sends itself, if there is such a one.
    pub(super) fn own(&self) -> Option<&'static str> {
        self.iter().find_map(|(name, _)| own(name))
    }
}

/// Their names: the values may be secret.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// `name`, if it is that of a parameter which the source sends itself.
pub(in crate::subject_token) fn own(name: &str) -> Option<&'static str> {
    OWN.into_iter().find(|own| *own == name)
}
