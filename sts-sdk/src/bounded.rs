//! An integer that keeps to the limits of the specification.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// An integer within `MIN..=MAX`.
///
/// Made with `TryFrom` from any integer type, or parsed from text; refuses what is out of range with
/// [`OutOfRange`].
///
/// ```
/// # use sts_sdk::Bounded;
/// let lifetime = Bounded::<i32, 1, 900>::try_from(600)?;
/// assert_eq!(lifetime.get(), 600);
///
/// let refused = Bounded::<i32, 1, 900>::try_from(3600_i32).unwrap_err();
/// assert_eq!(refused.to_string(), "3600 is not within 1..=900");
/// # Ok::<(), sts_sdk::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bounded<T, const MIN: i64, const MAX: i64>(T);

impl<T: Copy, const MIN: i64, const MAX: i64> Bounded<T, MIN, MAX> {
    /// The integer.
    pub fn get(self) -> T {
        self.0
    }
}

impl<T: TryFrom<i64>, const MIN: i64, const MAX: i64> Bounded<T, MIN, MAX> {
    fn checked(value: i128) -> Result<Self, OutOfRange> {
        let refused = OutOfRange {
            value,
            limits: (MIN, MAX),
        };
        let fits = i64::try_from(value)
            .ok()
            .filter(|fits| (MIN..=MAX).contains(fits));
        let inner = fits.and_then(|fits| T::try_from(fits).ok());
        inner.map(Self).ok_or(refused)
    }
}

macro_rules! try_from {
    ($($integer:ty),*) => {$(
        impl<T: TryFrom<i64>, const MIN: i64, const MAX: i64> TryFrom<$integer>
            for Bounded<T, MIN, MAX>
        {
            type Error = OutOfRange;

            fn try_from(value: $integer) -> Result<Self, OutOfRange> {
                Self::checked(i128::try_from(value).unwrap_or(i128::MAX))
            }
        }
    )*};
}

try_from!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

impl<T: TryFrom<i64>, const MIN: i64, const MAX: i64> FromStr for Bounded<T, MIN, MAX> {
    type Err = ParseBoundedError;

    fn from_str(text: &str) -> Result<Self, ParseBoundedError> {
        let value: i128 = text.parse().map_err(|_| ParseBoundedError(None))?;
        Self::checked(value).map_err(|refused| ParseBoundedError(Some(refused)))
    }
}

impl<T: fmt::Display, const MIN: i64, const MAX: i64> fmt::Display for Bounded<T, MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, T: TryFrom<i64>, const MIN: i64, const MAX: i64> Deserialize<'de>
    for Bounded<T, MIN, MAX>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::deserialize(deserializer)?;
        Self::try_from(value).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema, const MIN: i64, const MAX: i64> schemars::JsonSchema
    for Bounded<T, MIN, MAX>
{
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}_{MIN}_{MAX}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = T::json_schema(generator);
        schema.insert("minimum".to_owned(), MIN.into());
        schema.insert("maximum".to_owned(), MAX.into());
        schema
    }
}

/// An integer lies outside of the limits of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    value: i128,
    limits: (i64, i64),
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = self.limits;
        write!(f, "{} is not within {min}..={max}", self.value)
    }
}

impl std::error::Error for OutOfRange {}

/// A text is not an integer, or one outside of the limits of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseBoundedError(Option<OutOfRange>);

impl fmt::Display for ParseBoundedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(refused) => refused.fmt(f),
            None => f.write_str("not an integer"),
        }
    }
}

impl std::error::Error for ParseBoundedError {}
