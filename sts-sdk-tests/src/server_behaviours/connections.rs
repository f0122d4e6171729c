//! Connections that break, bodies that do not end.

use std::time::Duration;

use super::{Act, ID, JSON, ServerBehaviour, error, late, send, twice};
use crate::server::{reply, token_body};

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn behaviours(access: &str) -> Vec<ServerBehaviour> {
    let whole = reply("200 OK", &[JSON, ID], token_body(access));
    let half_head = whole[..30].to_vec();
    let head_end = whole
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    let head = whole[..head_end].to_vec();
    let half_body = whole[..head_end + 40].to_vec();
    let cut = "200 OK: expected a token exchange reply, the connection ended within it (request id req-1)";
    let cut_by_time =
        "200 OK: expected a token exchange reply, the time was up within it (request id req-1)";
    vec![
        twice(error(
            "reset before the headers",
            vec![Act::Reset],
            None,
            true,
            "no response from 127.0.0.1:PORT: *",
        )),
        twice(error(
            "closed before the headers",
            vec![Act::Close],
            None,
            true,
            "no response from 127.0.0.1:PORT: *",
        )),
        twice(error(
            "closed within the headers",
            vec![send(half_head.clone()), Act::Close],
            None,
            true,
            "no response from 127.0.0.1:PORT: *",
        )),
        twice(error(
            "reset within the headers",
            vec![
                send(half_head.clone()),
                Act::Pause(Duration::from_millis(20)),
                Act::Reset,
            ],
            None,
            true,
            "no response from 127.0.0.1:PORT: *",
        )),
        error(
            "reset after the headers",
            vec![
                send(head.clone()),
                Act::Pause(Duration::from_millis(20)),
                Act::Reset,
            ],
            200,
            true,
            cut,
        ),
        error(
            "closed after half a body",
            vec![send(half_body), Act::Close],
            200,
            true,
            cut,
        ),
        late(error(
            "one byte a second",
            vec![
                send(head),
                Act::Drip(vec![b'{'; 60], Duration::from_secs(1)),
            ],
            200,
            true,
            cut_by_time,
        )),
        late(error(
            "never answering",
            vec![Act::Hang],
            None,
            true,
            "no complete response from 127.0.0.1:PORT in time",
        )),
        late(error(
            "half of the headers, then nothing",
            vec![send(half_head), Act::Hang],
            None,
            true,
            "no complete response from 127.0.0.1:PORT in time",
        )),
        error(
            "garbage instead of HTTP",
            vec![send("SSH-2.0-OpenSSH_9.2\r\n"), Act::Close],
            None,
            true,
            "no response from 127.0.0.1:PORT: *",
        ),
        error(
            "a body of 100 MiB",
            vec![
                send(format!(
                    "HTTP/1.1 200 OK\r\n{JSON}\r\n{ID}\r\ncontent-length: 104857600\r\n\r\n"
                )),
                Act::Flood(100 << 20),
            ],
            200,
            false,
            "200 OK: expected a token exchange reply, got more than 1048576 bytes (request id req-1)",
        ),
        error(
            "a chunk of 100 MiB",
            vec![
                send(format!(
                    "HTTP/1.1 200 OK\r\n{JSON}\r\ntransfer-encoding: chunked\r\n\r\n6400000\r\n"
                )),
                Act::Flood(100 << 20),
            ],
            200,
            false,
            "200 OK: expected a token exchange reply, got more than 1048576 bytes",
        ),
        error(
            "an error page of 100 MiB",
            vec![
                send(
                    "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\ncontent-length: 104857600\r\n\r\nToo busy. ",
                ),
                Act::Flood(100 << 20),
            ],
            503,
            true,
            "503 Service Unavailable: Too busy. xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ),
        error(
            "an error whose body is cut short",
            vec![
                send("HTTP/1.1 500 Oops\r\ncontent-length: 99\r\n\r\n{\"errors\":["),
                Act::Close,
            ],
            500,
            true,
            "500 Internal Server Error: the body is not complete JSON",
        ),
    ]
}
