//! The engine of a session: the prefix in one store, the tree after it in another.

use std::ops::Range;
use std::sync::Arc;

use fearless_simd::Level;
use specfuse_transformer::{Batch, Forward, Model, Place, Row};

use super::vocabulary::Vocabulary;
use crate::engine::member::MemberError;
use crate::engine::member::in_process::{Engine, Moved, Session, Sum, Template, Tree};

/// Rows evaluated in one pass: enough to reuse each weight many times, few enough that a cancelled call ends soon.
const ROWS_PER_PASS: usize = 64;

/// Memory that the logits of a tree may take before it is dropped.
const TREE_BYTES: usize = 64 << 20;

/// What the sessions of one model share, all of it immutable.
#[derive(Clone)]
pub(super) struct Shared {
    file: Arc<str>,
    model: Arc<Model>,
    vocabulary: Arc<Vocabulary>,
    level: Level,
}

impl Shared {
    pub(super) fn new(file: &str, model: Model, vocabulary: Vocabulary, level: Level) -> Self {
        Self { file: file.into(), model: Arc::new(model), vocabulary: Arc::new(vocabulary), level }
    }

    /// The model's source, for messages.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// A new session.
    pub(super) fn session(&self) -> Session<Embedded> {
        let template = Template::chat(&self.file, &self.vocabulary.template);
        let forward = Forward::new(&self.model.config, self.level);
        Session::new(Embedded { shared: self.clone(), forward }, template)
    }
}

/// A model with its stores.
pub(super) struct Embedded {
    shared: Shared,
    forward: Forward,
}

impl Engine for Embedded {
    type Vocabulary = Vocabulary;

    fn vocabulary(&self) -> &Vocabulary {
        &self.shared.vocabulary
    }

    fn file(&self) -> &str {
        &self.shared.file
    }

    fn context(&self) -> usize {
        self.shared.model.config.context
    }

    /// What fits its share of memory, but at least a whole context.
    fn nodes(&self, _prefix: usize) -> usize {
        self.rows()
    }

    fn spare(&self) -> usize {
        self.rows()
    }

    fn leaves(&self) -> usize {
        usize::MAX
    }

    /// All of them: the vocabularies are small.
    fn rows(&self) -> usize {
        let context = self.context();
        (TREE_BYTES / (self.shared.vocabulary.bytes.len() * size_of::<f32>())).clamp(context, 4096.max(context))
    }

    fn pass(&self) -> (usize, usize) {
        (ROWS_PER_PASS, ROWS_PER_PASS)
    }

    fn level(&self) -> Level {
        self.shared.level
    }

    fn read(&mut self, start: usize, ids: &[u32], _follows: bool) -> Result<&[f32], MemberError> {
        let rows = ids.iter().zip(start..).map(|(token, at)| Row {
            token: *token,
            position: at,
            place: Place::Main(at),
            prefix: at + 1,
            path: 0..0,
        });
        let batch = Batch { rows: rows.collect(), paths: Vec::new() };
        let logits = self.forward.evaluate(&self.shared.model, &batch, ids.len() - 1);
        Ok(&logits[..self.shared.vocabulary.bytes.len()])
    }

    /// Rows are overwritten.
    fn rewind(&mut self, _prefix: usize) {}

    fn grow(&mut self, prefix: usize, tree: &mut Tree, nodes: Range<u32>, sum: Sum<'_>) -> Result<(), MemberError> {
        let mut batch = Batch::default();
        for node in nodes.clone() {
            let start = batch.paths.len();
            let depth = tree.path(node, &mut batch.paths);
            batch.rows.push(Row {
                token: tree.token(node),
                position: prefix + depth - 1,
                place: Place::Branch(node as usize),
                prefix,
                path: start..start + depth,
            });
        }
        let stride = self.shared.model.out.stride();
        let logits = self.forward.evaluate(&self.shared.model, &batch, 0);
        for (node, logits) in nodes.zip(logits.chunks_exact(stride)) {
            let logits = &logits[..self.shared.vocabulary.bytes.len()];
            tree.set(node, logits, sum(logits));
        }
        Ok(())
    }

    fn adopt(&mut self, prefix: usize, path: &[u32]) {
        for (place, node) in path.iter().enumerate() {
            self.forward.main.copy_from(prefix + place, &self.forward.branch, *node as usize);
        }
    }

    fn keep(&mut self, _prefix: usize, _adopted: usize, moved: &[Moved]) {
        for (from, to) in moved {
            self.forward.branch.move_down(*to as usize, *from as usize);
        }
    }

    /// Rows are overwritten.
    fn forget(&mut self, _prefix: usize, _first: usize) {}
}
