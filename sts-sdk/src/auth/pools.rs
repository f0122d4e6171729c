//! The identity pools of an external token.

use std::str::FromStr;

use super::identifier;
use crate::build_error::BuildError;

/// Which identity pools an external token is presented with: their policies decide what it may do.
///
/// STS takes exactly one pool, which is an option of [`TokenProvider`](crate::TokenProvider); the data plane takes none,
/// one or several.
///
/// | form | what it means | header `Confluent-Identity-Pool-Id` | SASL extension `identityPoolId` |
/// | --- | --- | --- | --- |
/// | [`automatic`](Self::automatic) | all pools that match the token | none | none |
/// | [`one`](Self::one) | this pool | `pool-1` | `pool-1` |
/// | [`union`](Self::union) | these pools together | `pool-1,pool-2` | `pool-1,pool-2` |
///
/// ```
/// # fn pools() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::auth::Pools;
///
/// let union = Pools::union(["pool-1", "pool-2"])?;
/// assert_eq!("pool-1,pool-2".parse::<Pools>()?, union);
/// assert!(Pools::one("pool-1,pool-2").is_err());
/// # Ok(())
/// # }
/// # pools().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pools(Vec<String>);

impl Pools {
    /// Names no pool: those whose filters match the token apply (automatic pool mapping).
    #[must_use]
    pub fn automatic() -> Self {
        Self::default()
    }

    /// Names one pool, such as `pool-abc`.
    ///
    /// # Errors
    ///
    /// The id is empty, looks like a JWT, or has characters that could end a header or an extension early.
    pub fn one(id: impl AsRef<str>) -> Result<Self, BuildError> {
        Self::union([id])
    }

    /// Names several pools, in this order.
    ///
    /// # Errors
    ///
    /// There is none, or an id is refused as by [`one`](Self::one).
    pub fn union<I: AsRef<str>>(ids: impl IntoIterator<Item = I>) -> Result<Self, BuildError> {
        let checked = |id: I| identifier::checked("an identity pool", "pool-abc", id.as_ref());
        let ids: Vec<String> = ids.into_iter().map(checked).collect::<Result<_, _>>()?;
        if ids.is_empty() {
            let why = "a union of identity pools names at least one; take Pools::automatic() to name none";
            return Err(BuildError::option(why));
        }
        Ok(Self(ids))
    }

    /// The ids of the pools that are named.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.0
    }

    /// The value that names them, with commas between, in a header or a SASL extension; `None` if it is not to be sent.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(","))
    }

    /// The same.
    pub(super) fn into_value(mut self) -> Option<String> {
        match self.0.len() {
            0 | 1 => self.0.pop(),
            _ => self.value(),
        }
    }
}

/// Ids with commas between. Empty text is refused: it would name no pool by accident.
impl FromStr for Pools {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Self::union(text.split(','))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn the_three_forms() {
        assert_eq!(Pools::automatic().value(), None);
        assert_eq!(
            Pools::one(" pool-1 ").unwrap().value().as_deref(),
            Some("pool-1")
        );
        let union: Pools = "pool-1, pool-2".parse().unwrap();
        assert_eq!(union.value().as_deref(), Some("pool-1,pool-2"));
        assert_eq!(union.ids(), ["pool-1", "pool-2"]);
    }

    #[test]
    fn what_is_no_pool_is_refused_without_showing_it() {
        let token = format!("eyJ{}", "a".repeat(40));
        for (id, why) in [
            ("", "is empty"),
            (" ", "is empty"),
            (&*token, "looks like a JWT"),
            ("pool-1,pool-2", "has characters that no id has"),
            ("pool-1\u{1}auth=x", "has characters that no id has"),
            ("pool-1\r\nx: y", "has characters that no id has"),
            ("pool-\u{e4}", "has characters that no id has"),
            ("pool-1\\", "has characters that no id has"),
            ("pool;x", "has characters that no id has"),
            ("pool=x", "has characters that no id has"),
            ("pool\"x", "has characters that no id has"),
            ("pool'x", "has characters that no id has"),
        ] {
            let error = Pools::one(id).unwrap_err().to_string();
            let expected = format!("an identity pool {why}; set it to an id such as pool-abc");
            assert_eq!(error, expected);
        }
        for text in ["", ",", "pool-1,", "pool-1,,pool-2"] {
            assert!(text.parse::<Pools>().is_err(), "{text:?}");
        }
        assert!(Pools::union::<&str>([]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_accepted_breaks_no_header_and_no_extension(ids in proptest::collection::vec(".*", 1..4)) {
            if let Ok(pools) = Pools::union(&ids) {
                let value = pools.value().unwrap();
                prop_assert!(HeaderValue::try_from(&value).is_ok());
                prop_assert_eq!(value.split(',').count(), ids.len());
                prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'));
            }
        }
    }
}
