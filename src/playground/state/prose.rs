//! Lines of words with a tone each, for popups and side panels, before a theme gives the tones a colour.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::flow::Flow;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;

/// The meaning of words, which decides their style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As text.
    Plain,
    /// Secondary.
    Dim,
    /// Emphasised.
    Strong,
    /// A heading.
    Heading,
    /// A key to press.
    Key,
    /// All is well.
    Good,
    /// A warning.
    Warning,
    /// A failure.
    Bad,
    /// Not in the other text.
    Differs,
    /// A number from 0 (low) to 4 (high).
    Heat(u8),
    /// On the ground of a number from 0 (low) to 4 (high).
    Ground(u8),
    /// In the colour of the member with this index.
    Member(usize),
}

/// One line.
pub type Line = Vec<(Tone, DisplayText)>;

/// Lines, top to bottom.
pub type Prose = Vec<Line>;

/// A line of one tone.
#[must_use]
pub fn line(tone: Tone, text: impl Into<DisplayText>) -> Line {
    vec![(tone, text.into())]
}

/// A text wrapped to a width, with an indent for all lines except the first.
pub fn wrap<'a>(into: &mut Prose, head: Line, tone: Tone, text: impl Into<DisplayStr<'a>>, width: u16, indent: u16) {
    let mut flow = Flow::new(width.saturating_sub(indent).max(1));
    flow.push(text, 0);
    let mut head = Some(head);
    for number in 0..flow.lines().max(1) {
        let mut line = head.take().unwrap_or_else(|| vec![(Tone::Plain, blanks(indent.into()))]);
        if number < flow.lines() {
            line.push((tone, flow.line(number).map(|piece| piece.text).collect()));
        }
        into.push(line);
    }
}

/// Lines beside each other, each but the last padded to this many columns.
#[must_use]
pub fn beside(lines: impl IntoIterator<Item = Line>, columns: usize, gap: &'static str) -> Line {
    let mut whole = Line::new();
    let mut blank = 0;
    for (place, line) in lines.into_iter().enumerate() {
        if place > 0 {
            whole.push((Tone::Dim, display!("{}{gap}", blanks(blank))));
        }
        let used: usize = line.iter().map(|(_, text)| text.width()).sum();
        blank = columns.saturating_sub(used);
        whole.extend(line);
    }
    whole
}

/// A text in exactly this many columns: padded with blanks, or cut.
#[must_use]
pub fn fitted<'a>(text: impl Into<DisplayStr<'a>>, columns: usize) -> DisplayText {
    let text = text.into();
    let (mut end, mut used) = (0, 0);
    for (at, cluster) in text.grapheme_indices(true) {
        let width = cluster.width();
        if used + width > columns {
            break;
        }
        (end, used) = (at + cluster.len(), used + width);
    }
    let mut fitted = DisplayText::from(text.slice(..end));
    fitted.push(&blanks(columns - used));
    fitted
}

/// So many blanks.
#[must_use]
pub fn blanks(columns: usize) -> DisplayText {
    DisplayStr::from(" ").repeat(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_text_has_its_columns_whatever_it_is_made_of() {
        assert_eq!(fitted("atlas", 7), "atlas  ");
        assert_eq!(fitted("atlas", 3), "atl");
        assert_eq!(fitted("\u{6f22}\u{5b57}", 3), "\u{6f22} ", "no half of a wide character");
        assert_eq!(fitted("", 0), "");
    }
}
