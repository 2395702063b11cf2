//! Text to token ids: byte-level byte-pair encoding, equal to llama.cpp's.
//!
//! Owns the merging and finding special tokens. Any text takes bounded time: one that cannot fit the limit is refused by its
//! length, and merging uses a heap, never repeated passes over the word.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::split::pieces;
use super::vocabulary::Vocabulary;
use crate::engine::member::in_process::TooLong;

/// A text split at its special tokens.
#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    Text(&'a str),
    Special(u32),
}

/// A stretch of a piece that is one token so far, linked to its neighbours.
#[derive(Debug, Clone, Copy)]
struct Symbol {
    token: u32,
    before: usize,
    after: usize,
    merged: bool,
}

/// Rank, index of the left token, the pair and its result: ordered as pairs are to be merged.
type Merge = (u32, usize, (u32, u32), u32);

const NONE: usize = usize::MAX;

impl Vocabulary {
    /// Appends the tokens of a text to `ids`. With `special`, written forms of special tokens become those tokens: only for
    /// templates, never for what users or models wrote. Fails as soon as `ids` would grow beyond `limit`.
    pub(super) fn encode(&self, text: &str, special: bool, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        // No token is longer than the longest: this detects a text that is too long without reading it.
        let least = ids.len() + text.len() / self.longest;
        if least > limit {
            return Err(TooLong { needed: least });
        }
        for part in self.parts(text, special) {
            match part {
                Part::Text(text) => self.encode_plain(text, limit, ids)?,
                Part::Special(id) => push(id, limit, ids)?,
            }
        }
        Ok(())
    }

    /// Splits a text at its special tokens, the longest first.
    fn parts<'a>(&self, text: &'a str, templates: bool) -> Vec<Part<'a>> {
        let mut parts = vec![Part::Text(text)];
        for (written, id, always) in &self.special {
            if !(templates || *always) || !text.contains(written.as_str()) {
                continue;
            }
            let mut cut = Vec::new();
            for part in parts {
                let Part::Text(text) = part else {
                    cut.push(part);
                    continue;
                };
                for (index, piece) in text.split(written.as_str()).enumerate() {
                    if index > 0 {
                        cut.push(Part::Special(*id));
                    }
                    cut.push(Part::Text(piece));
                }
            }
            parts = cut;
        }
        parts
    }

    fn encode_plain(&self, text: &str, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        for piece in pieces(self.split, text) {
            self.merge(piece, limit, ids)?;
        }
        Ok(())
    }

    /// Merges the bytes of one piece: always the pair of the lowest rank, the leftmost on ties.
    fn merge(&self, piece: &str, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        let count = piece.len();
        let mut symbols: Vec<Symbol> = piece
            .bytes()
            .enumerate()
            .map(|(at, byte)| Symbol {
                token: self.byte_tokens[usize::from(byte)],
                before: at.wrapping_sub(1),
                after: if at + 1 < count { at + 1 } else { NONE },
                merged: false,
            })
            .collect();
        let mut queue = BinaryHeap::new();
        for left in 0..count.saturating_sub(1) {
            self.propose(&symbols, left, &mut queue);
        }
        while let Some(Reverse((_, left, pair, result))) = queue.pop() {
            let right = symbols[left].after;
            // An entry whose tokens have merged with others since then is stale.
            if symbols[left].merged || right == NONE || (symbols[left].token, symbols[right].token) != pair {
                continue;
            }
            let after = symbols[right].after;
            symbols[left].token = result;
            symbols[left].after = after;
            symbols[right].merged = true;
            if after != NONE {
                symbols[after].before = left;
            }
            self.propose(&symbols, left, &mut queue);
            if symbols[left].before != NONE {
                self.propose(&symbols, symbols[left].before, &mut queue);
            }
        }
        for symbol in symbols.iter().filter(|symbol| !symbol.merged) {
            push(symbol.token, limit, ids)?;
        }
        Ok(())
    }

    fn propose(&self, symbols: &[Symbol], left: usize, queue: &mut BinaryHeap<Reverse<Merge>>) {
        let right = symbols[left].after;
        if right != NONE {
            let pair = (symbols[left].token, symbols[right].token);
            if let Some((rank, result)) = self.merges.get(&pair) {
                queue.push(Reverse((*rank, left, pair, *result)));
            }
        }
    }
}

fn push(id: u32, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
    if ids.len() >= limit {
        return Err(TooLong { needed: ids.len() + 1 });
    }
    ids.push(id);
    Ok(())
}
