//! One model behind one API: sending calls and collecting replies.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::super::http::{Http, HttpError, Messages};
use super::super::thought::Thoughts;
use super::super::{Bill, Item, Sent, Thought, Usage};
use super::account::{Account, More};
use super::gauge::{Gauge, Measure};
use super::hidden;
use super::identity::Identity;
use super::negotiation::{Late, noted};
use super::reply::{Ending, Reader};
use super::request::{Call, Sender, Subject};
use super::tokens::Piece;

/// The most messages of a valid reply: this many per token, plus a constant.
const MESSAGES: (usize, usize) = (4, 64);

/// How many tokens of the limit may be left for a complete reply to be read to its end, for its count.
const NEAR: u64 = 40;

/// How long it is read for.
const SOON: Duration = Duration::from_secs(2);

/// How long to wait before asking again after a reply that broke off.
const PAUSE: Duration = Duration::from_millis(500);

/// One model behind one API.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) http: Http,
    pub(super) sender: Sender,
    pub(super) identity: Identity,
    /// What was refused since the member was opened; `None` during the probe.
    pub(super) late: Option<Late>,
    /// Estimates how many tokens texts have there.
    pub(super) gauge: Gauge,
}

/// A whole reply.
#[derive(Debug)]
pub(super) struct Whole {
    /// Its text without thoughts.
    pub(super) pieces: Vec<Piece>,
    /// What the model thought, hidden or in its text.
    pub(super) thought: Thought,
    /// Whether it was seen to think, even if the thought itself is not reported.
    pub(super) thinks: bool,
    /// Alternatives to the first token, including itself; none if the reply started with a thought.
    pub(super) first_token: Vec<(String, f32)>,
    pub(super) ending: Ending,
}

/// A reply in progress. Dropping it cancels the call.
#[derive(Debug)]
pub(super) struct Stream {
    messages: Messages,
    pub(super) reader: Reader,
    account: Account,
    /// How many tokens of its limit may be left for it to be read on when the rest is not needed.
    near: u64,
    left: usize,
    identity: Identity,
}

impl Client {
    /// Starts a reply. Once a member is open, a refused part of the request is left out.
    pub(super) async fn stream(&self, call: &Call<'_>) -> Result<Stream, HttpError> {
        let Some(late) = &self.late else { return self.begin(&self.sender, call).await };
        loop {
            let sender = if late.is_empty() { Cow::Borrowed(&self.sender) } else { Cow::Owned(late.applied(&self.sender)) };
            let error = match self.begin(&sender, call).await {
                Err(error) => error,
                begun => return begun,
            };
            match late.learns(&error, &self.sender) {
                Some(part) => noted(self.http.endpoint().name(), part, &error),
                None => return Err(error),
            }
        }
    }

    async fn begin(&self, sender: &Sender, call: &Call<'_>) -> Result<Stream, HttpError> {
        let (request, reading) = sender.request(call);
        let tokens = call.limit.max(usize::try_from(self.sender.dialect.chat.tokens.1).unwrap_or(0));
        let sent = Sent::default();
        let account = Account::new(call, &sent, &self.gauge, tokens as u64);
        let messages = self.http.stream_noting(&request.path, &request.body, request.framing, &sent).await?;
        let left = tokens.saturating_mul(MESSAGES.0).saturating_add(MESSAGES.1);
        // If calls wait for each other, the next one is worth more than a count.
        let near = if self.sender.dialect.concurrency > 1 { NEAR } else { 0 };
        Ok(Stream { messages, reader: Reader::new(reading), account, near, left, identity: self.identity.clone() })
    }

    /// Posts a prompt of this size that is only read, not continued. Returns the reply, and where to book the usage it reports.
    pub(super) async fn post(&self, bill: &Bill, path: &str, body: &Value, measure: Measure) -> Result<(Value, Item), HttpError> {
        let (tokens, guessed) = self.gauge.prompt(measure);
        let (sent, guess) = (Sent::default(), if guessed { tokens } else { 0 });
        let item = bill.item(&sent);
        item.set(Usage { guessed_prompt_tokens: guess, ..Usage::counted(tokens, 0, 0) });
        let reply = self.http.post_noting(path, body, &sent).await?;
        if let Some(model) = reply.get("model").and_then(Value::as_str) {
            self.identity.saw(model);
        }
        Ok((reply, item))
    }

    /// Reads a reply from start to end; an endless one is cut. One that breaks off is requested once more.
    pub(super) async fn whole(&self, call: &Call<'_>) -> Result<Whole, HttpError> {
        let mut stream = self.stream(call).await?;
        match stream.whole(call).await {
            Ok(whole) => Ok(whole),
            Err(error) if error.is_broken() => {
                stream.give_up().await;
                self.stream(call).await?.whole(call).await
            }
            Err(error) => Err(error),
        }
    }
}

impl Whole {
    pub(super) fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl Stream {
    /// The pieces of the next message; `None` at the end, also of a reply that has become too long. A reply that stops without
    /// any sign of its end has broken off, which is an error.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Piece>>, HttpError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let message = self.messages.next().await.inspect_err(|_| self.account.end(false))?;
        let Some(message) = message else {
            let whole = self.reader.has_ended() || self.messages.is_marked_complete();
            self.account.end(whole);
            return if whole { Ok(None) } else { Err(self.messages.broken()) };
        };
        let pieces = self.reader.take(&message.data);
        if let Some(model) = self.reader.model() {
            self.identity.saw(model);
        }
        let hidden = hidden::text(&message.data).len();
        let bytes = |pieces: &mut dyn Iterator<Item = &Piece>| pieces.map(|piece| piece.text.len()).sum::<usize>() + hidden;
        self.account.more(More {
            bytes: bytes(&mut pieces.iter()),
            untold: bytes(&mut pieces.iter().filter(|piece| piece.logprob.is_none())),
            told: pieces.iter().filter(|piece| piece.logprob.is_some()).count(),
            counted: self.reader.usage(),
            over: self.reader.has_ended(),
        });
        Ok(Some(pieces))
    }

    /// Drops a useless reply before a retry: its server needs a moment to notice.
    pub(super) async fn give_up(self) {
        drop(self);
        sleep(PAUSE).await;
    }

    /// Reads on to the end in the background, if the end is near: then the usage will be known, and until then the bill is not
    /// final. Otherwise drops the reply.
    pub(super) fn end_by_itself(mut self) {
        if !self.account.has_ended() && self.account.left() <= self.near {
            tokio::spawn(timeout(SOON, async move { while let Ok(Some(_)) = self.next().await {} }));
        }
    }

    /// Reads to the end.
    async fn whole(&mut self, call: &Call<'_>) -> Result<Whole, HttpError> {
        let mut thoughts = match call.subject {
            Subject::Turns { begun: Some(begun), .. } => Thoughts::continued(begun),
            Subject::Turns { begun: None, .. } | Subject::Raw(_) => Thoughts::new_turn(""),
        };
        let mut pieces: Vec<Piece> = Vec::new();
        while let Some(more) = self.next().await? {
            for piece in more {
                let divided = thoughts.take((piece.text, piece.logprob));
                if divided.taken_back {
                    pieces.clear();
                }
                pieces.extend(divided.pieces.into_iter().map(|(text, logprob)| Piece { text, logprob }));
            }
        }
        let (first_token, hidden, hides) = (self.reader.first_token(), self.reader.thought().clone(), self.reader.hides());
        let ending = self.reader.ending();
        let ended = thoughts.finish(ending.finish.ends());
        if ended.last.taken_back {
            pieces.clear();
        }
        pieces.extend(ended.last.pieces.into_iter().map(|(text, logprob)| Piece { text, logprob }));
        let in_text = ended.tokens > 0 || ended.unclosed;
        Ok(Whole {
            pieces,
            thought: hidden.followed_by(ended.thought),
            thinks: hides || in_text,
            first_token: if in_text { Vec::new() } else { first_token },
            ending,
        })
    }
}
