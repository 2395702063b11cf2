//! The body of a reply, piece by piece, within its time limits.
//!
//! Owns the connection and the permit of one call: both are released when the body has ended or this is dropped. A body that was
//! read to its end leaves the connection open for the next call; otherwise it is closed.

use std::time::Duration;

use reqwest::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::at::At;
use super::error::{HttpError, Place};
use super::follow::{Followed, Received};

/// A body whose first piece has come.
pub(super) struct Body {
    response: Response,
    first: Option<Vec<u8>>,
    ended: bool,
    at: At,
    idle: Duration,
    received: Received,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// Waits for the first piece.
    pub(super) async fn begin(
        mut response: Response,
        at: At,
        idle: Duration,
        permit: Option<OwnedSemaphorePermit>,
        followed: Option<Followed>,
    ) -> Result<Self, HttpError> {
        let first = response.chunk().await.map_err(|_| HttpError::Cut { at: at.clone(), place: Place::Beginning })?;
        let first = first.map(|bytes| bytes.to_vec());
        let received = Received::begun(followed, first.as_ref().map(Vec::len));
        Ok(Self { response, ended: first.is_none(), first, at, idle, received, _permit: permit })
    }

    /// The next piece; `None` at the end. The error of a cut has no exact place: the caller knows what it has read.
    pub(super) async fn piece(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.ended {
            return Ok(None);
        }
        let stalled = |_| HttpError::Stalled { at: self.at.clone(), limit: self.idle, begun: true };
        let next = timeout(self.idle, self.response.chunk()).await.map_err(stalled)?;
        let next = next.map_err(|_| HttpError::Cut { at: self.at.clone(), place: Place::Between })?;
        self.ended = next.is_none();
        self.received.piece(next.as_deref().map(<[u8]>::len));
        Ok(next.map(|bytes| bytes.to_vec()))
    }

    /// The rest of the body, at most `limit` bytes.
    pub(super) async fn whole(mut self, limit: usize) -> Result<Vec<u8>, HttpError> {
        let mut body = Vec::new();
        loop {
            match self.piece().await {
                Ok(Some(piece)) if body.len() + piece.len() > limit => {
                    return Err(HttpError::TooLong { at: self.at, limit, line: false });
                }
                Ok(Some(piece)) => body.extend_from_slice(&piece),
                Ok(None) => return Ok(body),
                Err(HttpError::Cut { at, .. }) => return Err(HttpError::Cut { at, place: Place::after(&body) }),
                Err(other) => return Err(other),
            }
        }
    }

    /// The log's record of this call.
    pub(super) fn followed(&self) -> Option<Followed> {
        self.received.followed()
    }

    /// The body's content type without parameters, in lower case; empty if the server does not give it.
    pub(super) fn content_type(&self) -> String {
        let header = self.response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}
