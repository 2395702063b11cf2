//! Usage is reported once, whatever happens to the calls.

use proptest::prelude::*;

use super::table::called;
use super::*;
use crate::engine::fusion::event::Usage;

fn two() -> Table {
    let mut params = plain();
    params.max_rounds = 2;
    Table::new(vec![member("a", &["one,"]), member("b", &["uno,"])], &[("uno,", -0.1)], params)
}

/// The call of a pending effect, and its member.
fn waiting(table: &Table, place: usize) -> (CallId, MemberIndex) {
    (call_of(&table.waiting[place]), called(&table.waiting[place]))
}

fn bill(table: &mut Table, (call, member): (CallId, MemberIndex), usage: Usage, settled: bool) {
    table.put(Input::Billed(call, member, usage, settled)).unwrap();
}

fn told_apart(table: &Table) -> usize {
    table.kinds(|event| matches!(event, Event::Used { .. }))
}

fn spent(table: &Table) -> Usage {
    table.machine.run().members.iter().fold(Usage::default(), |mut sum, member| {
        sum += member.usage;
        sum
    })
}

#[test]
fn a_call_that_fails_is_paid_for() {
    let mut table = two();
    let call = waiting(&table, 0);
    bill(&mut table, call, Usage::counted(10, 0, 3), false);
    assert!(spent(&table).is_zero(), "it is under way");
    bill(&mut table, call, Usage::counted(10, 0, 4), true);
    table.fail(0, MemberError::Failed("cut".to_owned()));
    assert_eq!((told_apart(&table), spent(&table)), (1, Usage::counted(10, 0, 4)));
}

#[test]
fn a_draft_tells_its_own_usage_and_what_comes_after_it_is_told_later() {
    let mut table = two();
    let (first, second) = (waiting(&table, 0), waiting(&table, 1));
    bill(&mut table, first, Usage::counted(10, 0, 4), true);
    bill(&mut table, second, Usage::counted(20, 0, 5), false);
    table.answer(0);
    assert_eq!((told_apart(&table), spent(&table)), (0, Usage::counted(10, 0, 4)), "with the draft");
    table.answer(0);
    assert_eq!(spent(&table), Usage::counted(10, 0, 4), "it reads on");
    bill(&mut table, second, Usage::counted(20, 0, 9), true);
    assert_eq!((told_apart(&table), spent(&table)), (1, Usage::counted(30, 0, 13)));
}

#[test]
fn what_is_open_when_the_run_ends_is_told_before_its_end() {
    let mut table = two();
    let (first, second) = (waiting(&table, 0), waiting(&table, 1));
    let guessed = Usage { guessed_output_tokens: 8, ..Usage::counted(20, 0, 8) };
    bill(&mut table, first, Usage::counted(10, 0, 4), false);
    bill(&mut table, second, guessed, false);
    table.order(Command::Stop).unwrap();
    let mut all = Usage::counted(10, 0, 4);
    all += guessed;
    assert_eq!((told_apart(&table), spent(&table)), (2, all));
    let Some(Event::RunFinished(finished)) = table.records.last().map(|record| &record.event) else { panic!("it ends") };
    assert_eq!(finished.summary.members[1].usage, guessed);
    let again = Run::from_records(&table.records).unwrap();
    assert_eq!(again.summarise().members[1].usage, guessed, "the trace says so too");
}

proptest! {
    /// Calls fail, are dropped or come back, with bills final before or after: all usage is reported, once.
    #[test]
    fn everything_is_told_once(steps in proptest::collection::vec((0_usize..4, 0_usize..3, any::<bool>()), 1..40)) {
        let mut table = two();
        let mut bills = std::collections::BTreeMap::new();
        for (number, (place, what, settled)) in (1_u64..).zip(steps) {
            if table.finished || table.waiting.is_empty() {
                break;
            }
            let place = place % table.waiting.len();
            let (call, usage) = (waiting(&table, place), Usage::counted(100 * number, 0, number));
            bill(&mut table, call, usage, settled);
            bills.insert(call.0.0, usage);
            match what {
                0 => table.fail(place, MemberError::Failed("cut".to_owned())),
                1 => table.answer(place),
                _ => {}
            }
        }
        if !table.finished {
            table.order(Command::Stop).unwrap();
        }
        let all = bills.into_values().fold(Usage::default(), |mut sum, usage| {
            sum += usage;
            sum
        });
        prop_assert_eq!(spent(&table), all);
    }
}
