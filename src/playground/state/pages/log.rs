//! The log's page: all messages so far, newest first.

use super::view::{Body, READING, View, whole};
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::action::Context;
use crate::playground::state::log::{Level, Log};
use crate::playground::state::prose::{Prose, Tone, line, wrap};
use crate::playground::state::scene::duration;

/// The page.
pub const VIEW: View = View {
    title: "log",
    width: 96,
    height: whole,
    context: Context::Keys,
    hints: |_| READING,
    body: Body::Lines(|of| log(&of.shown.state.notices.log, of.width)),
    next: None,
};

/// The log, newest first.
#[must_use]
pub fn log(log: &Log, width: u16) -> Prose {
    let mut prose = Prose::new();
    for entry in log.entries().rev() {
        let tone = match entry.level {
            Level::Info => Tone::Dim,
            Level::Warning => Tone::Warning,
            Level::Error => Tone::Bad,
        };
        let when = entry.t_ms.map_or_else(DisplayText::new, duration);
        let head = vec![(Tone::Dim, display!("{when:>8} ")), (tone, display!("{:<8}", entry.level.word()))];
        wrap(&mut prose, head, Tone::Plain, &entry.text, width, 17);
    }
    if prose.is_empty() {
        prose.push(line(Tone::Dim, "nothing so far"));
    }
    prose
}
