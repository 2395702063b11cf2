//! The end of the first sentence of a text.
//!
//! Owns the punctuation rules: what ends a sentence, and which full stops do not. The parent module uses the result.

use super::abbreviation::{is_abbreviation, is_lower};
use super::before::{Before, Open};
use super::line::Place;
use super::words::{Cluster, Kind, clusters, is_break, is_lone_letter};

/// What follows a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// Perhaps another token: a full stop at the end may not end a sentence ("Math." may become "Math.sqrt").
    Perhaps,
    /// Nothing in this draft: a full stop at the end does end a sentence, unless it follows a digit ("3." may become "3.14" in
    /// the next draft).
    Nothing,
}

/// The end of the first sentence of `text` with the line breaks that follow it; `None` while it is not known.
pub(super) fn sentence_end(text: &str, before: Before, more: More) -> Option<usize> {
    // Runs after every token: most texts contain nothing that could end a sentence.
    if !text.contains(|c: char| ends_sentences(c) || is_break(c)) {
        return None;
    }
    let clusters: Vec<Cluster<'_>> = clusters(text).collect();
    let (mut place, mut line) = (before.place, 0);
    let mut begun = false;
    let mut at = 0;
    while let Some(cluster) = clusters.get(at) {
        match cluster.kind {
            Kind::Space => at += 1,
            Kind::Break => {
                let here = place.along(&text[line..cluster.start]);
                // Leading line breaks belong to the sentence that follows them.
                if begun && !here.goes_on() {
                    return Some(settle(text, &clusters, at));
                }
                (place, line) = (here.in_next_line(), cluster.end());
                at += 1;
            }
            Kind::Unspaced | Kind::Growing | Kind::Opener | Kind::WideOpener | Kind::Closer | Kind::WideCloser | Kind::Plain => {
                begun = true;
                let stops = skip(&clusters, at, is_terminator);
                if stops == at {
                    at += 1;
                    continue;
                }
                let stop = Stop { from: at, stops, after: skip(&clusters, stops, is_closer) };
                let here = place.along(&text[line..cluster.start]);
                if !here.in_heading() && stop.ends_sentence(text, &clusters, (here, before), more) {
                    return Some(settle(text, &clusters, stop.after));
                }
                at = stop.after;
            }
        }
    }
    None
}

/// Punctuation that may end a sentence: the terminators at `from..stops`, closed by `stops..after`.
#[derive(Clone, Copy)]
struct Stop {
    from: usize,
    stops: usize,
    after: usize,
}

impl Stop {
    /// Whether it ends a sentence; `here`: what its line is before it.
    fn ends_sentence(self, text: &str, clusters: &[Cluster<'_>], (here, before): (Place, Before), more: More) -> bool {
        let terminators = &clusters[self.from..self.stops];
        if terminators.iter().any(|cluster| cluster.kind == Kind::WideCloser) {
            return true;
        }
        let full_stops = terminators.iter().all(|cluster| cluster.single() == Some('.'));
        let followed = match clusters.get(self.after).map(|cluster| cluster.kind) {
            None if !full_stops => true,
            None => match more {
                // A name may continue after a full stop, also with "_". Quotation marks and brackets close.
                More::Perhaps => !clusters[self.stops..].iter().all(is_emphasis),
                More::Nothing => {
                    self.stops < self.after
                        || !clusters[..self.from].last().is_some_and(|cluster| cluster.text.ends_with(char::is_numeric))
                }
            },
            Some(Kind::Space | Kind::Break | Kind::Unspaced | Kind::Growing | Kind::WideOpener) => true,
            // "example.com", "f.x", "Yes?no": not the end of a word.
            Some(Kind::Opener | Kind::Closer | Kind::WideCloser | Kind::Plain) => false,
        };
        let single = full_stops && terminators.len() == 1;
        followed && !(single && (here.is_list_number() || is_within_word(text, clusters, self.from, before)))
    }
}

/// Whether the full stop at `from` is part of the word before it.
fn is_within_word(text: &str, clusters: &[Cluster<'_>], from: usize, before: Before) -> bool {
    let begin = word_begin(clusters, from);
    let word = text[clusters[begin].start..clusters[from].start].trim_start_matches(|c: char| !c.is_alphanumeric());
    if begin == 0 && before.open != Open::Closed {
        // The word started before this text.
        let own = &text[..clusters[from].start];
        if is_lone_letter(word) && (before.open == Open::Chain || own.starts_with('.')) {
            return true;
        }
        if own.is_empty() {
            return before.open == Open::Abbreviation;
        }
        if before.open != Open::Chain && own.starts_with(char::is_alphanumeric) {
            return false;
        }
    }
    let earlier = text[..clusters[begin].start].split_whitespace().next_back();
    let behind_lower = earlier.map_or(before.lower, is_lower);
    !word.ends_with(char::is_numeric) && is_abbreviation(word, behind_lower)
}

/// The first cluster of the word that reaches to `at`.
fn word_begin(clusters: &[Cluster<'_>], at: usize) -> usize {
    clusters[..at].iter().rposition(|cluster| matches!(cluster.kind, Kind::Space | Kind::Break)).map_or(0, |space| space + 1)
}

/// The first cluster from `from` on that does not match `like`.
fn skip(clusters: &[Cluster<'_>], from: usize, like: impl Fn(&Cluster<'_>) -> bool) -> usize {
    from + clusters[from..].iter().take_while(|cluster| like(cluster)).count()
}

/// The end of the line breaks that follow cluster `from`, or where it starts if there are none.
fn settle(text: &str, clusters: &[Cluster<'_>], from: usize) -> usize {
    let begin = clusters.get(from).map_or(text.len(), |cluster| cluster.start);
    let blank = skip(clusters, from, |cluster| matches!(cluster.kind, Kind::Space | Kind::Break));
    clusters[from..blank].iter().rfind(|cluster| cluster.kind == Kind::Break).map_or(begin, Cluster::end)
}

fn is_terminator(cluster: &Cluster<'_>) -> bool {
    cluster.single().is_some_and(ends_sentences)
}

fn ends_sentences(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '。' | '｡' | '！' | '？' | '؟' | '।')
}

/// Closing quotation marks and brackets, and Markdown emphasis, which closes after a terminator.
fn is_closer(cluster: &Cluster<'_>) -> bool {
    let closes = matches!(
        cluster.single(),
        Some(
            '"' | '\''
                | '”'
                | '’'
                | '»'
                | '›'
                | ')'
                | ']'
                | '}'
                | '）'
                | '］'
                | '｝'
                | '」'
                | '』'
                | '】'
                | '〕'
                | '》'
                | '〉'
        )
    );
    closes || is_emphasis(cluster)
}

/// Markdown's marks of emphasis and code.
fn is_emphasis(cluster: &Cluster<'_>) -> bool {
    matches!(cluster.single(), Some('*' | '_' | '`'))
}
