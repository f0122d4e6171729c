//! Tokens that a program prints.

mod output;
mod process;

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use process::Ended;

/// The token that a program prints to its standard output: a company's own helper, `buildkite-agent`, `circleci`,
/// `gcloud`, a plugin of `kubectl`.
///
/// It is run before each exchange, without a shell and with nothing on its standard input. What it prints may be
///
/// | output | where the token is |
/// | --- | --- |
/// | text | all of it, without the white space around it |
/// | JSON, if [`token_at`](Self::token_at) is given | there |
/// | `{"version": 1, "success": true, "id_token": …}`, Google's executable source (AIP-4117) | `id_token` |
/// | `{"kind": "ExecCredential", "status": {"token": …}}`, a plugin of `kubectl` | `status.token` |
///
/// # At the platform
///
/// The program is installed where this runs, and needs no input. `docs/subject-tokens.md` has recipes for Buildkite and
/// CircleCI.
///
/// # At Confluent
///
/// An identity provider with the issuer and the JWKS URI of whoever issues the token, and an identity pool with a filter on its
/// claims, such as, for Buildkite,
///
/// ```text
/// claims.aud == "confluent" && claims.organization_slug == "my-org" && claims.pipeline_slug == "my-pipeline"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::Command;
///
/// let source = Command::new("buildkite-agent")
///     .args(["oidc", "request-token", "--audience", "confluent"]);
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(source)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// On Unix the program gets a process group of its own, so that Ctrl-C in a terminal does not reach it; when the time-out or
/// the provider's deadline passes, all of the group is killed. Elsewhere, the program alone is killed. If this process is
/// killed itself, the program goes on until it ends or writes.
///
/// # Variables
///
/// The program gets those of this process. As [settings](crate::settings), `CONFLUENT_STS_COMMAND` is the program with its
/// arguments, `CONFLUENT_STS_COMMAND_TIMEOUT` and `CONFLUENT_STS_TOKEN_POINTER` are what their names say, and the sources
/// `buildkite` and `circleci` are ready-made.
///
/// # Interrupts
///
/// A program that handles Ctrl-C by dropping the provider's future, as with `tokio::select!` and `tokio::signal::ctrl_c()`, kills
/// the whole group. One that does not handle it ends at once, and leaves the program behind until that ends or writes.
///
/// # Errors
///
/// None shows the arguments or the output. The last lines of standard error are part of them.
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | the program cannot be started | no | install it, or correct its path |
/// | it ended with a code other than 0, or by a signal | yes | what it says on standard error |
/// | it took too long | yes | find out what it waits for |
/// | more than 1 MiB of output, no UTF-8, no token in it | no | correct what it prints |
/// | `"success": false` | no | its `code` and `message`, which the error repeats |
#[derive(Clone)]
pub struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    timeout: Duration,
    token: Option<String>,
}

impl Command {
    /// Runs `program`, a path or a name that is looked for in `PATH`.
    #[must_use]
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            timeout: Duration::from_secs(30),
            token: None,
        }
    }

    /// Adds an argument. Other processes of the machine can see it: it must not be a secret.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Longest time that the program may take. By default 30 s; the provider's deadline may end it earlier.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where the token is in the JSON that the program prints, a JSON Pointer (RFC 6901) such as `/token`.
    #[must_use]
    pub fn token_at(mut self, pointer: impl Into<String>) -> Self {
        self.token = Some(pointer.into());
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let what = self.describe();
        let Ended {
            status,
            output,
            said,
        } = process::run(&what, &self.program, &self.arguments, self.timeout).await?;
        if status.success() {
            return output::token(&output, self.token.as_deref())
                .map_err(|why| SubjectTokenError::permanent(format!("{what} {why}")));
        }
        // A program of this kind says so in its output.
        if let Some(why) = output::refusal(&output) {
            return Err(SubjectTokenError::permanent(format!("{what} {why}")));
        }
        let said = if said.is_empty() {
            ", and said nothing on standard error".to_owned()
        } else {
            format!(": {said}")
        };
        let why = format!("{what} ended with {status}{said}");
        Err(SubjectTokenError::transient(why))
    }
}

impl SubjectTokenSource for Command {
    fn describe(&self) -> Cow<'_, str> {
        format!("the program {}", self.program.display()).into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}

/// Without the arguments.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("arguments", &self.arguments.len())
            .field("timeout", &self.timeout)
            .field("token_at", &self.token)
            .finish()
    }
}
