//! Plain HTTP on the TLS port: answers one request with a redirect to https and closes.
//!
//! Somebody typed the address without `https://`. Reads a bounded head, echoes nothing that is not plainly a host and a path.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::farewell::farewell;

/// Most bytes of a head that are looked at.
const MAX_HEAD: usize = 8 * 1024;

/// Answers with a redirect, if what comes is HTTP. The caller bounds the time.
pub(super) async fn answer(mut socket: TcpStream, local: SocketAddr) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(1_024);
    while head.len() < MAX_HEAD && !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let room = (MAX_HEAD - head.len()) as u64;
        if (&mut socket).take(room).read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let Some(location) = location(&head, local) else { return Ok(()) };
    let body = format!("This port speaks HTTPS: {location}\n");
    let answer = format!(
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: {location}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(answer.as_bytes()).await?;
    farewell(socket).await;
    Ok(())
}

/// The https address of the request, or `None` when this is not HTTP/1.
fn location(head: &[u8], local: SocketAddr) -> Option<String> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let mut request = lines.next()?.split(' ');
    let (_method, target, version) = (request.next()?, request.next()?, request.next()?);
    if !version.starts_with("HTTP/1.") {
        return None;
    }
    let hosts = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = hosts
        .map(|(_, value)| value.trim())
        .find(|host| is_host(host))
        .map_or_else(|| local.to_string(), str::to_owned);
    // "//x" would name another host to some readers.
    let is_path = target.starts_with('/')
        && !target.starts_with("//")
        && target.bytes().all(|byte| byte.is_ascii_graphic());
    Some(format!("https://{host}{}", if is_path { target } else { "/" }))
}

fn is_host(text: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
    };
    (1..=255).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_host_and_path_are_echoed() {
        let local = "127.0.0.1:8443".parse().unwrap();
        let at = |head: &str| location(head.as_bytes(), local);
        assert_eq!(
            at("GET /a?b=c HTTP/1.1\r\nHost: pc17:8443\r\n\r\n").unwrap(),
            "https://pc17:8443/a?b=c"
        );
        assert_eq!(
            at("GET //evil.example/ HTTP/1.1\r\nHost: pc17\r\n\r\n").unwrap(),
            "https://pc17/"
        );
        assert_eq!(at("GET http://x/ HTTP/1.0\r\n\r\n").unwrap(), "https://127.0.0.1:8443/");
        assert_eq!(
            at("GET / HTTP/1.1\r\nhost: a@evil\r\n\r\n").unwrap(),
            "https://127.0.0.1:8443/"
        );
        assert_eq!(at("SSH-2.0-OpenSSH_9.2\r\n\r\n"), None);
        assert_eq!(at(""), None);
    }
}
