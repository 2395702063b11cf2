//! Presenter mode: the words of the question, the answer and the caption; the drafts are drawn as ever.

use ratatui::buffer::Buffer;

use super::{Look, paint};
use crate::playground::state::Screen;

/// The words, each in its place; nothing outside presenter mode.
pub(super) fn words(buffer: &mut Buffer, look: &Look<'_>, screen: &Screen) {
    for (place, prose) in &screen.scene.presented {
        paint::lines(buffer, *place, look, prose, 0);
    }
}
