//! Panics while the screen is taken: nothing is printed over it, nothing is lost.
//!
//! A panic that someone catches (of a model, of a task) must neither end the playground nor scribble over it, on whichever thread
//! it happens; and a hook cannot know whether a panic will be caught. So the hook only keeps the message. One that nobody catches
//! unwinds through [`super::guard::Terminal`], which then gives the screen back and prints what was kept. Only a panic that ends
//! the process on the spot, without unwinding, makes the hook itself give the screen back.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use super::screen;
use crate::clean::clean;

/// Messages kept until someone takes them; of a storm of panics the first ones tell the cause.
const KEPT: usize = 64;

static INSTALLED: Once = Once::new();
static KEEPING: AtomicBool = AtomicBool::new(false);
static MESSAGES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on messages are kept instead of printed. The hook is installed once and stays.
pub(super) fn keep() {
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| on_panic(info, &previous)));
    });
    KEEPING.store(true, Ordering::SeqCst);
}

/// From now on the hook that was there before prints again.
pub(super) fn stop_keeping() {
    KEEPING.store(false, Ordering::SeqCst);
}

/// The messages of panics since the last call, oldest first, each with its thread and place; at most 64. For the log of the
/// playground while it runs, and for standard error after it was left.
#[must_use]
pub fn take() -> Vec<String> {
    std::mem::take(&mut *messages())
}

/// Prints what was kept on standard error, which must be no screen of ours any more.
pub(super) fn print_kept() {
    let mut err = io::stderr().lock();
    for message in take() {
        // Without standard error there is nobody to tell.
        let _ = writeln!(err, "{}", clean(&message));
    }
}

fn on_panic(info: &PanicHookInfo<'_>, previous: &dyn Fn(&PanicHookInfo<'_>)) {
    if KEEPING.load(Ordering::SeqCst) {
        if !ends_at_once(text(info)) {
            push(&mut messages(), described(info));
            return;
        }
        screen::restore();
        stop_keeping();
        print_kept();
    }
    previous(info);
}

/// Whether the process ends without unwinding. The two texts are those of the standard library for a panic in a destructor during
/// unwinding and for one in a function of C.
fn ends_at_once(text: &str) -> bool {
    cfg!(panic = "abort")
        || text.starts_with("panic in a destructor")
        || text.starts_with("panic in a function that cannot unwind")
}

fn messages() -> MutexGuard<'static, Vec<String>> {
    MESSAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn push(kept: &mut Vec<String>, message: String) {
    if kept.len() < KEPT {
        kept.push(message);
    }
}

fn text<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// As the standard library says it, with the backtrace where the person asked for one.
fn described(info: &PanicHookInfo<'_>) -> String {
    let current = thread::current();
    let name = current.name().unwrap_or("without a name");
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = format!("thread '{name}' panicked at {place}:\n{}", without_controls(text(info)));
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => format!("{message}\nstack backtrace:\n{backtrace}"),
        _ => message,
    }
}

/// The message can quote what a model said, which must not steer a terminal.
fn without_controls(text: &str) -> String {
    let replaced =
        |character: char| if character.is_control() && !matches!(character, '\n' | '\t') { '\u{fffd}' } else { character };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_unwind_gives_the_screen_back_in_the_hook() {
        assert!(ends_at_once("panic in a destructor during cleanup"));
        assert!(ends_at_once("panic in a function that cannot unwind"));
        assert!(!ends_at_once("index out of bounds: the len is 3 but the index is 7"));
    }

    #[test]
    fn of_a_storm_of_panics_the_first_messages_are_kept() {
        let mut kept = Vec::new();
        for number in 0..KEPT + 10 {
            push(&mut kept, number.to_string());
        }
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept.first().map(String::as_str), Some("0"));
    }

    #[test]
    fn a_quoted_escape_sequence_loses_its_power() {
        assert_eq!(without_controls("said \u{1b}[2J\nthen\tmore"), "said \u{fffd}[2J\nthen\tmore");
    }
}
