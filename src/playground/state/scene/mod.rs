//! What is on the screen, computed before it is drawn: one structure a part, made from the answer and the selected round.
//!
//! Everything here is recomputed when something changed and at most once a frame, costs no more than what is visible, and is
//! plain data, so that drawing only places it.

mod beneath;
pub mod caption;
pub mod chart;
pub mod closing;
pub mod compare;
mod compared;
pub mod draft;
pub mod exits;
pub mod files;
pub mod heat_map;
pub mod hint;
pub mod hints;
mod laid;
pub mod lazy;
mod legend;
pub mod lengths;
pub mod matrix;
pub mod memo;
mod moment;
mod over;
pub mod pane;
pub mod presented;
pub mod roster;
pub mod sentence;
pub mod shown;
pub mod single;
pub mod status;
pub mod table;
pub mod timeline;
pub mod tour;
mod unlike;
pub mod usage;
pub mod votes;
pub mod waterfall;
mod welcome;
pub mod whole;
pub mod why;

use crate::clean::{DisplayText, clean};
use crate::display;

/// A score as a table shows it, in at most five characters: three digits of what is below one, two of what is not.
#[must_use]
pub fn figure(score: f64) -> DisplayText {
    match score.abs() {
        0.0 => "0".into(),
        size if size < 0.9995 => {
            let digits = format!("{size:.3}");
            display!("{}{}", if score < 0.0 { "-" } else { "" }, digits.trim_start_matches('0'))
        }
        size if size < 9.995 => display!("{score:.2}"),
        size if size < 99.95 => display!("{score:.1}"),
        size if size < 9999.5 => display!("{score:.0}"),
        _ if score > 0.0 => "huge".into(),
        _ => "tiny".into(),
    }
}

/// A probability as [`figure`] shows it, but never as nothing.
#[must_use]
pub fn chance(probability: f64) -> DisplayText {
    if probability < 0.0005 { "<.001".into() } else { figure(probability) }
}

/// A part of a whole in percent; no line breaks inside it.
#[must_use]
pub fn percent(part: f64, whole: f64) -> DisplayText {
    let share = if whole > 0.0 { 100.0 * part / whole } else { 0.0 };
    display!("{share:.0}\u{a0}%")
}

/// Names as a sentence lists them.
#[must_use]
pub fn listed<T: AsRef<str>>(names: &[T]) -> DisplayText {
    match names {
        [] => "nobody".into(),
        [one] => clean(one.as_ref()),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            display!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// A share from 0 to 1 as one of the five steps of the heat map.
#[must_use]
pub fn heat(share: f64) -> u8 {
    [0.2, 0.4, 0.6, 0.8].iter().filter(|step| share >= **step).count() as u8
}

/// A number of milliseconds as the user reads it.
#[must_use]
pub fn duration(milliseconds: f64) -> DisplayText {
    let seconds = milliseconds / 1000.0;
    match milliseconds {
        ms if ms < 1000.0 => display!("{ms:.0} ms"),
        ms if ms < 60_000.0 => display!("{seconds:.1} s"),
        _ => display!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60),
    }
}

/// A count with its noun.
#[must_use]
pub fn counted(count: usize, noun: &str) -> DisplayText {
    if count == 1 { display!("1 {noun}") } else { display!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_narrow() {
        let shown: Vec<_> = [0.934, 0.9999, 1.0, 0.0, -0.07, -12.34, -1e6, 1e9, 0.0004].map(figure).into();
        assert_eq!(shown, [".934", "1.00", "1.00", "0", "-.070", "-12.3", "tiny", "huge", ".000"]);
        assert!(shown.iter().all(|figure| figure.len() <= 5));
    }

    #[test]
    fn chances_are_never_nothing_and_shares_of_nothing_are() {
        assert_eq!([0.0, 0.000_4, 0.0123, 1.0].map(chance), ["<.001", "<.001", ".012", "1.00"]);
        assert_eq!([percent(1.0, 3.0), percent(1.0, 0.0)], ["33\u{a0}%", "0\u{a0}%"]);
    }

    #[test]
    fn lists_read_as_sentences_do() {
        assert_eq!([&[][..], &["a"], &["a", "b"], &["a", "b", "c"]].map(listed), ["nobody", "a", "a and b", "a, b and c"]);
    }

    #[test]
    fn durations_are_read_at_a_glance() {
        assert_eq!([5.4, 999.0, 1500.0, 61_000.0].map(duration), ["5 ms", "999 ms", "1.5 s", "1:01"]);
    }
}
