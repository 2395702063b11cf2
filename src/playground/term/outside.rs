//! Whether there is a terminal to play in, and what its user's environment says of it.

use std::io::{IsTerminal, stdin, stdout};

/// Why there is no terminal to play in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTerminal {
    /// A pipe or a file where a terminal is needed.
    #[error("the playground needs a terminal, and {missing} is none: for pipes and files use `specfuse run \"…\"`")]
    NotATerminal {
        /// What is none.
        missing: &'static str,
    },
    /// A terminal on which nothing can be drawn.
    #[error(
        "the playground draws a screen, and {what}: set TERM to what your terminal is (xterm-256color suits most), or use \
         `specfuse run \"…\"`"
    )]
    CannotDraw {
        /// What the environment says of it.
        what: String,
    },
}

/// Terminals that only write one line after the other, as the database of terminals calls them.
const DUMB: [&str; 5] = ["dumb", "unknown", "network", "dialup", "printer"];

/// Checks that keys come from a terminal, that frames go to one, and that it can draw; `variable` is the environment.
pub fn require_terminal(variable: impl Fn(&str) -> Option<String>) -> Result<(), NoTerminal> {
    required(stdin().is_terminal(), stdout().is_terminal())?;
    // Windows' console draws without saying so.
    if cfg!(unix) { draws(variable("TERM").as_deref()) } else { Ok(()) }
}

fn required(input: bool, output: bool) -> Result<(), NoTerminal> {
    match (input, output) {
        (true, true) => Ok(()),
        (false, _) => Err(NoTerminal::NotATerminal { missing: "standard input" }),
        (true, false) => Err(NoTerminal::NotATerminal { missing: "standard output" }),
    }
}

fn draws(term: Option<&str>) -> Result<(), NoTerminal> {
    let what = match term.map(str::trim) {
        None => "TERM is not set".to_owned(),
        Some("") => "TERM is empty".to_owned(),
        // Such as `dumb-emacs-ansi`.
        Some(term) if DUMB.contains(&term) || term.starts_with("dumb-") => format!("a `{term}` terminal (TERM) shows only lines"),
        Some(_) => return Ok(()),
    };
    Err(NoTerminal::CannotDraw { what })
}

/// Whether the locale, by `variable` (the environment), says that text is not in UTF-8: `LC_ALL`, else `LC_CTYPE`, else `LANG`, as
/// POSIX has it, the first that is set and not empty. `C` and `POSIX` have ASCII alone; a name without an encoding has one from
/// before UTF-8.
///
/// Without any of them POSIX would have it be `C`, but then nothing was said: containers and services have no locale, and the
/// terminals around them show UTF-8.
#[must_use]
pub fn locale_is_not_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    said.is_some_and(|locale| !is_utf8(&locale))
}

fn is_utf8(locale: &str) -> bool {
    // `language_TERRITORY.encoding@variant`; macOS also has the encoding alone.
    let locale = locale.split('@').next().unwrap_or_default();
    let encoding = locale.rsplit('.').next().unwrap_or_default();
    let plain: String = encoding.chars().filter(char::is_ascii_alphanumeric).collect();
    plain.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_must_be_a_terminal_and_the_error_names_the_other_command() {
        assert_eq!(required(true, true), Ok(()));
        for (input, output, named) in [(false, true, "input"), (true, false, "output"), (false, false, "input")] {
            let error = required(input, output).unwrap_err().to_string();
            assert!(error.contains(&format!("standard {named}")) && error.contains("specfuse run"), "{error}");
        }
    }

    #[test]
    fn a_terminal_must_be_able_to_draw() {
        for term in ["xterm", "xterm-256color", "vt100", "linux", "screen", "tmux-256color", "dumber", "foot"] {
            assert_eq!(draws(Some(term)), Ok(()), "{term}");
        }
        for (term, said) in [
            (None, "TERM is not set"),
            (Some(""), "TERM is empty"),
            (Some("dumb"), "a `dumb` terminal"),
            (Some("dumb-emacs-ansi"), "a `dumb-emacs-ansi` terminal"),
            (Some("unknown"), "a `unknown` terminal"),
        ] {
            let error = draws(term).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("specfuse run") && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn the_first_variable_that_says_anything_says_the_encoding() {
        let table: [(&[(&str, &str)], bool); 17] = [
            (&[], false),
            (&[("LANG", "")], false),
            (&[("LANG", "C")], true),
            (&[("LANG", "POSIX")], true),
            (&[("LANG", "C.UTF-8")], false),
            (&[("LANG", "C.utf8")], false),
            (&[("LANG", "en_US.UTF-8")], false),
            (&[("LANG", "de_DE.utf8@euro")], false),
            (&[("LANG", "de_DE@euro")], true),
            (&[("LANG", "en_US")], true),
            (&[("LANG", "en_US.ISO-8859-1")], true),
            (&[("LANG", "ja_JP.eucJP")], true),
            (&[("LC_CTYPE", "UTF-8")], false),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], true),
            (&[("LC_ALL", ""), ("LC_CTYPE", "C"), ("LANG", "en_US.UTF-8")], true),
            (&[("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")], false),
            (&[("LC_MESSAGES", "C"), ("LANG", "ko_KR.UTF-8")], false),
        ];
        for (variables, expected) in table {
            let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(locale_is_not_utf8(variable), expected, "{variables:?}");
        }
    }
}
