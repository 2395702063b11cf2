//! What a reply in progress has used: counted if the server counts, otherwise guessed.
//!
//! Owns what is booked for a reply at every moment, as if it were dropped right then. `endpoints` owns what each API can do about
//! that. After a drop the provider continues until it notices, at most up to the requested limit of tokens: the guess is a few
//! tokens more than what came.

use super::super::bill::Item;
use super::super::{Sent, Usage};
use super::gauge::{Gauge, Measure};
use super::request::Call;

/// Roughly the tokens a provider generates before it notices that the connection is closed: a tenth of a second, the time the
/// news takes to arrive, at the speed of large hosted models.
const UNNOTICED: u64 = 8;

/// The account of one reply.
#[derive(Debug)]
pub(super) struct Account {
    item: Item,
    gauge: Gauge,
    measure: Measure,
    /// The requested limit of tokens.
    limit: u64,
    /// Bytes of text that came, shown or not.
    bytes: usize,
    /// Bytes of that text that came without its tokens.
    untold: usize,
    /// Tokens reported one by one, each with its log-probability.
    told: u64,
    counted: Usage,
    ended: bool,
}

/// What one message of a reply added.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct More {
    /// Bytes of text, shown or not.
    pub(super) bytes: usize,
    /// Bytes of that text that came without its tokens.
    pub(super) untold: usize,
    /// Tokens reported one by one.
    pub(super) told: usize,
    /// What the server has counted so far, over all messages.
    pub(super) counted: Usage,
    /// Whether the server has marked the reply as complete.
    pub(super) over: bool,
}

impl Account {
    /// Starts the account of a call with a limit of tokens. Its prompt counts as read once it is sent.
    pub(super) fn new(call: &Call<'_>, sent: &Sent, gauge: &Gauge, limit: u64) -> Self {
        let (item, gauge, measure) = (call.bill.item(sent), gauge.clone(), Measure::of(call.subject));
        let counted = Usage::default();
        let account = Self { item, gauge, measure, limit, bytes: 0, untold: 0, told: 0, counted, ended: false };
        account.book(0, false);
        account
    }

    /// Books a message.
    pub(super) fn more(&mut self, more: More) {
        if self.counted.prompt_tokens == 0 && more.counted.prompt_tokens > 0 {
            self.gauge.learn_prompt(self.measure, more.counted.prompt_tokens);
        }
        self.bytes += more.bytes;
        self.untold += more.untold;
        self.told += more.told as u64;
        self.counted = more.counted;
        self.book(if more.over { 0 } else { UNNOTICED }, more.over);
    }

    /// Ends the account: `whole` means that its counts are final; otherwise the reply broke off.
    pub(super) fn end(&mut self, whole: bool) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.book(0, whole);
        if whole && self.counted.output_tokens > 0 {
            self.gauge.learn_reply(self.bytes, self.counted.output_tokens);
        }
    }

    /// Whether nothing more will come.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Roughly how many tokens of the limit are left.
    pub(super) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.came())
    }

    /// Roughly how many tokens came, or the server's count if it is higher.
    fn came(&self) -> u64 {
        (self.told + self.gauge.reply(self.untold)).max(self.counted.output_tokens)
    }

    fn book(&self, unnoticed: u64, whole: bool) {
        let mut usage = self.counted;
        if usage.prompt_tokens == 0 {
            let (tokens, guessed) = self.gauge.prompt(self.measure);
            usage.prompt_tokens = tokens;
            usage.guessed_prompt_tokens = if guessed { tokens } else { 0 };
        }
        if !(whole && usage.output_tokens > 0) {
            let came = self.came();
            usage.output_tokens = came.saturating_add(unnoticed).min(self.limit.max(came));
            usage.guessed_output_tokens = usage.output_tokens.saturating_sub(self.counted.output_tokens);
        }
        self.item.set(usage);
    }
}

#[cfg(test)]
mod tests;
