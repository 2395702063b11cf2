//! The candidates sentence by sentence: a segment that spans several is accepted as a whole, whatever each of them is worth.

use super::Subject;
use crate::engine::fusion::reading::{Reading, reading, sentence_ends};

/// How probable each candidate's sentences are.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentences {
    /// For each sentence of the winner the mean probability of every candidate's sentence at that place, best candidate first:
    /// the geometric mean over its tokens, averaged over those who are asked. `None` where there is no such sentence or nobody
    /// tells.
    pub means: Vec<Vec<Option<f64>>>,
    /// Whether each candidate's own authors are asked; else all verifiers are whose tokens are known in every candidate. Who is
    /// asked of one candidate and not of another would make that one look better or worse than it is.
    pub by_authors: bool,
    /// The sentences, in the same places; empty where there is none.
    texts: Vec<Vec<String>>,
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

    /// The candidate that says the most probable at every place, be it in the words of another; `None` where no candidate does,
    /// or where a place cannot be compared.
    #[must_use]
    pub fn best_throughout(&self) -> Option<usize> {
        let best: Option<Vec<usize>> = self.best().into_iter().collect();
        let best = best?;
        let says_it = |candidate: &usize| {
            self.texts
                .iter()
                .zip(&best)
                .all(|(texts, best)| texts.get(*candidate).is_some_and(|text| texts.get(*best) == Some(text)))
        };
        (0..self.texts.first().map_or(0, Vec::len)).find(says_it)
    }

    /// Whether no candidate is the best at all places, although they can be compared.
    #[must_use]
    pub fn disagree(&self) -> bool {
        self.best().iter().all(Option::is_some) && self.best_throughout().is_none()
    }
}

/// `None` where the winner is one sentence.
pub(super) fn sentences(subject: &Subject<'_>) -> Option<Sentences> {
    let winner = subject.matrix.candidates.get(subject.winner?)?;
    let count = sentence_ends(&winner.text).len();
    if count < 2 {
        return None;
    }
    let ends: Vec<Vec<usize>> =
        subject.order().iter().map(|column| sentence_ends(&subject.matrix.candidates[*column].text)).collect();
    let told = told(subject, &ends);
    let common: Vec<usize> = (0..subject.matrix.verifiers.len())
        .filter(|verifier| told.iter().all(|of_candidate| of_candidate.get(*verifier).is_some_and(Option::is_some)))
        .collect();
    let asked = |place: usize| -> Vec<usize> {
        let authors = &subject.matrix.candidates[subject.order()[place]].authors;
        let writes = |verifier: &usize| authors.contains(&subject.matrix.verifiers[*verifier]);
        if common.is_empty() { (0..subject.matrix.verifiers.len()).filter(writes).collect() } else { common.clone() }
    };
    let mean = |sentence: usize, place: usize| {
        let means = asked(place).into_iter().filter_map(|verifier| *told[place][verifier].as_ref()?.get(sentence)?);
        let (count, sum) = means.fold((0_usize, 0.0), |(count, sum), mean| (count + 1, sum + mean));
        (count > 0).then(|| sum / count as f64)
    };
    let places = 0..subject.order().len();
    let text = |sentence: usize, place: usize| {
        let text = &subject.matrix.candidates[subject.order()[place]].text;
        let begin = sentence.checked_sub(1).map_or(Some(0), |before| ends[place].get(before).copied());
        let range = begin.zip(ends[place].get(sentence).copied());
        range.and_then(|(begin, end)| text.get(begin..end)).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    Some(Sentences {
        means: (0..count).map(|sentence| places.clone().map(|place| mean(sentence, place)).collect()).collect(),
        texts: (0..count).map(|sentence| places.clone().map(|place| text(sentence, place)).collect()).collect(),
        by_authors: common.is_empty(),
    })
}

/// What each verifier's tokens in each sentence are worth, candidate by candidate; `None` where its tokens are not known.
fn told(subject: &Subject<'_>, ends: &[Vec<usize>]) -> Vec<Vec<Option<Vec<Option<f64>>>>> {
    let of = |column: usize, ends: &[usize], verifier| {
        let candidate = &subject.matrix.candidates[column];
        let reading = reading(&subject.answer.run.members, subject.round, verifier, candidate).filter(Reading::knows_texts)?;
        Some(reading.by_sentence(ends))
    };
    let of_candidate = |(column, ends): (&usize, &Vec<usize>)| {
        subject.matrix.verifiers.iter().map(|verifier| of(*column, ends, *verifier)).collect()
    };
    subject.order().iter().zip(ends).map(of_candidate).collect()
}
