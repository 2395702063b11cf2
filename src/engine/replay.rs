//! Plays a recorded run by its time stamps.
//!
//! Owns which records are due when: speed, pause, step, restart. The time is a parameter, in milliseconds of any clock that does
//! not run backwards; what the records mean is up to the caller, exactly as in a live run.

use super::fusion::event::{Event, Record};

/// The speeds on offer; 1 is as recorded.
pub const SPEEDS: &[f64] = &[0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// The most records per call, so that a screen can draw and read keys in between.
const AT_ONCE: usize = 512;

/// The latest time stamp accepted, in milliseconds (three years): whatever an edited trace contains, a deadline stays a number
/// that timers can take.
const LATEST_MS: f64 = 1e11;

/// Plays a recorded run. Every record comes out once and in order, whatever the commands; only a restart starts again.
#[derive(Debug, Clone)]
pub struct Player {
    records: Vec<Record>,
    /// When each record is played, in recorded time: its time stamp, but never before the preceding record. A further run's own
    /// time starts at the end of the run before it.
    times: Vec<f64>,
    /// Where each run starts: its first record, and its own start in recorded time.
    begins: Vec<(usize, f64)>,
    /// The next record.
    next: usize,
    /// Records before this index are due regardless of the time.
    at_once: usize,
    playing: bool,
    speed: f64,
    /// The recorded time reached at `anchor_now`.
    anchor_played: f64,
    /// Since when time passes; `None` until the first call gives the time.
    anchor_now: Option<f64>,
}

impl Player {
    /// A player of these records, playing at speed 1. Time starts with the first call of [`Player::due`] or of a command.
    #[must_use]
    pub fn new(records: Vec<Record>) -> Self {
        let (mut reached, mut began, mut begins) = (0.0_f64, 0.0_f64, Vec::new());
        let times = records.iter().enumerate().map(|(place, record)| {
            if matches!(record.event, Event::RunStarted(_)) {
                began = reached;
                begins.push((place, began));
            }
            if record.t_ms.is_finite() {
                reached = reached.max((began + record.t_ms).min(LATEST_MS));
            }
            reached
        });
        let times = times.collect();
        Self { records, times, begins, next: 0, at_once: 0, playing: true, speed: 1.0, anchor_played: 0.0, anchor_now: None }
    }

    /// Takes the next records that are due, at most 512 per call; further calls return the rest. While paused, only the records
    /// of a step or of a skip to the end are due.
    pub fn due(&mut self, now_ms: f64) -> &[Record] {
        self.anchor_now.get_or_insert(now_ms);
        let from = self.next;
        let window = &self.times[from..self.times.len().min(from + AT_ONCE)];
        let timed = if self.playing { window.partition_point(|time| self.due_at(*time, now_ms) <= now_ms) } else { 0 };
        let forced = self.at_once.saturating_sub(from).min(window.len());
        self.next += timed.max(forced);
        &self.records[from..self.next]
    }

    /// When the next record is due, on the clock of `now_ms` and not before it; `None` if paused or at the end.
    #[must_use]
    pub fn deadline(&self, now_ms: f64) -> Option<f64> {
        let time = *self.times.get(self.next)?;
        if self.next < self.at_once {
            return Some(now_ms);
        }
        self.playing.then(|| self.due_at(time, now_ms).max(now_ms))
    }

    /// Pauses at the current time.
    pub fn pause(&mut self, now_ms: f64) {
        self.anchor(now_ms);
        self.playing = false;
    }

    /// Resumes from the current time.
    pub fn resume(&mut self, now_ms: f64) {
        self.anchor(now_ms);
        self.playing = true;
    }

    /// Whether time passes, possibly beyond the last record.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Recorded milliseconds per millisecond.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Plays at this speed from here on; a speed outside [`SPEEDS`] is clamped, and NaN changes nothing.
    pub fn set_speed(&mut self, now_ms: f64, speed: f64) {
        self.anchor(now_ms);
        if let (Some(slowest), Some(fastest), false) = (SPEEDS.first(), SPEEDS.last(), speed.is_nan()) {
            self.speed = speed.clamp(*slowest, *fastest);
        }
    }

    /// Makes the rest of the current round due immediately, then pauses. If no round is in progress, that is all of the next
    /// round, or the end of the run.
    pub fn step(&mut self, now_ms: f64) {
        self.pause(now_ms);
        let from = self.next.max(self.at_once);
        let end = self.step_end(from);
        if end > from {
            self.at_once = end;
            self.anchor_played = self.times[end - 1];
        }
    }

    /// Makes everything due immediately.
    pub fn skip_to_end(&mut self) {
        self.at_once = self.records.len();
        self.anchor_played = self.duration_ms();
    }

    /// Plays from the start, at the chosen speed.
    pub fn restart(&mut self, now_ms: f64) {
        (self.next, self.at_once, self.playing) = (0, 0, true);
        (self.anchor_played, self.anchor_now) = (0.0, Some(now_ms));
    }

    /// The recorded time reached, in milliseconds from the start of the first run, up to [`Player::duration_ms`].
    #[must_use]
    pub fn played_ms(&self, now_ms: f64) -> f64 {
        let passed = if self.playing { (now_ms - self.anchor_now.unwrap_or(now_ms)).max(0.0) * self.speed } else { 0.0 };
        // No record that came out is later than this, even if the clock ran backwards.
        let shown = self.next.checked_sub(1).map_or(0.0, |last| self.times[last]);
        (self.anchor_played + passed).max(shown).min(self.duration_ms())
    }

    /// The same, from the start of the current run if several follow each other.
    #[must_use]
    pub fn run_ms(&self, now_ms: f64) -> f64 {
        let shown = self.begins.partition_point(|(place, _)| *place < self.next);
        let began = shown.checked_sub(1).map_or(0.0, |run| self.begins[run].1);
        self.played_ms(now_ms) - began
    }

    /// Recorded milliseconds from the start of the first run to the last record.
    #[must_use]
    pub fn duration_ms(&self) -> f64 {
        self.times.last().copied().unwrap_or(0.0)
    }

    /// Whether every record has come out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.next == self.records.len()
    }

    /// When a recorded time is reached. [`Player::due`] and [`Player::deadline`] share this expression, so that no rounding
    /// difference keeps a record from being due at its deadline.
    fn due_at(&self, time: f64, now_ms: f64) -> f64 {
        self.anchor_now.unwrap_or(now_ms) + (time - self.anchor_played) / self.speed
    }

    fn anchor(&mut self, now_ms: f64) {
        self.anchor_played = self.played_ms(now_ms);
        self.anchor_now = Some(now_ms);
    }

    /// The index after the last record of a step that starts at `from`.
    fn step_end(&self, from: usize) -> usize {
        let boundary = |record: &Record| matches!(record.event, Event::RoundStarted { .. } | Event::RunFinished(_));
        let next_boundary = |from: usize| self.records[from..].iter().position(boundary).map(|ahead| from + ahead);
        if self.is_within_round(from) {
            let end = next_boundary(from).unwrap_or(self.records.len());
            // The user sees something happen, even if a round was cut off just before the end.
            if end > from {
                return end;
            }
        }
        match next_boundary(from) {
            Some(start) if matches!(self.records[start].event, Event::RoundStarted { .. }) => {
                next_boundary(start + 1).unwrap_or(self.records.len())
            }
            Some(finish) => finish + 1,
            None => self.records.len(),
        }
    }

    /// Whether the records before `place` started a round without completing it.
    fn is_within_round(&self, place: usize) -> bool {
        self.records[..place].iter().rev().find_map(|record| record.event.leaves_round_open()).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
