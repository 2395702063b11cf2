//! A page in the making. Markup can only come from this program: every other text is cleaned and goes through [`Page::text`],
//! which leaves nothing in it that a browser could take for markup.

use std::fmt::Write as _;

use crate::clean::DisplayStr;

/// HTML text that grows.
#[derive(Default)]
pub(super) struct Page {
    html: String,
    /// The part of a page of several runs that is being told, from 1; 0 where the page is one run's.
    pub(super) part: usize,
    /// How many levels deeper than they say headings are.
    pub(super) depth: usize,
}

impl Page {
    /// Markup, as it stands in this program's source.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.html.push_str(markup);
        self
    }

    /// Anybody's text, with its line breaks; harmless in an element and in a quoted attribute.
    pub(super) fn text<'a>(&mut self, text: impl Into<DisplayStr<'a>>) -> &mut Self {
        for character in text.into().chars() {
            match character {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                // No characters at all, and no place in a document.
                '\u{FFFE}' | '\u{FFFF}' => self.html.push('\u{FFFD}'),
                _ => self.html.push(character),
            }
        }
        self
    }

    /// A number: a count, an identifier, a part of one.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.html, "{number}");
        self
    }

    /// A place in a drawing.
    pub(super) fn place(&mut self, (x, y): (f64, f64)) -> &mut Self {
        let _ = write!(self.html, "{x:.1},{y:.1}");
        self
    }

    /// A member's class by its place in the ensemble; there are eight colours.
    pub(super) fn member(&mut self, place: usize) -> &mut Self {
        self.markup("m").number(place % COLOURS)
    }

    /// An identifier of the run that is being told.
    pub(super) fn id(&mut self, id: &'static str) -> &mut Self {
        self.markup(id).own()
    }

    /// What makes an identifier one of the run that is being told.
    pub(super) fn own(&mut self) -> &mut Self {
        let part = self.part;
        if part > 0 {
            self.markup("-").number(part);
        }
        self
    }

    /// A heading; within a part of a page of several runs it is as much deeper.
    pub(super) fn heading<'a>(&mut self, level: usize, id: Option<&'static str>, title: impl Into<DisplayStr<'a>>) -> &mut Self {
        let level = level + self.depth;
        self.markup("<h").number(level);
        if let Some(id) = id {
            self.markup(" id=\"").id(id).markup("\"");
        }
        self.markup(">").text(title).markup("</h").number(level).markup(">\n")
    }

    /// The whole page.
    pub(super) fn done(self) -> String {
        self.html
    }
}

/// Colours of members; their letters tell them apart where there are more.
const COLOURS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let mut page = Page::default();
        page.text(&clean("</style><script>'\"&\u{0}\u{202e}\n\u{1b}[2J\u{ffff}"));
        assert_eq!(page.done(), "&lt;/style&gt;&lt;script&gt;&#39;&quot;&amp;\n\u{fffd}");
    }
}
