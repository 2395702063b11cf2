//! Words that include a full stop.

use super::words::is_lone_letter;

/// Words after which a full stop does not end a sentence, in lower case and without it. Chains of single letters ("e.g.", "i.e.",
/// "U.S.", "a.m.") and initials are recognised by their shape. Words that end sentences as often ("no.") are left out.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "bzw", "ca", "capt", "cf", "col", "corp", "dept", "dr", "eq", "etc", "fig", "gen", "gov", "hon", "hr", "inc",
    "jr", "lt", "ltd", "mme", "mr", "mrs", "ms", "mt", "nr", "pp", "prof", "rev", "sgt", "sr", "st", "usw", "viz", "vol", "vs",
];

/// The two-letter ones that start with a capital. Others ("Ca.", "Al.", "Sr.") are as often chemical symbols.
const SHORT_TITLES: &[&str] = &["Dr", "Jr", "Lt", "Mr", "Ms", "Mt", "St"];

/// Whether a full stop after `word` is part of it; `behind_lower`: whether the word before it [`is_lower`].
pub(super) fn is_abbreviation(word: &str, behind_lower: bool) -> bool {
    // "x." at the end of a sentence is a variable; "J." is an initial where a name can start or continue, but in "the symbol is
    // C." it follows a word in lower case and ends the sentence; "g." in "e.g." is a link of a chain.
    let initial = || word.chars().all(char::is_uppercase) && !behind_lower;
    let lone = is_lone_letter(word) && (word.contains('.') || initial());
    let symbol = word.len() == 2 && word.starts_with(char::is_uppercase) && !SHORT_TITLES.contains(&word);
    lone || (!symbol && ABBREVIATIONS.contains(&word.to_lowercase().as_str()))
}

/// Whether a name cannot continue with this word.
pub(super) fn is_lower(word: &str) -> bool {
    !word.starts_with(char::is_uppercase)
}
