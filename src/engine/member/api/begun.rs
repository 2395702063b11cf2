//! Makes a reply to a started answer continue it exactly.
//!
//! Owns removing what a server repeats of the answer, and the white space that could not be sent with it.

use super::super::continuation::PrefixStripper;
use super::tokens::Piece;

/// Makes a reply follow the text it continues. Pieces keep their log-probabilities.
#[derive(Debug, Clone)]
pub(super) struct Following {
    stripper: PrefixStripper,
    /// Pieces that may still turn out to be a repetition.
    held: Vec<Piece>,
    /// White space at the end of the text was not sent: the reply's own leading white space stands for it.
    blank: bool,
}

impl Following {
    /// For a reply to `sent`, which is the answer so far, or the answer without its trailing white space.
    pub(super) fn new(accepted: &str, sent: &str) -> Self {
        Self { stripper: PrefixStripper::new(sent), held: Vec::new(), blank: sent.len() < accepted.len() }
    }

    /// Takes a piece and returns what is certain by now.
    pub(super) fn take(&mut self, piece: Piece) -> Vec<Piece> {
        let certain = self.stripper.feed(&piece.text);
        let held = self.held.iter().map(|piece| piece.text.len()).sum::<usize>();
        if certain.is_empty() && (held > 0 || !piece.text.is_empty()) {
            self.held.push(piece);
            return Vec::new();
        }
        let mut pieces = std::mem::take(&mut self.held);
        if certain.len() == held + piece.text.len() {
            pieces.push(piece);
        } else {
            // The repetition ended inside this piece.
            let logprob = piece.logprob.filter(|_| certain.len() == piece.text.len());
            pieces = vec![Piece { text: certain, logprob }];
        }
        self.without_blank(pieces)
    }

    /// Returns the rest once the reply has ended.
    pub(super) fn finish(mut self) -> Vec<Piece> {
        let pieces = std::mem::take(&mut self.held);
        let rest = std::mem::replace(&mut self.stripper, PrefixStripper::new("")).finish();
        if rest.is_empty() { Vec::new() } else { self.without_blank(pieces) }
    }

    fn without_blank(&mut self, mut pieces: Vec<Piece>) -> Vec<Piece> {
        for piece in &mut pieces {
            if self.blank {
                let text = piece.text.trim_start();
                self.blank = text.is_empty();
                piece.text = text.to_owned();
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn follow(accepted: &str, sent: &str, reply: &[&str]) -> Vec<Piece> {
        let mut following = Following::new(accepted, sent);
        let mut out = Vec::new();
        for text in reply {
            out.extend(following.take(Piece { text: (*text).to_owned(), logprob: Some(-1.0) }));
        }
        out.extend(following.finish());
        out
    }

    fn text(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn a_repetition_goes_and_its_beginning_alone_stays() {
        assert_eq!(text(&follow("The cat", "The cat", &["The", " cat", " sat"])), " sat");
        let kept = follow("The cat", "The cat", &["The", " dog"]);
        assert_eq!(text(&kept), "The dog");
        assert!(kept.iter().all(|piece| piece.logprob == Some(-1.0)) && kept.len() == 2);
        assert_eq!(text(&follow("The cat", "The cat", &["The"])), "The");
        assert_eq!(text(&follow("The cat", "The cat", &["The cat sat"])), " sat");
        assert_eq!(text(&follow("The cat", "The cat", &["The cat"])), "");
    }

    #[test]
    fn white_space_that_was_not_sent_is_not_doubled() {
        assert_eq!(text(&follow("It is ", "It is", &[" ", " so"])), "so");
        assert_eq!(text(&follow("It is\n", "It is", &["so", " it"])), "so it");
        assert_eq!(text(&follow("It is", "It is", &[" so"])), " so");
    }

    proptest! {
        #[test]
        fn what_repeats_nothing_stays_as_it_is(reply in prop::collection::vec("[x-z ]{0,3}", 0..8)) {
            let texts: Vec<&str> = reply.iter().map(String::as_str).collect();
            prop_assert_eq!(text(&follow("abc", "abc", &texts)), reply.concat());
        }

        #[test]
        fn a_whole_repetition_goes_however_it_is_cut(cut in 0_usize..12, rest in "[a-e ]{0,6}") {
            let reply = format!("abcde abcde {rest}");
            let (one, two) = reply.split_at(cut);
            prop_assert_eq!(text(&follow("abcde abcde ", "abcde abcde ", &[one, two])), rest);
        }
    }
}
