//! A subject token in a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use tokio::sync::{Semaphore, oneshot};
use zeroize::Zeroizing;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// Where a service-account token for Confluent is projected to by convention.
pub(super) const CONVENTIONAL: &str = "/var/run/secrets/tokens/confluent";

/// Longest file that is taken for a token, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// Most reads at a time: enough that a few which hang hold up no others, and few enough that a file on a network that
/// is gone does not fill the process with threads.
const MOST_READS: usize = 32;

/// The subject token is what a file holds, read anew before each exchange, as with the tokens that Kubernetes
/// projects into pods and rotates. A byte order mark and white space around the token are removed.
///
/// # At the platform
///
/// Whatever keeps the file up to date. In Kubernetes, a volume of the pod with a token of its service account for an audience
/// of its own:
///
/// ```yaml
/// volumes:
///   - name: confluent
///     projected:
///       sources:
///         - serviceAccountToken:
///             path: confluent
///             audience: confluent
///             expirationSeconds: 3600
/// ```
///
/// which a container mounts at `/var/run/secrets/tokens`. `docs/subject-tokens.md` has it as a whole, for EKS too. The tokens
/// that `AWS_WEB_IDENTITY_TOKEN_FILE` and `AZURE_FEDERATED_TOKEN_FILE` name have audiences of AWS and Microsoft Entra unless
/// they were set to another.
///
/// # At Confluent
///
/// An identity provider with the issuer and the JWKS URI of whoever issues the token, such as the cluster, and an identity pool
/// with a filter on its claims, such as
///
/// ```text
/// claims.sub == "system:serviceaccount:my-namespace:my-service-account"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::TokenFile;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// None of its own. As a [setting](crate::settings), the path is `CONFLUENT_STS_TOKEN_FILE`; the sources
/// `aws-web-identity-token-file` and `azure-federated-token-file` take those of the platforms.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | it is missing, or empty | yes, since files are while they are replaced | mount the volume into this container |
/// | it may not be read | no | give the pod an `fsGroup`, or run it as the user whom the file belongs to |
/// | it is a directory, no text, or longer than 1 MiB | no | correct the path |
/// | a read that hangs | yes, when the deadline passes | look at the file system |
///
/// Any number of providers may share one. Up to 32 reads run side by side, each in a thread of its own, and others wait
/// for one of them to end. A read that hangs, as on a network that is gone, is left when the provider's deadline
/// passes, and keeps neither a runtime nor the process from ending.
#[derive(Clone, Debug)]
pub struct TokenFile {
    /// What it is called in errors.
    what: &'static str,
    path: PathBuf,
    reads: Arc<Semaphore>,
}

impl TokenFile {
    /// Reads the file at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::of("the subject token file", path)
    }

    /// Reads another credential than a subject token; `what` is how errors call the file.
    pub(super) fn of(what: &'static str, path: impl Into<PathBuf>) -> Self {
        Self {
            what,
            path: path.into(),
            reads: Arc::new(Semaphore::new(MOST_READS)),
        }
    }

    async fn read(&self) -> Result<Secret, SubjectTokenError> {
        let not_read = |error: &'static str| {
            let why = format!(
                "{} {} was not read: {error}",
                self.what,
                self.path.display()
            );
            SubjectTokenError::transient(why)
        };
        let permit = Arc::clone(&self.reads).acquire_owned().await;
        let permit = permit.map_err(|_| not_read("no more files are read"))?;
        let (sender, outcome) = oneshot::channel();
        let (what, path) = (self.what, self.path.clone());
        // A file may lie on a network. Not a blocking task of the runtime, which does not end before those have.
        let reader = thread::Builder::new().name("sts-token-file".to_owned());
        let reader = reader.spawn(move || {
            let _permit = permit;
            // One who has stopped waiting does not want it.
            let _: Result<(), _> = sender.send(read(what, &path));
        });
        reader.map_err(|error| not_read("there is no thread for it").caused_by(error))?;
        outcome
            .await
            .map_err(|_| not_read("the thread that reads it has panicked"))?
    }
}

impl SubjectTokenSource for TokenFile {
    fn describe(&self) -> Cow<'_, str> {
        format!("the file {}", self.path.display()).into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(async { self.read().await.map(SubjectToken::from) })
    }
}

fn read(what: &str, path: &Path) -> Result<Secret, SubjectTokenError> {
    let what = format!("{what} {}", path.display());
    let mut text = Zeroizing::new(String::new());
    let length = File::open(path).and_then(|file| {
        // A string that grows is moved, and leaves a copy of the token in memory.
        let length = file.metadata()?.len().min(LONGEST) + 1;
        text.reserve_exact(usize::try_from(length).unwrap_or_default());
        file.take(LONGEST + 1).read_to_string(&mut text)
    });
    let length = length
        .map_err(|error| SubjectTokenError::of_io(format!("{what} cannot be read"), error))?;
    if length as u64 > LONGEST {
        let why = format!("{what} is longer than {LONGEST} bytes; it is no token");
        return Err(SubjectTokenError::permanent(why));
    }
    let token = text.trim_start_matches('\u{feff}').trim();
    if token.is_empty() {
        return Err(SubjectTokenError::transient(format!("{what} is empty")));
    }
    Ok(Secret::from(token))
}
