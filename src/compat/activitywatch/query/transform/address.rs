//! The parts of a web page's address, as Python's `urlparse` cuts it.

use super::super::fault::Fault;
use super::super::function::Arguments;
use super::super::value::Value;
use super::remade;

/// Each event with `$protocol`, `$domain` (without `www.`), `$path`, `$params`, `$options` and `$identifier` of its `url`.
pub(in super::super) fn split(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let spans = remade(a.events()?, a.meter, |data| {
        let Some(Value::Text(url)) = data.field("url") else { return Ok(data.clone()) };
        a.meter.step(url.len())?;
        let parts = Parts::of(url);
        let fields = [
            ("$protocol", Value::text(parts.scheme)),
            ("$domain", Value::text(parts.domain)),
            ("$path", Value::text(parts.path)),
            ("$params", Value::text(parts.params)),
            ("$options", Value::text(parts.query)),
            ("$identifier", Value::text(parts.fragment)),
        ];
        data.with(fields, a.meter)
    })?;
    Value::events(spans, a.meter)
}

#[derive(Debug, PartialEq, Eq)]
struct Parts {
    scheme: String,
    domain: String,
    path: String,
    params: String,
    query: String,
    fragment: String,
}

impl Parts {
    fn of(url: &str) -> Self {
        let plain: String = url
            .trim_start_matches(|c: char| c <= ' ')
            .chars()
            .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
            .collect();
        let (scheme, rest) = scheme(&plain);
        let (place, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (path, params) =
            if HAVE_PARAMS.contains(&&*scheme) { params(rest) } else { (rest, "") };
        let domain = match place.strip_prefix("www.").unwrap_or(place) {
            "" if place.is_empty() => &scheme,
            domain => domain,
        };
        Self {
            domain: domain.to_owned(),
            path: path.to_owned(),
            params: params.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
            scheme,
        }
    }
}

/// The schemes whose last part of the path may have parameters behind a `;`.
const HAVE_PARAMS: [&str; 14] = [
    "", "ftp", "hdl", "prospero", "http", "https", "shttp", "rtsp", "rtspu", "sip", "sips", "mms",
    "sftp", "tel",
];

fn scheme(url: &str) -> (String, &str) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    match url.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(allowed) =>
        {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ => (String::new(), url),
    }
}

fn params(path: &str) -> (&str, &str) {
    let last = path.rfind('/').unwrap_or(0);
    match path[last..].find(';') {
        Some(at) => (&path[..last + at], &path[last + at + 1..]),
        None => (path, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_as_python_cuts() {
        for (url, wanted) in [
            (
                "https://www.a.example:8/b/c;p?q=1#f",
                ["https", "a.example:8", "/b/c", "p", "q=1", "f"],
            ),
            ("about:blank", ["about", "about", "blank", "", "", ""]),
            ("file:///home/x", ["file", "file", "/home/x", "", "", ""]),
            ("no scheme/at;all", ["", "", "no scheme/at", "all", "", ""]),
            ("HTTP://A?b/c", ["http", "A", "", "", "b/c", ""]),
            ("http://www.", ["http", "", "", "", "", ""]),
            ("", ["", "", "", "", "", ""]),
        ] {
            let got = Parts::of(url);
            let got = [got.scheme, got.domain, got.path, got.params, got.query, got.fragment];
            assert_eq!(got, wanted.map(str::to_owned), "{url}");
        }
    }
}
