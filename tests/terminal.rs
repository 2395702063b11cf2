//! The terminal restored in every way a program can end or stop: a real pseudo-terminal, a real shell, and a terminal emulator
//! that shows what the user would see.
//!
//! Each case runs this same program again as a small player ([`player`]) that uses the pieces of `playground::term` on its main
//! thread; libtest would give it another one, so a separate `main` runs the cases. An argument selects cases by name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[cfg(unix)]
#[path = "terminal/cases.rs"]
mod cases;
#[cfg(unix)]
#[path = "terminal/player.rs"]
mod player;
#[cfg(unix)]
#[path = "terminal/pty.rs"]
mod pty;

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    if std::env::var_os(player::ROLE).is_some() {
        return player::play();
    }
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let (mut passed, mut failed) = (0, 0);
    for (name, case) in cases::ALL {
        if !name.contains(&wanted) {
            continue;
        }
        // The panic has already printed the problem.
        let outcome = std::panic::catch_unwind(case);
        let (count, word) = if outcome.is_ok() { (&mut passed, "ok") } else { (&mut failed, "FAILED") };
        *count += 1;
        println!("test {name} ... {word}");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
