//! Wraps text with styles to a width.

use unicode_width::UnicodeWidthStr;

/// The style of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Face {
    Plain,
    Strong,
    Code,
    Heading,
}

/// Text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Span {
    pub(in crate::cli) face: Face,
    pub(in crate::cli) text: String,
}

/// A line without its line end.
pub(in crate::cli) type Line = Vec<Span>;

impl Span {
    pub(in crate::cli) fn new(face: Face, text: impl Into<String>) -> Self {
        Self { face, text: text.into() }
    }
}

/// Columns of a line.
pub(super) fn width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.width()).sum()
}

/// The widest word.
pub(super) fn widest_word(spans: &[Span]) -> usize {
    words(spans).iter().map(|word| width(word)).max().unwrap_or_default()
}

/// Lines of at most `columns` columns, broken at blanks. A wider word gets a separate line.
pub(in crate::cli) fn wrap(spans: &[Span], columns: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for word in words(spans) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&word) <= columns => {
                push(line, blank_between(line, &word));
                for span in word {
                    push(line, span);
                }
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// Pieces of words: a word may have several styles.
fn words(spans: &[Span]) -> Vec<Line> {
    let mut words: Vec<Line> = Vec::new();
    let mut open = false;
    for span in spans {
        for (place, piece) in span.text.split(char::is_whitespace).enumerate() {
            open &= place == 0;
            if piece.is_empty() {
                continue;
            }
            let piece = Span::new(span.face, piece);
            match words.last_mut() {
                Some(word) if open => word.push(piece),
                _ => words.push(vec![piece]),
            }
            open = true;
        }
    }
    words
}

/// The blank between two words in one style has that style too, so that it does not break at every word.
fn blank_between(line: &[Span], word: &[Span]) -> Span {
    let before = line.last().map(|span| span.face);
    let face = before.filter(|face| word.first().is_some_and(|span| span.face == *face)).unwrap_or(Face::Plain);
    Span::new(face, " ")
}

fn push(line: &mut Line, span: Span) {
    match line.last_mut() {
        Some(last) if last.face == span.face => last.text.push_str(&span.text),
        _ => line.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect()
    }

    #[test]
    fn words_of_several_faces_stay_whole() {
        let spans = [Span::new(Face::Plain, "press "), Span::new(Face::Code, "enter"), Span::new(Face::Plain, ", then wait")];
        assert_eq!(shown(&wrap(&spans, 12)), ["press enter,", "then wait"]);
        assert_eq!(shown(&wrap(&spans, 8)), ["press", "enter,", "then", "wait"]);
        assert_eq!(shown(&wrap(&spans, 1)), ["press", "enter,", "then", "wait"]);
        assert_eq!(widest_word(&spans), 6);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let spans = [Span::new(Face::Plain, "日本 日本")];
        assert_eq!(shown(&wrap(&spans, 8)), ["日本", "日本"]);
        assert_eq!(shown(&wrap(&spans, 9)), ["日本 日本"]);
    }
}
