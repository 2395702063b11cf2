//! Which words of each draft differ from what most drafts of the round share, for panes that dim the rest.

use std::ops::Range;

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::run::{DraftState, Round};
use crate::engine::fusion::sharing::{Text, differing};

/// The tokens of each draft, by place, that differ: those before and after are shared. Members without a draft are left out; of a
/// draft ahead nothing is compared.
#[must_use]
pub fn unlike(round: &Round) -> Vec<(MemberIndex, Range<usize>)> {
    let drafts = round.drafters.iter().zip(&round.drafts).filter_map(|(member, draft)| match draft {
        DraftState::Open(tokens) => Some((*member, tokens.as_slice(), false)),
        DraftState::Finished(finished) => Some((*member, finished.draft.tokens.as_slice(), true)),
        DraftState::Failed(_) => None,
    });
    let drafts: Vec<(MemberIndex, &[DraftToken], bool)> = drafts.collect();
    let text = |tokens: &[DraftToken]| tokens.iter().map(|token| token.text.as_str()).collect::<String>();
    let texts: Vec<String> = drafts.iter().map(|(_, tokens, _)| text(tokens)).collect();
    let known: Vec<Text<'_>> =
        texts.iter().zip(&drafts).map(|(text, (_, _, complete))| Text { text, complete: *complete }).collect();
    let ranges = differing(&known);
    drafts.iter().zip(ranges).map(|((member, tokens, _), range)| (*member, touched(tokens, &range))).collect()
}

/// The tokens that have a part in these bytes of their joined texts.
fn touched(tokens: &[DraftToken], bytes: &Range<usize>) -> Range<usize> {
    let (mut at, mut first, mut end) = (0, None, tokens.len());
    for (place, token) in tokens.iter().enumerate() {
        if first.is_none() && at + token.text.len() > bytes.start {
            first = Some(place);
        }
        if at >= bytes.end && at > 0 {
            end = end.min(place);
        }
        at += token.text.len();
    }
    let first = first.unwrap_or(tokens.len());
    if bytes.is_empty() { first..first } else { first..end.max(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(texts: &[&str]) -> Vec<DraftToken> {
        texts.iter().map(|text| DraftToken { text: (*text).to_owned(), logprob: None }).collect()
    }

    #[test]
    fn a_token_differs_if_any_of_its_characters_does() {
        let draft = tokens(&[" It", " is", " Be", "rn", ".", " So"]);
        // " It is Bern. So"
        for (bytes, expected) in [(7..12, 2..5), (0..15, 0..6), (6..11, 2..4), (15..15, 6..6), (13..15, 5..6), (0..0, 0..0)] {
            assert_eq!(touched(&draft, &bytes), expected, "{bytes:?}");
        }
        assert_eq!(touched(&[], &(0..0)), 0..0);
    }
}
