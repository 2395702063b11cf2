//! One attempt at a call: sending it, and judging the reply's head.
//!
//! Owns what every attempt of a call sends, which statuses are errors, and reading an error's contents.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::advice::advice;
use super::at::At;
use super::blame::blames;
use super::body::Body;
use super::classify::of_sending;
use super::detail::of_body;
use super::error::{HttpError, Place};
use super::follow::Followed;
use super::look;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::engine::member::Sent;

/// How many bytes of an error's body are read.
const ERROR_BODY: usize = 64 << 10;

/// How long to wait for the body of an error: the status alone says most of it.
const ERROR_TIME: Duration = Duration::from_secs(5);

/// One call: what every attempt sends.
pub(super) struct Call {
    method: Method,
    url: Url,
    body: Option<Vec<u8>>,
    accept: &'static str,
    /// The endpoint's name and the address, fit to show.
    pub(super) at: At,
    /// Whether it is at the server.
    pub(super) sent: Sent,
    /// The most attempts, including the first.
    pub(super) attempts: u32,
}

impl Call {
    pub(super) fn new(shared: &Shared, method: Method, path: &str, body: Option<&Value>, accept: &'static str) -> Self {
        let url = shared.endpoint.url(path);
        let at = At::new(shared.endpoint.name(), &shared.secrets.redact(url.as_str()));
        let body = body.map(|body| body.to_string().into_bytes());
        Self { method, url, body, accept, at, sent: Sent::default(), attempts: shared.limits.attempts }
    }

    /// Limits the attempts.
    pub(super) fn trying(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Records there whether it is at the server.
    pub(super) fn noting(self, sent: &Sent) -> Self {
        Self { sent: sent.clone(), ..self }
    }

    /// A number that is equal for equal requests.
    pub(super) fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.method.as_str(), self.url.as_str(), &self.body).hash(&mut hasher);
        hasher.finish()
    }

    /// Sends the request and waits for the first byte of a good reply's body.
    pub(super) async fn attempt(&self, shared: &Shared, permit: Option<OwnedSemaphorePermit>) -> Result<Body, HttpError> {
        let name = shared.endpoint.name();
        let followed = Followed::sent(name, &shared.secrets, &self.method, self.url.as_str(), self.body.as_deref());
        let body = self.exchange(shared, permit, followed.as_ref()).await;
        if let (Some(followed), Err(error)) = (followed, &body) {
            followed.failed(error);
        }
        body
    }

    async fn exchange(
        &self,
        shared: &Shared,
        permit: Option<OwnedSemaphorePermit>,
        followed: Option<&Followed>,
    ) -> Result<Body, HttpError> {
        let limit = shared.limits.first;
        let deadline = Instant::now() + limit;
        let stalled = |_| HttpError::Stalled { at: self.at.clone(), limit, begun: false };
        let response = timeout_at(deadline, self.send(shared)).await.map_err(stalled)??;
        if let Some(followed) = followed {
            followed.answered(&response);
        }
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirected(shared, &response));
        }
        if !status.is_success() {
            return Err(self.refused(shared, response, followed).await);
        }
        let body = Body::begin(response, self.at.clone(), shared.limits.idle, permit, followed.cloned());
        timeout_at(deadline, body).await.map_err(stalled)?
    }

    async fn send(&self, shared: &Shared) -> Result<Response, HttpError> {
        // Before any reply a call that only reads can be sent twice.
        let watched = Self::is_looked_at(shared) && self.url.scheme() == "https" && self.method == Method::GET;
        let sent = if watched {
            match timeout(shared.limits.handshake, self.request(shared).send()).await {
                Ok(sent) => sent,
                Err(_) if look::speaks_http(&self.url).await => return Err(self.other_scheme(shared)),
                Err(_) => self.request(shared).send().await,
            }
        } else {
            self.request(shared).send().await
        };
        match sent {
            Ok(response) => {
                shared.answered.store(true, Ordering::Relaxed);
                Ok(response)
            }
            Err(error) => Err(self.looked_at(of_sending(&error, self.url.scheme(), &self.at, shared), shared).await),
        }
    }

    fn request(&self, shared: &Shared) -> RequestBuilder {
        let request = shared.client.request(self.method.clone(), self.url.clone()).header(ACCEPT, self.accept);
        match &self.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        }
    }

    /// Whether a failure may be due to a wrong scheme: nothing was answered yet, and a probe would reach the server itself.
    fn is_looked_at(shared: &Shared) -> bool {
        shared.proxy.is_none() && !shared.answered.load(Ordering::Relaxed)
    }

    /// The failure, or what a probe of the port finds.
    async fn looked_at(&self, error: HttpError, shared: &Shared) -> HttpError {
        if !Self::is_looked_at(shared) {
            return error;
        }
        let cut = matches!(error, HttpError::NotHttp { .. } | HttpError::Cut { place: Place::Beginning, .. });
        let other = match self.url.scheme() {
            "https" => (cut || matches!(error, HttpError::Tls { .. })) && look::speaks_http(&self.url).await,
            _ => cut && look::speaks_tls(&self.url).await,
        };
        if other { self.other_scheme(shared) } else { error }
    }

    fn other_scheme(&self, shared: &Shared) -> HttpError {
        HttpError::Scheme { at: self.at.clone(), instead: shared.secrets.redact(&shared.endpoint.by_other_scheme()) }
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

    async fn refused(&self, shared: &Shared, mut response: Response, followed: Option<&Followed>) -> HttpError {
        let body = beginning(&mut response).await;
        if let Some(followed) = followed {
            followed.refused(&body);
        }
        if self.url.scheme() == "http" && look::wants_tls(&body) {
            return self.other_scheme(shared);
        }
        let json = serde_json::from_slice(&body).ok();
        let detail = of_body(&body, &shared.secrets);
        HttpError::Status(Box::new(Refusal {
            at: self.at.clone(),
            status: response.status().as_u16(),
            wait: advice(response.headers(), json.as_ref(), SystemTime::now()),
            longest: shared.limits.backoff.longest,
            keyed: shared.endpoint.is_keyed(),
            blames: blames(&detail.message, self.body.as_deref().unwrap_or_default()),
            detail,
            attempts: 1,
        }))
    }
}

/// As much of an error's body as comes; problems with the rest do not matter.
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
    // What came before the limit remains in `body`.
    let _ = timeout(ERROR_TIME, read).await;
    body
}
