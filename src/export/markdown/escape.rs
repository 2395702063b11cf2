//! Text as Markdown that shows as that text.

use std::fmt;

use crate::clean::DisplayStr;

/// Markdown: of this program's source, or text in which nothing is markup.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Markdown(String);

impl Markdown {
    pub(super) fn number(number: usize) -> Self {
        Self(number.to_string())
    }
}

/// Markup of ours.
impl From<&'static str> for Markdown {
    fn from(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The shortest fence of a code block.
const SHORTEST_FENCE: usize = 3;

/// Text on one line inside a paragraph or a table cell. No character of it opens a span, a link, an entity, a tag, a cell, or
/// what GitHub and others make of `@name`, `#1`, `:name:`, `$x$`, `www.` and addresses.
pub(super) fn inline<'a>(line: impl Into<DisplayStr<'a>>) -> Markdown {
    let line = line.into();
    let mut escaped = String::with_capacity(line.len());
    let mut before = ' ';
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // Old dialects know no backslash before these, and a tag is what must not be.
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '.' if matches!(before, 'w' | 'W') => escaped.push_str("\\."),
            ':' if characters.peek().is_some_and(|next| !next.is_whitespace()) => escaped.push_str("\\:"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '@' | '#' | '^' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
        before = character;
    }
    Markdown(escaped)
}

/// Text of several lines as a block in which nothing means anything. The fence is longer than any that the text holds.
pub(super) fn block<'a>(text: impl Into<DisplayStr<'a>>) -> Markdown {
    let text = text.into();
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(SHORTEST_FENCE));
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    Markdown(format!("{fence}text\n{text}{end}{fence}\n"))
}

#[cfg(test)]
mod tests {
    use crate::clean::{clean, clean_line};

    fn inline(text: &str) -> String {
        super::inline(&clean_line(text)).to_string()
    }

    fn block(text: &str) -> String {
        super::block(&clean(text)).to_string()
    }

    #[test]
    fn marks_are_escaped_and_plain_words_stay_readable() {
        assert_eq!(inline("So: 27 plus 48 is 75. (Really!)"), "So: 27 plus 48 is 75. (Really!)");
        assert_eq!(inline("<b>&amp;\n| *x* `y`"), "&lt;b&gt;&amp;amp; \\| \\*x\\* \\`y\\`");
        assert_eq!(inline("www.a.b http://c"), "www\\.a.b http\\://c");
        assert_eq!(inline("a\u{1b}[31m\u{202e}b\u{0}"), "ab");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        assert_eq!(block("a\n```\nb"), "````text\na\n```\nb\n````\n");
        assert_eq!(block("a\n"), "```text\na\n```\n");
        assert_eq!(block(""), "```text\n```\n");
    }
}
