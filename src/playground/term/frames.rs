//! When to draw: pure pacing.
//!
//! A change after a quiet time is drawn at once; while changes keep coming, frames keep a distance, and the last change is always
//! drawn. Without a change there is no frame. The clock is the caller's.

/// Milliseconds between two frames of the playground, at the least: 60 a second.
pub const FRAME_MS: f64 = 1000.0 / 60.0;

/// The pace of the frames. All times are in milliseconds on one clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Frames {
    min_interval: f64,
    last: Option<f64>,
    due: Option<f64>,
}

impl Frames {
    /// Frames at least `min_interval_ms` apart (0 or more).
    #[must_use]
    pub fn new(min_interval_ms: f64) -> Self {
        Self { min_interval: min_interval_ms, last: None, due: None }
    }

    /// Something changed: a frame is due, at the latest one interval from now. A frame that is due already keeps its time.
    pub fn request(&mut self, now_ms: f64) {
        let earliest = self.last.map_or(now_ms, |last| last + self.min_interval);
        // The upper bound serves a clock that was set back.
        let wanted = earliest.max(now_ms).min(now_ms + self.min_interval);
        self.due = Some(self.due.map_or(wanted, |due| due.min(wanted)));
    }

    /// When the next frame is to be drawn; none when nothing changed.
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        self.due
    }

    /// A frame was drawn: it shows everything that was requested.
    pub fn drawn(&mut self, now_ms: f64) {
        self.last = Some(now_ms);
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVAL: f64 = 16.0;

    /// Frames drawn on time for requests at the given times, which must not go down.
    fn drawn_at(requests: &[f64]) -> Vec<f64> {
        drawn_by(Frames::new(INTERVAL), requests)
    }

    fn drawn_by(mut frames: Frames, requests: &[f64]) -> Vec<f64> {
        let mut drawn = Vec::new();
        for now in requests.iter().copied().chain([f64::INFINITY]) {
            while let Some(due) = frames.deadline().filter(|due| *due <= now) {
                frames.drawn(due);
                drawn.push(due);
            }
            if now.is_finite() {
                frames.request(now);
            }
        }
        drawn
    }

    #[test]
    fn the_first_change_is_drawn_at_once_and_a_burst_by_one_more_frame() {
        let table: [(&[f64], &[f64]); 5] = [
            (&[], &[]),
            (&[5.0], &[5.0]),
            (&[5.0, 6.0, 7.0, 8.0], &[5.0, 21.0]),
            (&[5.0, 30.0], &[5.0, 30.0]),
            (&[0.0, 10.0, 20.0, 40.0], &[0.0, 16.0, 32.0, 48.0]),
        ];
        for (requests, expected) in table {
            assert_eq!(drawn_at(requests), expected, "requests at {requests:?}");
        }
    }

    #[test]
    fn a_second_of_changes_is_drawn_in_sixty_frames() {
        let changes: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(drawn_by(Frames::new(FRAME_MS), &changes).iter().filter(|frame| **frame < 999.0).count(), 60);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_the_frames() {
        let mut frames = Frames::new(INTERVAL);
        frames.drawn(1_000_000.0);
        frames.request(50.0);
        assert_eq!(frames.deadline(), Some(66.0));
    }

    proptest! {
        #[test]
        fn frames_keep_their_distance_and_no_change_waits_longer(gaps in prop::collection::vec(0.0..40.0_f64, 0..60)) {
            let requests: Vec<f64> = gaps.iter().scan(0.0, |now, gap| { *now += gap; Some(*now) }).collect();
            let drawn = drawn_at(&requests);
            for pair in drawn.windows(2) {
                prop_assert!(pair[1] - pair[0] >= INTERVAL - 1e-9, "{drawn:?}");
            }
            for request in &requests {
                let shown = drawn.iter().any(|frame| frame >= request && *frame <= request + INTERVAL + 1e-9);
                prop_assert!(shown, "the change at {request} in {drawn:?}");
            }
            for frame in &drawn {
                let caused = requests.iter().any(|request| request <= frame && *frame <= request + INTERVAL + 1e-9);
                prop_assert!(caused, "the frame at {frame} for {requests:?}");
            }
            prop_assert!(drawn.len() <= requests.len());
        }
    }
}
