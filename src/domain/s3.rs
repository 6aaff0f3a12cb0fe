//! Where a bucket of S3-compatible object storage is: `https://host/bucket/folder`. No I/O.

use thiserror::Error;

use super::text::Label;

/// A bucket, and the folder in it that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Place {
    /// Scheme, host and port: `https://s3.example.org:9000`.
    pub endpoint: String,
    /// The bucket's name.
    pub bucket: String,
    /// The folder in it, without slashes at its ends; empty for none.
    pub folder: String,
}

/// Why a text is no place of a bucket, as the rule that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadS3 {
    /// Another scheme, or none.
    #[error("is a URL that begins with https:// or http://")]
    Scheme,
    /// Before the first slash.
    #[error("has a host and perhaps a port after the scheme, and nothing else before the bucket")]
    Host,
    /// After it.
    #[error(
        "has a bucket after the host: 3 to 63 small letters, digits, dots and hyphens, as in https://s3.example.org/backups"
    )]
    Bucket,
    /// After the bucket.
    #[error("has folders of letters, digits and - _ . only after the bucket")]
    Folder,
}

impl S3Place {
    /// The place that `text` says.
    ///
    /// # Errors
    /// [`BadS3`].
    pub fn parse(text: &str) -> Result<Self, BadS3> {
        let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme));
        let scheme = scheme.ok_or(BadS3::Scheme)?;
        let rest = &text[scheme.len()..];
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_host_and_port(host) {
            return Err(BadS3::Host);
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let (bucket, folder) = path.split_once('/').unwrap_or((path, ""));
        if !is_bucket(bucket) {
            return Err(BadS3::Bucket);
        }
        let is_plain = folder.is_empty() || folder.split('/').all(is_folder);
        if !is_plain {
            return Err(BadS3::Folder);
        }
        let (bucket, folder) = (bucket.to_owned(), folder.to_owned());
        Ok(Self { endpoint: format!("{scheme}{host}"), bucket, folder })
    }
}

/// The name that the bucket's secret key is sealed under.
pub fn s3_secret_name() -> Label {
    Label::new("s3-secret").expect("a short word")
}

fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[]:".contains(&byte);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    !host.is_empty() && host.bytes().all(is_plain) && is_port
}

/// The rule of S3 for names.
fn is_bucket(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().last()];
    (3..=63).contains(&text.len())
        && text.bytes().all(|byte| is_plain(byte) || byte == b'-' || byte == b'.')
        && ends.into_iter().flatten().all(is_plain)
}

fn is_folder(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(endpoint: &str, bucket: &str, folder: &str) -> S3Place {
        let (bucket, folder) = (bucket.to_owned(), folder.to_owned());
        S3Place { endpoint: endpoint.to_owned(), bucket, folder }
    }

    #[test]
    fn places_are_taken_apart() {
        for (text, wanted) in [
            ("https://s3.example.org/backups", place("https://s3.example.org", "backups", "")),
            ("http://nas:9000/backups/a/b/", place("http://nas:9000", "backups", "a/b")),
            ("http://[::1]:9000/a.b", place("http://[::1]:9000", "a.b", "")),
        ] {
            assert_eq!(S3Place::parse(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_told_by_its_rule() {
        for (text, wanted) in [
            ("", BadS3::Scheme),
            ("s3://backups", BadS3::Scheme),
            ("https:///backups", BadS3::Host),
            ("https://me:secret@host/backups", BadS3::Host),
            ("https://host:0/backups", BadS3::Host),
            ("https://host", BadS3::Bucket),
            ("https://host/ab", BadS3::Bucket),
            ("https://host/Backups", BadS3::Bucket),
            ("https://host/-backups", BadS3::Bucket),
            ("https://host/backups?x=1", BadS3::Bucket),
            ("https://host/backups//a", BadS3::Folder),
            ("https://host/backups/../a", BadS3::Folder),
            ("https://host/backups/a b", BadS3::Folder),
        ] {
            assert_eq!(S3Place::parse(text), Err(wanted), "{text}");
        }
    }
}
