//! What is presented beside the token.

use crate::auth::identifier;
use crate::auth::pools::Pools;
use crate::build_error::BuildError;

/// The SASL extensions that Confluent Cloud's Kafka brokers read: `logicalCluster` and `identityPoolId`.
///
/// ```
/// # fn extensions() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::auth::Pools;
/// use sts_sdk::auth::kafka::Extensions;
///
/// let extensions = Extensions::new(Pools::union(["pool-1", "pool-2"])?).logical_cluster("lkc-123")?;
/// let pairs: Vec<_> = extensions.iter().collect();
/// assert_eq!(pairs, [("logicalCluster", "lkc-123"), ("identityPoolId", "pool-1,pool-2")]);
/// # Ok(())
/// # }
/// # extensions().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    logical_cluster: Option<String>,
    pools: Option<String>,
}

impl Extensions {
    /// Those that name `pools`.
    #[must_use]
    pub fn new(pools: Pools) -> Self {
        Self {
            logical_cluster: None,
            pools: pools.into_value(),
        }
    }

    /// The cluster, such as `lkc-123`. It may be left out only where the address of the brokers says which it is: those of
    /// Enterprise clusters of AWS over `PrivateLink`.
    ///
    /// # Errors
    ///
    /// The id is empty, looks like a JWT, or has characters that could end an extension early.
    pub fn logical_cluster(self, id: impl AsRef<str>) -> Result<Self, BuildError> {
        let id = identifier::checked("the logical cluster", "lkc-123", id.as_ref())?;
        Ok(Self {
            logical_cluster: Some(id),
            ..self
        })
    }

    /// Their names and values, in the order in which they are sent. On the wire a comma is a comma.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let pairs = [
            ("logicalCluster", self.logical_cluster.as_deref()),
            ("identityPoolId", self.pools.as_deref()),
        ];
        pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }

    /// The value of librdkafka's `sasl.oauthbearer.extensions`, which has commas between the pairs: the comma of a union
    /// is escaped with a backslash, which librdkafka removes. `None` if there is no extension.
    #[must_use]
    pub fn librdkafka(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace(',', "\\,")))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join(","))
    }
}
