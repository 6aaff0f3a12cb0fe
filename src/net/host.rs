//! The Host check of loopback doors: a web page must not reach them through a name of its own (DNS rebinding).
//!
//! A browser that was talked into resolving `evil.example` to 127.0.0.1 still sends `Host: evil.example`. Only loopback
//! spellings pass. Pure; the routes decide how to say no.

/// Why a Host header was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostRefusal {
    /// No Host header, or more than one, or not text.
    #[error(
        "The request does not say which host it wants. Use http://127.0.0.1 with the port shown."
    )]
    Missing,
    /// The host is not this computer.
    #[error(
        "This door answers only to 127.0.0.1, localhost and [::1]. Open it under one of these names."
    )]
    Foreign,
}

/// Accepts `127.0.0.1`, `localhost` and `[::1]`, each with or without a port; anything else is refused.
///
/// # Errors
/// The refusal.
pub fn check_loopback(host: &str) -> Result<(), HostRefusal> {
    if host.is_empty() {
        return Err(HostRefusal::Missing);
    }
    let name = match host.rsplit_once(':') {
        // The last colon of a bare "[::1]" is inside the brackets.
        Some((name, port)) if !port.ends_with(']') => {
            let port_is_number =
                (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
            if port_is_number { name } else { return Err(HostRefusal::Foreign) }
        }
        _ => host,
    };
    let loopback = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost") || name == "[::1]";
    if loopback { Ok(()) } else { Err(HostRefusal::Foreign) }
}

/// The same for a whole request: exactly one Host header (HTTP/1.1), or the authority of the URI (HTTP/2).
///
/// # Errors
/// The refusal.
pub fn check_loopback_request(
    uri: &http::Uri,
    headers: &http::HeaderMap,
) -> Result<(), HostRefusal> {
    let mut hosts = headers.get_all(http::header::HOST).iter();
    match (hosts.next(), hosts.next(), uri.authority()) {
        (_, Some(_), _) | (None, None, None) => Err(HostRefusal::Missing),
        (Some(host), None, None) => {
            check_loopback(host.to_str().map_err(|_| HostRefusal::Missing)?)
        }
        (None, None, Some(authority)) => check_loopback(authority.as_str()),
        (Some(host), None, Some(authority)) => {
            check_loopback(host.to_str().map_err(|_| HostRefusal::Missing)?)?;
            check_loopback(authority.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_spellings_pass() {
        for good in
            ["127.0.0.1", "127.0.0.1:5600", "localhost", "LOCALHOST:1", "[::1]", "[::1]:65535"]
        {
            assert_eq!(check_loopback(good), Ok(()), "{good}");
        }
        for bad in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:5600",
            "127.0.0.2",
            "user@127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:x",
            "127.0.0.1:123456",
            "localhost.",
            "::1",
            "[::1]x",
            "[::2]",
            "0.0.0.0",
            "127.0.0.1:5600:1",
            " localhost",
            "2130706433",
            "[::1]:",
            "[::ffff:127.0.0.1]",
        ] {
            assert_eq!(check_loopback(bad), Err(HostRefusal::Foreign), "{bad}");
        }
        assert_eq!(check_loopback(""), Err(HostRefusal::Missing));
    }

    #[test]
    fn a_request_must_name_one_host() {
        let uri = |text: &str| text.parse::<http::Uri>().unwrap();
        let mut headers = http::HeaderMap::new();
        assert_eq!(check_loopback_request(&uri("/x"), &headers), Err(HostRefusal::Missing));
        assert_eq!(check_loopback_request(&uri("http://localhost:1/x"), &headers), Ok(()));
        headers.append(http::header::HOST, "localhost".parse().unwrap());
        assert_eq!(check_loopback_request(&uri("/x"), &headers), Ok(()));
        assert_eq!(
            check_loopback_request(&uri("http://evil.example/x"), &headers),
            Err(HostRefusal::Foreign)
        );
        headers.append(http::header::HOST, "localhost".parse().unwrap());
        assert_eq!(check_loopback_request(&uri("/x"), &headers), Err(HostRefusal::Missing));
    }
}
