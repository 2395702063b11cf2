//! The candidates sentence by sentence: a segment that spans several is accepted as a whole, whatever each of them is worth.

use super::Subject;
use crate::engine::fusion::reading::{reading, sentence_ends};

/// How probable each candidate's sentences are.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentences {
    /// For each sentence of the winner the mean probability of every candidate's sentence at that place, best candidate first:
    /// the geometric mean over its tokens, averaged over the verifiers whose tokens are known (its authors at least, where they
    /// tell). `None` where there is no such sentence or nobody's tokens are known.
    pub means: Vec<Vec<Option<f64>>>,
}

impl Sentences {
    /// The candidate whose sentence is the most probable at each place; `None` where fewer than two can be compared.
    #[must_use]
    pub fn best(&self) -> Vec<Option<usize>> {
        let best = |row: &Vec<Option<f64>>| {
            let scored = row.iter().enumerate().filter_map(|(place, mean)| Some((place, (*mean)?)));
            let comparable = scored.clone().count() > 1;
            let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
            best.filter(|_| comparable).map(|(place, _)| place)
        };
        self.means.iter().map(best).collect()
    }

    /// Whether different candidates are the best at different places.
    #[must_use]
    pub fn disagree(&self) -> bool {
        let mut best: Vec<usize> = self.best().into_iter().flatten().collect();
        best.dedup();
        best.len() > 1
    }
}

/// `None` where the winner is one sentence.
pub(super) fn sentences(subject: &Subject<'_>) -> Option<Sentences> {
    let winner = subject.matrix.candidates.get(subject.winner?)?;
    let count = sentence_ends(&winner.text).len();
    if count < 2 {
        return None;
    }
    let columns: Vec<Vec<Option<f64>>> = subject.order().iter().map(|column| means(subject, *column)).collect();
    let row = |sentence: usize| columns.iter().map(|column| column.get(sentence).copied().flatten()).collect();
    Some(Sentences { means: (0..count).map(row).collect() })
}

/// The mean probability of each sentence of a candidate.
fn means(subject: &Subject<'_>, column: usize) -> Vec<Option<f64>> {
    let candidate = &subject.matrix.candidates[column];
    let ends = sentence_ends(&candidate.text);
    let of_verifier = |verifier| Some(reading(&subject.play.run.members, subject.round, verifier, candidate)?.by_sentence(&ends));
    let told: Vec<Vec<Option<f64>>> = subject.matrix.verifiers.iter().copied().filter_map(of_verifier).collect();
    let mean = |sentence: usize| {
        let of_sentence: Vec<f64> = told.iter().filter_map(|means| means.get(sentence).copied().flatten()).collect();
        (!of_sentence.is_empty()).then(|| of_sentence.iter().sum::<f64>() / of_sentence.len() as f64)
    };
    (0..ends.len()).map(mean).collect()
}
