use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body that announces all of its bytes, and ends too early or comes byte by byte.
pub(super) struct FaultyBody {
    bytes: Bytes,
    manner: Manner,
}

enum Manner {
    /// So many bytes are sent, then the connection ends.
    Truncated { left: usize, flushed: bool },
    Slow {
        pause: Duration,
        sleep: Option<Pin<Box<Sleep>>>,
    },
}

/// The connection ends on purpose.
#[derive(Debug)]
pub(super) struct CutShort;

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is cut short, as a fault demands")
    }
}

impl std::error::Error for CutShort {}

impl FaultyBody {
    pub(super) fn truncated(bytes: Bytes, after: u64) -> Self {
        let left = usize::try_from(after).unwrap_or(usize::MAX);
        let manner = Manner::Truncated {
            left,
            flushed: false,
        };
        Self { bytes, manner }
    }

    pub(super) fn slow(bytes: Bytes, pause: Duration) -> Self {
        let manner = Manner::Slow { pause, sleep: None };
        Self { bytes, manner }
    }
}

impl Body for FaultyBody {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        let Self { bytes, manner } = self.get_mut();
        if bytes.is_empty() {
            return Poll::Ready(None);
        }
        match manner {
            Manner::Truncated { left, flushed } => {
                if *left > 0 {
                    let now = (*left).min(bytes.len());
                    *left = 0;
                    return Poll::Ready(Some(Ok(Frame::data(bytes.split_to(now)))));
                }
                if !*flushed {
                    // What was given so far is sent when there is nothing to do, and dropped with an error.
                    *flushed = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(CutShort)))
            }
            Manner::Slow {
                pause,
                sleep: waiting,
            } => {
                let until = waiting.get_or_insert_with(|| Box::pin(sleep(*pause)));
                ready!(until.as_mut().poll(context));
                *waiting = None;
                Poll::Ready(Some(Ok(Frame::data(bytes.split_to(1)))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
