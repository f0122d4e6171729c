//! What `--explain` prints.

use std::fmt::Write;

use super::resolved::{PRODUCTION, Settings, URL};
use crate::shown::shown;

impl Settings {
    /// The profile and the file that was looked for. A line for each setting that is given: its value, and where it came
    /// from. Then those that are hidden, and the source with the reason for which it is this one.
    pub(crate) fn explained(&self) -> String {
        let profile = self.profile.as_deref().unwrap_or("none");
        let mut text = format!(
            "profile: {profile}\nfile of profiles: {}\n",
            self.place.explained
        );
        for value in &self.values {
            let shown = if value.setting.is_secret() {
                "[redacted]".to_owned()
            } else {
                shown(value.text.expose_secret())
            };
            // A text in memory takes all that is written.
            writeln!(text, "{}: {shown} ({})", value.setting.key(), value.origin).ok();
        }
        if self.look_up(URL).is_none() {
            writeln!(text, "url: {PRODUCTION} (default)").ok();
        }
        for value in &self.hidden {
            writeln!(
                text,
                "{}: does not count ({}), for another stands for it that counts more",
                value.setting.key(),
                value.origin
            )
            .ok();
        }
        match self.source() {
            Ok(source) => {
                writeln!(text, "source of subject tokens: {source}").ok();
                for name in source.unused() {
                    writeln!(text, "{name} is set, and this source does not take it").ok();
                }
            }
            Err(failure) => {
                writeln!(text, "source of subject tokens: none: {failure}").ok();
            }
        }
        text
    }
}
