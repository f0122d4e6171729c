//! Tokens of AWS.

mod answer;
mod context;
mod credentials;
mod profile;
mod region;
mod request;
mod signing_algorithm;

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Client;

use super::error::SubjectTokenError;
use super::http::{Answer, Http, Route};
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::redact::{Credentials as Texts, line_of};
use crate::secret::Secret;
use credentials::Credentials;

pub use signing_algorithm::AwsSigningAlgorithm;

const WHO: &str = "AWS STS";
/// How much of a message of AWS is repeated, in characters.
const LONGEST_MESSAGE: usize = 240;
const LONGEST_CODE: usize = 60;

/// The token that AWS issues of a role or user: `GetWebIdentityToken` of AWS STS, which outbound identity federation is
/// about. For EC2, ECS, Fargate, Lambda, and pods of EKS; a fresh token for each exchange. Feature `aws`.
///
/// # At AWS
///
/// Once for each account, an administrator turns outbound identity federation on, in the console (IAM, Account settings) or
/// with
///
/// ```sh
/// aws iam enable-outbound-web-identity-federation
/// ```
///
/// which prints the account's issuer, such as `https://a1b2c3d4-....tokens.sts.global.api.aws`; later,
/// `aws iam get-outbound-web-identity-federation-info` does. The workload runs with an IAM role that may get tokens for this
/// audience:
///
/// ```json
/// {
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": "sts:GetWebIdentityToken",
///         "Resource": "*",
///         "Condition": {
///             "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "confluent" },
///             "NumericLessThanEquals": { "sts:DurationSeconds": 300 }
///         }
///     }
/// }
/// ```
///
/// # At Confluent
///
/// An identity provider with the issuer of the account and its JWKS URI, the issuer followed by
/// `/.well-known/jwks.json`, and an identity pool with a filter on the claims of the token, of which `sub` is the ARN of the
/// role:
///
/// ```text
/// claims.aud == "confluent" && claims.sub == "arn:aws:iam::111122223333:role/my-role"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::AwsWebIdentity;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(AwsWebIdentity::new("confluent").region("eu-central-1"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Credentials
///
/// The request is signed (AWS Signature Version 4) with the first credentials of these:
///
/// 1. `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN` where they are temporary; not if
///    [`profile`](Self::profile) is called
/// 2. the keys of the profile in `~/.aws/credentials` or `~/.aws/config`, or its login with `aws sso login`
/// 3. the role that `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` name, as in pods of EKS
/// 4. those of the container: ECS, Fargate, EKS Pod Identity
/// 5. those of the instance (`IMDSv2`), never through a proxy
///
/// What is there and does not work is an error, and not a reason to go on to another identity: a profile that is named,
/// by [`profile`](Self::profile) or `AWS_PROFILE`, and has no credentials; a file that cannot be read; a profile, named
/// or the default one, with `role_arn`, `credential_process`, `sso_session` or `login_session`, which are not followed
/// (`aws configure export-credentials` does).
///
/// # Variables
///
/// | variable | what it is |
/// | --- | --- |
/// | `AWS_REGION`, `AWS_DEFAULT_REGION` | the region, unless [`region`](Self::region) is called; without either, that of the profile |
/// | `AWS_PROFILE` | the profile; `default` unless set |
/// | `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` | the files of profiles |
/// | `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` | where STS is, as with a VPC endpoint without private DNS; ignored if `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true` |
/// | `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, `AWS_CONTAINER_CREDENTIALS_FULL_URI`, `AWS_CONTAINER_AUTHORIZATION_TOKEN`, `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` | set by ECS and EKS |
/// | `AWS_EC2_METADATA_SERVICE_ENDPOINT`, `AWS_EC2_METADATA_DISABLED` | where the instance's metadata is; `true` if it is not to be asked |
///
/// As [settings](crate::settings), the source is `CONFLUENT_STS_SOURCE` `aws-web-identity`, which takes
/// `CONFLUENT_STS_AUDIENCE` and `CONFLUENT_STS_SIGNING_ALGORITHM`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | no region is known | no | set `AWS_REGION` |
/// | a profile gave no credentials, or a file of profiles cannot be read | no | what the error says |
/// | no credentials were found | if the metadata service did not answer | run this with an IAM role, or set one of the above |
/// | `OutboundWebIdentityFederationDisabledException` | no | `aws iam enable-outbound-web-identity-federation` |
/// | `AccessDenied` | no | allow the role `sts:GetWebIdentityToken` for this audience and lifetime |
/// | `ExpiredToken`, `InvalidClientTokenId` and the like | no | renew the credentials; those that were kept are dropped |
/// | `SignatureDoesNotMatch` | no | check the secret key, and the clock |
/// | `SessionDurationEscalationException` | no | ask for a lifetime within that of the credentials |
/// | throttling, 5xx, no response | yes | nothing; it is asked again |
/// | more than 10 audiences, an empty one, a lifetime outside of 60 s to 3600 s | no | correct it; nothing was sent |
#[derive(Clone, Debug)]
pub struct AwsWebIdentity {
    audiences: Vec<String>,
    algorithm: AwsSigningAlgorithm,
    lifetime: Option<Duration>,
    region: Option<String>,
    endpoint: Option<String>,
    credentials: Credentials,
    http: Http,
}

impl AwsWebIdentity {
    /// Asks for tokens with `audience` as their `aud`.
    #[must_use]
    pub fn new(audience: impl Into<String>) -> Self {
        Self {
            audiences: vec![audience.into()],
            algorithm: AwsSigningAlgorithm::default(),
            lifetime: None,
            region: None,
            endpoint: None,
            credentials: Credentials::new(),
            http: Http::new(Route::Proxies),
        }
    }

    /// A further audience, up to ten in all.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// With which algorithm tokens are signed; RS256 unless it is called.
    #[must_use]
    pub fn signing_algorithm(mut self, algorithm: AwsSigningAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// How long tokens are to live, 60 s to 3600 s in whole seconds. AWS gives 300 s unless it is called. STS needs a token
    /// for the moment of the exchange only.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// The region, such as `eu-central-1`, whose STS is asked: the global one issues no tokens.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The profile of AWS's configuration whose credentials and region are used, before those of the environment.
    #[must_use]
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.credentials = self.credentials.of_profile(profile.into());
        self
    }

    /// The https URL of STS, as of a VPC endpoint.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Sets options of the HTTP client, such as proxies and root certificates.
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) says what is set afterwards. Metadata services of
    /// the machine are asked by a client of their own.
    #[must_use]
    pub fn http_client<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.http = self.http.configured(configure);
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let form = request::form(&self.audiences, self.algorithm, self.lifetime)?;
        let region = region::region(self.region.as_deref(), self.credentials.profile()).await?;
        let endpoint = region::endpoint(self.endpoint.as_deref(), &region)?;
        let credential = self.credentials.get(&region, &self.http, endpoint.url());
        let credential = credential.await?;
        let headers = request::signed(&endpoint, &form, &region, &credential).await?;
        let secrets = [
            Some(&credential.access_key_id),
            Some(&credential.secret_access_key),
            credential.session_token.as_ref(),
        ];
        let secrets: Vec<Secret> = secrets
            .into_iter()
            .flatten()
            .map(|text| Secret::from(&**text))
            .collect();
        let secrets: Vec<&Secret> = secrets.iter().collect();
        let send = |client: &Client| {
            let request = client.post(endpoint.url().clone());
            request.headers(headers).body(form)
        };
        let answer = self.http.send(&endpoint, send, &secrets).await?;
        if answer.status.is_success() {
            let not_one = "its body is no answer of AWS STS with a token";
            return answer::token(&answer.body).ok_or_else(|| answer.unusable(not_one));
        }
        Err(self.refused(answer, &secrets).await)
    }

    async fn refused(&self, answer: Answer, secrets: &[&Secret]) -> SubjectTokenError {
        let Some(answer::Refusal { code, message }) = answer::refusal(&answer.body) else {
            return answer.refused("");
        };
        let what_to_do = match &*code {
            "OutboundWebIdentityFederationDisabledException" => {
                "enable it for the account with `aws iam enable-outbound-web-identity-federation`"
            }
            "AccessDenied" | "AccessDeniedException" => {
                "allow the role the action sts:GetWebIdentityToken for this audience and lifetime"
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException" => {
                self.credentials.drop_kept().await;
                "renew the AWS credentials"
            }
            "SignatureDoesNotMatch" | "RequestExpired" => {
                "check the AWS secret access key, and the clock"
            }
            "SessionDurationEscalationException" => {
                "ask for a lifetime within that of the AWS credentials"
            }
            _ => "",
        };
        let texts = Texts::of_texts(secrets.iter().map(|secret| secret.expose_secret()));
        let message = line_of(&texts.remove_from(&message), LONGEST_MESSAGE);
        let code = line_of(&texts.remove_from(&code), LONGEST_CODE);
        let said = match &*message {
            "" => code.clone(),
            message => format!("{message} (code {code})"),
        };
        let error = answer.saying(said).refused(what_to_do);
        // It answers these with 400 and 403.
        let throttled = code.contains("Throttl")
            || code.starts_with("RequestLimit")
            || code.starts_with("TooManyRequests");
        if throttled {
            error.into_transient()
        } else {
            error
        }
    }
}

impl SubjectTokenSource for AwsWebIdentity {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
