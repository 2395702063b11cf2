//! Puts the lines of one run in the order of their numbers.
//!
//! Lost lines leave a gap, repeated lines are dropped, displaced lines return to their position. As few lines as possible count
//! as displaced: those outside the longest ascending subsequence.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, FaultKind};
use crate::engine::fusion::event::{Event, Record};

/// A line that is an event.
pub(super) struct Line<'a> {
    /// Its line number in the file, from 1.
    pub(super) place: usize,
    number: Option<u64>,
    text: &'a [u8],
    pub(super) record: Record,
}

/// A number, and for lines without one their position after the line with that number.
type Key = (u64, usize);

/// A run in order.
pub(super) struct Ordered<'a> {
    pub(super) records: Vec<Record>,
    /// The number of its last event.
    pub(super) last: u64,
    /// Lines after it that belong to another run, whose header is missing.
    pub(super) headless: Vec<Line<'a>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(place: usize, number: Option<u64>, text: &'a [u8], record: Record) -> Self {
        Self { place, number, text, record }
    }
}

/// Puts the lines of a run in order; the first is its header. `before` are lines ahead of it that belong to no other run, `bad`
/// the line numbers of lines that are not events.
pub(super) fn order<'a>(mut lines: Vec<Line<'a>>, before: Vec<Line<'a>>, bad: &[usize], faults: &mut Vec<Fault>) -> Ordered<'a> {
    let mut keyed = keys(&lines);
    let mut headless = before;
    if !ascends(&keyed) {
        let cut = another_run(&lines, &keyed);
        let others = lines.split_off(cut);
        keyed.truncate(cut);
        faults.extend(headless.drain(..).map(|line| Fault::new(line.place, FaultKind::NoHeader)));
        headless = others;
    } else if let Some(adopted) = adopted(&headless, &keyed) {
        faults.push(Fault::new(headless[0].place, FaultKind::OutOfPlace));
        lines.splice(1..1, headless.drain(..));
        keyed.insert(1, (adopted, 0));
    } else {
        faults.extend(headless.drain(..).map(|line| Fault::new(line.place, FaultKind::NoHeader)));
    }
    let mut placed: Vec<(Key, Line<'a>)> = keyed.into_iter().zip(lines).collect();
    if !ascends(placed.iter().map(|(key, _)| key)) {
        placed = put_in_order(placed, faults);
    }
    gaps(&placed, bad, faults);
    let last = placed.iter().map(|((number, _), _)| *number).max().unwrap_or(0);
    Ordered { records: placed.into_iter().map(|(_, line)| line.record).collect(), last, headless }
}

fn ascends<'k>(keys: impl IntoIterator<Item = &'k Key>) -> bool {
    keys.into_iter().is_sorted_by(|one, other| one < other)
}

/// The key of every line. One without a number takes the next, unless another line claims that.
fn keys(lines: &[Line<'_>]) -> Vec<Key> {
    let claimed: HashSet<u64> = lines.iter().skip(1).filter_map(|line| line.number).collect();
    let mut last: Key = (0, 0);
    let mut key = |(place, line): (usize, &Line<'_>)| {
        let next = last.0.saturating_add(1);
        last = match line.number {
            // A header is the first event whatever its number.
            _ if place == 0 => (1, 0),
            Some(number) => (number, 0),
            None if claimed.contains(&next) => (last.0, last.1 + 1),
            None => (next, 0),
        };
        last
    };
    lines.iter().enumerate().map(&mut key).collect()
}

/// Where the lines of another run start whose header is missing: after the end of this run numbers start again, or two in a row
/// repeat known numbers with other events.
fn another_run(lines: &[Line<'_>], keys: &[Key]) -> usize {
    let mut seen: HashMap<Key, &[u8]> = HashMap::new();
    let mut conflicts = 0;
    for (place, (key, line)) in keys.iter().zip(lines).enumerate() {
        match seen.get(key) {
            None => {
                seen.insert(*key, line.text);
                conflicts = 0;
            }
            Some(text) if *text == line.text => {}
            Some(_) => {
                let ended = place.checked_sub(1).is_some_and(|before| is_end(&lines[before]));
                conflicts += 1;
                if ended || conflicts == 2 {
                    return place + 1 - conflicts;
                }
            }
        }
    }
    lines.len()
}

fn is_end(line: &Line<'_>) -> bool {
    matches!(line.record.event, Event::RunFinished(_))
}

/// The number of a single line ahead of a header that was swapped with it.
fn adopted(before: &[Line<'_>], keys: &[Key]) -> Option<u64> {
    let [line] = before else { return None };
    let lost = keys.get(1).is_none_or(|(number, _)| *number > 2);
    line.number.filter(|number| *number == 2 && lost)
}

fn put_in_order<'a>(lines: Vec<(Key, Line<'a>)>, faults: &mut Vec<Fault>) -> Vec<(Key, Line<'a>)> {
    let mut seen: HashMap<Key, &[u8]> = HashMap::new();
    let mut kept: Vec<(Key, Line<'a>)> = Vec::new();
    for (key, line) in lines {
        if let Some(text) = seen.get(&key) {
            let kind = if *text == line.text { FaultKind::Repeated } else { FaultKind::Rival };
            faults.push(Fault::new(line.place, kind));
        } else {
            seen.insert(key, line.text);
            kept.push((key, line));
        }
    }
    let backbone = longest_ascent(&kept);
    let reached = kept.iter().zip(&backbone).filter(|(_, stays)| **stays).map(|((key, _), _)| key.0).max().unwrap_or(0);
    // If more than twice as many lines would be missing as there are, the number is wrong.
    let greatest = reached.saturating_add(2 * kept.len() as u64);
    let mut before: Key = (0, 0);
    for ((key, line), stays) in kept.iter_mut().zip(backbone) {
        if !stays {
            let credible = key.0 <= greatest;
            if !credible {
                *key = (before.0, before.1 + 1);
            }
            faults.push(Fault::new(line.place, if credible { FaultKind::OutOfPlace } else { FaultKind::Misnumbered }));
        }
        before = *key;
    }
    kept.sort_by_key(|(key, _)| *key);
    kept
}

/// Which lines stay where they are: those of the longest strictly ascending subsequence that starts with the header.
fn longest_ascent(lines: &[(Key, Line<'_>)]) -> Vec<bool> {
    // For each length the index of the smallest key that ends an ascent of that length, and for each index its predecessor.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(lines.len());
    for (place, (key, _)) in lines.iter().enumerate() {
        // Nothing comes before the header.
        let length = ends.partition_point(|end| lines[*end].0 < *key).max(usize::from(place > 0));
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut stays = vec![false; lines.len()];
    let mut at = ends.last().copied();
    while let Some(place) = at {
        stays[place] = true;
        at = before[place];
    }
    stays
}

/// Missing events. Lines that are not events account for as many.
fn gaps(lines: &[(Key, Line<'_>)], bad: &[usize], faults: &mut Vec<Fault>) {
    for pair in lines.windows(2) {
        let [((from, _), one), ((to, _), other)] = pair else { continue };
        let missing = to.saturating_sub(*from).saturating_sub(1);
        let unread = bad.iter().filter(|line| (one.place..=other.place).contains(line)).count() as u64;
        if missing > unread {
            let kind = FaultKind::Missing { number: from.saturating_add(1), count: missing };
            faults.push(Fault::new(other.place, kind));
        }
    }
}
