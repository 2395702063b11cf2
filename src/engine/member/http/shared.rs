//! What all calls to one endpoint share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use reqwest::Client;
use tokio::sync::Semaphore;

use super::endpoint::Endpoint;
use super::limits::Limits;
use super::proxy::Proxy;
use super::redact::Secrets;
use super::trouble::Trouble;

/// What all calls share.
pub(super) struct Shared {
    pub(super) endpoint: Endpoint,
    pub(super) limits: Limits,
    pub(super) client: Client,
    pub(super) secrets: Arc<Secrets>,
    /// What calls go through.
    pub(super) proxy: Option<Proxy>,
    /// Whether the server has ever answered.
    pub(super) answered: AtomicBool,
    pub(super) places: Arc<Semaphore>,
    pub(super) trouble: Trouble,
}
