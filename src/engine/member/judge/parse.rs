//! Reads a ranking from a reply, whatever else the model wrote.
//!
//! In order of trust: JSON with a `ranking`, letters after the word "ranking" (JSON that was cut off), a chain "B > A", closing
//! lines that contain only letters. A letter inside other text is never read: "A" is also a word.

use serde_json::Value;

use super::prompt::place_of;

/// How many bytes at the end of a reply are examined.
const LOOKED_AT: usize = 8 << 10;
/// Words that may occur between the letters of a ranking.
const FILLERS: [&str; 4] = ["and", "is", "the", "then"];

/// The positions from best to worst, each once: the first letters of the reply that form a ranking, then the positions it does
/// not name, in order. `None` if it names none.
pub(super) fn ranking(reply: &str, places: usize) -> Option<Vec<usize>> {
    let reply = end(without_thoughts(reply));
    let named = json(reply, places)
        .or_else(|| behind_the_word(reply, places))
        .or_else(|| chain(reply, places))
        .or_else(|| closing_lines(reply, places))?;
    let mut ranking: Vec<usize> = Vec::with_capacity(places);
    for place in named {
        if ranking.contains(&place) {
            break;
        }
        ranking.push(place);
    }
    for place in 0..places {
        if !ranking.contains(&place) {
            ranking.push(place);
        }
    }
    Some(ranking)
}

/// What follows a model's visible thoughts; what precedes them if they do not end.
fn without_thoughts(reply: &str) -> &str {
    let said = reply.rsplit_once("</think>").map_or(reply, |(_, said)| said);
    said.split_once("<think>").map_or(said, |(said, _)| said)
}

fn end(text: &str) -> &str {
    let start = text.len().saturating_sub(LOOKED_AT);
    (start..=text.len()).find_map(|start| text.get(start..)).unwrap_or_default()
}

/// The last JSON value in the text that is a ranking, and not part of one.
fn json(text: &str, places: usize) -> Option<Vec<usize>> {
    let (mut last, mut looked_at) = (None, 0);
    for (start, _) in text.char_indices().filter(|(_, c)| matches!(c, '{' | '[')) {
        if start < looked_at {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(text.get(start..)?).into_iter::<Value>();
        let Some(Ok(value)) = values.next() else { continue };
        if let Some(ranking) = places_in(&value, places) {
            last = Some(ranking);
            looked_at = start + values.byte_offset();
        }
    }
    last
}

fn places_in(value: &Value, places: usize) -> Option<Vec<usize>> {
    match value {
        Value::Array(items) => named(items.iter().map(|item| item.as_str().and_then(|text| place_of(last_word(text), places)))),
        Value::Object(fields) => {
            let (_, ranking) = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("ranking"))?;
            ranking.as_str().map_or_else(|| places_in(ranking, places), |text| letters(text, places))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The letter of "Candidate B".
fn last_word(text: &str) -> &str {
    text.split_whitespace().next_back().unwrap_or(text)
}

/// Letters after the last "ranking" in the text.
fn behind_the_word(text: &str, places: usize) -> Option<Vec<usize>> {
    let start = text.to_ascii_lowercase().rfind("ranking")?;
    letters(text.get(start + "ranking".len()..)?, places)
}

/// The last line with letters joined by ">".
fn chain(text: &str, places: usize) -> Option<Vec<usize>> {
    text.lines().rev().find_map(|line| {
        let parts: Vec<&str> = line.split('>').collect();
        let [first, middle @ .., last] = parts.as_slice() else { return None };
        let first = capital(last_word(first), places)?;
        let last = last.split_whitespace().next().and_then(|word| capital(word, places));
        let middle = middle.iter().map(|part| capital(part, places));
        let chain = named([Some(first)].into_iter().chain(middle).chain([last]))?;
        (chain.len() > 1).then_some(chain)
    })
}

/// The last lines that contain only letters; for the very last line, what follows its last colon.
fn closing_lines(text: &str, places: usize) -> Option<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for line in text.lines().rev().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("```")) {
        let said = line.rsplit_once(':').filter(|_| found.is_empty()).map_or(line, |(_, said)| said);
        let words = words(said);
        match letters(said, places) {
            Some(letters) if letters.len() == words.count() => found.push(letters),
            Some(_) | None => break,
        }
    }
    let places: Vec<usize> = found.into_iter().rev().flatten().collect();
    (!places.is_empty()).then_some(places)
}

/// Letters at the start of a text, up to the first word that is not one.
fn letters(text: &str, places: usize) -> Option<Vec<usize>> {
    named(words(text).map(|word| capital(word, places)))
}

/// The words that count, without numbering and fillers.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty() && !word.chars().all(char::is_numeric))
        .filter(|word| !FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler)))
}

/// Outside JSON only capital letters are labels.
fn capital(word: &str, places: usize) -> Option<usize> {
    place_of(word, places).filter(|_| word.chars().any(|c| c.is_ascii_uppercase()))
}

/// The leading items that are positions, at least one.
fn named(items: impl Iterator<Item = Option<usize>>) -> Option<Vec<usize>> {
    let places: Vec<usize> = items.map_while(|place| place).collect();
    (!places.is_empty()).then_some(places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rankings_are_read_out_of_what_surrounds_them() {
        for reply in [
            r#"{"ranking":["B","A","C"]}"#,
            r#"{ "Ranking" : [ "b", "a", "c" ] }"#,
            "```json\n{\"ranking\": [\"B\", \"A\", \"C\"]}\n```",
            r#"Let me think. A is too long, {not json}, so: {"ranking":["B","A","C"]} That is my ranking of them."#,
            r#"<think>A? {"ranking":["A","B","C"]}</think>{"ranking":["B","A","C"]}"#,
            r#"{"why":"A is worse","ranking":["Candidate B","(A)","C."]}"#,
            r#"{"ranking":"B > A > C"}"#,
            r#"["B","A","C"]"#,
            r#"{"ranking":["B","A""#,
            r#"{"ranking":["B","#,
            "B > A > C",
            "I would say **B** > A > C because it is right",
            "B>A",
            "B, A, C",
            "B A C",
            "B",
            " b) is good, but I say:\n\nB",
            "1. B\n2. A\n3. C\n",
            "Best to worst: B, A and then C.",
            "The final ranking is: B, A, C",
            r#"{"ranking":["B","A","C"],"shown":["A","B","C"]}"#,
            r#"{"reply":{"ranking":["B","A","C"]}}"#,
            // What follows a repetition or a letter without a candidate is not a ranking.
            r#"{"ranking":["B","B","C"]}"#,
            r#"{"ranking":["B","A","Z","C"]}"#,
        ] {
            assert_eq!(ranking(reply, 3), Some(vec![1, 0, 2]), "{reply:?}");
        }
    }

    #[test]
    fn other_text_is_no_ranking() {
        for reply in [
            "",
            "A good question. I cannot decide.",
            "Both are fine",
            "Z",
            r#"{"ranking":[]}"#,
            r#"{"ranking":["Y","Z"]}"#,
            r#"{"ranking":[1,2]}"#,
            "1 > 2",
            "<think>B is best, so B > A",
            "a",
            "{{{{[[[[",
        ] {
            assert_eq!(ranking(reply, 3), None, "{reply:?}");
        }
    }

    proptest! {
        #[test]
        fn any_reply_gives_a_permutation_or_nothing(reply in ".{0,80}|[ABC>,\\[\\]{}\": \n]{0,60}", places in 1..27_usize) {
            if let Some(mut places_read) = ranking(&reply, places) {
                places_read.sort_unstable();
                prop_assert_eq!(places_read, (0..places).collect::<Vec<_>>());
            }
        }

        #[test]
        fn a_ranking_is_read_as_it_was_written(order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let letters: Vec<String> = order.iter().map(|place| super::super::prompt::label(*place).unwrap().to_string()).collect();
            for reply in [serde_json::json!({ "ranking": letters }).to_string(), letters.join(" > "), letters.join("\n")] {
                prop_assert_eq!(ranking(&reply, 8), Some(order.clone()));
            }
        }
    }
}
