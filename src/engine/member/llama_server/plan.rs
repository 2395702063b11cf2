//! How a candidate's tokens are forced: which go through a grammar in one request, which one by one, which are looked up.
//!
//! Pure. A grammar matches whole tokens only; a token whose bytes end inside a character makes the server fail, and if the
//! vocabulary's first token ends a turn it aborts the whole server (llama.cpp b11549, `llama-grammar.cpp`).

use std::ops::Range;

use super::tokens::Token;

/// One request of a scoring. Indices are those of tokens in the candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// These tokens in one request, by a grammar; `end`: also the end of the turn after them.
    Run { tokens: Range<usize>, end: bool },
    /// This token alone, by a bias that no other token can beat.
    Single(usize),
    /// This token, among the most probable ones at its position: it is not visible when it is drawn, since it is not text.
    Lookup(usize),
    /// The end of the turn after the last token.
    End,
}

/// The requests that score a candidate, in order. `ends`: also request the end of the turn; `grammar`: the server supports tokens
/// in grammars.
pub(super) fn parts(tokens: &[Token], ends: bool, grammar: bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match (parts.last_mut(), token.whole, grammar) {
            (_, false, _) => parts.push(Part::Lookup(place)),
            (_, true, false) => parts.push(Part::Single(place)),
            (Some(Part::Run { tokens, .. }), true, true) => tokens.end = place + 1,
            (_, true, true) => parts.push(Part::Run { tokens: place..place + 1, end: false }),
        }
    }
    match parts.last_mut() {
        Some(Part::Run { end, .. }) => *end = ends,
        _ if ends => parts.push(Part::End),
        _ => {}
    }
    parts
}

/// A grammar that allows these tokens and then the end of the turn (llama.cpp pull request 17816).
pub(super) fn grammar(ids: &[u32]) -> String {
    let tokens: Vec<String> = ids.iter().map(|id| format!("<[{id}]>")).collect();
    format!("root ::= {}", tokens.join(" "))
}

/// A grammar that only allows the end of the turn; servers without tokens in grammars understand it too.
pub(super) const END: &str = "root ::= \"\"";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(whole: &[bool]) -> Vec<Token> {
        (0..).zip(whole).map(|(id, whole)| Token { id, whole: *whole }).collect()
    }

    #[test]
    fn whole_tokens_are_one_request() {
        assert_eq!(parts(&tokens(&[true, true, true]), true, true), [Part::Run { tokens: 0..3, end: true }]);
        assert_eq!(grammar(&[261, 359]), "root ::= <[261]> <[359]>");
    }

    #[test]
    fn parts_of_characters_interrupt_a_run() {
        let expected =
            [Part::Run { tokens: 0..1, end: false }, Part::Lookup(1), Part::Lookup(2), Part::Run { tokens: 3..4, end: false }];
        assert_eq!(parts(&tokens(&[true, false, false, true]), false, true), expected);
        assert_eq!(parts(&tokens(&[false]), true, true), [Part::Lookup(0), Part::End]);
    }

    #[test]
    fn old_servers_are_asked_token_by_token() {
        assert_eq!(parts(&tokens(&[true, false]), true, false), [Part::Single(0), Part::Lookup(1), Part::End]);
    }

    #[test]
    fn an_empty_candidate_is_its_end() {
        assert_eq!(parts(&[], true, true), [Part::End]);
        assert_eq!(parts(&[], false, true), []);
    }

    proptest! {
        /// Every token is requested once, in order, and no grammar ever contains a token that is not whole.
        #[test]
        fn every_token_is_asked_for_once(whole in prop::collection::vec(any::<bool>(), 0..20), ends: bool, grammar: bool) {
            let tokens = tokens(&whole);
            let mut asked = Vec::new();
            let mut ended = 0;
            for part in parts(&tokens, ends, grammar) {
                match part {
                    Part::Run { tokens: run, end } => {
                        prop_assert!(grammar && run.clone().all(|place| tokens[place].whole));
                        asked.extend(run);
                        ended += usize::from(end);
                    }
                    Part::Single(place) | Part::Lookup(place) => asked.push(place),
                    Part::End => ended += 1,
                }
            }
            prop_assert_eq!(asked, (0..tokens.len()).collect::<Vec<_>>());
            prop_assert_eq!(ended, usize::from(ends));
        }
    }
}
