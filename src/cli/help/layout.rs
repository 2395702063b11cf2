//! Markdown into lines of a terminal: headings, paragraphs, lists, code, tables.
//!
//! Only what the manual uses; everything else is shown as its text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::table::{self, Row};
use super::wrap::{Face, Line, Span, wrap};

/// Columns before everything except headings.
const INDENT: usize = 2;

/// Whether code in a sentence keeps its backticks: a terminal shows a different style instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    Kept,
    Dropped,
}

/// The text in lines of at most `columns` columns, except for code, which stays as it is.
pub(super) fn lay_out(markdown: &str, columns: usize, marks: Marks) -> Vec<Line> {
    let mut layout = Layout {
        columns,
        marks,
        lines: Vec::new(),
        spans: Vec::new(),
        strong: 0,
        code: None,
        lists: Vec::new(),
        rows: None,
        target: None,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        layout.take(event);
    }
    layout.lines
}

/// An open list.
struct List {
    /// The number of the next item; `None` for a list with bullets.
    number: Option<u64>,
    /// What precedes the next line of text.
    mark: Option<String>,
}

struct Layout {
    columns: usize,
    marks: Marks,
    lines: Vec<Line>,
    /// The text of the open block.
    spans: Vec<Span>,
    strong: usize,
    /// The open block of code.
    code: Option<String>,
    lists: Vec<List>,
    /// The open table.
    rows: Option<Vec<Row>>,
    /// The target of the open link.
    target: Option<String>,
}

impl Layout {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(code) => {
                let shown = if self.marks == Marks::Kept { format!("`{code}`") } else { code.into_string() };
                self.spans.push(Span::new(Face::Code, shown));
            }
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.spans.push(Span::new(if self.strong > 0 { Face::Strong } else { Face::Plain }, text));
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong | Tag::Emphasis => self.strong += 1,
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::Link { dest_url, .. } => self.target = Some(dest_url.into_string()),
            Tag::List(number) => {
                self.flush();
                self.lists.push(List { number, mark: None });
            }
            Tag::Item => {
                if let Some(list) = self.lists.last_mut() {
                    list.mark = Some(list.number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. ")));
                    list.number = list.number.map(|number| number + 1);
                }
            }
            Tag::Table(_) => self.rows = Some(Vec::new()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(rows) = &mut self.rows {
                    rows.push(Row::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => self.strong = self.strong.saturating_sub(1),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::Paragraph => {
                self.flush();
                self.gap();
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.gap();
                }
            }
            TagEnd::Link => self.link(),
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    /// Names a page of the manual the way it is opened here; a web address is kept in full.
    fn link(&mut self) {
        let Some(target) = self.target.take() else { return };
        let page = target.split('#').next().and_then(|path| path.strip_suffix(".md")).filter(|page| !page.contains('/'));
        if let Some(page) = page {
            self.text(&format!(" (specfuse help {page})"));
        } else if target.contains("://") {
            self.text(&format!(" ({target})"));
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let text: String = self.spans.drain(..).map(|span| span.text).collect();
        let text = if level == HeadingLevel::H1 { text.to_uppercase() } else { text };
        self.lines.extend(wrap(&[Span::new(Face::Heading, text)], self.columns));
        self.lines.push(Line::new());
    }

    fn code_block(&mut self) {
        let before = " ".repeat(self.indent() + INDENT);
        for line in self.code.take().unwrap_or_default().lines() {
            let shown = if line.is_empty() { Line::new() } else { vec![Span::new(Face::Plain, format!("{before}{line}"))] };
            self.lines.push(shown);
        }
        self.gap();
    }

    fn table(&mut self) {
        let before = self.indent();
        let rows = self.rows.take().unwrap_or_default();
        let lines = table::lines(&rows, self.columns.saturating_sub(before));
        self.lines.extend(lines.into_iter().map(|line| indented(&" ".repeat(before), line)));
        self.gap();
    }

    /// Columns before text.
    fn indent(&self) -> usize {
        INDENT + self.lists.iter().map(|list| if list.number.is_some() { 3 } else { 2 }).sum::<usize>()
    }

    /// Ends the open block of text.
    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        let indent = self.indent();
        let mark = self.lists.last_mut().and_then(|list| list.mark.take()).unwrap_or_default();
        for (place, line) in wrap(&spans, self.columns.saturating_sub(indent)).into_iter().enumerate() {
            let mark = if place == 0 { mark.as_str() } else { "" };
            let before = format!("{}{mark}", " ".repeat(indent.saturating_sub(mark.len())));
            self.lines.push(indented(&before, line));
        }
    }

    /// One empty line.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Line::new());
        }
    }
}

fn indented(before: &str, line: Line) -> Line {
    if line.is_empty() {
        return line;
    }
    std::iter::once(Span::new(Face::Plain, before)).chain(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::topics::{TOPICS, Text};
    use super::super::wrap::width;
    use super::*;

    fn shown(markdown: &str, columns: usize, marks: Marks) -> String {
        let lines = lay_out(markdown, columns, marks);
        lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect::<String>() + "\n").collect()
    }

    #[test]
    fn every_kind_of_block_is_plain_text() {
        let text = "# Title\n\nSome **bold** text, `code` and [a page](keys.md#top).\n\n- one\n- two words that do wrap\n  1. inner\n\n\
                    ## Part\n\n```sh\nspecfuse demo   # a long line that is never wrapped\n```\n\n| a | b |\n| --- | --- |\n| c | [d](https://e.org) |\n\n<!-- gone -->\n";
        insta::assert_snapshot!(shown(text, 24, Marks::Kept), @r"
        TITLE

          Some bold text, `code`
          and a page (specfuse
          help keys).

          - one
          - two words that do
            wrap
            1. inner

        Part

            specfuse demo   # a long line that is never wrapped

          a  b
          c  d (https://e.org)
        ");
    }

    #[test]
    fn a_terminal_has_faces_instead_of_backticks() {
        assert_eq!(shown("press `q`", 40, Marks::Dropped), "  press q\n\n");
    }

    #[test]
    fn every_topic_is_wrapped_and_starts_with_its_title() {
        for topic in TOPICS {
            let Text::Markdown(text) = topic.text else { continue };
            for columns in [40, 80, 100] {
                let lines = lay_out(text, columns, Marks::Kept);
                assert!(lines.len() > 10 && lines[0][0].face == Face::Heading, "{}", topic.name);
            }
            // Code and tables of long words may be wider; they are few.
            let wide = lay_out(text, 80, Marks::Kept).iter().filter(|line| width(line) > 80).count();
            assert!(wide < 20, "{}: {wide} lines are too wide", topic.name);
        }
    }
}
