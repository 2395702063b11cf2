//! From the bytes that a terminal sends to keys, pastes and the mouse, however the bytes are cut into reads.
//!
//! Owns where a sequence starts and ends (ECMA-48, as a terminal itself reads what programs send it); what a whole one means is
//! [`super::decode`]'s, how long the rest of one may take is [`super::moment`]'s. Crossterm decides byte by byte whether it has
//! heard enough, so that a report it does not know holds back every later key
//! (<https://github.com/crossterm-rs/crossterm/issues/1104>) and one that it does not expect is typed.

use std::mem;

use crossterm::event::Event;

use super::decode;

/// Parameters beyond this belong to no key; the rest of the sequence is still left out.
const PARAMETERS: usize = 64;

/// What is kept of a paste, in bytes: far more than is taken over anywhere, so that whoever gets it refuses it as a whole.
pub(super) const LONGEST_PASTE: usize = 16 << 20;

/// Longer than any colour that a terminal answers with.
const ANSWER: usize = 64;

const PASTE_END: &[u8] = b"\x1b[201~";
const ESC: u8 = 0x1b;
const INTERRUPT: u8 = 0x03;

/// A sequence that has started.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// None has.
    Ground,
    /// A character of several bytes, of which so many are missing.
    Character { missing: usize },
    /// ESC: the key, alt, or a sequence.
    Escape,
    /// A control sequence: parameters, intermediate bytes, a final byte.
    Csi { report: bool },
    /// `ESC O`: parameters, a final byte.
    Ss3,
    /// `ESC [ [`.
    LinuxConsole,
    /// `CSI M`, and what of its three bytes is there.
    OldMouse,
    /// OSC, DCS, APC, PM or SOS up to its end: never a key.
    Report { introducer: u8, empty: bool, missing: usize, escape: bool },
    /// A paste, and how much of its end was seen.
    Paste { seen: usize },
}

/// What has started and is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfinished {
    /// ESC, which may be all there is.
    Escape,
    /// Anything else that started.
    Sequence,
    /// A paste.
    Paste,
}

/// Turns bytes into events.
#[derive(Debug)]
pub(super) struct Sequences {
    state: State,
    /// Parameters, the bytes of a character or of the mouse, or the text of a paste.
    bytes: Vec<u8>,
    /// Whether alt is held with the character that has started.
    alt: bool,
    /// How many sequences have started.
    begun: u64,
    /// What the operating system command that has started says.
    answer: Vec<u8>,
    /// The background that the terminal answered last.
    background: Option<[u8; 3]>,
}

impl Sequences {
    pub(super) fn new() -> Self {
        Self { state: State::Ground, bytes: Vec::new(), alt: false, begun: 0, answer: Vec::new(), background: None }
    }

    /// Takes in bytes as they come; what they complete is added to `events`.
    pub(super) fn advance(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        for byte in bytes {
            self.take(*byte, events);
        }
    }

    /// The background that the terminal has answered, if it has since this was last asked for.
    pub(super) fn background(&mut self) -> Option<[u8; 3]> {
        self.background.take()
    }

    /// What has started and is not complete, and which sequence it is, counted from the first.
    pub(super) fn unfinished(&self) -> Option<(Unfinished, u64)> {
        let kind = match self.state {
            State::Ground => return None,
            State::Escape => Unfinished::Escape,
            State::Character { .. }
            | State::Csi { .. }
            | State::Ss3
            | State::LinuxConsole
            | State::OldMouse
            | State::Report { .. } => Unfinished::Sequence,
            State::Paste { .. } => Unfinished::Paste,
        };
        Some((kind, self.begun))
    }

    /// The rest of what has started does not come: a lone ESC was the key, two bytes were a key with alt, a paste is handed on as
    /// far as it is there, and anything else is dropped.
    pub(super) fn give_up(&mut self, events: &mut Vec<Event>) {
        let alt = |byte: u8| decode::with_alt(decode::character(char::from(byte)));
        let bytes = mem::take(&mut self.bytes);
        match mem::replace(&mut self.state, State::Ground) {
            State::Escape | State::Report { escape: true, .. } => events.push(decode::character('\u{1b}')),
            State::Csi { report: false } if bytes.is_empty() => events.push(alt(b'[')),
            State::Ss3 if bytes.is_empty() => events.push(alt(b'O')),
            State::Report { introducer, empty: true, .. } if introducer < 0x80 => events.push(alt(introducer)),
            State::Paste { .. } => self.break_off(&bytes, events),
            State::Ground
            | State::Character { .. }
            | State::Csi { .. }
            | State::Ss3
            | State::LinuxConsole
            | State::OldMouse
            | State::Report { .. } => {}
        }
    }

    /// A paste whose end does not come. From the first Ctrl-C on it is what was pressed meanwhile by someone who wants to leave.
    fn break_off(&mut self, pasted: &[u8], events: &mut Vec<Event>) {
        let end = pasted.iter().position(|byte| *byte == INTERRUPT).unwrap_or(pasted.len());
        paste(&pasted[..end], events);
        self.advance(&pasted[end..], events);
    }

    fn take(&mut self, byte: u8, events: &mut Vec<Event>) {
        match self.state {
            State::Ground => self.begin(byte, events),
            State::Character { missing } => self.character(byte, missing, events),
            State::Escape => self.escaped(byte, events),
            State::Csi { report } => self.csi(byte, report, events),
            State::Ss3 => match byte {
                b'0'..=b';' => self.parameter(byte),
                0x40..=0x7e => {
                    let event = decode::ss3(&self.bytes, byte);
                    self.ended(event, events);
                }
                _ => self.broken(byte, events),
            },
            State::LinuxConsole | State::OldMouse if byte < b' ' => self.broken(byte, events),
            State::LinuxConsole => self.ended(decode::linux_console(byte), events),
            State::OldMouse => {
                self.bytes.push(byte);
                if let Ok(mouse) = <[u8; 3]>::try_from(self.bytes.as_slice()) {
                    self.ended(decode::old_mouse(mouse), events);
                }
            }
            State::Report { introducer, missing, escape, .. } => self.report(byte, introducer, missing, escape, events),
            State::Paste { seen } => self.pasted(byte, seen, events),
        }
    }

    fn start(&mut self, state: State) {
        self.state = state;
        self.bytes.clear();
        self.answer.clear();
        self.begun += 1;
    }

    /// Nothing of the sequence is left.
    fn ended(&mut self, event: Option<Event>, events: &mut Vec<Event>) {
        events.extend(event);
        (self.state, self.alt) = (State::Ground, false);
        self.bytes.clear();
    }

    /// The sequence is dropped, and a byte that cannot belong to it starts again.
    fn broken(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.ended(None, events);
        self.begin(byte, events);
    }

    fn begin(&mut self, byte: u8, events: &mut Vec<Event>) {
        let missing = match byte {
            ESC => return self.start(State::Escape),
            0..=0x7f => {
                let event = decode::character(char::from(byte));
                let event = if self.alt { decode::with_alt(event) } else { event };
                return self.ended(Some(event), events);
            }
            0x80..=0x9f => return self.introduced(byte, events),
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            // Not UTF-8.
            0xa0..=0xc1 | 0xf5..=0xff => return self.ended(None, events),
        };
        self.start(State::Character { missing });
        self.bytes.push(byte);
    }

    /// A control character of one byte beyond ASCII, with which some terminals start what others start with ESC and a letter.
    fn introduced(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.alt = false;
        match byte {
            0x8f => self.start(State::Ss3),
            0x9b => self.start(State::Csi { report: false }),
            0x90 | 0x98 | 0x9d..=0x9f => {
                self.start(State::Report { introducer: byte, empty: true, missing: 0, escape: false });
            }
            _ => self.ended(None, events),
        }
    }

    fn character(&mut self, byte: u8, missing: usize, events: &mut Vec<Event>) {
        if byte & 0xc0 != 0x80 {
            return self.broken(byte, events);
        }
        self.bytes.push(byte);
        if missing > 1 {
            self.state = State::Character { missing: missing - 1 };
            return;
        }
        let character = std::str::from_utf8(&self.bytes).ok().and_then(|text| text.chars().next());
        match character {
            Some(control @ '\u{80}'..='\u{9f}') => {
                if self.alt {
                    events.push(decode::character('\u{1b}'));
                }
                self.introduced(control as u8, events);
            }
            character => {
                let event = character.map(decode::character);
                let event = if self.alt { event.map(decode::with_alt) } else { event };
                self.ended(event, events);
            }
        }
    }

    fn escaped(&mut self, byte: u8, events: &mut Vec<Event>) {
        match byte {
            // The key, pressed twice or before a sequence.
            ESC => {
                events.push(decode::character('\u{1b}'));
                self.start(State::Escape);
            }
            b'[' => self.state = State::Csi { report: false },
            b'O' => self.state = State::Ss3,
            b']' | b'P' | b'X' | b'^' | b'_' => {
                self.state = State::Report { introducer: byte, empty: true, missing: 0, escape: false };
            }
            0x80..=0x9f => {
                events.push(decode::character('\u{1b}'));
                self.introduced(byte, events);
            }
            _ => {
                self.alt = true;
                self.begin(byte, events);
            }
        }
    }

    fn parameter(&mut self, byte: u8) {
        if self.bytes.len() < PARAMETERS {
            self.bytes.push(byte);
        }
    }

    fn csi(&mut self, byte: u8, report: bool, events: &mut Vec<Event>) {
        match byte {
            // A private marker, after which only reports follow, but for the mouse.
            b'<' if self.bytes.is_empty() => self.parameter(byte),
            b'<'..=b'?' | b' '..=b'/' => {
                self.parameter(byte);
                self.state = State::Csi { report: true };
            }
            b'0'..=b';' => {
                self.parameter(byte);
                self.state = State::Csi { report: report || self.bytes.len() == PARAMETERS };
            }
            b'[' if self.bytes.is_empty() => self.state = State::LinuxConsole,
            b'M' if self.bytes.is_empty() => self.state = State::OldMouse,
            b'~' if self.bytes == b"200" => {
                self.bytes.clear();
                self.state = State::Paste { seen: 0 };
            }
            0x40..=0x7e => {
                let event = if report { None } else { decode::csi(&self.bytes, byte) };
                self.ended(event, events);
            }
            _ => self.broken(byte, events),
        }
    }

    /// A string that the terminal sends: up to ST, for an OSC also up to BEL. Text in it may hold a byte that would be ST alone.
    fn report(&mut self, byte: u8, introducer: u8, missing: usize, escape: bool, events: &mut Vec<Event>) {
        let next = |missing, escape| State::Report { introducer, empty: false, missing, escape };
        match byte {
            b'\\' if escape => self.reported(introducer, events),
            // Not its end, so that the report was cut off and something else starts.
            _ if escape => {
                self.start(State::Escape);
                self.escaped(byte, events);
            }
            ESC => self.state = next(0, true),
            0x07 if matches!(introducer, b']' | 0x9d) => self.reported(introducer, events),
            0x80..=0xbf if missing > 0 => {
                if missing == 1 && byte == 0x9c && self.bytes == [0xc2] {
                    return self.ended(None, events);
                }
                self.state = next(missing - 1, false);
            }
            0x9c => self.reported(introducer, events),
            0xc2..=0xf4 => {
                self.bytes.clear();
                self.bytes.push(byte);
                self.state = next(if byte < 0xe0 { 1 } else { 2 + usize::from(byte >= 0xf0) }, false);
            }
            // What a string may hold.
            0x07..=0x0d | 0x20..=0xff => {
                if self.answer.len() < ANSWER {
                    self.answer.push(byte);
                }
                self.state = next(0, false);
            }
            // A key: no terminal sends these in a report.
            _ => self.broken(byte, events),
        }
    }

    /// A whole string: no key, but it may answer what was asked.
    fn reported(&mut self, introducer: u8, events: &mut Vec<Event>) {
        if matches!(introducer, b']' | 0x9d) {
            self.background = decode::background(&self.answer).or(self.background);
        }
        self.ended(None, events);
    }

    /// What may be the paste's end is no part of it until it is something else.
    fn pasted(&mut self, byte: u8, seen: usize, events: &mut Vec<Event>) {
        if byte == PASTE_END[seen] {
            if seen + 1 < PASTE_END.len() {
                self.state = State::Paste { seen: seen + 1 };
                return;
            }
            paste(&mem::take(&mut self.bytes), events);
            return self.ended(None, events);
        }
        self.keep(&PASTE_END[..seen]);
        let seen = usize::from(byte == ESC);
        if seen == 0 {
            self.keep(&[byte]);
        }
        self.state = State::Paste { seen };
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.bytes.len() < LONGEST_PASTE {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

fn paste(bytes: &[u8], events: &mut Vec<Event>) {
    if !bytes.is_empty() {
        events.push(Event::Paste(String::from_utf8_lossy(bytes).into_owned()));
    }
}

#[cfg(test)]
mod tests;
