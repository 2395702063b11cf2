//! Whether there is a terminal to play in.

use std::io::{IsTerminal, stdin, stdout};

/// A pipe or a file where a terminal is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the playground needs a terminal, and {missing} is none: for pipes and files use `specfuse run \"…\"`")]
pub struct NotATerminal {
    missing: &'static str,
}

/// Checks that keys come from a terminal and that frames go to one.
pub fn require_terminal() -> Result<(), NotATerminal> {
    required(stdin().is_terminal(), stdout().is_terminal())
}

fn required(input: bool, output: bool) -> Result<(), NotATerminal> {
    match (input, output) {
        (true, true) => Ok(()),
        (false, _) => Err(NotATerminal { missing: "standard input" }),
        (true, false) => Err(NotATerminal { missing: "standard output" }),
    }
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
}
