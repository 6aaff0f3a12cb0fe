//! The embedded page: every file the browser gets, as bytes in the executable.
//!
//! It hands out files by path and nothing else: it must never touch the disk, the network, or know what a request is.
//! `build.rs` makes the table; the page's own sources are in `page/`.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One file of the page, ready to send.
#[derive(Debug)]
pub struct File {
    /// The path it is asked for by, from the root: `/index.html`, `/assets/index-B1xk.js`.
    pub path: &'static str,
    /// The weak entity tag as it is sent, `W/"…"`: one for all three forms below, so `Vary: Accept-Encoding` goes with it.
    pub etag: &'static str,
    /// The media type, with the character set where it has one.
    pub content_type: &'static str,
    /// The bytes as they are.
    pub raw: &'static [u8],
    /// The same, compressed by Brotli; `None` when that would save next to nothing.
    pub br: Option<&'static [u8]>,
    /// The same, compressed by gzip; `None` when that would save next to nothing.
    pub gz: Option<&'static [u8]>,
}

impl File {
    /// Whether the path carries a hash of the content, so that a browser may keep the file for ever and never ask again.
    #[must_use]
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with(ASSETS)
    }
}

/// The file at `path` (from the root, without query), or the shell page for a route of the page such as `/setup`.
///
/// `None` for what can only be a file or a call: a missing asset answered with the shell would be kept by caches as if it
/// were the script, and a misspelt call would look like success.
#[must_use]
pub fn get(path: &str) -> Option<&'static File> {
    find(path).or_else(|| {
        if NEVER_A_ROUTE.iter().any(|start| path.starts_with(start)) {
            None
        } else {
            find("/index.html")
        }
    })
}

/// All files, sorted by path.
#[must_use]
pub fn files() -> &'static [File] {
    FILES
}

/// The content policy the page is written for, tested in a browser. Anything looser is not needed.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types svelte-trusted-html timebook-worker";

fn find(path: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(at)
}

const ASSETS: &str = "/assets/";
const NEVER_A_ROUTE: [&str; 2] = [ASSETS, "/api/"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_answers_for_every_route_of_the_page() {
        let shell = get("/index.html").unwrap();
        assert_eq!(shell.content_type, "text/html; charset=utf-8");
        assert!(shell.raw.starts_with(b"<!doctype html>"));
        assert!(!shell.is_immutable());
        for route in ["/", "/setup", "/reports/2026"] {
            assert!(std::ptr::eq(get(route).unwrap(), shell), "{route}");
        }
    }

    #[test]
    fn a_missing_asset_or_call_is_not_answered_with_the_shell() {
        assert!(get("/assets/gone-00000000.js").is_none());
        assert!(get("/api/v1/nothing").is_none());
        assert!(get("/assets/../index.html").is_none());
    }

    #[test]
    fn every_file_is_found_by_its_path_and_ready_to_send() {
        assert!(files().is_sorted_by(|a, b| a.path < b.path));
        for file in files() {
            assert!(std::ptr::eq(get(file.path).unwrap(), file), "{}", file.path);
            assert!(
                file.etag.len() == 20 && file.etag.starts_with("W/\"") && file.etag.ends_with('"'),
                "{}",
                file.etag
            );
            assert!(!file.raw.is_empty(), "{}", file.path);
            for smaller in [file.br, file.gz].into_iter().flatten() {
                assert!(!smaller.is_empty() && smaller.len() < file.raw.len(), "{}", file.path);
            }
            assert!(file.gz.is_none_or(|gz| gz.starts_with(&[0x1f, 0x8b])), "{}", file.path);
        }
    }

    #[test]
    fn what_the_shell_asks_for_is_embedded() {
        let shell = std::str::from_utf8(get("/").unwrap().raw).unwrap();
        let asked: Vec<&str> = shell.split(['"']).filter(|part| part.starts_with('/')).collect();
        for path in &asked {
            assert_eq!(get(path).map(|file| file.path), Some(*path), "{path}");
        }
        // A debug build without Node.js embeds one page that asks for nothing.
        assert!(files().len() == 1 || asked.iter().any(|path| path.ends_with(".js")), "{asked:?}");
    }
}
