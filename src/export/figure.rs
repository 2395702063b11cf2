//! Numbers as a document shows them. What is not a number is a dash: a trace that someone edited may hold anything.

use crate::clean::DisplayText;
use crate::display;

/// What stands where there is not a number.
pub(super) const NONE: &str = "–";

/// A score, retention or margin: three digits that count, more where the number is large.
pub(super) fn score(value: Option<f64>) -> DisplayText {
    let Some(value) = value.filter(|value| value.is_finite()) else { return NONE.into() };
    match value.abs() {
        size if size < 9.9995 => display!("{value:.3}"),
        size if size < 99.995 => display!("{value:.2}"),
        size if size < 1e6 => display!("{value:.0}"),
        _ => display!("{value:.0e}"),
    }
}

/// A number of milliseconds.
pub(super) fn duration(milliseconds: f64) -> DisplayText {
    match milliseconds {
        ms if !ms.is_finite() => NONE.into(),
        ms if ms < 1000.0 => display!("{ms:.0} ms"),
        ms => display!("{:.1} s", ms / 1000.0),
    }
}

/// US dollars, with as many digits as small sums need.
pub(super) fn dollars(cost: f64) -> DisplayText {
    if !cost.is_finite() {
        NONE.into()
    } else if cost >= 1.0 {
        display!("${cost:.2}")
    } else {
        display!("${cost:.4}")
    }
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> DisplayText {
    if count == 1 { display!("1 {noun}") } else { display!("{count} {noun}s") }
}

/// At most this many characters, with a mark where it was longer.
pub(super) fn shortened(text: &DisplayText, longest: usize) -> DisplayText {
    let first = text.as_display().first_chars(longest);
    if first.len() < text.len() { display!("{}…", first.trim_end()) } else { text.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_readable() {
        let shown: Vec<DisplayText> =
            [0.93421, -12.345, -1e6, 123.4, f64::NAN, f64::INFINITY].map(|value| score(Some(value))).into();
        assert_eq!(shown, ["0.934", "-12.35", "-1e6", "123", "–", "–"]);
        assert_eq!(score(None), "–");
        assert_eq!([5.4, 1500.0, f64::NAN].map(duration), ["5 ms", "1.5 s", "–"]);
        assert_eq!([0.00123, 2.5, f64::NAN].map(dollars), ["$0.0012", "$2.50", "–"]);
    }

    #[test]
    fn what_is_cut_says_so_and_no_character_is_split() {
        assert_eq!(shortened(&"Zürich ist".into(), 7), "Zürich…");
        assert_eq!(shortened(&"Zürich".into(), 6), "Zürich");
    }
}
