use super::super::super::Bill;
use super::super::request::Subject;
use super::*;
use crate::engine::fusion::conversation::{Role, Turn};

fn sent() -> Sent {
    let sent = Sent::default();
    sent.send();
    sent
}

/// An account of a prompt of 40 bytes and at most this many tokens.
fn account(bill: &Bill, sent: &Sent, limit: u64) -> Account {
    let turns = [Turn { role: Role::User, content: "x".repeat(40) }];
    let subject = Subject::Turns { system: "", turns: &turns, begun: None };
    let call = Call { subject, limit: 4, sampling: None, alternatives: None, json: false, bill };
    Account::new(&call, sent, &Gauge::default(), limit)
}

#[test]
fn a_call_that_no_server_took_costs_nothing() {
    let bill = Bill::default();
    let sent = Sent::default();
    let account = account(&bill, &sent, 48);
    sent.send();
    assert_eq!(bill.total(), Usage { guessed_prompt_tokens: 17, ..Usage::counted(17, 0, 0) }, "it is read");
    sent.take_back();
    drop(account);
    assert!(bill.total().is_zero() && bill.is_settled());
}

#[test]
fn a_reply_that_is_dropped_is_guessed_with_a_little_more_than_came_and_never_beyond_its_limit() {
    let used = |limit| {
        let bill = Bill::default();
        let mut account = account(&bill, &sent(), limit);
        account.more(More { bytes: 80, untold: 80, ..More::default() });
        drop(account);
        bill.total()
    };
    let guessed = |output| Usage { guessed_prompt_tokens: 17, guessed_output_tokens: output, ..Usage::counted(17, 0, output) };
    assert_eq!(used(48), guessed(28));
    assert_eq!(used(24), guessed(24));
    assert_eq!(used(10), guessed(20), "more came than was asked for");
}

#[test]
fn what_is_counted_on_the_way_is_no_guess() {
    let bill = Bill::default();
    let mut account = account(&bill, &sent(), 48);
    account.more(More { bytes: 80, untold: 80, counted: Usage::counted(30, 10, 22), ..More::default() });
    assert_eq!(bill.total(), Usage { guessed_output_tokens: 8, ..Usage::counted(30, 10, 30) });
    account.more(More { bytes: 4, untold: 4, counted: Usage::counted(30, 10, 23), over: true, ..More::default() });
    assert_eq!(bill.total(), Usage::counted(30, 10, 23), "also if nothing more comes");
    account.end(true);
    assert_eq!(bill.total(), Usage::counted(30, 10, 23));
}

#[test]
fn tokens_told_one_by_one_are_counted_and_a_broken_reply_adds_nothing() {
    let bill = Bill::default();
    let mut account = account(&bill, &sent(), 48);
    account.more(More { bytes: 80, told: 5, counted: Usage::counted(30, 0, 0), ..More::default() });
    account.end(false);
    assert_eq!(bill.total(), Usage { guessed_output_tokens: 5, ..Usage::counted(30, 0, 5) });
}
