//! Where settings come from: flags win over `TIMEBOOK_*` variables, those over the file, that over the defaults.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::arguments::{Common, ServeArguments};
use super::exit::Failure;
use super::logging::LogFormat;

/// A settings file is at most this long.
const MOST_CONFIG_BYTES: u64 = 256 * 1024;
/// The consensus engine tells its inner life at `info`; what matters of it comes through the door's own errors.
const DEFAULT_LOG: &str = "info,openraft=error";
const DEFAULT_PORT: u16 = 8443;
const DEFAULT_LOOPBACK_PORT: u16 = 8442;
const DEFAULT_IMPORT_MEGABYTES: u64 = 1_000;

/// The settings file. Every entry has the name of its flag.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    log_format: Option<String>,
    log: Option<String>,
    listen: Option<SocketAddr>,
    loopback: Option<SocketAddr>,
    certificate: Option<PathBuf>,
    certificate_key: Option<PathBuf>,
    #[serde(default)]
    names: Vec<String>,
    import_limit: Option<u64>,
    #[serde(default)]
    unannounced: bool,
}

/// What every command goes by.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where everything is kept.
    pub(crate) data: PathBuf,
    /// Results as JSON?
    pub(crate) json: bool,
    /// How logs are written.
    pub(crate) log_format: LogFormat,
    /// What is logged.
    pub(crate) log: String,
    /// The server's own settings.
    pub(crate) server: ServerConfig,
}

/// What the server goes by.
#[derive(Clone, Debug)]
pub(crate) struct ServerConfig {
    /// HTTPS.
    pub(crate) listen: SocketAddr,
    /// Plain HTTP on this computer only.
    pub(crate) loopback: SocketAddr,
    /// Certificate and key files of a public authority.
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    /// DNS names besides the host name.
    pub(crate) names: Vec<String>,
    /// Largest import, in bytes.
    pub(crate) import_bytes: u64,
    /// Is the local network not told where this server is?
    pub(crate) is_unannounced: bool,
}

impl Config {
    /// Gathers the settings of one run.
    pub(crate) fn gather(common: &Common, serve: &ServeArguments) -> Result<Self, Failure> {
        let file = match &common.config {
            Some(path) => read(path)?,
            None => File::default(),
        };
        let log_format = match (common.log_format, file.log_format.as_deref()) {
            (Some(format), _) => format,
            (None, None | Some("text")) => LogFormat::Text,
            (None, Some("json")) => LogFormat::Json,
            (None, Some(_)) => {
                return Err(Failure::usage(
                    "log-format in the settings file is either text or json.",
                ));
            }
        };
        let listen =
            serve.listen.or(file.listen).unwrap_or((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT).into());
        // A free port for the one door means a free port for the other: two servers side by side never collide.
        let loopback_port = if listen.port() == 0 { 0 } else { DEFAULT_LOOPBACK_PORT };
        let loopback =
            serve.loopback.or(file.loopback).unwrap_or((Ipv4Addr::LOCALHOST, loopback_port).into());
        let certificate = match (&serve.certificate, &serve.certificate_key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            _ => match (file.certificate, file.certificate_key) {
                (Some(certificate), Some(key)) => Some((certificate, key)),
                (None, None) => None,
                _ => {
                    return Err(Failure::usage(
                        "The settings file needs both certificate and certificate-key, or neither.",
                    ));
                }
            },
        };
        let names = if serve.names.is_empty() { file.names } else { serve.names.clone() };
        let megabytes =
            serve.import_limit.or(file.import_limit).unwrap_or(DEFAULT_IMPORT_MEGABYTES);
        Ok(Self {
            data: common
                .data
                .clone()
                .or(file.data)
                .unwrap_or_else(|| PathBuf::from("timebook-data")),
            json: common.json,
            log_format,
            log: common.log.clone().or(file.log).unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            server: ServerConfig {
                listen,
                loopback,
                certificate,
                names,
                import_bytes: megabytes.saturating_mul(1_000_000),
                is_unannounced: serve.unannounced || file.unannounced,
            },
        })
    }
}

/// The folder that flag, environment or settings file ask for; none when nobody said one, so that the caller's own default holds.
pub(crate) fn data_asked_for(common: &Common) -> Result<Option<PathBuf>, Failure> {
    match (&common.data, &common.config) {
        (Some(data), _) => Ok(Some(data.clone())),
        (None, Some(path)) => Ok(read(path)?.data),
        (None, None) => Ok(None),
    }
}

fn read(path: &Path) -> Result<File, Failure> {
    let refuse = |why: &dyn ToString| {
        Failure::usage(format!(
            "The settings file {} cannot be used: {}",
            path.display(),
            why.to_string()
        ))
    };
    let length = fs::metadata(path).map_err(|error| refuse(&error))?.len();
    if length > MOST_CONFIG_BYTES {
        return Err(refuse(&"it is longer than 256 KiB."));
    }
    let text = fs::read_to_string(path).map_err(|error| refuse(&error))?;
    toml::from_str(&text).map_err(|error| refuse(&error))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::arguments::{Arguments, Command};
    use super::*;

    fn gather(arguments: &[&str]) -> Result<Config, Failure> {
        let all = ["timebook", "serve"].iter().chain(arguments);
        let parsed = Arguments::try_parse_from(all).map_err(Failure::usage)?;
        let Command::Serve(serve) = &parsed.command else { panic!("serve was asked for") };
        Config::gather(&parsed.common, serve)
    }

    #[test]
    fn flags_win_over_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("timebook.toml");
        fs::write(
            &path,
            "listen = \"127.0.0.1:9000\"\nnames = [\"time.example\"]\nlog-format = \"json\"\n",
        )
        .unwrap();
        let file = path.to_str().unwrap();
        let config = gather(&["--config", file, "--listen", "127.0.0.1:0"]).unwrap();
        assert_eq!(config.server.listen.port(), 0);
        assert_eq!(config.server.loopback.port(), 0);
        assert_eq!(config.server.names, ["time.example"]);
        assert_eq!(config.log_format, LogFormat::Json);
    }

    #[test]
    fn a_misspelt_entry_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("timebook.toml");
        fs::write(&path, "lisen = \"127.0.0.1:9000\"\n").unwrap();
        let failure = gather(&["--config", path.to_str().unwrap()]).unwrap_err();
        assert!(failure.sentence.contains("lisen"), "{failure}");
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        assert!(gather(&["--certificate", "a.pem"]).is_err());
    }
}
