use std::collections::BTreeMap;
use std::sync::Arc;

use super::filter::Filter;
use super::keys::KeySource;
use super::pool::IdentityPool;
use super::provider::IdentityProvider;
use crate::jwt::KeyRing;

/// More characters than an identity pool id has.
const POOL_ID: usize = 100;

/// The identity providers and pools.
#[derive(Debug)]
pub(crate) struct Directory {
    providers: BTreeMap<String, ProviderEntry>,
    /// Empty: there is every pool.
    pools: Vec<PoolEntry>,
    /// Signatures and issuers are not looked at.
    pub(crate) trust_any_jwt: bool,
    /// In seconds.
    pub(crate) leeway: i64,
    /// The keys of the emulator's own identity provider.
    pub(crate) ring: Arc<KeyRing>,
}

#[derive(Debug)]
pub(crate) enum ProviderEntry {
    Own {
        audiences: Vec<String>,
    },
    Other {
        keys: KeySource,
        audiences: Vec<String>,
    },
}

impl ProviderEntry {
    pub(crate) fn audiences(&self) -> &[String] {
        let (Self::Own { audiences } | Self::Other { audiences, .. }) = self;
        audiences
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PoolEntry {
    pub(crate) id: String,
    /// None: of any identity provider.
    pub(crate) issuer: Option<String>,
    /// The names that lead to the claim.
    pub(crate) identity_claim: Vec<String>,
    pub(crate) filter: Option<Filter>,
}

/// What the directory does not take: the place in the list of providers or pools, and why.
#[derive(Debug)]
pub(crate) enum Refused {
    Provider(usize, String),
    PoolId(usize, String),
    PoolProvider(usize, String),
    PoolClaim(usize, String),
    PoolFilter(usize, String),
}

impl Directory {
    /// A directory with the emulator's own identity provider, whose issuer is `own`, and these.
    pub(crate) fn new(
        own: &str,
        audiences: &[String],
        providers: &[IdentityProvider],
        pools: &[IdentityPool],
        ring: Arc<KeyRing>,
    ) -> Result<Self, Refused> {
        let mut entries = BTreeMap::new();
        let audiences = audiences.to_vec();
        entries.insert(own.to_owned(), ProviderEntry::Own { audiences });
        for (index, provider) in providers.iter().enumerate() {
            let issuer = &provider.issuer;
            if issuer.is_empty() || entries.contains_key(issuer) {
                let why = format!("the issuer \"{issuer}\" is empty or there twice");
                return Err(Refused::Provider(index, why));
            }
            let keys = KeySource::new(issuer, &provider.keys)
                .map_err(|why| Refused::Provider(index, why))?;
            let audiences = provider.audiences.clone();
            entries.insert(issuer.clone(), ProviderEntry::Other { keys, audiences });
        }
        let mut known: Vec<PoolEntry> = Vec::new();
        for (index, pool) in pools.iter().enumerate() {
            let id = &pool.id;
            if !is_pool_id(id) || known.iter().any(|known| known.id == *id) {
                let why = format!(
                    "the identity pool id \"{id}\" is empty, too long, has other characters than visible ASCII, or is there twice"
                );
                return Err(Refused::PoolId(index, why));
            }
            let issuer = pool.issuer.clone().unwrap_or_else(|| own.to_owned());
            if !entries.contains_key(&issuer) {
                let why = format!("no identity provider has the issuer {issuer}");
                return Err(Refused::PoolProvider(index, why));
            }
            let claim = claim_path(&pool.identity_claim);
            let identity_claim = claim.map_err(|why| Refused::PoolClaim(index, why))?;
            let filter = pool.filter.as_deref().map(Filter::parse).transpose();
            let filter = filter.map_err(|why| {
                Refused::PoolFilter(index, format!("the filter cannot be read: {why}"))
            })?;
            known.push(PoolEntry {
                id: id.clone(),
                issuer: Some(issuer),
                identity_claim,
                filter,
            });
        }
        Ok(Self {
            providers: entries,
            pools: known,
            trust_any_jwt: false,
            leeway: 0,
            ring,
        })
    }

    /// Pools as they were configured; if none was, every id is one of a pool that takes all tokens.
    pub(crate) fn pool(&self, id: &str) -> Option<PoolEntry> {
        if self.pools.is_empty() && is_pool_id(id) {
            return Some(PoolEntry {
                id: id.to_owned(),
                issuer: None,
                identity_claim: vec!["sub".to_owned()],
                filter: None,
            });
        }
        self.pools.iter().find(|pool| pool.id == id).cloned()
    }

    pub(crate) fn pools(&self) -> &[PoolEntry] {
        &self.pools
    }

    pub(crate) fn provider(&self, issuer: &str) -> Option<&ProviderEntry> {
        self.providers.get(issuer)
    }

    pub(crate) fn issuers(&self) -> Vec<String> {
        self.providers.keys().cloned().collect()
    }
}

fn is_pool_id(id: &str) -> bool {
    let visible = id.bytes().all(|byte| byte.is_ascii_graphic());
    visible && !id.is_empty() && id.len() <= POOL_ID && !id.contains("eyJ")
}

/// The names in `claims.a.b`, `claims["a.b"]` or `a`.
fn claim_path(text: &str) -> Result<Vec<String>, String> {
    let wrong = || {
        format!(
            "the identity claim \"{text}\" names no claim; examples: claims.sub, claims.a.b, claims[\"a.b\"]"
        )
    };
    let Some(mut rest) = text
        .strip_prefix("claims")
        .filter(|rest| rest.starts_with(['.', '[']))
    else {
        let named = !text.is_empty() && !text.contains(['[', ']', '"', ' ']);
        return if named {
            Ok(vec![text.to_owned()])
        } else {
            Err(wrong())
        };
    };
    let mut path = Vec::new();
    while !rest.is_empty() {
        let (name, after) = if let Some(member) = rest.strip_prefix('.') {
            member.split_at(member.find(['.', '[']).unwrap_or(member.len()))
        } else {
            let quoted = rest
                .strip_prefix("[\"")
                .and_then(|quoted| quoted.split_once("\"]"));
            quoted.ok_or_else(wrong)?
        };
        if name.is_empty() {
            return Err(wrong());
        }
        path.push(name.to_owned());
        rest = after;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::claim_path;

    #[test]
    fn claims_are_named_as_in_filters() {
        assert_eq!(claim_path("claims.sub").unwrap(), ["sub"]);
        assert_eq!(claim_path("claims.a.b").unwrap(), ["a", "b"]);
        assert_eq!(
            claim_path("claims[\"https://a/b\"].c").unwrap(),
            ["https://a/b", "c"]
        );
        assert_eq!(claim_path("email").unwrap(), ["email"]);
        assert_eq!(claim_path("https://a/b").unwrap(), ["https://a/b"]);
        for text in [
            "",
            "claims.",
            "claims[",
            "claims[\"a\"",
            "claims[\"\"]",
            "claims.a.",
            "claims.a[b]",
            "a b",
        ] {
            assert!(claim_path(text).is_err(), "{text}");
        }
    }
}
