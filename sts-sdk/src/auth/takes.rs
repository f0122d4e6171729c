//! Which token an operation takes.

/// Which token an operation takes, as its `security` in the specification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Takes {
    /// An access token of STS (`confluent-sts-access-token`): the control plane.
    AccessToken,
    /// The token of the workload's own identity provider (`external-access-token`): the data plane.
    ExternalToken,
    /// Either of them.
    Either,
    /// Neither: it is sent without authentication.
    Neither,
    /// The generated code does not know the operation: it is not sent.
    Unknown,
}
