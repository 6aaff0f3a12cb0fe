//! Builds the page with npm and writes the table of files that `src/lib.rs` embeds.
//!
//! It must never write outside OUT_DIR, except `node_modules` and its lock, which git ignores. In order:
//! 1. `WEB_DIST=DIR`: that folder is embedded as it is (packagers, builds without a network).
//! 2. Node.js is there: `npm ci` when the lock file changed, then `vite build` into OUT_DIR.
//! 3. No Node.js: a release build stops with three plain lines; a debug build embeds a page that says so.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Always ends with success: `cargo::error` fails the build by itself, and cargo then prints these lines and nothing else.
fn main() {
    if let Err(message) = embed() {
        for line in message.lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Finds or builds the page and writes `assets.rs`; the error is what the person at the terminal reads.
fn embed() -> Result<(), String> {
    let out =
        PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: cargo runs this program")?);
    let web = PathBuf::from(
        env::var_os("CARGO_MANIFEST_DIR")
            .ok_or("CARGO_MANIFEST_DIR is not set: cargo runs this program")?,
    );
    watch(&web);
    let dist = if let Some(given) = env::var_os("WEB_DIST") {
        let given = PathBuf::from(given);
        println!("cargo::rerun-if-changed={}", given.display());
        if !given.join("index.html").is_file() {
            return Err(format!(
                "WEB_DIST={} has no index.html.\nPoint it to the folder that `npm run build` wrote.",
                given.display()
            ));
        }
        fs::canonicalize(&given).map_err(|e| format!("WEB_DIST={}: {e}", given.display()))?
    } else if let Err(why) = node_is_usable() {
        if env::var("PROFILE").as_deref() == Ok("release") {
            return Err(format!(
                "Timebook's page is built with Node.js 20.19 or newer, but {why}.\n\
                 Install Node.js with npm and build again,\n\
                 or set WEB_DIST to a folder with the built page."
            ));
        }
        println!("cargo::warning=building without the page: {why}");
        // A path that is never there makes cargo come back each time, and so notice a Node.js installed meanwhile.
        println!("cargo::rerun-if-changed={}", out.join("node-was-missing").display());
        page_without_node(&out, &why)?
    } else {
        build(&web, &out)?
    };
    write_table(&dist, &out.join("assets.rs"))
}

/// Names everything the build reads, and never `web/` itself, which holds node_modules.
fn watch(web: &Path) {
    println!("cargo::rerun-if-env-changed=WEB_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    for name in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(name).display());
    }
}

/// Whether `node` and `npm` run here and are new enough; otherwise the end of a sentence that says why not.
fn node_is_usable() -> Result<(), String> {
    let version = output_of(Command::new("node").arg("--version"))
        .map_err(|e| format!("`node` cannot be run ({e})"))?;
    let mut parts =
        version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_NODE {
        return Err(format!("Node.js {version} is too old"));
    }
    output_of(npm().arg("--version")).map_err(|e| format!("`npm` cannot be run ({e})"))?;
    Ok(())
}

/// Installs what the lock file names, if it changed since the last time, and builds the page into OUT_DIR.
fn build(web: &Path, out: &Path) -> Result<PathBuf, String> {
    // Two cargo processes (an editor and a terminal) must not install at once. The lock ends with the handle.
    let lock = fs::File::create(web.join(".build-lock")).map_err(|e| {
        format!("web/ cannot be written ({e}).\nSet WEB_DIST to a folder with the built page.")
    })?;
    lock.lock().map_err(|e| format!("web/.build-lock cannot be locked: {e}"))?;
    let stamp = web.join("node_modules/.stamp");
    let wanted = hash_of(&[web.join("package-lock.json"), web.join("package.json")])?;
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        // `--include=dev`, because NODE_ENV=production or `omit=dev` in someone's settings would leave the compiler out.
        run(
            npm()
                .args([
                    "ci",
                    "--include=dev",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--prefer-offline",
                ])
                .current_dir(web),
            "npm ci",
        )?;
        fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    }
    let dist = out.join("dist");
    run(
        npm()
            .args(["run", "build", "--", "--logLevel", "warn", "--emptyOutDir", "--outDir"])
            .arg(&dist)
            .current_dir(web),
        "npm run build",
    )?;
    Ok(dist)
}

/// npm without the settings of the surrounding terminal that would change what is built.
fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.env_remove("NODE_ENV").env("CI", "1").stdin(Stdio::null());
    command
}

fn output_of(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(output.status.to_string())
    }
}

fn run(command: &mut Command, name: &str) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("`{name}`: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Err(format!(
        "`{name}` failed in web/:\n{}\nWithout a network, set WEB_DIST to a folder with the built page.",
        said.join("\n")
    ))
}

/// The page of a debug build on a machine without Node.js. It says what is missing and how to get it.
fn page_without_node(out: &Path, why: &str) -> Result<PathBuf, String> {
    let dist = out.join("without-node");
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Timebook</title>\n\
         <main><h1>The page is not in this build</h1><p>It was left out because {}.</p>\n\
         <p>Install Node.js 20.19 or newer with npm and build again. The server itself works as it is.</p></main></html>\n",
        why.replace('&', "&amp;").replace('<', "&lt;")
    );
    fs::create_dir_all(&dist)
        .and_then(|()| fs::write(dist.join("index.html"), page))
        .map_err(|e| format!("{}: {e}", dist.display()))?;
    Ok(dist)
}

/// Writes `static FILES`, sorted by path so that a binary search finds a file.
fn write_table(dist: &Path, to: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    collect(dist, dist, &mut files).map_err(|e| format!("{}: {e}", dist.display()))?;
    files.sort();
    let mut text = String::from("static FILES: &[File] = &[\n");
    for relative in files.iter().filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")) {
        let path = dist.join(relative);
        let compressed = |ending: &str| {
            let path = PathBuf::from(format!("{}.{ending}", path.display()));
            if path.is_file() {
                format!("Some(include_bytes!({path:?}))")
            } else {
                "None".to_owned()
            }
        };
        // Weak, because one tag stands for the plain and the compressed forms.
        let etag = format!("W/\"{}\"", hash_of(std::slice::from_ref(&path))?);
        writeln!(
            text,
            "    File {{ path: {:?}, etag: {etag:?}, content_type: {:?}, raw: include_bytes!({path:?}), br: {}, gz: {} }},",
            format!("/{relative}"),
            content_type(relative)?,
            compressed("br"),
            compressed("gz"),
        )
        .map_err(|e| e.to_string())?;
    }
    text.push_str("];\n");
    fs::write(to, text).map_err(|e| format!("{}: {e}", to.display()))
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// The media type by the file's ending. An unknown ending stops the build: `nosniff` would make the browser refuse the file.
fn content_type(name: &str) -> Result<&'static str, String> {
    let ending = name.rsplit('.').next().unwrap_or_default();
    CONTENT_TYPES
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, media_type)| *media_type)
        .ok_or_else(|| format!("{name} has an ending that is not known.\nAdd `.{ending}` to CONTENT_TYPES in web/build.rs."))
}

/// Tells one content from another; not a cryptographic hash, and nobody outside can choose the input.
fn hash_of(files: &[PathBuf]) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The oldest Node.js the bundler runs on, as (major, minor).
const OLDEST_NODE: (u32, u32) = (20, 19);

/// What the page is built from. Every path exists: cargo would rebuild each time for a missing one.
const SOURCES: &[&str] = &[
    ".npmrc",
    "page",
    "public",
    "vite",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

const CONTENT_TYPES: &[(&str, &str)] = &[
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];
