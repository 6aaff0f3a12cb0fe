//! A folder in a bucket of S3-compatible object storage: what is in it, put, fetched and removed.
//!
//! It trusts whom the machine trusts, uses no proxy from the environment and follows no redirect. An object is there whole or not at all:
//! the storage checks each part against the hash it was signed with. Must never say the secret key.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::path::Path as Key;
use object_store::{
    ClientOptions, Error, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart,
};
use rustls_platform_verifier::BuilderVerifierExt;
use thiserror::Error as ThisError;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::CONNECT_TIMEOUT;
use super::tls;

/// Where the bucket is, and what opens it. The secret key is secret: no `Debug`.
pub struct Place<'a> {
    /// Scheme, host and port.
    pub endpoint: &'a str,
    /// The bucket's name.
    pub bucket: &'a str,
    /// The folder in it; empty for none.
    pub folder: &'a str,
    /// The region that requests are signed for.
    pub region: &'a str,
    /// Access key.
    pub access_key: &'a str,
    /// Secret key.
    pub secret_key: &'a str,
}

/// A folder in a bucket. Cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    store: Arc<AmazonS3>,
    folder: Key,
}

/// An object in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name in the folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Why the bucket could not be used.
#[derive(Debug, ThisError)]
pub enum BucketError {
    /// It does not let us in.
    #[error(
        "The bucket refuses the access key or its secret ({0}). Check both, the region, and what the key may do."
    )]
    Refused(String),
    /// The bucket, or the object in it.
    #[error("The bucket or the file in it is not there ({0}). Check the URL.")]
    Missing(String),
    /// Anything else on the way there and back.
    #[error("The bucket cannot be used: {0}. Check its URL and the network; it is tried again.")]
    Failed(String),
    /// It holds more than anybody looks through.
    #[error(
        "There are more than {MOST_OBJECTS} files in the bucket's folder. Give the backups a folder of their own."
    )]
    TooMany,
    /// A file of ours, on its way there or back.
    #[error("{path}: {why}. Check its rights and the disk's free space.")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
}

impl BucketError {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |why| Self::File { path, why }
    }
}

impl From<Error> for BucketError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated { .. } | Error::PermissionDenied { .. } => {
                Self::Refused(said(&error))
            }
            Error::NotFound { .. } => Self::Missing(said(&error)),
            _ => {
                let said = said(&error);
                // A refused list comes as any other failure; only its words tell.
                if REFUSALS.iter().any(|status| said.contains(status)) {
                    return Self::Refused(said);
                }
                Self::Failed(said)
            }
        }
    }
}

impl Bucket {
    /// The folder at `place`. Nothing is connected yet.
    ///
    /// # Errors
    /// [`BucketError::Failed`] when the place cannot be used as given.
    pub fn at(place: &Place<'_>) -> Result<Self, BucketError> {
        let retry =
            RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let store = AmazonS3Builder::new()
            .with_endpoint(place.endpoint)
            .with_bucket_name(place.bucket)
            .with_region(place.region)
            .with_access_key_id(place.access_key)
            .with_secret_access_key(place.secret_key)
            .with_virtual_hosted_style_request(false)
            // What goes there is sealed, and requests are signed: who must not do without TLS sets https.
            .with_allow_http(true)
            .with_retry(retry)
            .with_http_connector(OwnTls)
            .build()?;
        let folder =
            Key::parse(place.folder).map_err(|error| Error::InvalidPath { source: error })?;
        Ok(Self { store: Arc::new(store), folder })
    }

    /// Every object directly in the folder, by name.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn list(&self) -> Result<Vec<Object>, BucketError> {
        let folder = Some(&self.folder).filter(|folder| !folder.as_ref().is_empty());
        let mut listed = self.store.list(folder);
        let mut objects = Vec::new();
        while let Some(object) = listed.try_next().await? {
            let mut parts = object.location.prefix_match(&self.folder).into_iter().flatten();
            let (Some(name), None) = (parts.next(), parts.next()) else { continue };
            if objects.len() == MOST_OBJECTS {
                return Err(BucketError::TooMany);
            }
            objects.push(Object { name: name.as_ref().to_owned(), bytes: object.size });
        }
        objects.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(objects)
    }

    /// Puts the file at `from` there under `name`, in parts, replacing what had the name.
    ///
    /// # Errors
    /// [`BucketError`]; nothing has the name then that did not have it before.
    pub async fn put_file(&self, name: &str, from: &Path) -> Result<(), BucketError> {
        let mut file = File::open(from).await.map_err(BucketError::file(from))?;
        let length = file.metadata().await.map_err(BucketError::file(from))?.len();
        let key = self.key(name);
        let upload = self.store.put_multipart(&key).await?;
        let part = PART_BYTES.max(length / MOST_PARTS + 1);
        let part = usize::try_from(part).unwrap_or(usize::MAX);
        let mut upload = WriteMultipart::new_with_chunk_size(upload, part);
        if let Err(error) = send(&mut file, from, &mut upload).await {
            // What fails here stays behind invisibly, until the storage's own rule for unfinished uploads removes it.
            drop(upload.abort().await);
            return Err(error);
        }
        upload.finish().await?;
        let there = self.store.head(&key).await?.size;
        if there != length {
            let why = format!("{there} bytes of {length} arrived");
            return Err(BucketError::Failed(why));
        }
        Ok(())
    }

    /// Puts these few bytes there under `name`, replacing what had the name.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), BucketError> {
        self.store.put(&self.key(name), Bytes::from(bytes).into()).await?;
        Ok(())
    }

    /// What is there under `name`, if that is at most so long; nothing where nothing has the name.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn get(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, BucketError> {
        let found = match self.store.get(&self.key(name)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found?,
        };
        if found.meta.size > most {
            let why = format!("{name} has {} bytes, more than {most}", found.meta.size);
            return Err(BucketError::Failed(why));
        }
        Ok(Some(found.bytes().await?.to_vec()))
    }

    /// Fetches what is there under `name` into the empty file `into`, on disk on return; `watch` hears how many bytes of how many came.
    ///
    /// # Errors
    /// [`BucketError`]; what is in the file then is not whole.
    pub async fn fetch(
        &self,
        name: &str,
        (into, path): (std::fs::File, &Path),
        mut watch: impl FnMut(u64, u64),
    ) -> Result<(), BucketError> {
        let found = self.store.get(&self.key(name)).await?;
        let (mut file, total) = (File::from_std(into), found.meta.size);
        let (mut content, mut done) = (found.into_stream(), 0);
        while let Some(bytes) = content.try_next().await? {
            file.write_all(&bytes).await.map_err(BucketError::file(path))?;
            done += bytes.len() as u64;
            watch(done, total);
        }
        file.flush().await.map_err(BucketError::file(path))?;
        file.sync_all().await.map_err(BucketError::file(path))?;
        if done != total {
            return Err(BucketError::Failed(format!("{done} bytes of {total} came")));
        }
        Ok(())
    }

    /// Removes what is there under `name`.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn remove(&self, name: &str) -> Result<(), BucketError> {
        match self.store.delete(&self.key(name)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => Ok(removed?),
        }
    }

    fn key(&self, name: &str) -> Key {
        self.folder.clone().join(name)
    }
}

async fn send(
    file: &mut File,
    from: &Path,
    upload: &mut WriteMultipart,
) -> Result<(), BucketError> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).await.map_err(BucketError::file(from))?;
        if read == 0 {
            return Ok(());
        }
        upload.wait_for_capacity(PARTS_AT_ONCE).await?;
        upload.write(&chunk[..read]);
    }
}

/// The whole chain of what went wrong, without what the storage answered in XML.
fn said(error: &Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let text = text.split('<').next().unwrap_or_default().trim_end_matches([':', ' ', '\n']);
        if !text.is_empty() && !words.iter().any(|said| said.contains(text)) {
            words.push(text.chars().take(MOST_SAID).collect());
        }
        next = error.source();
    }
    words.join(": ")
}

/// HTTPS as the rest of the program speaks it: one crypto provider, and no proxy from the environment.
struct OwnTls;

impl fmt::Debug for OwnTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnTls")
    }
}

impl HttpConnector for OwnTls {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let generic = |source: Box<dyn std::error::Error + Send + Sync>| Error::Generic {
            store: "S3",
            source,
        };
        let config = rustls::ClientConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|error| generic(Box::new(error)))?
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .connect_timeout(CONNECT_TIMEOUT)
            // From the request's first byte to the answer's, and between two pieces of it.
            .read_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(|error| generic(Box::new(error)))?;
        Ok(HttpClient::new(client))
    }
}

/// Amazon takes parts of 5 MiB or more, but for the last.
const PART_BYTES: u64 = 8 * 1024 * 1024;
/// Amazon takes 10 000.
const MOST_PARTS: u64 = 9_000;
const PARTS_AT_ONCE: usize = 2;
const CHUNK_BYTES: usize = 256 * 1024;
const MOST_OBJECTS: usize = 10_000;
const MOST_SAID: usize = 300;
const REFUSALS: [&str; 2] = ["403 Forbidden", "401 Unauthorized"];
const RETRIES: usize = 4;
/// A part may take so long: half a megabit a second.
const PATIENCE: Duration = Duration::from_secs(240);
