//! Untrusted text made fit to show: what a model, a server or a file says becomes display text here, and only here.
//!
//! Owns which characters may reach a screen, and the types that say that a text has only these: [`DisplayText`] and
//! [`DisplayStr`]. Left to others: the models and the trace get the raw text, and so does whoever
//! reads our standard output through a pipe. Cleaning is a state machine over characters, not over texts, because text arrives
//! in pieces and an escape sequence may be cut anywhere: the result never depends on where.

mod text;

pub use text::{DisplayStr, DisplayText};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// Parameter characters of a control sequence; real ones have a dozen. What is longer is not one, and is shown.
const MAX_PARAMETERS: usize = 64;

/// Characters inside a control string. Without a limit, one that never ends would hide the rest of an answer for ever.
const MAX_STRING: usize = 4096;

/// Combining marks on one character. Stacked Vietnamese, Hebrew or Tibetan needs up to four; towers of them cover other lines.
const MAX_MARKS: usize = 4;

/// Characters of one grapheme cluster. The longest emoji sequences have ten; an endless cluster would have to be measured again
/// with every character that joins it.
const MAX_CLUSTER: usize = 32;

const TAB: &str = "    ";

/// Cleans a stream of text piece by piece.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cleaner {
    state: State,
    cluster: Cluster,
}

/// Where in an escape sequence the stream stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Text,
    /// After ESC.
    Escape,
    /// After ESC and at least one of space to `/`: one more character ends the sequence.
    Designation,
    /// In a control sequence (CSI), after so many parameter characters.
    Sequence(usize),
    /// In a control string (OSC, DCS, APC, PM, SOS), after this many characters.
    String(usize),
}

/// What of the grapheme cluster at the end has been shown.
#[derive(Debug, Clone, Default, PartialEq)]
struct Cluster {
    text: String,
    marks: usize,
    joiner: bool,
    selector: bool,
}

impl Cleaner {
    /// Takes the next piece of the stream and returns what of it may be shown.
    pub fn push(&mut self, text: &str) -> DisplayText {
        let mut shown = String::with_capacity(text.len());
        self.clean_into(text, &mut shown);
        DisplayText::cleaned(shown)
    }

    /// Continues a clean text that ends with a plain character.
    fn follow(&mut self, text: &str) {
        self.cluster.restart(last_character(text));
    }

    /// Counts what comes next as text, whatever sequence has started.
    fn leave_sequence(&mut self) {
        self.state = State::Text;
    }

    fn clean_into(&mut self, text: &str, shown: &mut String) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let plain = if self.state == State::Text { plain_prefix(rest) } else { "" };
            if plain.is_empty() {
                self.step(character, shown);
                rest = &rest[character.len_utf8()..];
            } else {
                self.cluster.restart(last_character(plain));
                shown.push_str(plain);
                rest = &rest[plain.len()..];
            }
        }
    }

    fn step(&mut self, character: char, shown: &mut String) {
        let next = match self.state {
            State::Text => None,
            State::Escape => after_escape(character),
            State::Designation => in_designation(character),
            State::Sequence(length) => in_sequence(character, length),
            State::String(length) => in_string(character, length),
        };
        if let Some(state) = next {
            self.state = state;
            return;
        }
        // The character is not of the sequence: it is text, or starts the next sequence.
        self.state = introduced_by(character);
        if self.state == State::Text {
            self.show(character, shown);
        }
    }

    fn show(&mut self, character: char, shown: &mut String) {
        match character {
            '\n' | '\u{2028}' | '\u{2029}' => {
                self.cluster.restart("");
                shown.push('\n');
            }
            '\t' => {
                self.cluster.restart(" ");
                shown.push_str(TAB);
            }
            _ if is_hidden(character) => {}
            _ if self.cluster.admits(character) => shown.push(character),
            _ => {}
        }
    }
}

impl Cluster {
    fn restart(&mut self, text: &str) {
        self.text.clear();
        self.text.push_str(text);
        (self.marks, self.joiner, self.selector) = (0, false, false);
    }

    /// Whether one more character may follow; if so, it is taken in.
    fn admits(&mut self, character: char) -> bool {
        let was = (self.joiner, self.selector, self.marks);
        match character {
            // One of each is all that emoji, Persian and the Indic scripts use; more would only hide something.
            '\u{200C}' | '\u{200D}' if self.joiner => return false,
            '\u{FE00}'..='\u{FE0F}' if self.selector => return false,
            '\u{200C}' | '\u{200D}' => self.joiner = true,
            '\u{FE00}'..='\u{FE0F}' => self.selector = true,
            _ if !is_combining(character) => (self.joiner, self.selector, self.marks) = (false, false, 0),
            _ if self.marks == MAX_MARKS => return false,
            _ => (self.joiner, self.selector, self.marks) = (false, false, self.marks + 1),
        }
        let fits = self.extend(character);
        if !fits {
            (self.joiner, self.selector, self.marks) = was;
        }
        fits
    }

    fn extend(&mut self, character: char) -> bool {
        self.text.push(character);
        let last = self.text.grapheme_indices(true).next_back().map_or(0, |(start, _)| start);
        self.text.drain(..last);
        let fits = self.text.chars().count() <= MAX_CLUSTER;
        if !fits {
            self.text.pop();
        }
        fits
    }
}

/// A whole text, cleaned.
#[must_use]
pub fn clean(text: &str) -> DisplayText {
    if is_all_plain(text) {
        return DisplayText::cleaned(text.to_owned());
    }
    Cleaner::default().push(text)
}

/// A whole text as one line, for names, titles and error messages: line breaks and runs of white space become one space, none
/// stays at the ends.
#[must_use]
pub fn clean_line(text: &str) -> DisplayText {
    let cleaned = clean(text);
    let mut line = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    // A space instead of other white space brings no two characters together that were apart.
    DisplayText::cleaned(line)
}

/// Plain characters at the start: nearly all there is, and nothing in them needs a closer look.
fn plain_prefix(text: &str) -> &str {
    let ascii = text.bytes().position(|byte| !matches!(byte, b' '..=b'~')).unwrap_or(text.len());
    let rest = text[ascii..].find(|character| !is_plain(character)).unwrap_or(text.len() - ascii);
    &text[..ascii + rest]
}

fn is_all_plain(text: &str) -> bool {
    plain_prefix(text).len() == text.len()
}

fn last_character(text: &str) -> &str {
    text.char_indices().next_back().map_or("", |(at, _)| &text[at..])
}

/// Characters that are shown and start a cluster whatever is before them: printable ASCII, letters of Latin and Greek,
/// punctuation, boxes and blocks. Emoji are left out, since a joiner can tie them to what is before.
fn is_plain(character: char) -> bool {
    matches!(character,
        ' '..='~' | '\u{A0}'..='\u{A8}' | '\u{AA}'..='\u{AC}' | '\u{AF}'..='\u{2FF}' | '\u{391}'..='\u{3A1}'
        | '\u{3A3}'..='\u{3FF}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203B}' | '\u{2500}'..='\u{25A9}')
}

/// The state that a character outside any sequence leads to. The characters of C1 are the 8-bit forms of ESC and a letter.
fn introduced_by(character: char) -> State {
    match character {
        '\u{1B}' => State::Escape,
        '\u{9B}' => State::Sequence(0),
        '\u{90}' | '\u{98}' | '\u{9D}'..='\u{9F}' => State::String(0),
        _ => State::Text,
    }
}

/// The state after a character of the sequence, or none if the character is not part of it; likewise below.
fn after_escape(character: char) -> Option<State> {
    match character {
        '[' => Some(State::Sequence(0)),
        'P' | 'X' | ']' | '^' | '_' => Some(State::String(0)),
        ' '..='/' => Some(State::Designation),
        '0'..='~' => Some(State::Text),
        _ => None,
    }
}

fn in_designation(character: char) -> Option<State> {
    match character {
        ' '..='/' => Some(State::Designation),
        '0'..='~' => Some(State::Text),
        _ => None,
    }
}

fn in_sequence(character: char, length: usize) -> Option<State> {
    match character {
        '@'..='~' => Some(State::Text),
        ' '..='?' if length < MAX_PARAMETERS => Some(State::Sequence(length + 1)),
        _ => None,
    }
}

fn in_string(character: char, length: usize) -> Option<State> {
    match character {
        // BEL, CAN, SUB and the 8-bit ST.
        '\u{7}' | '\u{18}' | '\u{1A}' | '\u{9C}' => Some(State::Text),
        // ST is ESC and a backslash, itself a sequence of two characters; any other sequence ends the string too.
        '\u{1B}' => Some(State::Escape),
        // No control string of use spans lines, and a line feed is what an answer surely has further on.
        '\n' => None,
        _ if length < MAX_STRING => Some(State::String(length + 1)),
        _ => None,
    }
}

/// Characters that steer, reorder or hide text, or have no place in it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            // Soft hyphen; the Arabic letter mark and the bidirectional controls; the Mongolian separator.
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            // Zero-width space; the invisible operators, bidirectional isolates and deprecated format characters.
            | '\u{200B}' | '\u{2060}'..='\u{206F}'
            // Byte order mark; interlinear annotation; tags; the supplement of variation selectors.
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Marks that stack on the character before them. Spacing marks take a place of their own, and Indic scripts have many.
fn is_combining(character: char) -> bool {
    matches!(character.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

#[cfg(test)]
mod tests;
