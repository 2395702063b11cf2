//! What one call to a member uses, updated as it is used.
//!
//! A call may be dropped at any moment: by a time limit, by the user, or by the engine because the round has ended. So its
//! requests to a server are booked here as they run, each with what it would have used if it were dropped right then, and every
//! clone of the bill always knows the current cost. How to count or guess a request's tokens is up to the member.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Usage;

/// The bill of one call; clones are the same bill.
#[derive(Debug, Clone, Default)]
pub struct Bill(Arc<Mutex<Vec<Line>>>);

/// One request of a call.
#[derive(Debug)]
struct Line {
    usage: Usage,
    /// Whether the request reached its server; otherwise nothing has to be paid.
    sent: Sent,
    /// Whether it may still grow.
    open: bool,
}

/// Whether a request is at its server; clones are shared.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<AtomicBool>);

/// A request in progress, as it is booked. When this is dropped, the last booking stays and is final.
#[derive(Debug)]
pub struct Item {
    bill: Bill,
    place: usize,
}

impl Bill {
    /// Starts booking a request. It counts from when it is `sent`, unless it was refused.
    #[must_use]
    pub fn item(&self, sent: &Sent) -> Item {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(Line { usage: Usage::default(), sent: sent.clone(), open: true });
        Item { bill: self.clone(), place: lines.len() - 1 }
    }

    /// The total usage so far.
    #[must_use]
    pub fn total(&self) -> Usage {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|line| line.sent.is_sent()).fold(Usage::default(), |mut sum, line| {
            sum += line.usage;
            sum
        })
    }

    /// Whether no request is in progress whose usage may still change.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().all(|line| !line.open)
    }
}

impl Sent {
    /// Marks it as sent.
    pub fn send(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Marks it as refused, or never arrived.
    pub fn take_back(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn is_sent(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Item {
    /// Replaces the booking with what the request has used so far.
    pub fn set(&self, usage: Usage) {
        self.change(|line| line.usage = usage);
    }

    fn change(&self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.bill.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(self.place) {
            change(line);
        }
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.change(|line| line.open = false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_booked_last_stays_and_is_final_when_the_request_is_dropped() {
        let bill = Bill::default();
        assert!(bill.is_settled() && bill.total().is_zero());
        let sent = Sent::default();
        let (one, other) = (bill.item(&sent), bill.item(&sent));
        one.set(Usage::counted(99, 0, 9));
        assert!(bill.total().is_zero(), "it waits for its turn");
        sent.send();
        one.set(Usage::counted(10, 0, 1));
        other.set(Usage::counted(20, 5, 2));
        one.set(Usage::counted(10, 0, 3));
        assert_eq!((bill.total(), bill.is_settled()), (Usage::counted(30, 5, 5), false));
        drop(other);
        assert!(!bill.is_settled());
        drop(one);
        assert_eq!((bill.clone().total(), bill.is_settled()), (Usage::counted(30, 5, 5), true));
        sent.take_back();
        assert!(bill.total().is_zero(), "it was refused");
    }
}
