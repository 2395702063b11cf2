//! What models put before a continuation despite the instructions: "Sure,", "Here is the continuation:", an ellipsis, a code
//! fence, a quotation mark.
//!
//! Owns the list of these, and when they are text after all. That depends on the accepted text: a code block may start on a new
//! line, a quotation after a comma.

/// Interjections; before a comma only the first four are never text.
const INTERJECTIONS: [&str; 8] = ["Sure", "Okay", "OK", "Understood", "Certainly", "Of course", "Absolutely", "Got it"];
const NEVER_TEXT: usize = 4;
/// How announcements start, in lower case.
const ANNOUNCEMENTS: [&str; 10] = [
    "here is",
    "here's",
    "here’s",
    "here are",
    "continuation",
    "continuing",
    "the continuation",
    "next words",
    "the next words",
    "the text continues",
];
/// What an announcement is about, in lower case.
const ANNOUNCED: [&str; 3] = ["continu", "next words", "rest of the"];
/// An announcement has its colon within this many bytes.
const LONGEST_ANNOUNCEMENT: usize = 80;
/// The line of a code fence ends within this many bytes.
const LONGEST_FENCE: usize = 40;
const FENCE: &str = "```";

/// The state of the accepted text where it stops.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    /// Whether it is within a code block.
    pub in_fence: bool,
    /// Whether it is within straight quotation marks.
    pub quote_open: bool,
    place: Place,
}

/// What is directly before the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The end of a line: a block may start, or a quotation.
    NewLine,
    /// A colon: likewise.
    Colon,
    /// A comma: a quotation may start.
    Comma,
    /// The end of a sentence.
    SentenceEnd,
    /// Anything else.
    MidSentence,
}

/// What a reply starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preamble {
    /// Not known yet.
    Unknown,
    /// No preamble.
    None,
    /// This many bytes are not text.
    Chatter(usize),
    /// This many bytes open a code fence around the text.
    Fence(usize),
    /// An interjection of this many bytes: an announcement may follow in lower case.
    Interjection(usize),
    /// A quotation mark that may surround everything, and its closing mark.
    Quotation(char),
}

impl Place {
    fn behind(accepted: &str) -> Self {
        match accepted.trim_end().chars().next_back() {
            _ if accepted.ends_with('\n') => Self::NewLine,
            Some(':' | '：') => Self::Colon,
            Some(',' | '，') => Self::Comma,
            Some('.' | '!' | '?' | '…' | '。' | '！' | '？') => Self::SentenceEnd,
            Some(_) | None => Self::MidSentence,
        }
    }

    fn may_begin_block(self) -> bool {
        match self {
            Self::NewLine | Self::Colon => true,
            Self::Comma | Self::SentenceEnd | Self::MidSentence => false,
        }
    }

    fn may_begin_quotation(self) -> bool {
        match self {
            Self::NewLine | Self::Colon | Self::Comma => true,
            Self::SentenceEnd | Self::MidSentence => false,
        }
    }

    fn is_mid_sentence(self) -> bool {
        match self {
            Self::Comma | Self::MidSentence => true,
            Self::NewLine | Self::Colon | Self::SentenceEnd => false,
        }
    }
}

impl Scene {
    pub(super) fn new(accepted: &str) -> Self {
        let fences = accepted.lines().filter(|line| line.trim_start().starts_with(FENCE)).count();
        let paragraph = accepted.rsplit_once("\n\n").map_or(accepted, |(_, last)| last);
        let quote_open = paragraph.matches('"').count() % 2 == 1;
        Self { in_fence: fences % 2 == 1, quote_open, place: Place::behind(accepted) }
    }

    /// The preamble at the start of this reply. `whole`: nothing follows; `announced`: an interjection came before it.
    pub(super) fn preamble(&self, reply: &str, whole: bool, announced: bool) -> Preamble {
        let said = reply.trim_start();
        let space = reply.len() - said.len();
        let Some(first) = said.chars().next() else { return undecided(whole) };
        let preamble = match first {
            '`' => self.fence(said, reply.get(..space).is_some_and(|space| space.contains('\n')), whole),
            '"' if self.quote_open || self.in_fence => Preamble::None,
            '"' | '“' | '«' if self.place.may_begin_quotation() => Preamble::None,
            '"' => Preamble::Quotation('"'),
            '“' => Preamble::Quotation('”'),
            '«' => Preamble::Quotation('»'),
            '…' | '.' if !self.in_fence => ellipsis(said, whole),
            _ if self.in_fence => Preamble::None,
            _ => match self.interjection(said, whole) {
                Preamble::None => announcement(said, whole, announced),
                preamble => preamble,
            },
        };
        match preamble {
            Preamble::Chatter(bytes) => Preamble::Chatter(space + bytes),
            Preamble::Fence(bytes) => Preamble::Fence(space + bytes),
            Preamble::Interjection(bytes) => Preamble::Interjection(space + bytes),
            Preamble::Unknown | Preamble::None | Preamble::Quotation(_) => preamble,
        }
    }

    fn fence(&self, said: &str, on_new_line: bool, whole: bool) -> Preamble {
        let Some(after) = said.strip_prefix(FENCE) else {
            return if FENCE.starts_with(said) { undecided(whole) } else { Preamble::None };
        };
        if !self.in_fence && (self.place.may_begin_block() || on_new_line) {
            return Preamble::None;
        }
        let language = |text: &str| text.trim_end().chars().all(|c| c.is_ascii_alphanumeric() || "+-#._".contains(c));
        match after.split_once('\n') {
            // Within a block a bare fence closes it.
            Some((line, _)) if self.in_fence && line.trim().is_empty() => Preamble::None,
            Some((line, _)) if language(line) => {
                let bytes = FENCE.len() + line.len() + 1;
                // A block that was already open is closed by its own end.
                if self.in_fence { Preamble::Chatter(bytes) } else { Preamble::Fence(bytes) }
            }
            None if language(after) && after.len() < LONGEST_FENCE => undecided(whole),
            Some(_) | None => Preamble::None,
        }
    }

    fn interjection(&self, said: &str, whole: bool) -> Preamble {
        for (number, interjection) in INTERJECTIONS.iter().enumerate() {
            if interjection.starts_with(said) {
                return undecided(whole);
            }
            let Some(after) = said.strip_prefix(interjection) else { continue };
            let marks = after.len() - after.trim_start_matches([',', '!', '.', ':', '—']).len();
            let (marks, rest) = after.split_at_checked(marks).unwrap_or((after, ""));
            if rest.is_empty() && !whole {
                return Preamble::Unknown;
            }
            let is_text = marks.is_empty() || (marks == "," && number >= NEVER_TEXT && !self.place.is_mid_sentence());
            if is_text || !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
                return Preamble::None;
            }
            return with_space(said, said.len() - rest.len(), whole, Preamble::Interjection);
        }
        Preamble::None
    }
}

fn undecided(whole: bool) -> Preamble {
    if whole { Preamble::None } else { Preamble::Unknown }
}

/// A preamble and all white space after it, once that is known.
fn with_space(said: &str, bytes: usize, whole: bool, preamble: fn(usize) -> Preamble) -> Preamble {
    let rest = said.get(bytes..).unwrap_or_default().trim_start();
    if rest.is_empty() && !whole { Preamble::Unknown } else { preamble(said.len() - rest.len()) }
}

/// An ellipsis; the space after it belongs to the text.
fn ellipsis(said: &str, whole: bool) -> Preamble {
    if said.starts_with('…') {
        return Preamble::Chatter('…'.len_utf8());
    }
    let rest = said.trim_start_matches('.');
    let dots = said.len() - rest.len();
    match dots {
        _ if rest.is_empty() && !whole => Preamble::Unknown,
        0..3 => Preamble::None,
        _ => Preamble::Chatter(dots),
    }
}

fn announcement(said: &str, whole: bool, announced: bool) -> Preamble {
    // Continuations of a sentence start in lower case, announcements do not.
    if !announced && !said.starts_with(char::is_uppercase) {
        return Preamble::None;
    }
    let lower = said.to_ascii_lowercase();
    if ANNOUNCEMENTS.iter().any(|beginning| beginning.len() > lower.len() && beginning.starts_with(&lower)) {
        return undecided(whole);
    }
    if !ANNOUNCEMENTS.iter().any(|beginning| lower.starts_with(beginning)) {
        return Preamble::None;
    }
    match lower.find([':', '\n', '.', '!', '?']) {
        None if lower.len() < LONGEST_ANNOUNCEMENT => undecided(whole),
        Some(end) if lower.get(end..).is_some_and(|rest| rest.starts_with(':')) && end < LONGEST_ANNOUNCEMENT => {
            let speaks_of_it = lower.get(..end).is_some_and(|line| ANNOUNCED.iter().any(|word| line.contains(word)));
            if speaks_of_it { with_space(said, end + 1, whole, Preamble::Chatter) } else { Preamble::None }
        }
        Some(_) | None => Preamble::None,
    }
}
