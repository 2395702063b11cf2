//! How messages are framed in a streamed body: server-sent events, JSON lines, or one whole JSON text.
//!
//! Owns splitting the body into messages, as text. The reader decides what a message means, and which is the last. Server-sent
//! events follow the HTML standard, section 9.2.6, with one exception: an event without its blank line at the body's end counts,
//! because some servers end that way. Events repeated with the same id are dropped ([`repeats`](super::repeats)).

use std::collections::VecDeque;

use super::lines::{Lines, TooLong};
use super::repeats::{Repeats, Verdict};

/// The expected framing of a streamed reply. The server's `Content-Type` takes precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events: `data:` lines, a blank line after each event.
    EventStream,
    /// One JSON text per line (NDJSON).
    JsonLines,
}

/// How many bytes of lines that are not events are kept, to report what came instead.
const STRAY: usize = 64 << 10;

/// One message, not yet read as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The event's name, if given.
    pub(super) event: Option<String>,
    /// Its text.
    pub(super) data: String,
    /// Whether it was terminated; otherwise the end of the body ended it.
    pub(super) whole: bool,
}

/// Why a body cannot be split into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A line, an event or a whole text is longer than its limit in bytes.
    TooLong(usize),
    /// A line is not UTF-8.
    NotText,
}

/// Splits a body into messages.
#[derive(Debug)]
pub(super) enum Decoder {
    /// Server-sent events.
    Events(Box<Events>),
    /// JSON lines: the lines, and the limit per line.
    Lines(Lines, usize),
    /// One text up to the end of the body, and the limit on it.
    Whole(Vec<u8>, usize),
}

impl Decoder {
    /// For a body of this framing with lines of at most `limit` bytes.
    pub(super) fn new(framing: Framing, limit: usize) -> Self {
        match framing {
            Framing::EventStream => Self::Events(Box::new(Events::new(limit))),
            Framing::JsonLines => Self::Lines(Lines::new(limit), limit),
        }
    }

    /// Adds received bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match self {
            Self::Events(events) => events.lines.push(bytes),
            Self::Lines(lines, _) => lines.push(bytes),
            Self::Whole(text, limit) if text.len() + bytes.len() > *limit => return Err(Fault::TooLong(*limit)),
            Self::Whole(text, _) => text.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// The next complete message.
    pub(super) fn take(&mut self) -> Result<Option<Piece>, Fault> {
        match self {
            Self::Events(events) => events.take(),
            Self::Lines(lines, limit) => {
                while let Some(line) = lines.take().map_err(|TooLong| Fault::TooLong(*limit))? {
                    if let Some(piece) = of_line(line, true)? {
                        return Ok(Some(piece));
                    }
                }
                Ok(None)
            }
            Self::Whole(..) => Ok(None),
        }
    }

    /// The message that the end of the body completes. Call it once, when [`Decoder::take`] has nothing more, and then call that
    /// again: this message may release several.
    pub(super) fn finish(&mut self) -> Result<Option<Piece>, Fault> {
        match self {
            Self::Events(events) => events.finish(),
            Self::Lines(lines, _) => lines.take_unfinished().map_or(Ok(None), |line| of_line(line, false)),
            Self::Whole(text, _) => of_line(std::mem::take(text), false),
        }
    }

    /// The bytes of an unfinished line.
    pub(super) fn unfinished(&self) -> &[u8] {
        match self {
            Self::Events(events) => events.lines.unfinished(),
            Self::Lines(lines, _) => lines.unfinished(),
            Self::Whole(text, _) => text,
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| Fault::NotText)
}

fn of_line(line: Vec<u8>, whole: bool) -> Result<Option<Piece>, Fault> {
    let data = text(line)?;
    Ok((!data.trim().is_empty()).then_some(Piece { event: None, data, whole }))
}

/// Collects the fields of events.
#[derive(Debug)]
pub(super) struct Events {
    lines: Lines,
    limit: usize,
    event: Option<String>,
    data: Option<String>,
    id: Option<String>,
    repeats: Repeats,
    /// The previous event, if it has an id.
    last: Option<Piece>,
    /// Events that waited and are now due.
    due: VecDeque<Piece>,
    /// Lines that are not fields of an event, as long as no event came.
    stray: Option<String>,
}

impl Events {
    fn new(limit: usize) -> Self {
        Self {
            lines: Lines::new(limit),
            limit,
            event: None,
            data: None,
            id: None,
            repeats: Repeats::default(),
            last: None,
            due: VecDeque::new(),
            stray: Some(String::new()),
        }
    }

    fn take(&mut self) -> Result<Option<Piece>, Fault> {
        if let Some(due) = self.due.pop_front() {
            return Ok(Some(due));
        }
        while let Some(line) = self.lines.take().map_err(|TooLong| Fault::TooLong(self.limit))? {
            let line = text(line)?;
            if !line.is_empty() {
                self.field(&line)?;
            } else if let Some(piece) = self.dispatch(true) {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn finish(&mut self) -> Result<Option<Piece>, Fault> {
        let mut whole = true;
        if let Some(line) = self.lines.take_unfinished() {
            whole = false;
            self.field(&text(line)?)?;
        }
        if let Some(piece) = self.dispatch(whole) {
            return Ok(Some(piece));
        }
        let stray = self.stray.take().filter(|stray| !stray.trim().is_empty());
        Ok(stray.map(|data| Piece { event: None, data, whole: false }))
    }

    fn field(&mut self, line: &str) -> Result<(), Fault> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                let data = self.data.get_or_insert_default();
                if !data.is_empty() {
                    data.push('\n');
                }
                data.push_str(value);
                if data.len() > self.limit {
                    return Err(Fault::TooLong(self.limit));
                }
            }
            "event" => self.event = Some(value.to_owned()),
            // The standard's own exception: what cannot be sent back in a header is not an id.
            "id" if value.contains('\0') => {}
            "id" => self.id = Some(value.to_owned()),
            // A comment, or what only a client that reconnects needs.
            "" | "retry" => {}
            _ => {
                if let Some(stray) = self.stray.as_mut().filter(|stray| stray.len() + line.len() < STRAY) {
                    stray.push_str(line);
                    stray.push('\n');
                }
            }
        }
        Ok(())
    }

    fn dispatch(&mut self, whole: bool) -> Option<Piece> {
        let event = self.event.take().filter(|event| !event.is_empty());
        let id = self.id.take();
        let data = self.data.take().filter(|data| !data.is_empty())?;
        self.stray = None;
        let verdict = self.repeats.judge(id.as_deref(), event.as_deref(), &data);
        let piece = Piece { event, data, whole };
        let last = self.last.take();
        self.last = id.is_some().then(|| piece.clone());
        match verdict {
            Verdict::Take => Some(piece),
            Verdict::Drop | Verdict::Wait => None,
            Verdict::TakeWith(waiting) => {
                // The waiting ones equal the previous event.
                self.due.extend(last.into_iter().flat_map(|last| std::iter::repeat_n(last, waiting)));
                self.due.push_back(piece);
                self.due.pop_front()
            }
        }
    }
}
