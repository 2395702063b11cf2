//! One model behind one API: sending calls and collecting replies.

use super::super::http::{Http, HttpError, Messages};
use super::reply::{Ending, Reader};
use super::request::{Call, Sender};
use super::tokens::Piece;

/// Messages of a reply beyond which it is no reply to what was asked: so many for each token, and on top of that.
const MESSAGES: (usize, usize) = (4, 64);

/// One model behind one API.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) http: Http,
    pub(super) sender: Sender,
}

/// A reply, whole.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) pieces: Vec<Piece>,
    /// Alternatives of the first token, itself among them.
    pub(super) first_token: Vec<(String, f32)>,
    pub(super) ending: Ending,
}

/// A reply under way. Dropping it cancels the call.
#[derive(Debug)]
pub(super) struct Stream {
    messages: Messages,
    pub(super) reader: Reader,
    left: usize,
}

impl Client {
    /// Begins a reply.
    pub(super) async fn stream(&self, call: &Call<'_>) -> Result<Stream, HttpError> {
        let (request, reading) = self.sender.request(call);
        let messages = self.http.stream(&request.path, &request.body, request.framing).await?;
        let tokens = call.limit.max(usize::try_from(self.sender.dialect.chat.tokens.1).unwrap_or(0));
        let left = tokens.saturating_mul(MESSAGES.0).saturating_add(MESSAGES.1);
        Ok(Stream { messages, reader: Reader::new(reading), left })
    }

    /// A reply from beginning to end; one without end is cut.
    pub(super) async fn whole(&self, call: &Call<'_>) -> Result<Whole, HttpError> {
        let mut stream = self.stream(call).await?;
        let mut pieces = Vec::new();
        while let Some(more) = stream.next().await? {
            pieces.extend(more);
        }
        let reader = stream.reader;
        Ok(Whole { pieces, first_token: reader.first_token(), ending: reader.end() })
    }
}

impl Whole {
    pub(super) fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl Stream {
    /// The pieces of the next message; `None` at the end, also of a reply that has gone on for too long.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Piece>>, HttpError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        Ok(self.messages.next().await?.map(|message| self.reader.take(&message.data)))
    }
}
