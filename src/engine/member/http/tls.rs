//! TLS: rustls on ring, with the certificates that the system trusts.
//!
//! Owns the settings, made once in a program and only when an address needs them: reading the system's certificates takes some
//! milliseconds. Nothing is installed for the whole process.

use std::sync::{Arc, LazyLock};

use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

static TRUSTED: LazyLock<Result<ClientConfig, rustls::Error>> = LazyLock::new(|| {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
    Ok(with_protocols(builder.with_platform_verifier()?.with_no_client_auth()))
});

/// Settings that trust what the system trusts.
pub(super) fn trusted() -> Result<ClientConfig, rustls::Error> {
    TRUSTED.clone()
}

/// Settings that trust nobody, for addresses that are never reached by TLS: the HTTP library wants some.
pub(super) fn unused() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The HTTP library leaves the protocols of ready-made settings as they are.
fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
