//! The end of the first sentence of a text.
//!
//! Owns the punctuation rules: what ends a sentence, and which full stops do not. What is done with the end is the parent
//! module's.

use super::words::{Cluster, Kind, clusters, is_lone_letter};

/// Words after which a full stop does not end a sentence, in lower case and without it. Chains of single letters ("e.g.",
/// "i.e.", "U.S.", "a.m.") and initials are recognised by their shape. Words that end sentences as often ("no.") are left out.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "bzw", "ca", "capt", "cf", "col", "corp", "dept", "dr", "eq", "etc", "fig", "gen", "gov", "hon", "hr", "inc",
    "jr", "lt", "ltd", "mme", "mr", "mrs", "ms", "mt", "nr", "pp", "prof", "rev", "sgt", "sr", "st", "usw", "viz", "vol", "vs",
];

/// Of these, the ones of two letters that begin with a capital. Others ("Ca.", "Al.", "Sr.") are chemical symbols as often.
const SHORT_TITLES: &[&str] = &["Dr", "Jr", "Lt", "Mr", "Ms", "Mt", "St"];

/// The byte after the first sentence of `text` and the line breaks that follow it; `None` while its end is not known. A full
/// stop after a digit at the end of the text is not known to be one ("3." may become "3.14").
pub(super) fn sentence_end(text: &str) -> Option<usize> {
    // Asked after every token: most texts hold nothing that could end a sentence.
    if !text.contains(|c: char| ends_sentences(c) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return None;
    }
    let clusters: Vec<Cluster<'_>> = clusters(text).collect();
    let mut begun = false;
    let mut at = 0;
    while let Some(cluster) = clusters.get(at) {
        match cluster.kind {
            // Leading line breaks belong to the sentence that follows them.
            Kind::Break if begun => return Some(settle(text, &clusters, at)),
            Kind::Break | Kind::Space => at += 1,
            Kind::Unspaced | Kind::Growing | Kind::Opener | Kind::WideOpener | Kind::Closer | Kind::WideCloser | Kind::Plain => {
                begun = true;
                let after_stops = skip(&clusters, at, is_terminator);
                if after_stops == at {
                    at += 1;
                    continue;
                }
                let after = skip(&clusters, after_stops, is_closer);
                if ends_sentence(text, &clusters, at, after_stops, after) {
                    return Some(settle(text, &clusters, after));
                }
                at = after;
            }
        }
    }
    None
}

/// Whether the terminators at `from..stops`, closed by `stops..after`, end a sentence.
fn ends_sentence(text: &str, clusters: &[Cluster<'_>], from: usize, stops: usize, after: usize) -> bool {
    if clusters[from..stops].iter().any(|cluster| cluster.kind == Kind::WideCloser) {
        return true;
    }
    let followed = match clusters.get(after).map(|cluster| cluster.kind) {
        None | Some(Kind::Space | Kind::Break | Kind::Unspaced | Kind::Growing | Kind::WideOpener) => true,
        // "example.com", "f.x", "Yes?no": not the end of a word.
        Some(Kind::Opener | Kind::Closer | Kind::WideCloser | Kind::Plain) => false,
    };
    if !followed {
        return false;
    }
    let single_stop = stops == from + 1 && clusters[from].single() == Some('.');
    if !single_stop {
        return true;
    }
    let begin = word_begin(clusters, from);
    let word = text[clusters[begin].start..clusters[from].start].trim_start_matches(|c: char| !c.is_alphanumeric());
    if word.ends_with(char::is_numeric) {
        let at_end = after == clusters.len() && after == stops;
        return !at_end && !is_list_number(clusters, begin, word);
    }
    let before = text[..clusters[begin].start].split_whitespace().next_back();
    !is_abbreviation(word, before)
}

/// Whether a full stop after `word` is part of it; `before` is the word before it.
fn is_abbreviation(word: &str, before: Option<&str>) -> bool {
    // "x." at the end of a sentence is a variable; "J." is an initial where a name can begin or go on, but in "the symbol is C."
    // it follows a word in lower case and ends the sentence; "g." in "e.g." is a link of a chain.
    let in_name = || before.is_none_or(|before| before.starts_with(char::is_uppercase));
    let initial = || word.chars().all(char::is_uppercase) && in_name();
    let lone = is_lone_letter(word) && (word.contains('.') || initial());
    let symbol = word.len() == 2 && word.starts_with(char::is_uppercase) && !SHORT_TITLES.contains(&word);
    lone || (!symbol && ABBREVIATIONS.contains(&word.to_lowercase().as_str()))
}

/// Whether the number that begins at `begin` is the first word of a line inside this text: "1. " of a list. At the beginning of
/// the text nothing tells it from the end of a sentence that earlier text began.
fn is_list_number(clusters: &[Cluster<'_>], begin: usize, word: &str) -> bool {
    let before = clusters[..begin].iter().rev().find(|cluster| cluster.kind != Kind::Space);
    word.chars().all(char::is_numeric) && before.is_some_and(|cluster| cluster.kind == Kind::Break)
}

/// The first cluster of the word that reaches to `at`.
fn word_begin(clusters: &[Cluster<'_>], at: usize) -> usize {
    clusters[..at].iter().rposition(|cluster| matches!(cluster.kind, Kind::Space | Kind::Break)).map_or(0, |space| space + 1)
}

/// The first cluster from `from` on that is not like `like`.
fn skip(clusters: &[Cluster<'_>], from: usize, like: impl Fn(&Cluster<'_>) -> bool) -> usize {
    from + clusters[from..].iter().take_while(|cluster| like(cluster)).count()
}

/// The byte after the line breaks that follow cluster `from`, or where it begins if none do.
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

/// Closing quotation marks and brackets, and Markdown emphasis, which closes behind a terminator.
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
    closes || matches!(cluster.single(), Some('*' | '_' | '`'))
}
