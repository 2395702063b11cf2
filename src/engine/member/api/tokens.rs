//! Cuts a streamed reply's text into the tokens that the server reports with their log-probabilities.
//!
//! Text and tokens of one message need not match: a character made of several tokens comes with the last of them, some servers
//! write a token differently from its text, and some report fewer tokens than came. Text is never lost or changed because of
//! that; it is only cut less finely.

use super::logprob::Entry;

/// A piece of a reply: a token if tokens are known, otherwise as much as came in one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its text; empty for a token inside a character.
    pub text: String,
    /// Its natural log-probability, if known.
    pub logprob: Option<f32>,
}

/// Matches text with tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Tokens whose text has not come yet.
    waiting: Vec<Entry>,
}

impl Tokens {
    /// Takes the content of one message; returns all of its text.
    pub fn take(&mut self, text: &str, entries: Vec<Entry>) -> Vec<Piece> {
        self.waiting.extend(entries);
        if text.is_empty() {
            return Vec::new();
        }
        let (count, covers) = covering(&self.waiting, text.as_bytes());
        if covers {
            let tokens: Vec<Entry> = self.waiting.drain(..count).collect();
            return in_characters(text, &tokens);
        }
        // The tokens are written differently from the text: keep their number, and put the text into the last.
        let mut pieces: Vec<Piece> = std::mem::take(&mut self.waiting).iter().map(|entry| piece("", entry.logprob)).collect();
        match pieces.last_mut() {
            Some(last) => text.clone_into(&mut last.text),
            None => pieces.push(piece(text, None)),
        }
        pieces
    }

    /// The log-probability of the end, if the reply ended with one token without text.
    #[must_use]
    pub fn end(&self) -> Option<f32> {
        match self.waiting.as_slice() {
            [end] => end.logprob,
            [] | [_, _, ..] => None,
        }
    }
}

/// How many of the tokens make up this text, and whether exactly.
fn covering(tokens: &[Entry], text: &[u8]) -> (usize, bool) {
    let mut rest = text;
    for (number, token) in tokens.iter().enumerate() {
        match rest.strip_prefix(token.bytes.as_slice()) {
            Some([]) => return (number + 1, true),
            Some(after) => rest = after,
            None => return (number, false),
        }
    }
    (tokens.len(), false)
}

/// A text that these tokens make up, token by token; a character of several tokens goes to the last of them.
fn in_characters(text: &str, tokens: &[Entry]) -> Vec<Piece> {
    let (mut begin, mut end) = (0, 0);
    let mut pieces = Vec::with_capacity(tokens.len());
    for token in tokens {
        end += token.bytes.len();
        match text.get(begin..end) {
            Some(part) => {
                pieces.push(piece(part, token.logprob));
                begin = end;
            }
            None => pieces.push(piece("", token.logprob)),
        }
    }
    pieces
}

fn piece(text: &str, logprob: Option<f32>) -> Piece {
    Piece { text: text.to_owned(), logprob }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(bytes: &[u8], logprob: f32) -> Entry {
        Entry { bytes: bytes.to_vec(), logprob: Some(logprob), top: Vec::new() }
    }

    #[test]
    fn a_message_of_two_tokens_is_two_pieces() {
        let pieces = Tokens::default().take("ab c", vec![entry(b"ab", -1.0), entry(b" c", -2.0)]);
        assert_eq!(pieces, [piece("ab", Some(-1.0)), piece(" c", Some(-2.0))]);
    }

    #[test]
    fn a_character_of_several_tokens_goes_with_the_last() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.take("", vec![entry(&[0xe2, 0x82], -1.0)]), []);
        assert_eq!(tokens.take("€", vec![entry(&[0xac], -0.5)]), [piece("", Some(-1.0)), piece("€", Some(-0.5))]);
        assert_eq!(tokens.end(), None);
        // Some servers write part of a character as a replacement character.
        assert_eq!(tokens.take("", vec![entry("\u{fffd}".as_bytes(), -1.0)]), []);
        let pieces = tokens.take("é", vec![entry("\u{fffd}".as_bytes(), -0.5)]);
        assert_eq!(pieces, [piece("", Some(-1.0)), piece("é", Some(-0.5))]);
    }

    #[test]
    fn the_end_is_a_token_without_text() {
        let mut tokens = Tokens::default();
        tokens.take("a", vec![entry(b"a", -1.0)]);
        assert_eq!(tokens.take("", vec![entry(b"<|end|>", -0.25)]), []);
        assert_eq!(tokens.end(), Some(-0.25));
    }

    #[test]
    fn tokens_written_otherwise_keep_their_number() {
        let pieces = Tokens::default().take(" Paris", vec![entry("▁Par".as_bytes(), -1.0), entry(b"is", -2.0)]);
        assert_eq!(pieces, [piece("", Some(-1.0)), piece(" Paris", Some(-2.0))]);
        assert_eq!(Tokens::default().take("x", Vec::new()), [piece("x", None)]);
    }

    proptest! {
        #[test]
        fn text_is_given_out_as_it_came(messages in prop::collection::vec((".{0,4}", prop::collection::vec(".{0,2}", 0..4)), 0..6)) {
            let mut tokens = Tokens::default();
            for (text, written) in &messages {
                let entries = written.iter().map(|text| entry(text.as_bytes(), -1.0)).collect();
                let pieces = tokens.take(text, entries);
                prop_assert_eq!(&pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
            }
        }

        #[test]
        fn whole_tokens_stay_whole(written in prop::collection::vec(".{1,3}", 1..6)) {
            let entries = written.iter().map(|text| entry(text.as_bytes(), -1.0)).collect();
            let pieces = Tokens::default().take(&written.concat(), entries);
            let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(texts, written);
        }
    }
}
