//! A recorded run as a film: the frames of the playground's screen, each at its time, for those who watch it elsewhere.
//!
//! Owns which frames there are. [`schedule`] owns when each record is shown, [`stage`] the screen that plays them, [`cast`] and
//! [`animation`] the files. No clock: the same records, screen and speed give the same film, to the last bit of either file.

pub mod animation;
mod ansi;
pub mod cast;
mod schedule;
pub mod stage;

use ratatui::buffer::Buffer;

use crate::clean::{DisplayText, clean_line};
use crate::engine::fusion::event::{Event, Record};
use crate::playground::state::{Message, Screen};
use crate::playground::view::picture::{Ground, drawn};
use crate::playground::view::theme::Theme;
use schedule::schedule;
use stage::Stage;

/// Columns and rows of the screen in a film where nothing else is wanted: it is watched in a page's column.
pub const SIZE: (u16, u16) = (100, 30);

/// Between two frames, unless that were too many: tokens that come faster are shown together.
const TICK_MS: u64 = 100;

/// What a film is made of.
#[derive(Debug, Clone)]
pub struct Shot<'a> {
    /// The records of a run or of a conversation, the header first.
    pub records: &'a [Record],
    /// The screen.
    pub stage: Stage,
    /// How fast: 1 can be read by someone who sees it for the first time.
    pub speed: f64,
    /// The most frames, at least two.
    pub most_frames: usize,
}

/// A screen at a time.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// In milliseconds since the start of the film.
    pub at_ms: u64,
    pub buffer: Buffer,
}

/// The frames, drawn one by one as they are asked for; no two that follow each other are alike.
#[derive(Debug)]
pub struct Film<'a> {
    title: DisplayText,
    length_ms: u64,
    theme: Theme,
    screen: Screen,
    records: &'a [Record],
    /// Each with how many records have been shown by then.
    moments: std::vec::IntoIter<(u64, usize)>,
    shown: usize,
    last: Option<Buffer>,
}

impl<'a> Film<'a> {
    /// The film of these records.
    #[must_use]
    pub fn new(shot: Shot<'a>) -> Self {
        let timed = schedule(shot.records, shot.speed);
        let mut screen = shot.stage.screen();
        // Shown as it was when it happened, not as a replay: keys are commands.
        screen.state.writing.active = false;
        Self {
            title: title(shot.records),
            length_ms: timed.length_ms.ceil() as u64,
            moments: moments(&timed.shown_ms, shot.most_frames).into_iter(),
            theme: shot.stage.theme,
            screen,
            records: shot.records,
            shown: 0,
            last: None,
        }
    }

    /// The last question.
    #[must_use]
    pub fn title(&self) -> &DisplayText {
        &self.title
    }

    /// Milliseconds, with the time that the last frame stays.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        self.length_ms
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.screen.size()
    }

    /// The colours of cells that have none of their own.
    #[must_use]
    pub fn ground(&self) -> Ground {
        Ground::of(&self.theme)
    }

    fn play_to(&mut self, end: usize) {
        for record in self.records.iter().take(end).skip(self.shown) {
            self.screen.update(Message::Record(record.clone()));
        }
        self.shown = end;
        if end == self.records.len() {
            self.screen.update(Message::RunEnded(None));
        }
    }
}

impl Iterator for Film<'_> {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        loop {
            let (at_ms, end) = self.moments.next()?;
            self.play_to(end);
            self.screen.prepare();
            let buffer = drawn(&self.screen, &self.theme);
            if self.last.as_ref() != Some(&buffer) {
                self.last = Some(buffer.clone());
                return Some(Frame { at_ms, buffer });
            }
        }
    }
}

fn title(records: &[Record]) -> DisplayText {
    let question = |record: &Record| {
        let Event::RunStarted(header) = &record.event else { return None };
        Some(clean_line(header.conversation.prompt()))
    };
    records.iter().rev().find_map(question).unwrap_or_default()
}

/// When a frame is drawn, and how many records have been shown by then. Where there are too many, fewer a second.
fn moments(shown_ms: &[f64], most: usize) -> Vec<(u64, usize)> {
    let mut tick = TICK_MS;
    loop {
        let mut moments: Vec<(u64, usize)> = Vec::new();
        for (place, ms) in shown_ms.iter().enumerate() {
            let at = (*ms as u64).div_ceil(tick) * tick;
            match moments.last_mut() {
                Some((last, end)) if *last == at => *end = place + 1,
                Some(_) | None => moments.push((at, place + 1)),
            }
        }
        if moments.len() <= most.max(2) {
            return moments;
        }
        tick *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_tick_are_one_moment_and_the_ticks_grow_until_the_moments_are_few() {
        let shown = [0.0, 0.0, 30.0, 99.0, 150.0, 2600.0, 2650.0];
        assert_eq!(moments(&shown, 9), [(0, 2), (100, 4), (200, 5), (2600, 6), (2700, 7)]);
        assert_eq!(moments(&shown, 3), [(0, 2), (400, 5), (2800, 7)]);
        assert_eq!(moments(&shown, 0), [(0, 2), (3200, 7)]);
        assert_eq!(moments(&[], 3), []);
    }
}
