//! Reading a response's body up to a limit.

use reqwest::Response;

/// Most memory that is allocated before any of the body has come, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It is longer than the limit, in bytes.
    TooLong(usize),
    /// The connection ended before the body did.
    CutShort,
    /// The time-out passed.
    TimedOut,
}

/// Reads at most `limit` bytes, and says why that is not all.
pub(crate) async fn read(response: &mut Response, limit: usize) -> (Vec<u8>, Option<Stopped>) {
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    // A server may announce more than it sends.
    let mut body = Vec::with_capacity(announced.min(limit).min(AT_ONCE));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = limit - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return (body, Some(Stopped::TooLong(limit)));
                }
            }
            Ok(None) => return (body, None),
            Err(error) if error.is_timeout() => return (body, Some(Stopped::TimedOut)),
            Err(_) => return (body, Some(Stopped::CutShort)),
        }
    }
}
