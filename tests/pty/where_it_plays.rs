//! Terminals that cannot draw, and locales that are not UTF-8.

use crate::home::{Home, LARGE, leaves};
use crate::playing::Playing;

#[test]
fn a_terminal_that_cannot_draw_gets_a_sentence() {
    let home = Home::new();
    for (term, said) in [
        ("export TERM=dumb;", "a `dumb` terminal (TERM) shows only lines"),
        ("export TERM=unknown;", "a `unknown` terminal (TERM) shows only lines"),
        ("export TERM=;", "TERM is empty"),
        ("unset TERM;", "TERM is not set"),
    ] {
        for command in [&[][..], &["demo"]] {
            let script = format!(r#"echo before; {term} exec "$0" "$@""#);
            let mut playing = Playing::start(home.shell(&script, command), LARGE);
            assert_eq!(playing.ends().exit_code(), 2, "{term}");
            playing.sees("why", |seen| seen.shows("before") && seen.shows(said) && seen.shows("specfuse run"));
            assert!(!playing.look(|seen| seen.got("\x1b[?1049h")), "{term}: the screen is left alone");
        }
    }
}

/// Whether the frames use only ASCII.
fn is_ascii(home: &Home, environment: &[(&str, &str)], arguments: &[&str]) -> bool {
    let playing = home.opens_with(LARGE, environment, arguments);
    playing.sees("the prompt", |seen| seen.shows("enter send") && seen.shows("ready") && !seen.shows("connecting"));
    let ascii = playing.look(|seen| seen.shows("- answer -") && seen.screen().contents().is_ascii());
    let unicode = playing.look(|seen| seen.shows("\u{2500} answer \u{2500}"));
    assert_ne!(ascii, unicode, "{}", playing.look(|seen| seen.screen().contents()));
    leaves(playing, "\x03", "before");
    ascii
}

#[test]
fn a_locale_that_is_not_utf8_gets_ascii_unless_something_else_was_said() {
    let home = Home::new();
    let table: [(&[(&str, &str)], bool); 8] = [
        (&[], false),
        (&[("LANG", "C")], true),
        (&[("LANG", "POSIX")], true),
        (&[("LANG", "en_US.ISO-8859-1")], true),
        (&[("LANG", "C.UTF-8")], false),
        (&[("LANG", "ko_KR.utf8")], false),
        (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], true),
        (&[("LC_CTYPE", "ja_JP.eucJP"), ("LANG", "ja_JP.UTF-8")], true),
    ];
    for (environment, expected) in table {
        assert_eq!(is_ascii(&home, environment, &[]), expected, "{environment:?}");
    }
    home.configures("config.toml", "[playground]\nascii = false\n");
    assert!(!is_ascii(&home, &[("LANG", "C")], &[]), "the configuration said otherwise");
    assert!(is_ascii(&home, &[("LANG", "C.UTF-8")], &["--ascii"]), "the command line said otherwise");
}
