//! The two streams: the answer goes to standard output, everything else to standard error.
//!
//! A model's output must not move a terminal's cursor or change its colours, so it is cleaned for a terminal. A file or a pipe
//! gets the bytes as they are.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crossterm::cursor::MoveLeft;
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{Clear, ClearType};
use indicatif::ProgressBar;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::help::wrap::{Face, Span, wrap};
use crate::clean::{Cleaner, DisplayStr, DisplayText, clean};

/// Between two looks of the sign that something continues.
const TICK: Duration = Duration::from_millis(120);

/// Columns of a terminal that does not say how wide it is.
const USUAL: usize = 80;

/// Where an answer goes.
pub(super) struct Answer {
    out: io::Stdout,
    reader: Reader,
}

/// Who reads an answer.
enum Reader {
    Terminal(Box<Cleaner>),
    /// A terminal that is shown running text.
    Words(Box<Cleaner>, Words),
    Program,
}

/// Running text on a terminal: it comes in pieces, is shown at once, and no word of it is broken at the edge.
struct Words {
    /// Columns of a line.
    columns: usize,
    /// Columns that are taken on the last line.
    taken: usize,
    /// The word at the end of that line, which may continue.
    word: String,
}

impl Words {
    fn new(columns: usize) -> Self {
        // In the last column terminals differ in where the cursor is.
        Self { columns: columns.saturating_sub(1).max(1), taken: 0, word: String::new() }
    }

    fn write(&mut self, out: &mut impl Write, text: &DisplayText) -> io::Result<()> {
        let text = text.as_display();
        for (at, cluster) in text.grapheme_indices(true) {
            let shown = text.slice(at..at + cluster.len());
            if cluster.starts_with('\n') {
                self.end_line();
                show(out, shown)?;
            } else if cluster == " " {
                self.word.clear();
                // A blank at the edge would begin a line.
                if self.taken < self.columns {
                    self.taken += 1;
                    show(out, shown)?;
                }
            } else {
                self.letter(out, shown)?;
            }
        }
        Ok(())
    }

    fn letter(&mut self, out: &mut impl Write, cluster: DisplayStr<'_>) -> io::Result<()> {
        let (width, word) = (cluster.width(), self.word.width());
        if self.taken + width > self.columns {
            // A word that has a line of its own can only be broken.
            let moved = if word < self.taken { std::mem::take(&mut self.word) } else { String::new() };
            if let Some(back) = u16::try_from(moved.width()).ok().filter(|back| *back > 0) {
                queue!(out, MoveLeft(back), Clear(ClearType::UntilNewLine))?;
            }
            self.end_line();
            out.write_all(b"\n")?;
            out.write_all(moved.as_bytes())?;
            (self.taken, self.word) = (moved.width(), moved);
        }
        self.taken += width;
        self.word.push_str(&cluster);
        show(out, cluster)
    }

    fn end_line(&mut self) {
        self.taken = 0;
        self.word.clear();
    }
}

impl Answer {
    /// Standard output.
    pub(super) fn new() -> Self {
        let out = io::stdout();
        let reader = if out.is_terminal() { Reader::Terminal(Box::default()) } else { Reader::Program };
        Self { out, reader }
    }

    /// Standard output, for text that is read as it comes: a terminal does not break its words.
    pub(super) fn of_words() -> Self {
        let reader = columns().map(|columns| Reader::Words(Box::default(), Words::new(columns)));
        Self { out: io::stdout(), reader: reader.unwrap_or(Reader::Program) }
    }

    /// Writes text immediately.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        let mut out = self.out.lock();
        self.reader.write(&mut out, text)?;
        out.flush()
    }

    /// Writes lines in which some pieces look otherwise; `styled` if the reader can show it.
    pub(super) fn write_lines(&mut self, lines: &[Vec<(DisplayText, Option<Attribute>)>], styled: bool) -> io::Result<()> {
        let mut out = io::BufWriter::new(self.out.lock());
        for line in lines {
            styled_line(&mut out, line, styled)?;
        }
        out.flush()
    }
}

impl Reader {
    fn write(&mut self, out: &mut impl Write, text: &str) -> io::Result<()> {
        match self {
            Self::Terminal(cleaner) => show(out, &cleaner.push(text)),
            Self::Words(cleaner, words) => words.write(out, &cleaner.push(text)),
            Self::Program => out.write_all(text.as_bytes()),
        }
    }
}

fn show<'a>(out: &mut impl Write, text: impl Into<DisplayStr<'a>>) -> io::Result<()> {
    out.write_all(text.into().as_bytes())
}

fn styled_line(out: &mut impl Write, pieces: &[(DisplayText, Option<Attribute>)], styled: bool) -> io::Result<()> {
    for (text, attribute) in pieces {
        match attribute.filter(|_| styled) {
            Some(attribute) => {
                queue!(out, SetAttribute(attribute))?;
                show(out, text)?;
                queue!(out, SetAttribute(Attribute::Reset))?;
            }
            None => show(out, text)?,
        }
    }
    show(out, "\n")
}

/// Columns of the terminal that standard output is; `None` of a file or a pipe.
pub(super) fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(|| crossterm::terminal::size().map_or(USUAL, |(columns, _)| usize::from(columns)))
}

/// Says what the parser of the arguments has to say: help and version on standard output, errors on standard error.
pub(super) fn parsed(error: &clap::Error) -> io::Result<()> {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    if error.use_stderr() {
        return stderr.lock().write_all(words(error, stderr.is_terminal()).as_bytes());
    }
    stdout.lock().write_all(words(error, stdout.is_terminal()).as_bytes())?;
    stdout.lock().flush()
}

/// What the parser says, cleaned for a terminal: it repeats arguments, and a shell's pattern puts the names of any files there.
fn words(error: &clap::Error, terminal: bool) -> String {
    let text = error.render().to_string();
    if terminal { clean(&text).into_string() } else { text }
}

/// Writes what is still on its way. There is nowhere to say that this failed.
pub(super) fn flush() {
    let _ = io::stdout().flush();
}

/// Prints a notice on standard error. A failure of that cannot be reported anywhere.
pub(super) fn notice<'a>(text: impl Into<DisplayStr<'a>>) {
    let columns =
        io::stderr().is_terminal().then(|| crossterm::terminal::size().map_or(USUAL, |(columns, _)| usize::from(columns)));
    let text = format!("specfuse: {}", text.into().as_str());
    let text = columns.map_or(text.clone(), |columns| wrapped(&text, columns));
    let mut err = io::stderr().lock();
    let _ = show(&mut err, &clean(&text)).and_then(|()| show(&mut err, "\n"));
}

/// The text in lines that a terminal of that width does not break inside words. A line that fits stays as it is.
pub(super) fn wrapped(text: &str, columns: usize) -> String {
    let fit = |line: &str| match wrap(&[Span::new(Face::Plain, line)], columns) {
        lines if lines.len() > 1 => lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect(),
        _ => vec![line.to_owned()],
    };
    text.lines().flat_map(fit).collect::<Vec<String>>().join("\n")
}

/// What is waited for: shown on a terminal only, and gone when it is there.
pub(super) struct Waiting(ProgressBar);

impl Waiting {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    pub(super) fn say<'a>(&self, text: impl Into<DisplayStr<'a>>) {
        self.0.set_message(text.into().as_str().to_owned());
    }

    pub(super) fn end(self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(mut reader: Reader, pieces: &[&str]) -> String {
        let mut out = Vec::new();
        for piece in pieces {
            reader.write(&mut out, piece).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_gets_clean_text_even_where_an_escape_is_cut() {
        let pieces = ["a\u{1b}", "[2", "Jb\n\u{202e}c", "\u{9d}0;x", "y\u{9c}d"];
        assert_eq!(written(Reader::Terminal(Box::default()), &pieces), "ab\ncd");
    }

    /// What a terminal of so many columns shows for pieces, of which some take back what was shown.
    fn shown(columns: usize, pieces: &[&str]) -> Vec<String> {
        let mut lines = vec![String::new()];
        let written = written(Reader::Words(Box::default(), Words::new(columns)), pieces);
        let mut rest = written.as_str();
        while let Some(letter) = rest.chars().next() {
            if let Some(escape) = rest.strip_prefix("\u{1b}[") {
                let (back, after) = escape.split_once("D\u{1b}[K").unwrap();
                for _ in 0..back.parse::<usize>().unwrap() {
                    lines.last_mut().unwrap().pop();
                }
                rest = after;
                continue;
            }
            match letter {
                '\n' => lines.push(String::new()),
                other => lines.last_mut().unwrap().push(other),
            }
            rest = &rest[letter.len_utf8()..];
        }
        lines
    }

    #[test]
    fn running_text_breaks_between_words_however_it_comes() {
        let text = "The capital of Japan is Tokyo. 27 plus 48 is 75.";
        for columns in 9..60 {
            let whole = shown(columns, &[text]);
            assert!(whole.iter().all(|line| line.len() < columns), "{columns}: {whole:?}");
            let words: Vec<&str> = whole.iter().flat_map(|line| line.split_whitespace()).collect();
            assert_eq!(words.join(" "), text, "{columns}");
            for piece in 1..12 {
                let letters: Vec<char> = text.chars().collect();
                let pieces: Vec<String> = letters.chunks(piece).map(|piece| piece.iter().collect()).collect();
                let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                assert_eq!(shown(columns, &pieces), whole, "{columns} in pieces of {piece}");
            }
        }
        assert_eq!(shown(6, &["abcdefgh i"]), ["abcde", "fgh i"], "a word wider than the terminal has to be broken");
        assert_eq!(shown(20, &["one\n two"]), ["one", " two"]);
    }

    #[test]
    fn a_pipe_gets_the_bytes_as_they_are() {
        assert_eq!(written(Reader::Program, &["a\u{1b}[2Jb\tc\r\n\u{202e}"]), "a\u{1b}[2Jb\tc\r\n\u{202e}");
    }

    #[test]
    fn arguments_that_a_parser_repeats_are_cleaned_for_a_terminal() {
        let command = clap::Command::new("specfuse").subcommand(clap::Command::new("run"));
        for hostile in ["--\u{1b}[2Jx", "a\u{9b}31mb", "\u{202e}run"] {
            let error = command.clone().try_get_matches_from(["specfuse", hostile]).unwrap_err();
            assert!(words(&error, false).contains(hostile));
            assert!(!words(&error, true).contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{hostile:?}");
        }
    }

    #[test]
    fn a_notice_breaks_between_words() {
        assert_eq!(wrapped("specfuse: warning: all is well", 18), "specfuse: warning:\nall is well");
        assert_eq!(wrapped("one\n    x = 1", 20), "one\n    x = 1", "lines that fit keep their indent");
        assert_eq!(wrapped("http://a.long.address/ away", 8), "http://a.long.address/\naway");
    }

    #[test]
    fn only_a_terminal_gets_styles() {
        let (heading, rest) = (clean("Keys"), clean(" and \u{1b}[31mmore"));
        let written = |styled| {
            let mut out = Vec::new();
            let pieces = [(heading.clone(), Some(Attribute::Bold)), (rest.clone(), None)];
            styled_line(&mut out, &pieces, styled).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(false), "Keys and more\n");
        assert_eq!(written(true), "\u{1b}[1mKeys\u{1b}[0m and more\n");
    }
}
