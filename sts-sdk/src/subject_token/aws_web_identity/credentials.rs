//! The credentials of AWS that sign the request.

use std::fmt;
use std::sync::Arc;

use reqsign_aws_v4::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, ECSCredentialProvider,
    EnvCredentialProvider, IMDSv2CredentialProvider, ProfileCredentialProvider,
    SSOCredentialProvider,
};
use reqsign_core::{ProvideCredentialDyn, SigningCredential};
use reqwest::Url;
use tokio::sync::Mutex;

use super::context::{Service, failed};
use super::profile::Profile;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::{Http, Route};

const METADATA: &str = "AWS instance metadata";
const NONE: &str = "AWS: no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with \
     AWS_PROFILE, or run this with an IAM role";

/// Finds credentials, one caller at a time, and keeps those that end while they are valid.
#[derive(Clone)]
pub(super) struct Credentials {
    profile: Option<String>,
    /// For services that answer this machine only.
    direct: Http,
    /// Keeps the session of the metadata service.
    metadata: IMDSv2CredentialProvider,
    kept: Arc<Mutex<Option<Credential>>>,
}

impl Credentials {
    pub(super) fn new() -> Self {
        Self {
            profile: None,
            direct: Http::new(Route::Direct),
            metadata: IMDSv2CredentialProvider::new(),
            kept: Arc::default(),
        }
    }

    pub(super) fn of_profile(self, profile: String) -> Self {
        Self {
            profile: Some(profile),
            kept: Arc::default(),
            ..self
        }
    }

    pub(super) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The credentials to ask STS of `region` with. `http` reaches servers of AWS, and `sts` is where STS is.
    pub(super) async fn get(
        &self,
        region: &str,
        http: &Http,
        sts: &Url,
    ) -> Result<Credential, SubjectTokenError> {
        let mut kept = self.kept.lock().await;
        // It is for another two minutes.
        if let Some(valid) = kept.as_ref().filter(|kept| kept.is_valid()) {
            return Ok(valid.clone());
        }
        let found = self.find(region, http, sts).await?;
        // Others may be replaced where they are.
        if found.expires_in.is_some() {
            *kept = Some(found.clone());
        }
        Ok(found)
    }

    /// STS refused what was kept.
    pub(super) async fn drop_kept(&self) {
        *self.kept.lock().await = None;
    }

    /// The first credentials, in the order of AWS's tools. What is there and does not work is an error, not a reason to go
    /// on.
    async fn find(
        &self,
        region: &str,
        http: &Http,
        sts: &Url,
    ) -> Result<Credential, SubjectTokenError> {
        let service = |who, what_to_do| Service {
            who,
            what_to_do,
            http: http.clone(),
            instead: None,
        };
        let here = |who, what_to_do| Service {
            http: self.direct.clone(),
            ..service(who, what_to_do)
        };
        let web_identity = AssumeRoleWithWebIdentityCredentialProvider::new()
            .with_region(region.to_owned())
            .with_regional_sts_endpoint();
        let sts = Service {
            instead: Some(sts.clone()),
            ..service(
                "AWS STS",
                "check the trust policy of the role that AWS_ROLE_ARN names",
            )
        };
        let portal = service("IAM Identity Center", "log in again with `aws sso login`");
        let container = here(
            "AWS container credentials",
            "check the role of the task or pod",
        );
        let metadata = here(METADATA, "check that the instance has an IAM role");
        // A profile that the program names comes before.
        if self.profile.is_none()
            && let Some(found) = first([(
                service("the environment", ""),
                Box::new(EnvCredentialProvider::new()) as _,
            )])
            .await?
        {
            return Ok(found);
        }
        let profile = Profile::read(self.profile()).await?;
        profile.may_be_asked()?;
        let name = profile.name();
        let keys = ProfileCredentialProvider::new().with_profile(name);
        let login = SSOCredentialProvider::new().with_profile(name);
        if let Some(found) = first([
            (service("the AWS profile", ""), Box::new(keys)),
            (portal, Box::new(login)),
        ])
        .await?
        {
            return Ok(found);
        }
        profile.gave_none()?;
        let found = first([
            (sts, Box::new(web_identity)),
            (container, Box::new(ECSCredentialProvider::new())),
            (metadata, Box::new(self.metadata.clone())),
        ]);
        let found = found.await?;
        found.ok_or_else(|| SubjectTokenError::permanent(NONE))
    }
}

type Place = (
    Service,
    Box<dyn ProvideCredentialDyn<Credential = Credential>>,
);

/// The first credentials of `places`. Not the crate's own chain, which goes on after an error and logs providers with
/// what they hold.
async fn first<const N: usize>(
    places: [Place; N],
) -> Result<Option<Credential>, SubjectTokenError> {
    for (service, provider) in places {
        match provider.provide_credential_dyn(&service.context()).await {
            Ok(Some(found)) => return usable(found).map(Some),
            Ok(None) => {}
            Err(error) => {
                let error = failed(service.who, &error);
                // It is not known whether there is one.
                let is_last = service.who == METADATA;
                return Err(if is_last { nowhere(&error) } else { error });
            }
        }
    }
    Ok(None)
}

/// Nothing was found before the metadata service was asked, which failed.
fn nowhere(error: &SubjectTokenError) -> SubjectTokenError {
    let why = format!("{NONE} ({error})");
    let nowhere = if error.is_transient() {
        SubjectTokenError::transient(why)
    } else {
        SubjectTokenError::permanent(why)
    };
    match error.retry_after() {
        Some(wait) => nowhere.with_retry_after(wait),
        None => nowhere,
    }
}

fn usable(found: Credential) -> Result<Credential, SubjectTokenError> {
    let end = found.expires_in;
    let now = reqsign_core::time::Timestamp::now();
    if end.is_some_and(|end| end <= now) {
        return Err(SubjectTokenError::transient(
            "AWS: the credentials that were found have expired; check that their source renews them, and the clock",
        ));
    }
    Ok(found)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
