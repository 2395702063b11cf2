//! The members themselves: opened in tasks of their own, so that the screen is there at once and stays so.
//!
//! Owns the opened members by their row, the tasks that open others, and the search for servers and for model files. Decides nothing: what came of
//! it goes to the state as messages.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use crate::engine::Seat;
use crate::engine::fusion::event::ScoreTier;
use crate::engine::member::Member;
use crate::engine::member::absent::AbsentMember;
use crate::engine::member::opening::Opener;
use crate::engine::member::paced::{Pace, Paced};
use crate::ensemble::found::{Finding, look};
use crate::ensemble::local::{USUAL, find};
use crate::ensemble::{self, MemberSpec, OpenOptions, Opened};
use crate::playground::state::Message;
use crate::playground::state::roster::{News, RowId, Seated};

/// News that wait to be taken; those who bring them wait when it is full.
const ARRIVALS: usize = 64;

/// The members, those that are on their way, and what they are opened with.
pub struct MemberPool {
    options: OpenOptions,
    pace: Pace,
    /// Folders of the configuration with model files.
    folders: Vec<PathBuf>,
    seats: HashMap<RowId, Seat>,
    /// What is being opened, or was.
    specs: HashMap<RowId, MemberSpec>,
    /// Runs that started without a member of a row: told when it is there.
    openers: HashMap<RowId, Vec<Opener>>,
    /// The newest try of each row: older ones count no more.
    tries: HashMap<RowId, (u64, AbortHandle)>,
    tasks: JoinSet<()>,
    sender: mpsc::Sender<Arrival>,
    arrivals: mpsc::Receiver<Arrival>,
    begun: u64,
}

/// What a task tells.
enum Arrival {
    Doing(RowId, u64, String),
    Opened(RowId, u64, Result<Box<Opened>, String>),
    Found(Vec<MemberSpec>),
    Files(Result<Box<Finding>, String>),
    Warning(String),
}

impl MemberPool {
    /// Nobody yet. Members in this process keep the pace.
    #[must_use]
    pub fn new(options: OpenOptions, pace: Pace) -> Self {
        let (sender, arrivals) = mpsc::channel(ARRIVALS);
        let (seats, specs, openers) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (folders, tries, tasks) = (Vec::new(), HashMap::new(), JoinSet::new());
        Self { options, pace, folders, seats, specs, openers, tries, tasks, sender, arrivals, begun: 0 }
    }

    /// Looks for model files in these folders besides the usual ones.
    #[must_use]
    pub fn looking_in(self, folders: Vec<PathBuf>) -> Self {
        Self { folders, ..self }
    }

    /// With these in the first rows, who are there already and keep their own pace.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn with(mut self, seats: Vec<Seat>) -> Self {
        self.seats.extend(seats.into_iter().enumerate().map(|(place, seat)| (RowId(place), seat)));
        self
    }

    /// Starts to open a member; an earlier try is given up. `again` asks it what it can do whatever is kept of that. Needs a tokio
    /// runtime.
    pub(super) fn connect(&mut self, row: RowId, spec: MemberSpec, again: bool) {
        self.give_up(row);
        while self.tasks.try_join_next().is_some() {}
        self.begun += 1;
        let options = if again { self.options.clone().asking_again() } else { self.options.clone() };
        let (attempt, sender) = (self.begun, self.sender.clone());
        self.specs.insert(row, spec.clone());
        let task = async move {
            let opened = {
                // Only words: where they come faster than they are read some are left out.
                let told = |_: usize, what: &str| {
                    let _ = sender.try_send(Arrival::Doing(row, attempt, what.to_owned()));
                };
                let opening = AssertUnwindSafe(ensemble::open(vec![spec], &options, &told)).catch_unwind();
                let fault = "it could not be opened, by a fault of this program";
                let opened = opening.await.map_err(|_| fault.to_owned());
                opened.and_then(|mut opened| opened.pop().map(Box::new).ok_or_else(|| fault.to_owned()))
            };
            // Nobody receives only when the playground is gone.
            for warning in options.warnings.take() {
                let _ = sender.send(Arrival::Warning(warning)).await;
            }
            let _ = sender.send(Arrival::Opened(row, attempt, opened)).await;
        };
        self.tries.insert(row, (attempt, self.tasks.spawn(task)));
    }

    fn give_up(&mut self, row: RowId) {
        if let Some((_, task)) = self.tries.remove(&row) {
            task.abort();
        }
    }

    /// Closes a member; a run that has it keeps it to its end.
    pub(super) fn let_go(&mut self, row: RowId) {
        self.give_up(row);
        // Runs that wait for it learn that it does not come.
        self.openers.remove(&row);
        self.seats.remove(&row);
    }

    /// Looks for servers on the usual ports of this machine. Needs a tokio runtime.
    pub(super) fn scan(&mut self) {
        let sender = self.sender.clone();
        self.tasks.spawn(async move {
            let found = AssertUnwindSafe(find(USUAL)).catch_unwind().await.unwrap_or_default();
            let _ = sender.send(Arrival::Found(found)).await;
        });
    }

    /// Looks for model files, past these. Needs a tokio runtime.
    pub(super) fn find_files(&mut self, known: Vec<PathBuf>) {
        let (sender, folders) = (self.sender.clone(), self.folders.clone());
        self.tasks.spawn(async move {
            let finding = look(folders, known).await;
            let _ = sender.send(Arrival::Files(finding.map(Box::new).map_err(|error| error.to_string()))).await;
        });
    }

    /// Waits for the next news. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Message {
        loop {
            let message = match self.arrivals.recv().await {
                Some(arrival) => self.take_in(arrival),
                // This holds a sender itself.
                None => std::future::pending().await,
            };
            if let Some(message) = message {
                return message;
            }
        }
    }

    fn is_newest(&self, row: RowId, attempt: u64) -> bool {
        self.tries.get(&row).is_some_and(|(newest, _)| *newest == attempt)
    }

    fn take_in(&mut self, arrival: Arrival) -> Option<Message> {
        match arrival {
            Arrival::Found(specs) => Some(Message::Found(specs)),
            Arrival::Files(finding) => Some(Message::Files(finding)),
            Arrival::Warning(text) => Some(Message::Warned(text)),
            Arrival::Doing(row, attempt, what) => self.is_newest(row, attempt).then_some(Message::Member(row, News::Doing(what))),
            Arrival::Opened(row, attempt, _) if !self.is_newest(row, attempt) => None,
            Arrival::Opened(row, _, Err(fault)) => {
                self.tell_late(row, &Err(fault.clone()));
                self.seats.insert(row, absent(fault.clone()));
                Some(Message::Member(row, News::Away(fault)))
            }
            Arrival::Opened(row, _, Ok(opened)) => {
                let Opened { spec, seat, fault } = *opened;
                let news = match fault {
                    Some(fault) => News::Away(fault.to_string()),
                    None => News::Ready { name: spec.name, capabilities: Box::new(seat.member.capabilities().clone()) },
                };
                let seat = paced(seat, &self.pace);
                self.tell_late(
                    row,
                    &match &news {
                        News::Away(fault) => Err(fault.clone()),
                        News::Ready { .. } | News::Doing(_) => Ok(Arc::clone(&seat.member)),
                    },
                );
                self.seats.insert(row, seat);
                Some(Message::Member(row, news))
            }
        }
    }

    /// The members of a run. One that is still being opened joins when it is there; one that is not sits there as an absent one, so
    /// that the user sees why.
    pub(super) fn seats(&mut self, members: &[Seated]) -> Vec<Seat> {
        let mut seats = Vec::with_capacity(members.len());
        for Seated { row, name, role, weight } in members {
            let there = self.seats.get(row).cloned();
            let seat = there.or_else(|| self.late(*row)).unwrap_or_else(|| absent("it was not connected".to_owned()));
            seats.push(Seat { name: name.clone(), role: *role, weight: *weight, ..seat });
        }
        seats
    }

    /// The seat of a member that is being opened.
    fn late(&mut self, row: RowId) -> Option<Seat> {
        let spec = self.specs.get(&row).filter(|_| self.tries.contains_key(&row))?;
        let (seat, opener) = ensemble::opening(spec);
        self.openers.entry(row).or_default().push(opener);
        Some(seat)
    }

    /// Runs that started without this member hear what came of opening it.
    fn tell_late(&mut self, row: RowId, outcome: &Result<Arc<dyn Member>, String>) {
        for opener in self.openers.remove(&row).unwrap_or_default() {
            opener.finish(outcome.clone());
        }
    }

    /// The members of a recorded run. One that is not there any more sits there as an absent one.
    pub(super) fn recorded(&self, members: &[(String, Option<RowId>)]) -> Vec<Seat> {
        let gone = || absent("no model of this name is here any more: name it with --model, or in the configuration".to_owned());
        let seat = |(name, row): &(String, Option<RowId>)| {
            let seat = row.and_then(|row| self.seats.get(&row)).cloned().unwrap_or_else(gone);
            Seat { name: name.clone(), ..seat }
        };
        members.iter().map(seat).collect()
    }
}

/// A seat whose member can do nothing but say why; its name is given where it is taken.
fn absent(reason: String) -> Seat {
    Seat::new("", Arc::new(AbsentMember::new("server", "", reason)))
}

/// A member in this process is slowed down to a pace at which it can be watched; a server has a pace of its own.
fn paced(seat: Seat, pace: &Pace) -> Seat {
    match seat.member.capabilities().tier {
        ScoreTier::InProcess => Seat { member: Arc::new(Paced::new(seat.member, pace.clone())), ..seat },
        ScoreTier::Prompt | ScoreTier::Forced | ScoreTier::Labels | ScoreTier::Ranking | ScoreTier::None => seat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::Role;
    use crate::ensemble::built_in_specs;

    fn pool() -> MemberPool {
        MemberPool::new(OpenOptions::default(), Pace::new(None))
    }

    fn seated(row: usize) -> Seated {
        Seated { row: RowId(row), name: "own name".to_owned(), role: Role::Draft, weight: Some(0.3) }
    }

    /// The next news that is more than words.
    async fn news(pool: &mut MemberPool) -> (RowId, News) {
        loop {
            match pool.next().await {
                Message::Member(_, News::Doing(_)) => {}
                Message::Member(row, news) => return (row, news),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_member_is_opened_once_however_often_it_is_tried_and_sits_as_it_was_seated() {
        let mut pool = pool();
        for _ in 0..3 {
            pool.connect(RowId(4), built_in_specs().remove(0), false);
        }
        let (row, told) = news(&mut pool).await;
        let News::Ready { name, capabilities } = told else { panic!("{told:?}") };
        assert_eq!((row, name.as_str(), capabilities.tier), (RowId(4), "atlas", ScoreTier::InProcess));
        while pool.tasks.join_next().await.is_some() {}
        assert!(pool.next().now_or_never().is_none(), "earlier tries tell nothing");
        let seats = pool.seats(&[seated(4)]);
        assert_eq!((seats[0].name.as_str(), seats[0].role), ("own name", Role::Draft));
        assert_eq!(seats[0].weight, Some(0.3));
        assert_eq!(seats[0].member.capabilities().model, "atlas");
    }

    #[tokio::test]
    async fn who_is_not_there_sits_there_and_says_why() {
        let mut pool = pool();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let gone = MemberSpec::parse(&format!("http://127.0.0.1:{port}"), &[]).unwrap();
        pool.connect(RowId(0), gone, true);
        let (_, told) = news(&mut pool).await;
        let News::Away(reason) = told else { panic!("{told:?}") };
        assert!(!reason.is_empty());
        let conversation = Arc::new(crate::engine::fusion::conversation::Conversation::question("Why?"));
        for (row, why) in [(0, reason.as_str()), (1, "not connected")] {
            let seats = pool.seats(&[seated(row)]);
            let said = seats[0].member.prepare(Arc::clone(&conversation)).await.unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
    }

    #[tokio::test]
    async fn who_is_still_being_opened_joins_when_it_is_there() {
        let mut pool = pool();
        pool.connect(RowId(0), built_in_specs().remove(0), false);
        let seats = pool.seats(&[seated(0)]);
        assert!(!seats[0].member.capabilities().tier.scores());
        let conversation = Arc::new(crate::engine::fusion::conversation::Conversation::question("Why?"));
        let preparing = seats[0].member.prepare(conversation);
        news(&mut pool).await;
        assert!(preparing.await.is_ok());
        assert_eq!((seats[0].member.capabilities().tier, seats[0].role), (ScoreTier::InProcess, Role::Draft));
    }

    #[tokio::test]
    async fn who_is_let_go_is_not_there_any_more() {
        let mut pool = pool();
        pool.connect(RowId(0), built_in_specs().remove(0), false);
        news(&mut pool).await;
        pool.let_go(RowId(0));
        assert_eq!(pool.seats(&[seated(0)])[0].member.capabilities().tier, ScoreTier::None);
        pool.connect(RowId(0), built_in_specs().remove(0), false);
        pool.let_go(RowId(0));
        while pool.tasks.join_next().await.is_some() {}
        assert!(pool.next().now_or_never().is_none());
    }
}
