//! `specfuse help`: the help of a command, or a topic of the manual, in the terminal.
//!
//! Owns the command and the meaning of each name. [`topics`] owns the topics, and [`layout`] turns their Markdown into lines.
//! Only a terminal gets bold and underlined text; a file or a pipe gets plain text.

mod layout;
mod table;
mod topics;
pub(super) mod wrap;

use std::io;

use clap::{Arg, ArgMatches, Command};
use crossterm::style::Attribute;

use self::layout::Marks;
use self::topics::{TOPICS, Text};
use self::wrap::{Face, Line};
use super::output::{self, Answer};
use super::{Done, Failure};
use crate::clean::{DisplayText, clean};

/// The widest text that is comfortable to read.
const WIDEST: usize = 100;

/// Columns for a file or a pipe, and for a terminal that does not report its width.
const USUAL: usize = 80;

/// A name further than this from every known one is not a misspelling.
const MISSPELT: usize = 3;

/// `specfuse help`.
pub(super) fn command() -> Command {
    Command::new("help")
        .about("Prints the help of a command, or a topic of the manual")
        .arg(Arg::new("topic").value_name("TOPIC").help("A command or a topic; without one, everything there is to choose from"))
        .after_help(format!("Topics:\n{}", list()))
}

/// Prints the requested help. `program` is the whole command line.
pub(super) fn main(matches: &ArgMatches, program: Command) -> Result<Done, Failure> {
    let Some(name) = matches.get_one::<String>("topic") else {
        let usage = usage(program, None)?;
        return plain(&format!("{usage}\nTopics of the manual (specfuse help TOPIC):\n{}", list()));
    };
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == *name) {
        return match topic.text {
            Text::Markdown(text) => show(text).map(|()| Done::Complete).map_err(Failure::Output),
            Text::Verbatim(text) => plain(text),
        };
    }
    if program.find_subcommand(name).is_some() {
        return plain(&usage(program, Some(name))?);
    }
    Err(Failure::Usage(unknown(name, &program)))
}

/// The output of `specfuse --help`, or `specfuse COMMAND --help`.
fn usage(program: Command, command: Option<&str>) -> Result<String, Failure> {
    let arguments = ["specfuse"].into_iter().chain(command).chain(["--help"]);
    match program.try_get_matches_from(arguments) {
        Err(help) if !help.use_stderr() => Ok(help.render().to_string()),
        Err(error) => Err(Failure::Usage(error.render().to_string())),
        Ok(_) => Ok(String::new()),
    }
}

fn plain(text: &str) -> Result<Done, Failure> {
    Answer::new().write(text).map(|()| Done::Complete).map_err(Failure::Output)
}

/// The topics, one per line.
fn list() -> String {
    let widest = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    let lines: Vec<String> = TOPICS.iter().map(|topic| format!("  {:widest$}  {}", topic.name, topic.about)).collect();
    lines.join("\n") + "\n"
}

fn unknown(name: &str, program: &Command) -> String {
    let topics = TOPICS.iter().map(|topic| topic.name);
    let known: Vec<&str> = topics.clone().chain(program.get_subcommands().map(Command::get_name)).collect();
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    let nearest = known.iter().filter(|known| known.starts_with(name) || distance(known) < MISSPELT);
    let meant =
        nearest.min_by_key(|known| distance(known)).map_or_else(|| ".".to_owned(), |known| format!("; did you mean `{known}`?"));
    let topics: Vec<&str> = topics.collect();
    format!("there is no topic or command `{name}`{meant} The topics are: {}", topics.join(", "))
}

fn show(markdown: &str) -> io::Result<()> {
    let terminal = output::columns();
    let styled = terminal.is_some() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let marks = if styled { Marks::Dropped } else { Marks::Kept };
    let lines = layout::lay_out(markdown, terminal.unwrap_or(USUAL).min(WIDEST), marks);
    let lines: Vec<_> = lines.iter().map(pieces).collect();
    Answer::new().write_lines(&lines, styled)
}

fn pieces(line: &Line) -> Vec<(DisplayText, Option<Attribute>)> {
    line.iter().map(|span| (clean(&span.text), attribute(span.face))).collect()
}

fn attribute(face: Face) -> Option<Attribute> {
    match face {
        Face::Plain => None,
        Face::Strong | Face::Heading => Some(Attribute::Bold),
        Face::Code => Some(Attribute::Underlined),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_topic_is_called_like_a_command() {
        let program = crate::cli::command();
        for topic in TOPICS {
            assert!(program.find_subcommand(topic.name).is_none(), "{}", topic.name);
        }
    }

    #[test]
    fn a_misspelt_topic_is_named_with_the_right_one() {
        let said = |name: &str| unknown(name, &crate::cli::command());
        assert!(said("kesy").contains("`kesy`; did you mean `keys`? The topics are: "), "{}", said("kesy"));
        assert!(said("config").contains("did you mean `configuration`?"), "{}", said("config"));
        assert!(said("evla").contains("did you mean `eval`?"), "{}", said("evla"));
        assert!(said("weather").contains("`weather`. The topics are: "), "{}", said("weather"));
    }

    #[test]
    fn headings_and_code_stand_out() {
        let line: Line = vec![wrap::Span::new(Face::Heading, "Keys"), wrap::Span::new(Face::Plain, " and more")];
        assert_eq!(pieces(&line), [("Keys".into(), Some(Attribute::Bold)), (" and more".into(), None)]);
        assert_eq!(attribute(Face::Code), Some(Attribute::Underlined));
    }
}
