//! What the drafts of a round share, and where each differs: the words at their start and at their end that most of them have in
//! common.
//!
//! Costs a comparison per shared word and draft, whatever the drafts are, so that a screen can ask in every frame. Words in the
//! middle are not aligned: [`difference`](super::difference) does that for two texts.

use std::ops::Range;

/// A draft as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether it is complete. The last word of one that is not may still grow, and its end is unknown.
    pub complete: bool,
}

/// The bytes of each text, on the boundaries of words, that differ from the other texts: what is before and after is shared by
/// more than half of those that have come as far, and by at least two.
///
/// Where all texts are complete and the same, nothing stands out by being shared: each of them differs as a whole.
#[must_use]
pub fn differing(texts: &[Text<'_>]) -> Vec<Range<usize>> {
    let words: Vec<Vec<Range<usize>>> = texts.iter().map(words).collect();
    let starts = shared(&words, texts, |words, at| words.get(at));
    // Only of complete texts is the end known.
    let ends = if texts.iter().all(|text| text.complete) {
        shared(&words, texts, |words, at| words.len().checked_sub(at + 1).map(|place| &words[place]))
    } else {
        vec![0; texts.len()]
    };
    let range = |place: usize| {
        let (text, words, start) = (texts[place], &words[place], starts[place]);
        let end = words.len() - ends[place].min(words.len() - start);
        let to = words.get(end).map_or(text.text.len(), |word| word.start);
        let from = start.checked_sub(1).map_or(0, |last| words[last].end);
        // Blanks before the first word that differs are no difference.
        from + blanks(&text.text[from..to])..to
    };
    let ranges: Vec<Range<usize>> = (0..texts.len()).map(range).collect();
    let nothing_differs = texts.iter().all(|text| text.complete)
        && ranges.iter().zip(texts).all(|(range, text)| text.text[range.clone()].trim().is_empty());
    if nothing_differs { texts.iter().map(|text| 0..text.text.len()).collect() } else { ranges }
}

/// Bytes of the blanks that a text starts with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_ascii_start().len()
}

/// The words of a text that will not change any more.
fn words(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = text
        .text
        .split_ascii_whitespace()
        .map(|word| {
            // Both are parts of the same text.
            let start = word.as_ptr() as usize - text.text.as_ptr() as usize;
            start..start + word.len()
        })
        .collect();
    if !text.complete && !text.text.ends_with(|last: char| last.is_ascii_whitespace()) {
        words.pop();
    }
    words
}

/// For each text how many words, counted from one side, it shares with most others: those that have come as far.
fn shared(
    words: &[Vec<Range<usize>>],
    texts: &[Text<'_>],
    word: impl for<'a> Fn(&'a Vec<Range<usize>>, usize) -> Option<&'a Range<usize>>,
) -> Vec<usize> {
    let at = |text: usize, place: usize| word(&words[text], place).map(|range| &texts[text].text[range.clone()]);
    let mut counts = vec![0; texts.len()];
    let mut together: Vec<usize> = (0..texts.len()).collect();
    for place in 0.. {
        // Those that broke off before the others count against them, those that have yet to come so far do not.
        let reached = (0..texts.len()).filter(|text| texts[*text].complete || at(*text, place).is_some()).count();
        let here: Vec<(usize, &str)> = together.iter().filter_map(|text| Some((*text, at(*text, place)?))).collect();
        let times = |word: &str| here.iter().filter(|(_, other)| *other == word).count();
        let Some((_, most)) = here.iter().find(|(_, word)| times(word) > 1 && 2 * times(word) > reached) else { break };
        for (text, word) in &here {
            if word == most {
                counts[*text] = place + 1;
            }
        }
        // One that has yet to come so far may still go on as they do.
        together.retain(|text| at(*text, place) == Some(most));
    }
    counts
}

#[cfg(test)]
mod tests;
