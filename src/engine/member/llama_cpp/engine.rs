//! The engine of a session: one context of llama.cpp.
//!
//! Prevents every misuse that would end the process: batches never exceed what the context takes, sequences are counted, and
//! logits are only requested where they were computed.

use std::ops::Range;

use fearless_simd::Level;
use llama_cpp_2::DecodeError;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;

use super::sequences::{Cut, LEAVES, SEQUENCES, Sequences, Share};
use super::vocabulary::Words;
use crate::engine::member::MemberError;
use crate::engine::member::in_process::{Engine, Moved, Sum, Tree};

/// Tokens of a prompt in one decode: a call can be cancelled between decodes.
pub(super) const BATCH: usize = 256;

/// Rows with logits in one decode. These bound llama.cpp's output buffer: 64 MiB for a vocabulary of 262,144.
const ROWS: usize = 64;

/// Memory for the rows that are kept.
const ROW_BYTES: usize = 64 << 20;

/// Cells of the cache beyond a whole context, so that a tree never displaces the answer.
pub(super) const TREE_CELLS: usize = 512;

/// A context, and the use of each of its sequences.
pub(super) struct LlamaCpp<'m> {
    file: String,
    words: Words<'m>,
    context: LlamaContext<'m>,
    /// The most positions of one sequence.
    positions: usize,
    batch: LlamaBatch<'static>,
    sequences: Sequences,
}

impl<'m> LlamaCpp<'m> {
    /// An engine that has evaluated nothing. `positions` is at most the context's cells.
    pub(super) fn new(file: &str, words: Words<'m>, context: LlamaContext<'m>, positions: usize) -> Self {
        Self {
            file: file.to_owned(),
            words,
            context,
            positions,
            batch: LlamaBatch::new(BATCH, SEQUENCES as i32),
            sequences: Sequences::new(),
        }
    }

    fn cells(&self) -> usize {
        self.context.n_ctx() as usize
    }

    fn add(&mut self, token: u32, position: usize, sequences: &[i32], logits: bool) -> Result<(), MemberError> {
        let token = LlamaToken(token.cast_signed());
        self.batch.add(token, position as i32, sequences, logits).map_err(|error| self.failed(&error.to_string()))
    }

    fn decode(&mut self) -> Result<(), MemberError> {
        let decoded = self.context.decode(&mut self.batch).map_err(|error| match error {
            DecodeError::NoKvCacheSlot => self.failed("its cache is full: give it a larger `context`"),
            DecodeError::NTokensZero | DecodeError::Unknown(_) => self.failed(&error.to_string()),
        });
        // A GPU may still be computing.
        self.context.synchronize();
        decoded
    }

    fn share(&mut self, prefix: usize, share: Share) -> Result<(), MemberError> {
        let (start, end) = share.depth.map_or((0, prefix), |depth| (prefix, prefix + depth));
        let shared = self.context.kv_cache_seq_cp(share.from, share.to, Some(start as u32), Some(end as u32));
        shared.map_err(|error| self.failed(&error.to_string()))
    }

    fn cut(&mut self, prefix: usize, cut: Cut) {
        let start = cut.depth.map(|depth| (prefix + depth) as u32);
        // Only recurrent models refuse to drop a part, and they are not opened.
        let _ = self.context.kv_cache_seq_rm(cut.sequence, start, None);
    }

    fn failed(&self, problem: &str) -> MemberError {
        MemberError::Failed(format!("{}: llama.cpp: {problem}", self.file))
    }
}

impl<'m> Engine for LlamaCpp<'m> {
    type Vocabulary = Words<'m>;

    fn vocabulary(&self) -> &Words<'m> {
        &self.words
    }

    fn file(&self) -> &str {
        &self.file
    }

    fn context(&self) -> usize {
        self.positions
    }

    fn nodes(&self, prefix: usize) -> usize {
        self.cells().saturating_sub(prefix)
    }

    fn spare(&self) -> usize {
        TREE_CELLS
    }

    fn leaves(&self) -> usize {
        LEAVES
    }

    fn rows(&self) -> usize {
        (ROW_BYTES / (self.words.count() * size_of::<f32>())).max(2)
    }

    fn pass(&self) -> (usize, usize) {
        (BATCH, ROWS)
    }

    fn level(&self) -> Level {
        Level::new()
    }

    fn read(&mut self, start: usize, ids: &[u32], follows: bool) -> Result<&[f32], MemberError> {
        self.batch.clear();
        for (place, id) in ids.iter().enumerate() {
            self.add(*id, start + place, &[0], follows && place + 1 == ids.len())?;
        }
        self.decode()?;
        if follows && !ids.is_empty() { Ok(self.context.get_logits_ith(ids.len() as i32 - 1)) } else { Ok(&[]) }
    }

    fn rewind(&mut self, prefix: usize) {
        self.forget(prefix, 0);
        if prefix == 0 {
            self.context.clear_kv_cache();
        } else {
            self.cut(prefix, Cut { sequence: 0, depth: Some(0) });
        }
    }

    fn grow(&mut self, prefix: usize, tree: &mut Tree, nodes: Range<u32>, sum: Sum<'_>) -> Result<(), MemberError> {
        let shares = self.sequences.extend(tree).ok_or_else(|| self.failed("too many candidates at once"))?;
        for share in shares {
            self.share(prefix, share)?;
        }
        self.batch.clear();
        for node in nodes.clone() {
            let position = prefix + self.sequences.depth(node) - 1;
            let through = self.sequences.through(node).to_vec();
            self.add(tree.token(node), position, &through, true)?;
        }
        self.decode()?;
        for (row, node) in (0..).zip(nodes) {
            let logits = self.context.get_logits_ith(row);
            tree.set(node, logits, sum(logits));
        }
        Ok(())
    }

    fn adopt(&mut self, prefix: usize, path: &[u32]) {
        if let Some(sequence) = path.last().and_then(|end| self.sequences.of(*end)) {
            // Positions are within the context, so these are numbers that it accepts.
            let _ = self.share(prefix, Share { from: sequence, to: 0, depth: Some(path.len()) });
        }
    }

    fn keep(&mut self, prefix: usize, adopted: usize, moved: &[Moved]) {
        for cut in self.sequences.keep(moved, adopted) {
            self.cut(prefix, cut);
        }
    }

    fn forget(&mut self, prefix: usize, first: usize) {
        if first > 0 {
            for cut in self.sequences.forget(first) {
                self.cut(prefix, cut);
            }
        } else if self.sequences.any() {
            self.context.llama_kv_cache_seq_keep(0);
            self.sequences = Sequences::new();
        }
    }
}
