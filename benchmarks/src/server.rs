//! A stand-in for the STS that costs little: one fixed reply to whatever is sent.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::token;

/// Serves each connection in a thread of its own, until the process ends.
pub fn serve(listener: &TcpListener) {
    let reply = reply();
    for stream in listener.incoming().flatten() {
        let reply = reply.clone();
        // A client that goes away is no failure of the server.
        thread::spawn(move || answer(&stream, &reply).ok());
    }
}

fn reply() -> Vec<u8> {
    let token = token::jwt();
    let body = format!(
        concat!(
            r#"{{"access_token":"{}","token_type":"Bearer","expires_in":900,"#,
            r#""issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}}"#
        ),
        token
    );
    let head = format!(
        concat!(
            "HTTP/1.1 200 OK\r\n",
            "content-type: application/json\r\n",
            "content-length: {}\r\n",
            "date: Thu, 01 Jan 2026 00:00:00 GMT\r\n",
            "connection: keep-alive\r\n\r\n"
        ),
        body.len()
    );
    [head, body].concat().into_bytes()
}

fn answer(stream: &TcpStream, reply: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let field = line.trim_end();
        if field.is_empty() {
            io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
            (&mut &*stream).write_all(reply)?;
            length = 0;
        } else if let Some((name, value)) = field.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
}
