//! `specfuse run`: the fused answer on standard output, as its segments are accepted.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::interrupt::{self, Interrupt};
use super::members::{TOYS, Wait, any_built_in};
use super::output::{Answer, notice};
use super::{Done, Failure, members, options, prompt, runtime, summary};
use crate::clean::clean;
use crate::display;
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::fusion::event::{Event, ExitReason, MemberName, Outcome, Record};
use crate::engine::fusion::params::Params;
use crate::engine::trace::{Journal, Lines, TraceError};
use crate::engine::{Seat, Setup, wall_clock};
use crate::ensemble::OpenOptions;
use crate::files::Folders;
use crate::files::traces::{self, Wanted};
use crate::playthrough::{Played, Playthrough};

pub(super) fn command() -> Command {
    let command = Command::new("run")
        .about("Answers a question; the answer is written to standard output as its segments are accepted")
        .arg(Arg::new("prompt").value_name("PROMPT").help("The question, in quotes; `-` or nothing reads standard input"))
        .arg(
            Arg::new("then")
                .long("then")
                .value_name("QUESTION")
                .action(ArgAction::Append)
                .help("A further question in the same conversation; repeatable"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Write the events to standard output instead, one JSON object a line"),
        )
        .arg(
            Arg::new("quiet")
                .long("quiet")
                .short('q')
                .action(ArgAction::SetTrue)
                .help("Do not sum the run up on standard error; warnings and errors are told all the same"),
        )
        .arg(
            Arg::new("trace")
                .long("trace")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write the trace to this new file instead of the platform's folder"),
        )
        .arg(Arg::new("no-trace").long("no-trace").action(ArgAction::SetTrue).conflicts_with("trace").help("Keep no trace"));
    options::add(command).after_help(EXAMPLES)
}

/// A test runs them.
const EXAMPLES: &str = "\
Examples:
  specfuse run \"What is the capital of Japan?\"
  specfuse run --seed 1 --segment-tokens 3 \"What is 27 plus 48?\"
      a vote every 3 tokens instead of every sentence
  specfuse run --preset paper \"What is the opposite of brave?\"
      the method as published
  specfuse run --no-exit --scoring mean-prob \"What is 27 plus 48?\"
      no member leaves; scores by the mean probability of a token
  specfuse run --members babble,almanac -q \"What is the capital of Japan?\"
      two members, and nothing but the answer";

struct Wishes {
    params: Params,
    system: Option<String>,
    seed: u64,
    json: bool,
    quiet: bool,
    trace: Wanted,
    /// Members that could not be opened.
    away: Vec<String>,
    traces_kept: usize,
}

/// How one answer ended.
struct Answered {
    text: String,
    done: Done,
}

pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    let (config, settled) = options::config(matches)?;
    let specs = members::chosen(matches, &config)?;
    let mut wishes = Wishes {
        params: config.params.clone(),
        system: config.system.clone(),
        seed: options::seed(matches),
        json: matches.get_flag("json"),
        quiet: matches.get_flag("quiet"),
        trace: match matches.get_one::<PathBuf>("trace") {
            Some(path) => Wanted::File(path.clone()),
            None if matches.get_flag("no-trace") => Wanted::None,
            None => Wanted::Default,
        },
        away: Vec::new(),
        traces_kept: config.playground.traces.unwrap_or(traces::KEPT),
    };
    let first = prompt::read(matches.get_one::<String>("prompt").map(String::as_str))?;
    let questions = std::iter::once(first).chain(matches.get_many("then").unwrap_or_default().cloned());
    options::say(&settled, &config);
    let (toys, opening) = (any_built_in(&specs), OpenOptions::of_platform().taking_turns(config.in_turn));
    let done = runtime()?.block_on(async {
        let opened = members::opened(specs, &opening, Wait::ForEnough).await?;
        wishes.away = opened.iter().filter(|opened| opened.fault.is_some()).map(|opened| opened.seat.name.clone()).collect();
        let seats: Vec<Seat> = opened.into_iter().map(|opened| opened.seat).collect();
        converse(&wishes, &seats, questions).await
    })?;
    if toys && !wishes.quiet {
        notice(TOYS);
    }
    Ok(done)
}

/// Asks the questions one after another, each with the conversation so far.
async fn converse(wishes: &Wishes, seats: &[Seat], questions: impl Iterator<Item = String>) -> Result<Done, Failure> {
    let mut conversation = Conversation::under(wishes.system.as_deref());
    let mut done = Done::Complete;
    let interrupt = Interrupt::listen();
    for (turn, question) in questions.enumerate() {
        conversation.turns.push(Turn { role: Role::User, content: question });
        let answered = answer(wishes, seats, conversation.clone(), turn, interrupt.clone()).await?;
        conversation.turns.push(Turn { role: Role::Assistant, content: answered.text });
        match answered.done {
            Done::Complete => {}
            Done::Incomplete => done = Done::Incomplete,
            Done::Interrupted(code) => return Ok(Done::Interrupted(code)),
        }
    }
    Ok(done)
}

async fn answer(
    wishes: &Wishes,
    seats: &[Seat],
    conversation: Conversation,
    turn: usize,
    mut interrupt: Interrupt,
) -> Result<Answered, Failure> {
    let setup = Setup {
        seats: seats.to_vec(),
        params: wishes.params.clone(),
        seed: wishes.seed,
        conversation,
        answers: Vec::new(),
        journal: journal(wishes, turn)?,
        clock: wall_clock(),
    };
    let mut stop = interrupt.clone();
    let mut run = Playthrough::start(setup, async move { stop.pressed().await }).await?;
    let mut out = if wishes.json { Answer::new() } else { Answer::of_words() };
    let mut lines = Lines::default();
    let mut troubles = Troubles::default();
    while let Some(record) = run.next().await {
        let shown = show(wishes, &mut out, &mut lines, &record);
        if let Some(text) = troubles.of(&record) {
            notice(&clean(&text));
        }
        if let Err(error) = shown
            && !interrupt.explains(&error).await
        {
            return output_failed(error, run.text().to_owned());
        }
    }
    let played = run.end().await;
    let done = conclude(wishes, &played)?;
    let interrupted = played.interrupted || interrupt.is_pressed();
    let done = if interrupted { Done::Interrupted(interrupt::code()) } else { done };
    Ok(Answered { text: played.text().to_owned(), done })
}

/// Reports problems on standard error while a run is played.
#[derive(Default)]
struct Troubles {
    /// Members whose scoring failed: reported once each, since the consequences are reported too.
    failing: BTreeSet<MemberName>,
}

impl Troubles {
    fn of(&mut self, record: &Record) -> Option<String> {
        if let Event::Warning { text } = &record.event {
            return Some(format!("warning: {text}"));
        }
        let always = matches!(
            record.event,
            Event::Late { .. }
                | Event::Joined { .. }
                | Event::TierLowered { .. }
                | Event::Exited { reason: ExitReason::NotReady, .. }
        );
        let first = matches!(&record.event, Event::ScoreFailed { member, .. } if self.failing.insert(member.clone()));
        record.trouble().filter(|_| always || first)
    }
}

/// Opens the trace of the `turn`-th question (from 0).
fn journal(wishes: &Wishes, turn: usize) -> Result<Option<Journal>, TraceError> {
    let folders = Folders::of_platform();
    let opened = traces::open(&wishes.trace, folders.as_ref(), turn, wishes.traces_kept, SystemTime::now())?;
    if let Some(error) = opened.warning {
        notice(&display!("warning: no trace is kept of this run: {error}"));
    }
    Ok(opened.journal)
}

/// Writes an event's text to standard output.
fn show(wishes: &Wishes, out: &mut Answer, lines: &mut Lines, record: &Record) -> io::Result<()> {
    if wishes.json {
        let mut line = Vec::new();
        lines.write(record, &mut line)?;
        return out.write(&String::from_utf8_lossy(&line));
    }
    match &record.event {
        Event::Accepted { text, .. } => out.write(text),
        Event::RunFinished(_) => out.write("\n"),
        _ => Ok(()),
    }
}

/// A reader that closed the pipe is not an error; anything else is, and what was accepted is kept.
fn output_failed(error: io::Error, text: String) -> Result<Answered, Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(Answered { text, done: Done::Complete });
    }
    notice(&display!("accepted before the output failed: {text}"));
    Err(Failure::Output(error))
}

fn conclude(wishes: &Wishes, played: &Played) -> Result<Done, Failure> {
    if let Some(outcome) = played.outcome().filter(|_| !wishes.quiet) {
        notice(&clean(&summary::line(outcome, &played.summary(), wishes.seed, &wishes.away)));
    }
    if let Some(reason) = played.unanswered() {
        return Err(Failure::Unanswered(reason));
    }
    if played.outcome() == Some(&Outcome::Stopped) {
        return Ok(Done::Interrupted(interrupt::code()));
    }
    let asked_for = matches!(wishes.trace, Wanted::File(_));
    Ok(if played.journal_error.is_some() && asked_for { Done::Incomplete } else { Done::Complete })
}
