//! A profile: values under a name.

use std::collections::BTreeMap;

use crate::failure::Failure;

/// By the variables of settings.
pub(crate) type Values = BTreeMap<&'static str, Given>;

/// A value, and the line of the file that it is on.
pub(crate) struct Given {
    pub(crate) value: String,
    pub(crate) line: Option<usize>,
}

pub(crate) struct Profile {
    pub(crate) name: String,
    /// What errors call its file; none has the profile that the command brings.
    pub(crate) file: Option<String>,
    pub(crate) values: Values,
}

impl Profile {
    /// The profile that the command brings, unless a file has one of this name.
    pub(crate) const EMULATOR: &str = "emulator";

    /// For an emulator where `confluent-sts emulate` has it. It takes any client with any secret.
    pub(crate) fn emulator() -> Self {
        let values = [
            ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
            ("CONFLUENT_STS_URL", "http://127.0.0.1:8080"),
            ("CONFLUENT_STS_TOKEN_URL", "http://127.0.0.1:8080/idp/token"),
            ("CONFLUENT_STS_CLIENT_ID", "my-workload"),
            ("CONFLUENT_STS_CLIENT_SECRET", "any"),
        ];
        let given = |value: &str| Given {
            value: value.to_owned(),
            line: None,
        };
        Self {
            name: Self::EMULATOR.to_owned(),
            file: None,
            values: values.map(|(name, value)| (name, given(value))).into(),
        }
    }

    /// The profile called `named` where there is no file.
    pub(crate) fn without_file(named: Option<&str>) -> Result<Option<Self>, Failure> {
        match named {
            None => Ok(None),
            Some(Self::EMULATOR) => Ok(Some(Self::emulator())),
            Some(_) => Err(Failure::usage(
                "a profile is named and there is no configuration file; write confluent-sts/config.toml below \
                 XDG_CONFIG_HOME or ~/.config, or name it with --config or CONFLUENT_STS_CONFIG",
            )),
        }
    }
}
