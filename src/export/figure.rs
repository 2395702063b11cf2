//! Numbers as a document shows them. What is not a number is a dash: a trace that someone edited may hold anything.

/// What stands where there is not a number.
pub(super) const NONE: &str = "–";

/// A score, retention or margin: three digits that count, more where the number is large.
pub(super) fn score(value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return NONE.to_owned() };
    match value.abs() {
        size if size < 9.9995 => format!("{value:.3}"),
        size if size < 99.995 => format!("{value:.2}"),
        size if size < 1e6 => format!("{value:.0}"),
        _ => format!("{value:.0e}"),
    }
}

/// A number of milliseconds.
pub(super) fn duration(milliseconds: f64) -> String {
    match milliseconds {
        ms if !ms.is_finite() => NONE.to_owned(),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// US dollars, with as many digits as small sums need.
pub(super) fn dollars(cost: f64) -> String {
    if !cost.is_finite() {
        NONE.to_owned()
    } else if cost >= 1.0 {
        format!("${cost:.2}")
    } else {
        format!("${cost:.4}")
    }
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// At most this many characters, with a mark where it was longer.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_readable() {
        let shown: Vec<String> = [0.93421, -12.345, -1e6, 123.4, f64::NAN, f64::INFINITY].map(|value| score(Some(value))).into();
        assert_eq!(shown, ["0.934", "-12.35", "-1e6", "123", "–", "–"]);
        assert_eq!(score(None), "–");
        assert_eq!([5.4, 1500.0, f64::NAN].map(duration), ["5 ms", "1.5 s", "–"]);
        assert_eq!([0.00123, 2.5, f64::NAN].map(dollars), ["$0.0012", "$2.50", "–"]);
    }

    #[test]
    fn what_is_cut_says_so_and_no_character_is_split() {
        assert_eq!(shortened("Zürich ist", 7), "Zürich…");
        assert_eq!(shortened("Zürich", 6), "Zürich");
    }
}
