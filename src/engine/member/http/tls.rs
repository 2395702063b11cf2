//! TLS: rustls on ring, with the certificates that the system trusts.
//!
//! Owns the settings, created once per program and only when an address needs them: reading the system's certificates takes some
//! milliseconds. Nothing is installed process-wide.

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

/// Settings that trust no certificate, for addresses that are never reached by TLS: the HTTP library requires some.
pub(super) fn unused() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The HTTP library does not set the protocols of ready-made settings.
fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
