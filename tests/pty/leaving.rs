//! Every way out, and what it leaves behind.

use std::panic;
use std::process::Command;

use rustix::process::Signal;
use specfuse::engine::fusion::event::Outcome;

use crate::home::{ENTER, ESC, Home, LARGE, QUESTION, code, finished, leaves};

/// The only trace is whole, and its run was stopped.
fn is_whole_and_stopped(home: &Home) {
    assert_eq!(finished(&home.trace()).outcome, Outcome::Stopped);
}

#[test]
fn leaving_a_run_asks_and_no_stays() {
    let home = Home::new();
    let mut playing = home.is_answering();
    playing.types("q");
    playing.plays("┌ leave? ");
    playing.plays("The answer is still being written. Leave, and keep only what");
    for no in ["n", ESC] {
        playing.types(no);
        playing.sees("the run goes on", |seen| !seen.shows("┌ leave? ") && seen.shows("drafting"));
        playing.types("q");
        playing.plays("┌ leave? ");
    }
    leaves(playing, "y", "the last run is kept");
    is_whole_and_stopped(&home);
}

#[test]
fn a_question_that_was_not_sent_is_asked_about() {
    let home = Home::new();
    let mut playing = home.opens(&[]);
    playing.plays("enter send");
    playing.types("almost a question");
    playing.plays("almost a question");
    playing.types("\x03");
    playing.plays("Your question was not sent. Leave without it?");
    playing.types("n");
    playing.sees("the question", |seen| !seen.shows("┌ leave? ") && seen.shows("almost a question"));
    playing.types("\x03");
    playing.plays("┌ leave? ");
    leaves(playing, ENTER, "before");
}

#[test]
fn control_c_leaves_the_second_time() {
    let home = Home::new();
    let mut playing = home.is_answering();
    playing.types("\x03");
    playing.plays("┌ leave? ");
    leaves(playing, "\x03", "the last run is kept");
    is_whole_and_stopped(&home);
}

#[test]
fn control_c_leaves_at_once_where_nothing_is_lost() {
    let home = Home::new();
    let playing = home.opens(&[]);
    playing.plays("enter send");
    leaves(playing, "\x03", "before");
}

fn ends_by(signal: Signal) {
    let home = Home::new();
    let mut playing = home.is_answering();
    playing.kill(signal);
    playing.is_back("the last run is kept");
    assert_eq!(playing.ends().exit_code(), code(signal));
    is_whole_and_stopped(&home);
}

#[test]
fn a_signal_to_terminate_leaves_everything_in_order() {
    ends_by(Signal::TERM);
}

#[test]
fn a_signal_to_hang_up_leaves_everything_in_order() {
    ends_by(Signal::HUP);
}

#[test]
fn a_signal_to_interrupt_leaves_everything_in_order() {
    ends_by(Signal::INT);
}

#[test]
fn a_signal_to_quit_leaves_everything_in_order() {
    ends_by(Signal::QUIT);
}

/// An editor that takes the screen and raw mode, and ignores a request to end.
const STUBBORN: &str =
    "trap '' TERM HUP QUIT INT; stty raw -echo; printf '\\033[?1049h\\033[?25lediting'; while :; do sleep 0.1; done";

#[test]
fn a_signal_to_end_gives_the_terminal_back_whatever_an_editor_made_of_it() {
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT] {
        let home = Home::new();
        let script = home.path().join("editor.sh");
        std::fs::write(&script, STUBBORN).unwrap();
        let mut playing = home.opens_with(LARGE, &[("EDITOR", &format!("sh {}", script.display()))], &["--seed", "1"]);
        playing.plays("enter send");
        playing.types("\x07");
        playing.sees("the editor", |seen| seen.shows("editing") && !seen.shows("your question"));
        playing.kill(signal);
        assert_eq!(playing.ends().exit_code(), code(signal));
        playing.is_back("before");
    }
}

#[test]
fn a_terminal_that_closes_ends_the_program_and_the_trace_is_whole() {
    let home = Home::new();
    let playing = home.is_answering();
    assert_eq!(playing.closes().exit_code(), code(Signal::HUP));
    is_whole_and_stopped(&home);
}

#[test]
fn a_terminal_that_closes_while_nothing_runs_ends_the_program() {
    let home = Home::new();
    let playing = home.opens(&[]);
    playing.plays("enter send");
    assert_eq!(playing.closes().exit_code(), code(Signal::HUP));
}

/// Set in the environment of the process in which the next test checks the panic hook, which is shared by all threads.
const ALONE: &str = "SPECFUSE_TEST_ALONE";

#[test]
fn a_run_without_the_playground_leaves_panics_alone() {
    if std::env::var_os(ALONE).is_none() {
        let home = Home::new();
        let mut alone = Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", "leaving::a_run_without_the_playground_leaves_panics_alone", "--nocapture"]);
        let output = alone.env_clear().env("HOME", home.path()).env(ALONE, "1").output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let own = String::from("not without a size, so that it has an address of its own");
    let hook: Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send> = Box::new(move |_| eprintln!("{own}"));
    let address = std::ptr::from_ref(&*hook).cast::<()>();
    panic::set_hook(hook);
    specfuse::cli::main(["specfuse", "run", "--seed", "1", QUESTION].map(Into::into));
    let after = panic::take_hook();
    assert_eq!(std::ptr::from_ref(&*after).cast::<()>(), address, "the hook is the one of before");
}

/// As llama.cpp does when it finds a fault: nothing in this process can restore the terminal.
#[cfg(feature = "llama-cpp")]
#[test]
fn a_process_that_ends_on_the_spot_leaves_the_terminal_in_order_too() {
    for signal in [Signal::KILL, Signal::ABORT] {
        let home = Home::new();
        // The shell stays, like one that a user types into: without it the terminal would be gone.
        let script = r#"echo before; sh -c 'echo $$ > pid; exec "$0" "$@"' "$0" "$@"; read -r stays"#;
        let playing =
            crate::playing::Playing::start(home.shell(script, &["--seed", "1", "--pace", "5", QUESTION]), crate::home::LARGE);
        playing.plays("● drafting");
        let pid = std::fs::read_to_string(home.path().join("pid")).unwrap().trim().parse().unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
        playing.is_back("What was accepted is kept");
        // The trace is as good as after any other sudden end.
        assert!(specfuse::engine::trace::read(&home.traces()[0]).is_ok());
    }
}
