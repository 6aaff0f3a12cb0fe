//! What can be wrong with a certificate or key: one enum, because the remedy is always "give other material".

/// Certificate material that cannot be used, or could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The text is damaged PEM.
    #[error(
        "This is not a valid PEM file ({0}). Export the certificate again in PEM (Base64) form."
    )]
    NotPem(String),
    /// There is no certificate in the text.
    #[error(
        "The file contains no certificate. It should have a section that starts with BEGIN CERTIFICATE."
    )]
    NoCertificate,
    /// There is no usable private key in the text.
    #[error(
        "The file contains no private key that can be used. Give an unencrypted key in PEM form (BEGIN PRIVATE KEY)."
    )]
    NoKey,
    /// More than any real chain needs.
    #[error("The certificate file is too large. Give the server's certificate and its chain only.")]
    TooLarge,
    /// Parsed, but refused by the rules of certificates or of TLS.
    #[error("The certificate cannot be used: {0}.")]
    Unusable(String),
    /// A certificate authority was given where a server's own certificate belongs.
    #[error(
        "This is the certificate of an authority (CA:TRUE), not of a server: clients refuse it. `openssl req -x509` makes such a one unless it is told `-addext basicConstraints=critical,CA:FALSE`. Make it again like that, or give the certificate issued for this server's name."
    )]
    AuthorityAsServer,
    /// The certificate and the key do not belong together.
    #[error(
        "The private key does not belong to the certificate. Give the key that the certificate was made for."
    )]
    KeyMismatch,
    /// A certificate or key could not be made.
    #[error("The certificate could not be made: {0}.")]
    NotMade(String),
}

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self::NotMade(error.to_string())
    }
}
