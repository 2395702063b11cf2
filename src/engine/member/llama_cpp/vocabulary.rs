//! A model's tokens, as llama.cpp knows them.

use std::borrow::Cow;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::LlamaVocab;

use crate::engine::member::in_process::{Part, TooLong, Vocabulary};

/// Minimum bytes that are tokenised before it is known whether they fit: no token of any vocabulary is longer.
const LONGEST: usize = 1 << 10;

/// Put before a text so that its tokenizer does not add a space before it: a line break merges with nothing.
const BREAK: &str = "\n";

/// The tokens of a model.
pub(super) struct Words<'m> {
    vocabulary: LlamaVocab<'m>,
    count: u32,
    ends: Vec<u32>,
    never: Vec<bool>,
    start: Option<u32>,
    begin: String,
    end: String,
    /// The tokens of a line break at the start of a text, if the tokenizer adds a space before any text (`SentencePiece`).
    before: Option<Vec<LlamaToken>>,
}

impl<'m> Words<'m> {
    /// The tokens of a model; `None` if none of them ends a text.
    pub(super) fn of(model: &'m LlamaModel) -> Option<Self> {
        let vocabulary = model.vocab();
        let count = u32::try_from(vocabulary.n_tokens()).ok()?;
        let ends: Vec<u32> = (0..count).filter(|id| vocabulary.is_eog(token(*id))).collect();
        let never = (0..count).map(|id| vocabulary.is_control(token(id)) && !ends.contains(&id)).collect();
        let known = |special: LlamaToken| (0..count.cast_signed()).contains(&special.0).then_some(special);
        let written = |special: Option<LlamaToken>| {
            let text = special.and_then(|special| vocabulary.text(special));
            text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let (begin, end) = (written(known(vocabulary.bos())), written(known(vocabulary.eos())));
        let start = known(vocabulary.bos()).filter(|_| vocabulary.should_add_bos()).map(|special| special.0 as u32);
        let adds_space = {
            let letter = vocabulary.tokenize(b"a", false, false);
            let first = letter.first().map(|first| vocabulary.token_to_piece(*first, false, None));
            first.is_some_and(|first| first.starts_with(b" "))
        };
        let before = adds_space.then(|| vocabulary.tokenize(BREAK.as_bytes(), false, false));
        (!ends.is_empty()).then_some(Self { vocabulary, count, ends, never, start, begin, end, before })
    }

    /// The number of tokens, which is the width of a row of logits.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    fn tokenize(&self, text: &str, part: Part) -> Vec<LlamaToken> {
        let special = part != Part::Text;
        match &self.before {
            Some(before) if part != Part::Opening => {
                let tokens = self.vocabulary.tokenize(format!("{BREAK}{text}").as_bytes(), false, special);
                match tokens.strip_prefix(before.as_slice()) {
                    Some(rest) => rest.to_vec(),
                    None => self.vocabulary.tokenize(text.as_bytes(), false, special),
                }
            }
            Some(_) | None => self.vocabulary.tokenize(text.as_bytes(), false, special),
        }
    }
}

fn token(id: u32) -> LlamaToken {
    LlamaToken(id.cast_signed())
}

impl Vocabulary for Words<'_> {
    fn encode(&self, text: &str, part: Part, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        if text.is_empty() {
            return Ok(());
        }
        // A text that is much too long is refused by its length.
        let least = ids.len() + text.len() / LONGEST;
        if least > limit {
            return Err(TooLong { needed: least });
        }
        let tokens = self.tokenize(text, part);
        let needed = ids.len() + tokens.len();
        if needed > limit {
            return Err(TooLong { needed });
        }
        ids.extend(tokens.iter().map(|token| token.0.cast_unsigned()));
        Ok(())
    }

    fn bytes(&self, id: u32) -> Cow<'_, [u8]> {
        Cow::Owned(self.vocabulary.token_to_piece(token(id), false, None))
    }

    fn ends(&self) -> &[u32] {
        &self.ends
    }

    fn never(&self) -> &[bool] {
        &self.never
    }

    fn start(&self) -> Option<u32> {
        self.start
    }

    fn written(&self) -> (&str, &str) {
        (&self.begin, &self.end)
    }
}
