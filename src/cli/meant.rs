//! Repairs command lines that the parser would misread or refuse without help.
//!
//! Owns three repairs (options before the command, a switch with its value after a blank, a text or number that starts with a
//! dash) and one refusal: a command that does not exist, which would be taken for a question.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

/// Ends the options.
const END: &str = "--";

/// A word where a command or a question is expected, and neither is likely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misspelt {
    /// It is almost a command.
    #[error(
        "there is no command `{word}`; did you mean `specfuse {command}`? A question goes in quotes behind `{END}`: \
         specfuse {END} \"{question}\""
    )]
    Command {
        word: String,
        /// The nearest command.
        command: String,
        /// All words, as a question.
        question: String,
    },
    /// Several words that are not a command.
    #[error("a question of several words goes in quotes: {program} \"{question}\" (`specfuse --help` lists the commands)")]
    Unquoted {
        /// What has to precede the question here.
        program: String,
        /// All of them.
        question: String,
    },
}

/// The command line as intended. `arguments` start with the program's name.
pub(super) fn repaired(arguments: Vec<OsString>, command: &Command) -> Result<Vec<OsString>, Misspelt> {
    let mut arguments = joined(arguments, command);
    // The value of an unknown option may follow it: leave it to the parser to say which option is meant.
    let clear = arguments.iter().all(|argument| !is_unknown(command, argument));
    let Some(at) = first_word(&arguments, command) else { return Ok(behind(arguments, None)) };
    let word = arguments.get(at).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    if is_command(command, &word) {
        // `specfuse --seed 1 run "…"`: the options are the command's.
        if !arguments[1..at].iter().any(|argument| argument == "-V" || argument == "--version") {
            arguments[1..=at].rotate_right(1);
        }
        let words = if word == "run" { words(&arguments[2..], command) } else { Vec::new() };
        if clear && words.len() > 1 {
            return Err(Misspelt::Unquoted { program: "specfuse run".to_owned(), question: words.join(" ") });
        }
        return Ok(behind(arguments, command.find_subcommand(&word)));
    }
    let words = words(&arguments[at..], command);
    let question = words.join(" ");
    let alone = arguments.len() == 2;
    if let Some(near) = near(command, &word, alone) {
        return Err(Misspelt::Command { word, command: near, question });
    }
    if clear && words.len() > 1 {
        return Err(Misspelt::Unquoted { program: "specfuse".to_owned(), question });
    }
    Ok(behind(arguments, None))
}

/// Joins options with their values into one word if the parser would not accept them otherwise: `--feedback on`, `--seed -1`,
/// `--then "- and why?"`.
fn joined(arguments: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.into_iter().peekable();
    while let Some(mut argument) = arguments.next() {
        if argument == END {
            joined.push(argument);
            joined.extend(arguments);
            break;
        }
        if let Some(option) = option(command, &argument)
            && let Some(value) = arguments.next_if(|value| belongs(option, value))
        {
            argument.push("=");
            argument.push(value);
        } else if option(command, &argument).is_some_and(takes_next)
            && let Some(value) = arguments.next()
        {
            joined.push(argument);
            argument = value;
        }
        joined.push(argument);
    }
    joined
}

/// Whether the word after an option is its value although the parser would not treat it as such.
fn belongs(option: &Arg, value: &OsStr) -> bool {
    if option.is_require_equals_set() {
        return ["on", "off", "true", "false", "yes", "no"].iter().any(|known| value == *known);
    }
    takes_next(option)
        && !option.is_allow_hyphen_values_set()
        && value.to_str().is_some_and(|text| is_number(text) || is_text(text))
}

/// A text that starts with a dash and cannot be an option: it contains blanks before any equals sign.
fn is_text(text: &str) -> bool {
    text.starts_with('-') && text.split('=').next().is_some_and(|head| head.contains(char::is_whitespace))
}

/// A number below zero.
fn is_number(text: &str) -> bool {
    text.starts_with('-') && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The option that an argument names, of the program or of any of its commands; `None` if it already contains its value.
fn option<'c>(command: &'c Command, argument: &OsStr) -> Option<&'c Arg> {
    let name = argument.to_str()?.strip_prefix("--").filter(|name| !name.is_empty())?;
    let all = std::iter::once(command).chain(command.get_subcommands());
    all.flat_map(Command::get_arguments).find(|option| option.get_long() == Some(name))
}

fn is_unknown(command: &Command, argument: &OsStr) -> bool {
    let name = argument.to_str().and_then(|text| text.strip_prefix("--")).and_then(|text| text.split('=').next());
    let known =
        |name: &str| ["", "help", "version"].contains(&name) || option(command, OsStr::new(&format!("{END}{name}"))).is_some();
    name.is_some_and(|name| !known(name))
}

/// Whether the word after an option is its value.
fn takes_next(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append) && !option.is_require_equals_set()
}

/// The index of the first word that is neither an option nor an option's value.
fn first_word(arguments: &[OsString], command: &Command) -> Option<usize> {
    let mut at = 1;
    loop {
        let argument = arguments.get(at)?;
        if argument == END {
            return None;
        }
        if !argument.to_string_lossy().starts_with('-') || argument == "-" {
            return Some(at);
        }
        if argument.to_str().is_some_and(is_text) {
            return None;
        }
        at += if option(command, argument).is_some_and(takes_next) { 2 } else { 1 };
    }
}

fn is_command(command: &Command, word: &str) -> bool {
    command.find_subcommand(word).is_some()
}

/// The words of a question that was not put in quotes.
fn words(arguments: &[OsString], command: &Command) -> Vec<String> {
    let mut words = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == END {
            continue;
        }
        if !argument.to_string_lossy().starts_with('-') {
            words.push(argument.to_string_lossy().into_owned());
        } else if option(command, argument).is_some_and(takes_next) {
            arguments.next();
        }
    }
    words
}

/// The command closest to a single word of letters, if any is close. A word that stands alone may well be a question, so it has
/// to be very close.
fn near(command: &Command, word: &str, alone: bool) -> Option<String> {
    if word.is_empty() || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let word = word.to_lowercase();
    // Other programs list what they have under these names; here `check` does.
    if alone && ["members", "models"].contains(&word.as_str()) {
        return Some("check".to_owned());
    }
    let names = command.get_subcommands().map(Command::get_name);
    let distance = |name: &str| match strsim::damerau_levenshtein(&word, name) {
        // `evaluate`, `exporting`: an extended command.
        beyond if beyond > 1 && !alone && word.starts_with(name) => 1,
        distance => distance,
    };
    let most = |name: &str| if alone || name.len() < 5 { 1 } else { 2 };
    let close = names.map(|name| (distance(name), name)).filter(|(distance, name)| *distance <= most(name));
    close.min_by_key(|(distance, _)| *distance).map(|(_, name)| name.to_owned())
}

/// Moves a question that starts with a dash after the options, where the parser accepts it as it is.
fn behind(mut arguments: Vec<OsString>, command: Option<&Command>) -> Vec<OsString> {
    let takes_question = command.is_none_or(|command| command.get_positionals().any(|argument| argument.get_id() == "prompt"));
    if !takes_question || arguments.iter().any(|argument| argument == END) {
        return arguments;
    }
    let mut texts = (1..arguments.len()).filter(|at| arguments[*at].to_str().is_some_and(is_text));
    if let (Some(at), None) = (texts.next(), texts.next()) {
        let question = arguments.remove(at);
        arguments.extend([OsString::from(END), question]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Vec<String>, Misspelt> {
        let arguments = ["specfuse"].iter().chain(line).map(OsString::from).collect();
        let repaired = repaired(arguments, &crate::cli::command())?;
        Ok(repaired.into_iter().skip(1).map(|argument| argument.into_string().unwrap()).collect())
    }

    #[test]
    fn what_the_parser_reads_right_is_left_alone() {
        for line in [
            &[][..],
            &["hello"],
            &["what is 2+2"],
            &["Run!"],
            &["--seed", "1", "hello"],
            &["hello", "--segment-tokens", "5", "--mouse"],
            &["run", "-q", "--seed", "1", "hello"],
            &["run", "--", "-5"],
            &["--", "rum"],
            &["--", "rum", "hello"],
            &["run", "-"],
            &["-"],
            &["help", "run"],
            &["--version"],
            &["check", "--model", "run"],
            &["export", "a.jsonl", "-o", "b.svg"],
            &["sweep", "f.jsonl", "--exit-worst-quality", "-5,-10"],
            &["run", "--feedback=on", "hello"],
            &["run", "--feedback", "hello"],
            &["run", "-5"],
            &["run", "--segment-token", "5", "hello"],
            &["--segmnet", "words", "hello"],
        ] {
            assert_eq!(read(line).unwrap(), line);
        }
    }

    #[test]
    fn options_before_the_command_are_the_commands() {
        assert_eq!(read(&["--segment-tokens", "5", "run", "hi"]).unwrap(), ["run", "--segment-tokens", "5", "hi"]);
        assert_eq!(read(&["--model", "x.gguf", "check"]).unwrap(), ["check", "--model", "x.gguf"]);
        assert_eq!(read(&["--json", "--seed=1", "run", "--", "-x"]).unwrap(), ["run", "--json", "--seed=1", "--", "-x"]);
        assert_eq!(read(&["--trace", "run", "run", "hi"]).unwrap(), ["run", "--trace", "run", "hi"]);
        assert_eq!(read(&["--feedback", "run", "hi"]).unwrap(), ["run", "--feedback", "hi"]);
        assert_eq!(read(&["-q", "run", "hi"]).unwrap(), ["run", "-q", "hi"]);
        assert_eq!(read(&["--help", "run"]).unwrap(), ["run", "--help"]);
        assert_eq!(read(&["--version", "run"]).unwrap(), ["--version", "run"]);
    }

    #[test]
    fn a_value_behind_a_blank_is_a_value() {
        assert_eq!(read(&["run", "--feedback", "on", "hi"]).unwrap(), ["run", "--feedback=on", "hi"]);
        assert_eq!(read(&["--score-end", "off", "hi"]).unwrap(), ["--score-end=off", "hi"]);
        assert_eq!(read(&["run", "--seed", "-1", "hi"]).unwrap(), ["run", "--seed=-1", "hi"]);
        assert_eq!(read(&["run", "hi", "--then", "- and why?"]).unwrap(), ["run", "hi", "--then=- and why?"]);
        assert_eq!(read(&["run", "--system", "- Be brief.", "hi"]).unwrap(), ["run", "--system=- Be brief.", "hi"]);
    }

    #[test]
    fn a_question_that_begins_with_a_dash_is_a_question() {
        assert_eq!(read(&["run", "-5 plus 3?", "--seed", "1"]).unwrap(), ["run", "--seed", "1", "--", "-5 plus 3?"]);
        assert_eq!(read(&["- what = this?"]).unwrap(), ["--", "- what = this?"]);
        assert_eq!(read(&["--seed", "1", "- what?"]).unwrap(), ["--seed", "1", "--", "- what?"]);
        assert_eq!(read(&["run", "--then=a b", "hi"]).unwrap(), ["run", "--then=a b", "hi"]);
    }

    #[test]
    fn a_misspelt_command_is_named_with_the_right_one() {
        for (line, meant) in [
            (&["rum", "hello"][..], "run"),
            (&["rum"], "run"),
            (&["RUN", "hello"], "run"),
            (&["runn", "--seed", "1"], "run"),
            (&["--seed", "1", "rnu", "hello"], "run"),
            (&["chekc", "--model", "x.gguf"], "check"),
            (&["evaluate", "f.jsonl"], "eval"),
            (&["exprot", "last"], "export"),
            (&["repaly", "x.jsonl"], "replay"),
            (&["swep", "f.jsonl"], "sweep"),
            (&["hlep"], "help"),
            (&["members"], "check"),
            (&["models"], "check"),
        ] {
            let Err(Misspelt::Command { word, command, .. }) = read(line) else { panic!("{line:?}") };
            assert!(line.contains(&word.as_str()) && command == meant, "{line:?}: {command}");
        }
        let said = read(&["rum", "hello", "there"]).unwrap_err().to_string();
        assert!(said.contains("did you mean `specfuse run`?") && said.ends_with("specfuse -- \"rum hello there\""), "{said}");
    }

    #[test]
    fn several_words_are_asked_to_stand_in_quotes() {
        let said = read(&["what", "is", "2+2"]).unwrap_err().to_string();
        assert!(said.contains("in quotes: specfuse \"what is 2+2\""), "{said}");
        let said = read(&["run", "--seed", "1", "hello", "-q", "world"]).unwrap_err().to_string();
        assert!(said.contains("in quotes: specfuse run \"hello world\""), "{said}");
    }
}
