//! The prompt: the question being written, and earlier ones.
//!
//! Owns the editor's text, its limits and navigating the history; `tui-textarea` does the editing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use serde::{Deserialize, Serialize};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use super::flow::Flow;
use crate::clean::{DisplayText, clean};

/// The longest question, in bytes: more than the context of most models holds, little enough to edit without delay.
pub const MOST_BYTES: usize = 64 << 10;

/// How many characters before the cursor decide whether another can follow: longer than any cluster.
const CONTEXT: usize = 64;

/// The initial placeholder of the empty prompt, which is also what it asks.
pub const EXAMPLE: &str = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?";

/// What a right answer to the example contains.
pub const EXAMPLE_ANSWERS: [&str; 3] = ["Tokyo", "75", "cowardly"];

/// The placeholder of an empty prompt after the first question.
pub const FURTHER: &str = "ask another question: the conversation so far is remembered";

/// How the prompt looks; the styles come from the theme.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Dress {
    /// The text.
    pub text: Style,
    /// The placeholder, shown while it is empty.
    pub placeholder: Style,
    /// The cell under the cursor.
    pub cursor: Style,
}

/// A text that is too long for the prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is too long: {bytes} bytes, and a question holds at most {MOST_BYTES}; nothing was taken over")]
pub struct TooLong {
    /// How long the question would have been.
    bytes: usize,
}

/// The question being written.
#[derive(Debug, Clone)]
pub struct Prompt {
    area: TextArea<'static>,
    bytes: usize,
    history: Vec<String>,
    /// The current position in the history, and what was being written before.
    walk: Option<(usize, DisplayText)>,
    /// The placeholder.
    invitation: &'static str,
    /// Changes with the text.
    revision: u64,
}

impl Prompt {
    /// An empty prompt; `history` is the earlier questions, oldest first.
    #[must_use]
    pub fn new(history: Vec<String>) -> Self {
        let mut prompt = Self { area: TextArea::default(), bytes: 0, history, walk: None, invitation: EXAMPLE, revision: 0 };
        prompt.set_lines(&DisplayText::new());
        prompt
    }

    /// The editor, to be drawn.
    #[must_use]
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// What is written.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether nothing but white space is written.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Takes the styles of a theme.
    pub fn dress(&mut self, dress: Dress, writing: bool) {
        self.area.set_style(dress.text);
        self.area.set_cursor_line_style(Style::default());
        self.area.set_placeholder_style(dress.placeholder);
        self.area.set_cursor_style(if writing { dress.cursor } else { Style::default() });
    }

    /// Sets another placeholder.
    pub fn invite(&mut self, invitation: &'static str) {
        self.invitation = invitation;
        self.area.set_placeholder_text(invitation);
    }

    fn set_lines(&mut self, text: &DisplayText) {
        let lines = text.split('\n').map(str::to_owned).collect();
        let mut area = TextArea::new(lines);
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_placeholder_text(self.invitation);
        area.set_tab_length(4);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        self.area = area;
        self.changed();
    }

    fn changed(&mut self) {
        self.bytes = self.area.lines().iter().map(|line| line.len() + 1).sum::<usize>().saturating_sub(1);
        self.revision += 1;
    }

    /// Replaces the text; it is cleaned, since it may come from a file or an editor.
    pub fn set(&mut self, text: &str) -> Result<(), TooLong> {
        let text = clean(text);
        fits(text.len())?;
        self.set_lines(&text);
        Ok(())
    }

    /// Adds a pasted text at the cursor.
    pub fn paste(&mut self, text: &str) -> Result<(), TooLong> {
        let text = clean(&text.replace("\r\n", "\n").replace('\r', "\n"));
        fits(self.bytes + text.len())?;
        self.area.insert_str(&text);
        self.walk = None;
        self.changed();
        Ok(())
    }

    /// Types a key.
    pub fn key(&mut self, key: KeyEvent) -> Result<(), TooLong> {
        let types = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        if let (true, KeyCode::Char(character)) = (types, key.code) {
            fits(self.bytes + 4)?;
            if !self.admits(character) {
                return Ok(());
            }
        }
        if self.area.input(key) {
            self.walk = None;
            // Yanking what was cut can exceed the limit too.
            self.changed();
            if self.bytes > MOST_BYTES {
                let bytes = self.bytes;
                self.area.undo();
                self.changed();
                return Err(TooLong { bytes });
            }
        }
        Ok(())
    }

    /// Types characters one by one; if there are too many, as many as fit.
    pub fn type_text(&mut self, text: &str) -> Result<(), TooLong> {
        let (mut before, mut kept, mut bytes) = (self.before_cursor(), String::new(), self.bytes);
        let mut fitted = Ok(());
        for character in text.chars() {
            fitted = fits(bytes + 4);
            if fitted.is_err() {
                break;
            }
            if follows(&before, character) {
                before.push(character);
                kept.push(character);
                bytes += character.len_utf8();
            }
        }
        if !kept.is_empty() {
            self.area.insert_str(&kept);
            self.walk = None;
            self.changed();
        }
        fitted
    }

    fn admits(&self, character: char) -> bool {
        follows(&self.before_cursor(), character)
    }

    /// The last characters before the cursor.
    fn before_cursor(&self) -> String {
        let cursor = self.area.cursor();
        let (line, column) = (cursor.0, cursor.1);
        let line = self.area.lines().get(line).map_or("", String::as_str);
        line.chars().take(column).skip(column.saturating_sub(CONTEXT)).collect()
    }

    /// Starts a new line.
    pub fn new_line(&mut self) -> Result<(), TooLong> {
        fits(self.bytes + 1)?;
        self.area.insert_newline();
        self.changed();
        Ok(())
    }

    /// Takes the question out, to be asked; the example if nothing is written.
    pub fn take(&mut self) -> String {
        let text = if self.is_blank() { EXAMPLE.to_owned() } else { self.text() };
        self.clear();
        text
    }

    /// Empties the prompt.
    pub fn clear(&mut self) {
        self.walk = None;
        self.set_lines(&DisplayText::new());
    }

    /// Remembers a question that was asked.
    pub fn remember(&mut self, question: &str) {
        if self.history.last().is_none_or(|last| last != question) {
            self.history.push(question.to_owned());
        }
    }

    /// Up: on the first line the previous question, otherwise the cursor moves up.
    pub fn earlier(&mut self) {
        if self.area.cursor().0 > 0 {
            return self.area.move_cursor(CursorMove::Up);
        }
        let (place, written) = match self.walk.take() {
            Some((place, written)) => (place, written),
            None => (self.history.len(), clean(&self.text())),
        };
        let earlier = place.saturating_sub(1);
        if let Some(question) = self.history.get(earlier).cloned() {
            self.set_lines(&clean(&question));
            self.walk = Some((earlier, written));
        }
    }

    /// Down: on the last line the next question, otherwise the cursor moves down.
    pub fn later(&mut self) {
        if self.area.cursor().0 + 1 < self.area.lines().len() {
            return self.area.move_cursor(CursorMove::Down);
        }
        let Some((place, written)) = self.walk.take() else { return };
        match self.history.get(place + 1).cloned() {
            Some(question) => {
                self.set_lines(&clean(&question));
                self.walk = Some((place + 1, written));
            }
            None => self.set_lines(&written),
        }
    }

    /// Display lines at a width; at least 1.
    #[must_use]
    pub fn display_lines(&self, width: u16) -> usize {
        let mut flow = Flow::new(width.max(1));
        flow.push(&clean(&self.text()), 0);
        flow.lines().max(1)
    }

    /// A number that changes with the text.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

/// Whether a character may follow the text before it: a terminal without bracketed paste sends pasted text as keys, with whatever
/// is hidden in it.
fn follows(before: &str, character: char) -> bool {
    clean(&format!("{before}{character}")) == format!("{}{character}", clean(before))
}

fn fits(bytes: usize) -> Result<(), TooLong> {
    if bytes <= MOST_BYTES { Ok(()) } else { Err(TooLong { bytes }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(history: &[&str]) -> Prompt {
        Prompt::new(history.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn walking_through_the_history_returns_to_what_was_being_written() {
        let mut prompt = prompt(&["one", "two"]);
        prompt.set("three").unwrap();
        prompt.earlier();
        assert_eq!(prompt.text(), "two");
        prompt.earlier();
        prompt.earlier();
        assert_eq!(prompt.text(), "one");
        prompt.later();
        prompt.later();
        assert_eq!(prompt.text(), "three");
        prompt.later();
        assert_eq!(prompt.text(), "three");
    }

    #[test]
    fn the_history_is_reached_from_the_first_line_only() {
        let mut prompt = prompt(&["one"]);
        prompt.set("a\nb").unwrap();
        prompt.earlier();
        assert_eq!(prompt.text(), "a\nb");
        prompt.earlier();
        assert_eq!(prompt.text(), "one");
    }

    #[test]
    fn a_text_beyond_the_limit_is_refused_whole_and_nothing_written_is_lost() {
        let mut prompt = prompt(&[]);
        prompt.set("kept").unwrap();
        let error = prompt.paste(&"x".repeat(1 << 20)).unwrap_err().to_string();
        assert!(error.contains("1048580") && error.contains("65536"), "{error}");
        assert_eq!(prompt.text(), "kept");
    }

    #[test]
    fn pasted_text_is_cleaned_and_keeps_its_lines() {
        let mut prompt = prompt(&[]);
        prompt.paste("a\u{1b}[31mb\u{202e}\r\nc\td\re").unwrap();
        assert_eq!(prompt.text(), "ab\nc    d\ne");
    }

    #[test]
    fn an_empty_prompt_asks_the_example() {
        assert_eq!(prompt(&[]).take(), EXAMPLE);
    }
}
