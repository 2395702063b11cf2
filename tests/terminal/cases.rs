//! Each way out, and each way to come back.

use std::fs;

use rustix::process::Signal;

use crate::player::HUNG_UP;
use crate::pty::{Playing, Seen};

type Case = (&'static str, fn());

pub const ALL: [Case; 24] = [
    ("a_key_ends_it", a_key_ends_it),
    ("a_panic_on_the_main_thread_is_told_after_the_screen_is_back", a_panic_on_the_main_thread_is_told_after_the_screen_is_back),
    ("a_panic_while_drawing_ends_the_synchronized_update", a_panic_while_drawing_ends_the_synchronized_update),
    ("a_panic_that_ends_the_process_at_once_gives_the_screen_back", a_panic_that_ends_the_process_at_once_gives_the_screen_back),
    ("a_panic_on_another_thread_leaves_the_screen_alone", a_panic_on_another_thread_leaves_the_screen_alone),
    ("a_panic_that_is_caught_leaves_the_screen_alone", a_panic_that_is_caught_leaves_the_screen_alone),
    ("signals_that_end_are_told_apart", signals_that_end_are_told_apart),
    ("a_closed_terminal_ends_it", a_closed_terminal_ends_it),
    ("a_terminal_closed_while_it_is_lent_ends_it", a_terminal_closed_while_it_is_lent_ends_it),
    ("a_stopped_job_gives_the_terminal_to_the_shell_and_redraws", a_stopped_job_gives_the_terminal_to_the_shell_and_redraws),
    ("without_a_shell_that_waits_it_does_not_stop", without_a_shell_that_waits_it_does_not_stop),
    ("a_signal_to_stop_from_outside_is_obeyed", a_signal_to_stop_from_outside_is_obeyed),
    ("lent_input_goes_to_the_borrower_alone", lent_input_goes_to_the_borrower_alone),
    ("an_editor_gets_the_terminal", an_editor_gets_the_terminal),
    ("an_interrupt_typed_at_an_editor_is_for_the_editor", an_interrupt_typed_at_an_editor_is_for_the_editor),
    ("a_quit_typed_at_an_editor_is_for_the_editor", a_quit_typed_at_an_editor_is_for_the_editor),
    ("a_signal_to_end_while_an_editor_is_open_ends_both", a_signal_to_end_while_an_editor_is_open_ends_both),
    ("a_stopped_editor_stops_the_job", a_stopped_editor_stops_the_job),
    ("a_burst_arrives_whole_and_does_not_hold_the_sender", a_burst_arrives_whole_and_does_not_hold_the_sender),
    ("reports_of_the_terminal_are_not_keys", reports_of_the_terminal_are_not_keys),
    ("what_was_cut_off_holds_no_key_back", what_was_cut_off_holds_no_key_back),
    ("a_paste_without_an_end_holds_nothing_up", a_paste_without_an_end_holds_nothing_up),
    ("sizes_pastes_and_the_mouse_arrive", sizes_pastes_and_the_mouse_arrive),
    ("a_copy_reaches_the_terminal", a_copy_reaches_the_terminal),
];

fn playing() -> Playing {
    let playing = Playing::player(&[]);
    playing.plays("note: hello.");
    playing
}

fn a_key_ends_it() {
    let mut playing = playing();
    assert!(!playing.has_modes_of_before(), "raw mode differs from the modes before");
    playing.sees("a hidden cursor", |seen| seen.screen().hide_cursor());
    // One after another, so that each must wake a sleeping player.
    for (key, typed) in [("a", "typed: a."), ("b", "typed: ab."), ("cde", "typed: abcde.")] {
        playing.types(key);
        playing.plays(typed);
    }
    playing.types("q");
    playing.is_back("after: Key");
    assert!(playing.ends().success());
}

fn a_panic_on_the_main_thread_is_told_after_the_screen_is_back() {
    let mut playing = playing();
    playing.types("P");
    playing.is_back("on the main thread");
    playing.sees("the place of the panic", |seen| seen.shows("thread 'main' panicked at tests/terminal/player.rs:"));
    assert_eq!(playing.ends().exit_code(), 101);
}

fn a_panic_while_drawing_ends_the_synchronized_update() {
    let mut playing = playing();
    playing.types("D");
    playing.is_back("while drawing");
    assert_eq!(playing.ends().exit_code(), 101);
}

fn a_panic_that_ends_the_process_at_once_gives_the_screen_back() {
    let mut playing = playing();
    playing.types("U");
    playing.is_back("panic in a destructor during cleanup");
    playing.sees("the cause", |seen| seen.shows("the first") && seen.shows("the second"));
    assert!(!playing.ends().success());
}

fn a_panic_on_another_thread_leaves_the_screen_alone() {
    let mut playing = playing();
    playing.types("T");
    playing.plays("note: kept thread 'without a name' panicked at");
    playing.sees("its text", |seen| seen.shows("on another thread.") && !seen.got("\x1b[?1049l"));
    playing.types("q");
    playing.is_back("after: Key");
    assert!(playing.ends().success());
}

fn a_panic_that_is_caught_leaves_the_screen_alone() {
    let mut playing = playing();
    playing.types("C");
    playing.plays("note: kept thread 'main' panicked at");
    playing.sees("its text", |seen| seen.shows("in a task.") && !seen.got("\x1b[?1049l"));
    playing.types("q");
    playing.is_back("after: Key");
    assert!(playing.ends().success());
}

fn signals_that_end_are_told_apart() {
    let table = [
        (Signal::TERM, "after: Signal(Terminate)"),
        (Signal::INT, "after: Signal(Interrupt)"),
        (Signal::HUP, "after: Signal(HangUp)"),
        (Signal::QUIT, "after: Signal(Quit)"),
    ];
    for (signal, told) in table {
        let mut playing = playing();
        playing.kill(signal);
        playing.is_back(told);
        playing.ends();
    }
}

fn a_closed_terminal_ends_it() {
    let playing = playing();
    assert_eq!(playing.closes().exit_code(), u32::from(HUNG_UP));
}

fn a_terminal_closed_while_it_is_lent_ends_it() {
    let mut playing = playing();
    playing.types("L");
    playing.is_back("line 1, please:");
    assert_eq!(playing.closes().exit_code(), u32::from(HUNG_UP));
}

fn a_stopped_job_gives_the_terminal_to_the_shell_and_redraws() {
    let mut playing = Playing::job(&[]);
    playing.plays("note: hello.");
    playing.types("ab");
    playing.plays("typed: ab.");
    playing.types("\x1a");
    playing.is_back("stopped");
    playing.types("\n");
    playing.plays("note: continued.");
    playing.types("c");
    playing.plays("typed: abc.");
    playing.types("q");
    playing.is_back("back in the shell");
    assert!(playing.ends().success());
}

fn without_a_shell_that_waits_it_does_not_stop() {
    let mut playing = playing();
    playing.types("\x1a");
    playing.plays("note: the playground cannot be suspended here");
    playing.types("q");
    playing.is_back("after: Key");
}

fn a_signal_to_stop_from_outside_is_obeyed() {
    let mut playing = playing();
    playing.kill(Signal::TSTP);
    playing.stops();
    playing.is_back("before");
    playing.kill(Signal::CONT);
    playing.plays("note: continued.");
    playing.types("xq");
    playing.is_back("after: Key");
}

fn lent_input_goes_to_the_borrower_alone() {
    let mut playing = playing();
    // More than once, because a thread that is still reading would take a key only now and then.
    for number in 1..=5 {
        // Keys that come with the one that lends are dropped, and so is what the borrower leaves unread.
        playing.types("Lab");
        playing.is_back(&format!("line {number}, please:"));
        playing.types(&format!("word {number}\ncd"));
        playing.plays(&format!("note: read \"word {number}\\n\"."));
    }
    playing.types("x");
    playing.plays("typed: x.");
    playing.types("q");
    playing.is_back("after: Key");
}

/// A script as an editor, and the environment that names it.
fn editor(script: &str) -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("editor.sh");
    fs::write(&path, script).unwrap();
    (place, format!("sh {}", path.display()))
}

const ASKS: &str = "echo the editor asks; read line; printf %s \"$line\" >> \"$1\"";

fn an_editor_gets_the_terminal() {
    let (_place, command) = editor(ASKS);
    let mut playing = Playing::player(&[("VISUAL", &command)]);
    playing.plays("note: hello.");
    playing.types("E");
    playing.is_back("the editor asks");
    playing.types("more\n");
    playing.plays("note: edited \"draft\\nmore\".");
    playing.types("q");
    playing.is_back("after: Key");
}

fn an_interrupt_typed_at_an_editor_is_for_the_editor() {
    let (_place, command) = editor(ASKS);
    let mut playing = Playing::player(&[("VISUAL", &command)]);
    playing.plays("note: hello.");
    playing.types("E");
    playing.is_back("the editor asks");
    playing.types("\x03");
    playing.plays("note: the editor `sh ");
    playing.plays("typed: .");
    playing.types("x");
    playing.plays("typed: x.");
    playing.types("q");
    playing.is_back("after: Key");
}

fn a_quit_typed_at_an_editor_is_for_the_editor() {
    let (_place, command) = editor(ASKS);
    let mut playing = Playing::player(&[("VISUAL", &command)]);
    playing.plays("note: hello.");
    playing.types("E");
    playing.is_back("the editor asks");
    playing.types("\x1c");
    playing.plays("note: the editor `sh ");
    playing.types("x");
    playing.plays("typed: x.");
    playing.types("q");
    playing.is_back("after: Key");
}

fn a_signal_to_end_while_an_editor_is_open_ends_both() {
    let table = [
        (Signal::TERM, "after: Signal(Terminate)"),
        (Signal::HUP, "after: Signal(HangUp)"),
        (Signal::QUIT, "after: Signal(Quit)"),
    ];
    for (signal, told) in table {
        let (_place, command) = editor(ASKS);
        let mut playing = Playing::player(&[("VISUAL", &command)]);
        playing.plays("note: hello.");
        playing.types("E");
        playing.is_back("the editor asks");
        playing.kill(signal);
        playing.is_back(told);
        playing.ends();
    }
}

fn a_burst_arrives_whole_and_does_not_hold_the_sender() {
    let bursts: [(String, usize, &str); 4] = [
        ("x".repeat(20_000), 20_000, "note: hello."),
        // Two bytes each, so that reads end within one.
        ("\u{e9}".repeat(3000), 6000, "note: hello."),
        ("\x1b[A".repeat(2000), 0, "note: Up."),
        ("\x1b[<65;5;6M".repeat(2000) + "y", 1, "note: Mouse(MouseEvent { kind: ScrollDown"),
    ];
    for (burst, bytes, note) in bursts {
        let mut playing = playing();
        playing.types(&burst);
        playing.plays(&format!("count: {bytes}."));
        playing.plays(note);
        playing.types("zq");
        playing.is_back("after: Key");
    }
}

fn reports_of_the_terminal_are_not_keys() {
    let reports = [
        "\x1b[?2026;2$y",
        "\x1b[?997;1n",
        "\x1b[?62;4;22c",
        "\x1b[>0;276;0c",
        "\x1b[12;40R",
        "\x1b[8;24;80t",
        "\x1b[?1u",
        "\x1b]11;rgb:2e2e/3434/3636\x07",
        "\x1b]4;1;rgb:cc/00/00\x1b\\",
        "\x1b]52;c;aGVsbG8=\x1b\\",
        "\x1bP>|XTerm(390)\x1b\\",
        "\x1bP1+r544e=78\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstring\x1b\\",
    ];
    let mut playing = playing();
    for (number, report) in reports.iter().enumerate() {
        playing.types(report);
        playing.types("x");
        playing.plays(&format!("typed: {}.", "x".repeat(number + 1)));
    }
    playing.plays("note: hello.");
    playing.types("q");
    playing.is_back("after: Key");
}

fn what_was_cut_off_holds_no_key_back() {
    let mut playing = playing();
    let beginnings = ["\x1b[?20", "\x1b[", "\x1b]11;rgb:", "\x1b]", "\x1bP>|", "\x1b_G", "\x1bO1", "\x1b[M", "\x1b[1;"];
    for beginning in beginnings {
        let count = |seen: &Seen| seen.screen().contents().split("count: ").nth(1)?.split('.').next()?.parse::<usize>().ok();
        let before = playing.finds("how many were typed", count);
        playing.types(beginning);
        // Those that come soon enough are taken for its rest, and those after it are keys.
        let arrived = (0..100).any(|_| {
            playing.types("x");
            std::thread::sleep(std::time::Duration::from_millis(100));
            playing.finds("how many were typed", count) > before
        });
        assert!(arrived, "after {beginning:?}");
    }
    playing.types("\x1b");
    playing.plays("note: Esc.");
    playing.types("q");
    playing.is_back("after: Key");
}

fn a_paste_without_an_end_holds_nothing_up() {
    let mut pasting = playing();
    pasting.types("\x1b[200~half");
    pasting.plays("note: pasted half.");
    pasting.types("x");
    pasting.plays("typed: x.");
    pasting.types("\x1b[201~q");
    pasting.is_back("after: Key");
    for (signal, told) in [(Signal::TERM, "after: Signal(Terminate)"), (Signal::QUIT, "after: Signal(Quit)")] {
        let mut playing = playing();
        playing.types("\x1b[200~half");
        playing.kill(signal);
        playing.is_back(told);
        playing.ends();
    }
}

fn a_stopped_editor_stops_the_job() {
    let (_place, command) = editor(ASKS);
    let mut playing = Playing::job(&[("VISUAL", &command)]);
    playing.plays("note: hello.");
    playing.types("E");
    playing.is_back("the editor asks");
    playing.types("\x1a");
    playing.is_back("stopped");
    playing.types("\n");
    playing.types("more\n");
    playing.plays("note: edited");
    playing.types("q");
    playing.is_back("back in the shell");
}

fn sizes_pastes_and_the_mouse_arrive() {
    let mut playing = playing();
    playing.resize(30, 100);
    playing.plays("size: 100x30.");
    playing.types("\x1b[200~two\nlines\x1b[201~");
    playing.plays("note: pasted two");
    playing.types("M");
    playing.sees("the mouse wanted", |seen| seen.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None);
    // A move, which is ignored, then the wheel.
    playing.types("\x1b[<35;9;9M\x1b[<65;5;6M");
    playing.plays("note: Mouse(MouseEvent { kind: ScrollDown, column: 4, row: 5");
    playing.types("q");
    playing.is_back("after: Key");
}

fn a_copy_reaches_the_terminal() {
    let mut playing = playing();
    playing.types("Y");
    playing.sees("the sequence", |seen| seen.got("\x1b]52;c;Y29waWVk\x1b\\"));
    playing.types("q");
    playing.is_back("after: Key");
}
