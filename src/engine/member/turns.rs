//! Makes members work one at a time if they share a device and would slow each other down.
//!
//! Owns the queue. A device has places; most calls need all of them, and one that cannot use the whole device leaves the rest to
//! others. Calls get their turns in the order of their requests. A waiting call is neither silent nor slow: it gives signs of
//! life, which the engine's patience counts, and its time limit is suspended. [`InTurn`] is for members that know nothing of the
//! others; one that holds its device for parts of its calls takes the turns itself. A server that answers a fixed number of
//! requests at the same time is such a device, whichever members use it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{MissedTickBehavior, interval};

use super::progress::{Progress, SIGN};
use super::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, Predicted, Reply, ScoreRequest, Scored, Usage,
};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;

/// Requests that a judge makes at the same time: the candidates in two opposite orders.
const JUDGED_AT_ONCE: usize = 2;

/// The queue of a device; clones are the same queue.
#[derive(Debug, Clone)]
pub struct Turns {
    places: u32,
    free: Arc<Semaphore>,
}

/// The device, or the places of it that were requested, belong to a call until this is dropped, on any thread.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "kept for what its end does")] Option<OwnedSemaphorePermit>);

impl Default for Turns {
    /// A device of one place.
    fn default() -> Self {
        Self::new(1)
    }
}

impl Turns {
    /// The queue of a device with this many places, at least 1.
    #[must_use]
    pub fn new(places: u32) -> Self {
        let places = places.max(1);
        Self { places, free: Arc::new(Semaphore::new(places as usize)) }
    }

    /// Waits until the device is free and all earlier requests have had their turns. Dropping the future leaves the queue.
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "only llama.cpp needs it"))]
    pub async fn take(&self, progress: &Progress) -> Turn {
        self.share(progress, self.places).await
    }

    /// Waits in the same queue until this many places, or all that exist, are free.
    pub async fn share(&self, progress: &Progress, places: u32) -> Turn {
        let waiting = progress.waits().begin();
        let mut turn = std::pin::pin!(Arc::clone(&self.free).acquire_many_owned(places.clamp(1, self.places)));
        let mut sign = interval(SIGN);
        sign.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                turn = &mut turn => {
                    drop(waiting);
                    // The work starts now, and so does the patience.
                    progress.alive();
                    // The queue is never closed, so there is always a permit.
                    return Turn(turn.ok());
                }
                _ = sign.tick() => progress.alive(),
            }
        }
    }
}

/// A member whose calls take turns.
pub struct InTurn {
    inner: Arc<dyn Member>,
    turns: Turns,
    needed: Arc<AtomicBool>,
    /// Whether a call leaves places that it cannot use to others.
    shares: bool,
}

impl InTurn {
    /// This member, taking turns with all others of the queue.
    #[must_use]
    pub fn new(inner: Arc<dyn Member>, turns: Turns) -> Self {
        Self::when(inner, turns, Arc::new(AtomicBool::new(true)))
    }

    /// As [`Self::new`], while turns are `needed`.
    #[must_use]
    pub fn when(inner: Arc<dyn Member>, turns: Turns, needed: Arc<AtomicBool>) -> Self {
        Self { inner, turns, needed, shares: false }
    }

    /// This member, whose calls need a place for each request that they make at the same time.
    #[must_use]
    pub fn sharing(inner: Arc<dyn Member>, turns: Turns) -> Self {
        Self { shares: true, ..Self::new(inner, turns) }
    }

    /// The turn for a call that makes at most this many `requests` at the same time.
    fn turn(&self, progress: &Progress, requests: usize) -> impl Future<Output = Option<Turn>> + Send + use<> {
        let turns = self.needed.load(Ordering::Relaxed).then(|| self.turns.clone());
        let places = if self.shares { u32::try_from(requests).unwrap_or(u32::MAX) } else { u32::MAX };
        let progress = progress.clone();
        async move {
            match turns {
                Some(turns) => Some(turns.share(&progress, places).await),
                None => None,
            }
        }
    }
}

impl Member for InTurn {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn probing(&self) -> Usage {
        self.inner.probing()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.inner.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (inner, turn) = (Arc::clone(&self.inner), self.turn(&progress, 1));
        Box::pin(async move {
            let _turn = turn.await;
            inner.draft(request, progress).await
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let (inner, turn) = (Arc::clone(&self.inner), self.turn(&request.progress, request.candidates.len().max(JUDGED_AT_ONCE)));
        Box::pin(async move {
            let _turn = turn.await;
            inner.score(request).await
        })
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        let (inner, turn) = (Arc::clone(&self.inner), self.turn(&progress, 1));
        Box::pin(async move {
            let _turn = turn.await;
            inner.extend(request, progress).await
        })
    }

    fn measure(&self) -> Reply<DecodeTimes> {
        let (inner, turn) = (Arc::clone(&self.inner), self.turn(&Progress::nowhere(), 1));
        Box::pin(async move {
            let _turn = turn.await;
            inner.measure().await
        })
    }

    fn predict(&self, conversation: Arc<Conversation>) -> Reply<Predicted> {
        let (inner, turn) = (Arc::clone(&self.inner), self.turn(&Progress::nowhere(), 1));
        Box::pin(async move {
            let _turn = turn.await;
            inner.predict(conversation).await
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::sync::mpsc;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::engine::driver::guarded;
    use crate::engine::member::{MemberError, Reply};

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    /// A call that works for this many milliseconds once it has its turn; returns when it started, in milliseconds.
    async fn work(turns: Turns, progress: Progress, milliseconds: u64, start: Instant) -> u128 {
        let turn = turns.take(&progress).await;
        let begun = start.elapsed().as_millis();
        sleep(Duration::from_millis(milliseconds)).await;
        drop(turn);
        begun
    }

    proptest! {
        /// The first call to ask works first, alone, and those that leave the queue cost the others nothing.
        #[test]
        fn calls_work_one_after_another_in_the_order_in_which_they_ask(calls in prop::collection::vec((1_u64..5000, any::<bool>()), 1..12)) {
            let begun = runtime().block_on(async {
                let (turns, start) = (Turns::default(), Instant::now());
                let mut working = Vec::new();
                for (milliseconds, leaves) in &calls {
                    let task = tokio::spawn(work(turns.clone(), Progress::nowhere(), *milliseconds, start));
                    tokio::task::yield_now().await;
                    working.push((task, *leaves));
                }
                // The first has its turn already.
                for (task, leaves) in working.iter().skip(1) {
                    if *leaves {
                        task.abort();
                    }
                }
                let mut begun = Vec::new();
                for (task, _) in working {
                    begun.push(task.await.ok());
                }
                begun
            });
            let mut free_at = 0;
            for (place, ((milliseconds, leaves), begun)) in calls.iter().zip(begun).enumerate() {
                prop_assert_eq!(begun.is_none(), place > 0 && *leaves);
                if let Some(begun) = begun {
                    prop_assert_eq!(begun, free_at);
                    free_at += u128::from(*milliseconds);
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_gives_signs_of_life_and_one_that_works_gives_none() {
        let (turns, start) = (Turns::default(), Instant::now());
        let (sender, mut told) = mpsc::channel(64);
        let first = tokio::spawn(work(turns.clone(), Progress::nowhere(), 30_500, start));
        tokio::task::yield_now().await;
        let second = tokio::spawn(work(turns, Progress::new(7, sender), 20_000, start));
        let mut signs = Vec::new();
        while let Some((call, token)) = told.recv().await {
            assert!(call == 7 && token.is_nothing());
            signs.push(start.elapsed().as_millis());
        }
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (0, 30_500));
        assert!(signs.windows(2).all(|pair| pair[1] - pair[0] <= 1000), "{signs:?}");
        assert!(signs.last().is_some_and(|last| (30_500..30_600).contains(last)), "the last when its turn begins: {signs:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_limit_of_a_call_counts_its_work_and_not_its_waiting() {
        let turns = Turns::default();
        let call = |milliseconds: u64| {
            let (turns, progress) = (turns.clone(), Progress::nowhere());
            let waits = progress.waits().clone();
            let reply: Reply<u128> = Box::pin(async move { Ok(work(turns, progress, milliseconds, Instant::now()).await) });
            async move { guarded(reply, 10, &waits).await }
        };
        let replies = tokio::join!(call(9_900), call(9_900), call(9_900), call(10_100), call(9_900));
        let late = Err(MemberError::TimedOut { seconds: 10 });
        assert_eq!((replies.0, replies.1, replies.2, replies.3), (Ok(0), Ok(9_900), Ok(19_800), late));
        assert_eq!(replies.4, Ok(39_700), "the one that was too slow leaves the device");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_need_a_part_of_the_device_share_it_and_one_that_needs_all_is_not_overtaken() {
        let (turns, start) = (Turns::new(4), Instant::now());
        let call = |places: u32, milliseconds: u64| {
            let turns = turns.clone();
            let call = async move {
                let turn = turns.share(&Progress::nowhere(), places).await;
                let begun = start.elapsed().as_millis();
                sleep(Duration::from_millis(milliseconds)).await;
                drop(turn);
                begun
            };
            tokio::spawn(call)
        };
        let mut calls = Vec::new();
        for (places, milliseconds) in [(1, 10), (2, 30), (99, 5), (1, 10), (1, 10)] {
            calls.push(call(places, milliseconds));
            tokio::task::yield_now().await;
        }
        let mut begun = Vec::new();
        for call in calls {
            begun.push(call.await.unwrap());
        }
        assert_eq!(begun, [0, 0, 30, 35, 35]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_may_end_on_another_thread() {
        let turns = Turns::default();
        let turn = turns.take(&Progress::nowhere()).await;
        std::thread::spawn(move || drop(turn)).join().unwrap();
        turns.take(&Progress::nowhere()).await;
    }
}
