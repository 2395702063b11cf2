//! One attempt at a call: sending it, and judging the reply's head.
//!
//! Owns what every attempt of a call sends, which statuses are errors, and what an error says.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Method, Response, Url};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::advice::advice;
use super::body::Body;
use super::classify::of_sending;
use super::client::Shared;
use super::detail::of_body;
use super::error::HttpError;
use super::refusal::Refusal;

/// Bytes read of the body of an error.
const ERROR_BODY: usize = 64 << 10;

/// How long the body of an error may take: the status alone says most of it.
const ERROR_TIME: Duration = Duration::from_secs(5);

/// One call: what every attempt sends.
pub(super) struct Call {
    method: Method,
    url: Url,
    body: Option<Vec<u8>>,
    accept: &'static str,
    /// The endpoint's name and the address, fit to show.
    pub(super) at: Arc<str>,
}

impl Call {
    pub(super) fn new(shared: &Shared, method: Method, path: &str, body: Option<&Value>, accept: &'static str) -> Self {
        let url = shared.endpoint.url(path);
        let at = format!("{} ({})", shared.endpoint.name(), shared.secrets.redact(url.as_str())).into();
        Self { method, url, body: body.map(|body| body.to_string().into_bytes()), accept, at }
    }

    /// Sends the request and waits for the first byte of a good reply's body.
    pub(super) async fn attempt(&self, shared: &Shared, permit: Option<OwnedSemaphorePermit>) -> Result<Body, HttpError> {
        let limit = shared.limits.first;
        let deadline = Instant::now() + limit;
        let stalled = |_| HttpError::Stalled { at: self.at.clone(), limit, begun: false };
        let response = timeout_at(deadline, self.send(shared)).await.map_err(stalled)??;
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirected(shared, &response));
        }
        if !status.is_success() {
            return Err(self.refused(shared, response).await);
        }
        let body = Body::begin(response, self.at.clone(), shared.limits.idle, permit);
        timeout_at(deadline, body).await.map_err(stalled)?
    }

    async fn send(&self, shared: &Shared) -> Result<Response, HttpError> {
        let mut request = shared.client.request(self.method.clone(), self.url.clone()).header(ACCEPT, self.accept);
        if let Some(body) = &self.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let sent = request.send().await;
        sent.map_err(|error| of_sending(&error, self.url.scheme(), &self.at, shared))
    }

    fn redirected(&self, shared: &Shared, response: &Response) -> HttpError {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let target = location.and_then(|location| self.url.join(location).ok()).map(|mut target| {
            target.set_query(None);
            target.set_fragment(None);
            shared.secrets.redact(target.as_str())
        });
        let target = target.unwrap_or_else(|| "nowhere".to_owned());
        HttpError::Redirect { at: self.at.clone(), status: response.status().as_u16(), target }
    }

    async fn refused(&self, shared: &Shared, mut response: Response) -> HttpError {
        let body = beginning(&mut response).await;
        let json = serde_json::from_slice(&body).ok();
        HttpError::Status(Box::new(Refusal {
            at: self.at.clone(),
            status: response.status().as_u16(),
            detail: of_body(&body, &shared.secrets),
            wait: advice(response.headers(), json.as_ref(), SystemTime::now()),
            keyed: shared.endpoint.is_keyed(),
            attempts: 1,
        }))
    }
}

/// As much of an error's body as comes; what is wrong with the rest does not matter.
async fn beginning(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while let Ok(Some(bytes)) = response.chunk().await {
            body.extend_from_slice(&bytes);
            if body.len() > ERROR_BODY {
                break;
            }
        }
    };
    // What came before the limit stays in `body`.
    let _ = timeout(ERROR_TIME, read).await;
    body
}
