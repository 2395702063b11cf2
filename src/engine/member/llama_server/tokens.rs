//! Texts as the model's own tokens.
//!
//! Owns tokenising free text without giving it meaning (what models wrote never becomes a control token), and where the tokens of
//! a candidate start. Text is tokenised as a whole, not segment by segment: tokenising is not concatenative (`" capi"` and
//! `"tal"` are not `" capital"`), and a model gives bad scores to what it would never have written that way. Since the start of a
//! text is tokenised the same way whatever follows, except for the last token or two, the server's cache stays valid.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::server::{CallError, Server};

/// A token with what is needed to force it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Its number in the vocabulary.
    pub(super) id: u32,
    /// Whether it is text on its own: not empty, whole characters, not starting with NUL. Only such tokens can be forced by a
    /// grammar; others make the server fail, or abort if its first token ends a turn.
    pub(super) whole: bool,
}

/// Tokenises for one model.
#[derive(Debug)]
pub(super) struct Tokenizer {
    /// A text to put before free text, with its tokens: `SentencePiece` models add a space before a text, which is wrong when the
    /// text continues another.
    anchor: Option<Vec<u32>>,
    /// A token of plain text, harmless wherever it is drawn.
    pub(super) plain: u32,
    /// The last text passed to [`Tokenizer::remembered`].
    last: Mutex<(String, Vec<Token>)>,
}

/// Put before free text if needed: a line feed never merges with a letter.
const ANCHOR: &str = "\n";

#[derive(Debug, Deserialize)]
struct Reply {
    tokens: Vec<Piece>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Piece {
    /// Old servers return only numbers.
    Bare(u32),
    Told {
        id: u32,
        piece: Text,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    /// Bytes that are not whole characters.
    Bytes(Vec<u8>),
}

impl Tokenizer {
    /// Finds out how the model tokenises.
    pub(super) async fn new(server: &Server) -> Result<Self, CallError> {
        let reply = ask(server, "a", false, false).await?;
        let text: Vec<String> = reply.tokens.iter().map(Piece::text).collect();
        let letter = reply.tokens.last().map(|piece| piece.token(true).id);
        let plain = letter.ok_or_else(|| server.useless("it finds no token in the text `a`"))?;
        let adds_space = text.concat().starts_with(' ');
        let anchor = if adds_space { Some(ids(&tokens(server, ANCHOR, false, false).await?)) } else { None };
        Ok(Self { anchor, plain, last: Mutex::default() })
    }

    /// The tokens of a text that continues another one and was written by the user or a model.
    pub(super) async fn free(&self, server: &Server, text: &str) -> Result<Vec<Token>, CallError> {
        self.going_on(server, text, false).await
    }

    /// The tokens of a text that continues another one; a template's text (`special`) with control tokens.
    pub(super) async fn going_on(&self, server: &Server, text: &str, special: bool) -> Result<Vec<Token>, CallError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(anchor) = &self.anchor {
            let tokens = tokens(server, &format!("{ANCHOR}{text}"), false, special).await?;
            if ids(&tokens).starts_with(anchor) {
                return Ok(tokens.get(anchor.len()..).unwrap_or_default().to_vec());
            }
        }
        tokens(server, text, false, special).await
    }

    /// As [`Tokenizer::free`], but asks the server only once for a text that is repeated.
    pub(super) async fn remembered(&self, server: &Server, text: &str) -> Result<Vec<Token>, CallError> {
        let known = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            (last.0 == text).then(|| last.1.clone())
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let tokens = self.free(server, text).await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (text.to_owned(), tokens.clone());
        Ok(tokens)
    }
}

/// The tokens of a separate text: with the token that `begins` a prompt, with control tokens if `special`.
pub(super) async fn tokens(server: &Server, text: &str, begins: bool, special: bool) -> Result<Vec<Token>, CallError> {
    Ok(read(&ask(server, text, begins, special).await?, text))
}

async fn ask(server: &Server, text: &str, begins: bool, special: bool) -> Result<Reply, CallError> {
    let body = json!({ "content": text, "add_special": begins, "parse_special": special, "with_pieces": true });
    server.post("/tokenize", fields(body)).await
}

/// The fields of a JSON object.
pub(super) fn fields(object: Value) -> Map<String, Value> {
    if let Value::Object(fields) = object { fields } else { Map::new() }
}

pub(super) fn ids(tokens: &[Token]) -> Vec<u32> {
    tokens.iter().map(|token| token.id).collect()
}

fn read(reply: &Reply, text: &str) -> Vec<Token> {
    let harmless = text.is_ascii() && !text.contains('\0');
    reply.tokens.iter().map(|piece| piece.token(harmless)).collect()
}

impl Piece {
    /// The token. `harmless`: the whole text consists of single-byte characters.
    fn token(&self, harmless: bool) -> Token {
        match self {
            Self::Bare(id) => Token { id: *id, whole: harmless },
            Self::Told { id, piece: Text::Bytes(_) } => Token { id: *id, whole: false },
            Self::Told { id, piece: Text::Whole(text) } => Token { id: *id, whole: !text.is_empty() && !text.starts_with('\0') },
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Bare(_) => String::new(),
            Self::Told { piece: Text::Whole(text), .. } => text.clone(),
            Self::Told { piece: Text::Bytes(bytes), .. } => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// How many tokens the accepted text has in common with the text that continues with a candidate: the rest are the candidate's.
pub(super) fn common(accepted: &[Token], whole: &[Token]) -> usize {
    accepted.iter().zip(whole).take_while(|(known, token)| known.id == token.id).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(reply: Value, text: &str) -> Vec<Token> {
        read(&serde_json::from_value(reply).unwrap(), text)
    }

    #[test]
    fn pieces_tell_which_tokens_are_whole() {
        let reply = json!({"tokens": [
            {"id": 1, "piece": " a"}, {"id": 2, "piece": [195]}, {"id": 3, "piece": ""}, {"id": 4, "piece": "\u{0}x"}, {"id": 5, "piece": "é"},
        ]});
        let whole: Vec<bool> = tokens(reply, "aé").iter().map(|token| token.whole).collect();
        assert_eq!(whole, [true, false, false, false, true]);
        assert_eq!(tokens(json!({"tokens": [7]}), "é"), [Token { id: 7, whole: false }]);
        assert_eq!(tokens(json!({"tokens": [7]}), "e"), [Token { id: 7, whole: true }]);
    }

    proptest! {
        /// The common part is common, and the token after it is not.
        #[test]
        fn the_common_part_is_the_longest(accepted in prop::collection::vec(0u32..3, 0..8), whole in prop::collection::vec(0u32..3, 0..8)) {
            let token = |id: &u32| Token { id: *id, whole: true };
            let (accepted, whole): (Vec<_>, Vec<_>) = (accepted.iter().map(token).collect(), whole.iter().map(token).collect());
            let common = common(&accepted, &whole);
            prop_assert_eq!(&accepted[..common], &whole[..common]);
            prop_assert!(common == accepted.len() || common == whole.len() || accepted[common] != whole[common]);
        }
    }
}
