//! How long the rest of a sequence may take: pure, the clock is the caller's.
//!
//! What a terminal sends itself comes in one go, what someone types comes byte by byte. So a sequence has a moment to become
//! complete, and again one whenever a good part of it has come, but keys that are typed into one that was cut off, or that a key
//! with alt only seemed to start, do not keep it alive.

use std::time::{Duration, Instant};

use super::sequences::Unfinished;

impl Unfinished {
    /// How long to wait for the rest. The escape key must not feel slow.
    fn patience(self) -> Duration {
        Duration::from_millis(match self {
            Self::Escape => 50,
            Self::Sequence => 200,
            Self::Paste => 1000,
        })
    }

    /// How many bytes within that time show that the terminal is still sending: more than a held key types.
    fn burst(self) -> usize {
        match self {
            Self::Escape | Self::Sequence => 16,
            Self::Paste => 256,
        }
    }
}

/// The moment that what has started is given.
#[derive(Debug, Default)]
pub(super) struct Moment(Option<Waiting>);

#[derive(Debug)]
struct Waiting {
    kind: Unfinished,
    which: u64,
    since: Instant,
    /// How many bytes came since then.
    bytes: usize,
}

impl Moment {
    /// So many bytes were read, after which this is unfinished.
    pub(super) fn read(&mut self, now: Instant, bytes: usize, unfinished: Option<(Unfinished, u64)>) {
        self.0 = unfinished.map(|(kind, which)| match self.0.take().filter(|waiting| waiting.which == which) {
            Some(waiting) if waiting.bytes + bytes < kind.burst() => Waiting { kind, bytes: waiting.bytes + bytes, ..waiting },
            _ => Waiting { kind, which, since: now, bytes: 0 },
        });
    }

    /// How long to wait for more; for ever where nothing is unfinished.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        self.0.as_ref().map(|waiting| (waiting.since + waiting.kind.patience()).saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_sequence_has_its_moment_from_its_beginning() {
        let table = [(Unfinished::Escape, 50), (Unfinished::Sequence, 200), (Unfinished::Paste, 1000)];
        for (kind, patience) in table {
            let (mut moment, now) = (Moment::default(), Instant::now());
            moment.read(now, 1, Some((kind, 7)));
            assert_eq!(moment.left(now), Some(ms(patience)));
            // A key typed into it does not start the moment again; another sequence does.
            moment.read(now + ms(30), 1, Some((kind, 7)));
            assert_eq!(moment.left(now + ms(40)), Some(ms(patience - 40)));
            assert_eq!(moment.left(now + ms(patience + 5)), Some(Duration::ZERO));
            moment.read(now + ms(45), 1, Some((kind, 8)));
            assert_eq!(moment.left(now + ms(45)), Some(ms(patience)));
            moment.read(now + ms(46), 1, None);
            assert_eq!(moment.left(now + ms(46)), None);
        }
    }

    #[test]
    fn what_keeps_coming_is_waited_for_and_what_is_typed_is_not() {
        let now = Instant::now();
        for (kind, bytes, every, lives) in [
            (Unfinished::Sequence, 1, 33, false),
            (Unfinished::Sequence, 1, 2, true),
            (Unfinished::Sequence, 1000, 150, true),
            (Unfinished::Paste, 3, 33, false),
            (Unfinished::Paste, 1, 2, true),
            (Unfinished::Paste, 4096, 900, true),
        ] {
            let mut moment = Moment::default();
            let mut read = |number: u64| {
                moment.read(now + ms(number * every), bytes, Some((kind, 1)));
                moment.left(now + ms(number * every)).is_some_and(|left| !left.is_zero())
            };
            assert_eq!((0..2000).all(&mut read), lives, "{kind:?}: {bytes} every {every} ms");
        }
    }

    #[test]
    fn what_escape_turns_out_to_begin_has_its_own_patience_from_the_same_beginning() {
        let (mut moment, now) = (Moment::default(), Instant::now());
        moment.read(now, 1, Some((Unfinished::Escape, 1)));
        moment.read(now + ms(40), 1, Some((Unfinished::Sequence, 1)));
        assert_eq!(moment.left(now + ms(40)), Some(ms(160)));
    }
}
