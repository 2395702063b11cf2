//! Suspending and resuming.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::home::{ANSWER, Home, LARGE, PROGRAM, QUESTION, leaves, transcript};
use crate::playing::Playing;

#[test]
fn a_signal_to_stop_gives_the_terminal_back_until_the_program_goes_on() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.kill(Signal::TSTP);
    playing.stops();
    playing.is_back("before");
    playing.kill(Signal::CONT);
    playing.sees("the playground", |seen| seen.screen().alternate_screen() && transcript(seen).ends_with(ANSWER));
    playing.types("?");
    playing.plays("┌ help ");
    leaves(playing, "qq", "the last run is kept");
}

/// A shell that the user would use.
fn shell(home: &Home) -> Playing {
    let mut shell = CommandBuilder::new("/bin/bash");
    shell.args(["--norc", "--noprofile", "--noediting", "-i"]);
    home.settle(&mut shell);
    shell.env("PS1", "before> ");
    shell.env("HISTFILE", "");
    Playing::start(shell, LARGE)
}

#[test]
fn a_shell_gets_the_terminal_by_a_key_and_gives_it_back_by_a_command() {
    if !std::path::Path::new("/bin/bash").exists() {
        eprintln!("there is no bash");
        return;
    }
    let home = Home::new();
    let mut playing = shell(&home);
    playing.sees("the prompt of the shell", |seen| seen.shows("before> "));
    playing.types(&format!("{PROGRAM} --seed 1 --pace 0 '{QUESTION}'\r"));
    playing.plays("★ answered");
    for _ in 0..2 {
        playing.types("\x1a");
        playing.is_back("Stopped");
        playing.types("echo shell$((20 + 22))\r");
        playing.is_back("shell42");
        playing.types("clear; fg\r");
        playing.sees("the playground", |seen| seen.screen().alternate_screen() && transcript(seen).ends_with(ANSWER));
    }
    playing.types("q");
    playing.is_back("the last run is kept");
    playing.types("exit\r");
    assert_eq!(playing.ends().exit_code(), 0);
}

/// The first program of a terminal has no shell to continue it.
#[test]
fn without_a_shell_a_key_does_not_stop_it() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("\x1a");
    playing.plays("the playground cannot be suspended here: no shell waits");
    leaves(playing, "q", "the last run is kept");
}
