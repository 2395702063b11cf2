//! Fuzzy search in short lists: the letters of the query in order, anywhere in the text.

/// How well a text matches a query: higher is better, `None` is no match. An empty query matches everything equally.
///
/// Consecutive letters and letters at the start of a word count more: "st" finds "step" before "last".
#[must_use]
pub fn score(query: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut total = 0;
    let mut from = 0;
    let mut previous = None;
    for wanted in query.chars().flat_map(char::to_lowercase).filter(|character| !character.is_whitespace()) {
        let begins = |at: usize| at == 0 || !text[at - 1].is_alphanumeric();
        let next = previous.map_or(0, |at: usize| at + 1);
        // The very next letter, otherwise the start of a word, otherwise anywhere.
        let at = if previous.is_some() && text.get(next) == Some(&wanted) {
            total += 4;
            next
        } else {
            let places = || (from..text.len()).filter(|at| text[*at] == wanted);
            let at = places().find(|at| begins(*at)).or_else(|| places().next())?;
            total += if begins(at) { 3 } else { 1 };
            at
        };
        previous = Some(at);
        from = at + 1;
    }
    // On ties the shorter text is closer to what was typed.
    Some(total * 100 - i32::try_from(text.len().min(99)).unwrap_or(99))
}

#[cfg(test)]
mod tests {
    use super::score;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        let found = texts.iter().filter_map(|text| Some((score(query, text)?, *text)));
        found.max_by_key(|(score, _)| *score).map(|(_, text)| text)
    }

    #[test]
    fn the_nearest_is_first() {
        let names = ["step", "stop", "last", "scroll-to-top", "copy-answer", "copy-segment"];
        assert_eq!(best("ste", &names), Some("step"));
        assert_eq!(best("sto", &names), Some("stop"));
        assert_eq!(best("cs", &names), Some("copy-segment"));
        assert_eq!(best("Copy A", &names), Some("copy-answer"));
        assert_eq!(best("xyz", &names), None);
        assert!(score("", "anything").is_some());
    }

    #[test]
    fn letters_out_of_order_do_not_match() {
        assert_eq!(score("ts", "step"), None);
    }
}
