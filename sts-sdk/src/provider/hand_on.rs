//! Handing a subject token on, as an external token.

use std::time::{Duration, SystemTime};

use super::cached_token::{CachedToken, Stage};
use super::error::{Kind, TokenError};
use super::refresher::{Fetched, Refresher};
use super::thresholds::Spread;
use crate::clock::Moment;
use crate::exchange::AccessToken;
use crate::secret::Secret;
use crate::subject_token::{Claims, SubjectToken};

impl Refresher {
    /// The external token that `fetched` is.
    pub(super) fn hand_on(
        &self,
        fetched: &Fetched,
        spread: Spread,
    ) -> Result<CachedToken, TokenError> {
        self.check_jwt(fetched)?;
        let unusable = |why: &str| self.unusable(&fetched.token, why.to_owned());
        let claims = fetched.claims.as_ref().map_err(|why| unusable(why))?;
        let now = self.clock.now();
        let lifetime = lifetime(&fetched.token, claims, now.wall).ok_or_else(|| {
            unusable("does not say when it ends (`exp`), and its source does not either")
        })?;
        if lifetime.is_zero() {
            let source = self.described();
            return Err(self.error(Kind::Ended { source }));
        }
        let token = Secret::from(fetched.token.secret().expose_secret().trim());
        let token = AccessToken::external(token, lifetime).map_err(unusable)?;
        Ok(CachedToken::new(token, now, spread).with_fingerprint(fetched.fingerprint))
    }

    /// Tells the source of an external token that was invalidated, so that one that keeps tokens gives another.
    pub(super) fn tell_invalidated(&self) {
        if let Some(token) = self.held_back.take_untold() {
            self.source.refused(&token);
        }
    }

    /// Whether `token` may be served while `before` is cached: an external token that its source gives again is no new one.
    ///
    /// # Errors
    ///
    /// It was invalidated a short time ago, or is at its end.
    pub(super) fn check_again(
        &self,
        token: &CachedToken,
        before: &CachedToken,
        now: &Moment,
    ) -> Result<(), TokenError> {
        let Some(fingerprint) = token.fingerprint else {
            return Ok(());
        };
        if self.held_back.holds(fingerprint, now) {
            let source = self.described();
            return Err(self.error(Kind::HeldBack { source }));
        }
        if token.is_same_external(before) && before.stage(now) == Stage::Unusable {
            let source = self.described();
            return Err(self.error(Kind::Ended { source }));
        }
        Ok(())
    }
}

/// How long a token has yet to live, as its source and the token itself say: the shorter of the two. A clock that is
/// behind that of the identity provider makes it live no longer.
fn lifetime(token: &SubjectToken, claims: &Claims, now: SystemTime) -> Option<Duration> {
    let until = |end: SystemTime, from| end.duration_since(from).unwrap_or_default();
    let of_source = token.expires_at().map(|end| until(end, now));
    let from = claims.issued_at.map_or(now, |issued_at| now.max(issued_at));
    let of_claims = claims.expires_at.map(|end| until(end, from));
    of_source.into_iter().chain(of_claims).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_lives_from_now_or_from_its_issue() {
        let claims = |iat: Option<u64>, exp: Option<u64>| Claims {
            issued_at: iat.map(at),
            expires_at: exp.map(at),
            ..Claims::default()
        };
        let token = SubjectToken::from("a-token");
        let seconds = |claims: &Claims, now| Some(lifetime(&token, claims, at(now))?.as_secs());
        assert_eq!(seconds(&claims(Some(1000), Some(1600)), 1200), Some(400));
        assert_eq!(seconds(&claims(None, Some(1600)), 1200), Some(400));
        // The clock is behind.
        assert_eq!(seconds(&claims(Some(1000), Some(1600)), 900), Some(600));
        assert_eq!(seconds(&claims(Some(1000), Some(1600)), 1700), Some(0));
        assert_eq!(seconds(&claims(Some(1000), None), 1200), None);
        let known = SubjectToken::from("a-token").valid_until(at(1300));
        let of_source = lifetime(&known, &claims(Some(1000), Some(1600)), at(1200));
        assert_eq!(of_source, Some(Duration::from_secs(100)));
        // What the source says makes it live no longer: neither past its own end, nor by a clock that is behind.
        let known = SubjectToken::from("a-token").valid_until(at(1700));
        for (now, left) in [(1200, 400), (900, 600), (1650, 0)] {
            let of_claims = lifetime(&known, &claims(Some(1000), Some(1600)), at(now));
            assert_eq!(of_claims, Some(Duration::from_secs(left)));
        }
    }
}
