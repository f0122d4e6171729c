//! The id of an identity pool.

use crate::shown::shown;

/// What is odd about an id, of which Confluent's begin with `pool-`.
pub(super) fn oddity(pool: &str) -> Option<String> {
    let of_kind = |prefix: &str| pool.to_ascii_lowercase().starts_with(prefix);
    let what = if of_kind("op-") {
        "an identity provider"
    } else if of_kind("sa-") {
        "a service account"
    } else if of_kind("lkc-") {
        "a Kafka cluster"
    } else if pool.starts_with("pool-")
        && pool
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return None;
    } else {
        return Some(format!(
            "{} does not look like the id of an identity pool, such as pool-abc; give the id, not the name",
            shown(pool)
        ));
    };
    Some(format!(
        "{} is the id of {what}; give that of the identity pool, which begins with pool-",
        shown(pool)
    ))
}

#[cfg(test)]
mod tests {
    use super::oddity;

    #[test]
    fn ids_of_other_things_are_seen() {
        assert_eq!(oddity("pool-abc"), None);
        assert_eq!(oddity("pool-A1b2"), None);
        for (pool, expected) in [
            (
                "op-12",
                "op-12 is the id of an identity provider; give that of the identity pool, which begins with pool-",
            ),
            (
                "sa-12",
                "sa-12 is the id of a service account; give that of the identity pool, which begins with pool-",
            ),
            (
                "my pool",
                "my pool does not look like the id of an identity pool, such as pool-abc; give the id, not the name",
            ),
            (
                "pool_1",
                "pool_1 does not look like the id of an identity pool, such as pool-abc; give the id, not the name",
            ),
        ] {
            assert_eq!(oddity(pool).as_deref(), Some(expected));
        }
    }
}
