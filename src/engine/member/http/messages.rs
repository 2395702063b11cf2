//! The messages of a streamed reply, each as soon as its bytes have arrived.
//!
//! Owns how each content type is read, errors inside a reply, and what counts as a cut. The dialect interprets messages and knows
//! which one is the last.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Deserializer, Value};
use tokio::time::timeout;

use super::at::At;
use super::body::Body;
use super::detail::{in_band, page_title, shown};
use super::error::{HttpError, Place};
use super::follow::Followed;
use super::framing::{Decoder, Fault, Framing, Piece};
use super::limits::Limits;
use super::redact::Secrets;

/// After `[DONE]` the end of the body is in the same packet, or it does not come.
const DRAIN: Duration = Duration::from_millis(100);

/// How many bytes of an unexpected reply are read, to report what it is.
const PEEK: usize = 16 << 10;

/// One message of a streamed reply.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The event's name, if given.
    pub event: Option<String>,
    pub data: Value,
}

/// A streamed reply. Its end, or dropping it, closes the connection and releases its permit.
///
/// Printing it shows only where it comes from: its internals know the address in the form in which it is sent.
pub struct Messages {
    body: Option<Body>,
    decoder: Option<Decoder>,
    ready: VecDeque<Message>,
    /// Whether the mark that ends a stream has come.
    marked: bool,
    /// Whether the reply is one JSON text.
    whole: bool,
    at: At,
    secrets: Arc<Secrets>,
    followed: Option<Followed>,
}

impl fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Messages").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Messages {
    /// Starts reading a reply whose first bytes have arrived.
    pub(super) async fn begin(
        body: Body,
        framing: Framing,
        limits: &Limits,
        at: At,
        secrets: Arc<Secrets>,
    ) -> Result<Self, HttpError> {
        let (content_type, followed) = (body.content_type(), body.followed());
        let decoder = match content_type.as_str() {
            "text/event-stream" => Decoder::new(Framing::EventStream, limits.line),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/jsonlines" => {
                Decoder::new(Framing::JsonLines, limits.line)
            }
            // The server does not stream: one message.
            json if json == "application/json" || json.ends_with("+json") => Decoder::Whole(Vec::new(), limits.body),
            "" | "text/plain" | "application/octet-stream" => Decoder::new(framing, limits.line),
            _ => {
                let error = unexpected(body, content_type, at, &secrets).await;
                followed.inspect(|followed| followed.failed(&error));
                return Err(error);
            }
        };
        let whole = matches!(decoder, Decoder::Whole(..));
        Ok(Self { body: Some(body), decoder: Some(decoder), ready: VecDeque::new(), marked: false, whole, at, secrets, followed })
    }

    /// The next message; `None` after `[DONE]` or at the end of the body, and after an error. A server may end a body without a
    /// last message: [`Self::is_marked_complete`] tells the two apart.
    ///
    /// Dropping the future loses nothing that was not returned.
    pub async fn next(&mut self) -> Result<Option<Message>, HttpError> {
        let next = self.advance().await;
        if let (Some(followed), Err(error)) = (&self.followed, &next) {
            followed.failed(error);
        }
        if !matches!(next, Ok(Some(_))) {
            self.body = None;
            self.decoder = None;
            self.ready.clear();
        }
        next
    }

    /// Whether the reply itself is marked as complete: by `[DONE]`, or as one JSON text. Only the dialect recognises a message
    /// that says so.
    #[must_use]
    pub fn is_marked_complete(&self) -> bool {
        self.marked || self.whole
    }

    /// The error of a reply that ended before it was complete.
    #[must_use]
    pub fn broken(&self) -> HttpError {
        HttpError::Cut { at: self.at.clone(), place: Place::Silently }
    }

    async fn advance(&mut self) -> Result<Option<Message>, HttpError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let Some(decoder) = &mut self.decoder else { return Ok(None) };
            if let Some(piece) = decoder.take().map_err(|fault| told(fault, decoder, &self.at))? {
                if is_done(&piece) {
                    self.marked = true;
                    self.drain().await;
                    return Ok(None);
                }
                self.read(&piece)?;
                continue;
            }
            let Some(body) = &mut self.body else { return Ok(None) };
            let came = body.piece().await;
            self.take_in(came)?;
        }
    }

    /// Handles a received part of the body.
    fn take_in(&mut self, came: Result<Option<Vec<u8>>, HttpError>) -> Result<(), HttpError> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        match came {
            Ok(Some(bytes)) => decoder.push(&bytes).map_err(|fault| told(fault, decoder, &self.at)),
            Err(HttpError::Cut { at, .. }) => Err(HttpError::Cut { at, place: Place::after(decoder.unfinished()) }),
            Err(other) => Err(other),
            Ok(None) => {
                self.body = None;
                let place = Place::after(decoder.unfinished());
                let last = match decoder.finish() {
                    Err(Fault::NotText) if place == Place::Character => {
                        return Err(HttpError::Cut { at: self.at.clone(), place });
                    }
                    last => last.map_err(|fault| told(fault, decoder, &self.at))?,
                };
                self.marked |= last.as_ref().is_some_and(is_done);
                last.filter(|piece| !is_done(piece)).map_or(Ok(()), |piece| self.read(&piece))
            }
        }
    }

    /// Reads the JSON of one piece; for a whole body, every text in it.
    fn read(&mut self, piece: &Piece) -> Result<(), HttpError> {
        for data in Deserializer::from_str(&piece.data).into_iter::<Value>() {
            let mut data = data.map_err(|error| self.unreadable(piece, &error))?;
            if let Some(detail) = in_band(piece.event.as_deref(), &data, &self.secrets) {
                return Err(HttpError::InBand { at: self.at.clone(), detail: Box::new(detail) });
            }
            self.secrets.redact_reply(&mut data);
            self.ready.push_back(Message { event: piece.event.clone(), data });
        }
        Ok(())
    }

    fn unreadable(&self, piece: &Piece, error: &serde_json::Error) -> HttpError {
        let at = self.at.clone();
        if piece.event.as_deref() == Some("error") {
            let detail = super::detail::of_body(piece.data.as_bytes(), &self.secrets);
            return HttpError::InBand { at, detail: Box::new(detail) };
        }
        if error.is_eof() && !piece.whole {
            return HttpError::Cut { at, place: Place::Line };
        }
        HttpError::NotJson { at, found: format!("this came: {}", shown(&piece.data, &self.secrets)) }
    }

    /// Reads what is left after the last message, so that the connection can be used again.
    async fn drain(&mut self) {
        if let Some(body) = &mut self.body {
            let rest = async { while let Ok(Some(_)) = body.piece().await {} };
            let _ = timeout(DRAIN, rest).await;
        }
    }
}

fn is_done(piece: &Piece) -> bool {
    piece.data.trim() == "[DONE]"
}

fn told(fault: Fault, decoder: &Decoder, at: &At) -> HttpError {
    let at = at.clone();
    match fault {
        Fault::TooLong(limit) => HttpError::TooLong { at, limit, line: !matches!(decoder, Decoder::Whole(..)) },
        Fault::NotText => HttpError::NotJson { at, found: "what came is not UTF-8 text".to_owned() },
    }
}

/// The error of a reply with an unexpected content type.
async fn unexpected(mut body: Body, content_type: String, at: At, secrets: &Secrets) -> HttpError {
    let mut bytes = Vec::new();
    let read = async {
        while let Ok(Some(piece)) = body.piece().await {
            bytes.extend_from_slice(&piece);
            if bytes.len() > PEEK {
                break;
            }
        }
    };
    let _ = timeout(DRAIN, read).await;
    let text = String::from_utf8_lossy(&bytes);
    let found = if page_title(&text).is_some() { shown(&text, secrets) } else { "something else".to_owned() };
    HttpError::ContentType { at, content_type: secrets.redact(&super::detail::excerpt(&content_type)), found }
}
