//! The list of every known model as it is shown while an ensemble is composed, and everything about the marked one.

use super::super::prose::{Prose, Tone, line, wrap};
use super::super::roster::compose::{Compose, Pick, others};
use super::super::roster::{Known, Origin, Roster, RowId, Standing};
use super::files::{self, Cells};
use super::pane::Activity;
use super::usage::{paid, price, tokens};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::{Capabilities, Role};
use crate::engine::fusion::run::{MemberState, Run};
use crate::engine::fusion::weights::WeightRule;
use crate::engine::member::model_file::available::Memory;
use crate::engine::member::model_file::memory::bytes_in_words;

/// Columns before the words that explain the marked row.
const HEAD: u16 = 9;
/// Rows of the list that stay in sight however much there is to say of the marked one.
const FEWEST_ROWS: usize = 4;

/// A line of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A heading.
    Heading(DisplayText),
    /// A heading over models in files.
    Files(DisplayText),
    /// A model.
    Model(Box<Model>),
}

/// A model in the list, cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Which row of the roster it is.
    pub row: RowId,
    /// Whether it is the marked one.
    pub marked: bool,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Its name.
    pub name: DisplayText,
    /// How it stands, as a mark.
    pub activity: Activity,
    /// How it stands, in a word or two.
    pub standing: &'static str,
    /// What it does.
    pub role: &'static str,
    /// Its weight as a verifier.
    pub weight: DisplayText,
    /// Why it is away, or what it is doing while it is opened; empty where the next columns say what it can do.
    pub remark: DisplayText,
    /// How it scores.
    pub scores: &'static str,
    /// Where it is.
    pub address: DisplayText,
    /// How it drafts.
    pub drafts: &'static str,
    /// Its model.
    pub model: DisplayText,
    /// How many tokens it reads, where known.
    pub context: DisplayText,
    /// What is known of the file that it is in, until it is opened.
    pub file: Option<Box<Cells>>,
}

/// The list and what is said of the marked row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// Top to bottom.
    pub entries: Vec<Entry>,
    /// The first visible one.
    pub top: usize,
    /// Visible ones.
    pub height: usize,
    /// Everything about the marked one.
    pub details: Prose,
}

impl List {
    /// The models of the visible lines, from top to bottom; nothing where a line is a heading.
    #[must_use]
    pub fn rows(&self) -> Vec<Option<RowId>> {
        let row = |entry: &Entry| match entry {
            Entry::Model(model) => Some(model.row),
            Entry::Heading(_) | Entry::Files(_) => None,
        };
        self.entries.iter().skip(self.top).take(self.height).map(row).collect()
    }
}

/// What a role is called, for a model made for conversation or a base model.
#[must_use]
pub fn role(role: Role, chat: bool) -> &'static str {
    match role {
        Role::Auto if !chat => "verify·base",
        Role::Auto | Role::Both => "draft+verify",
        Role::Draft => "draft",
        Role::Verify => "verify",
    }
}

/// The mark of a standing.
#[must_use]
pub fn activity(standing: &Standing) -> Activity {
    match standing {
        Standing::Unknown => Activity::Waiting,
        Standing::Connecting(_) => Activity::Connecting,
        Standing::Ready(_) => Activity::Ready,
        Standing::Away(_) => Activity::Away,
    }
}

/// The list in this many columns and lines. `run` is the newest, from which what its members used is known.
#[must_use]
pub fn list(
    roster: &Roster,
    compose: &Compose,
    (run, rule, connect): (Option<&Run>, WeightRule, &str),
    (width, height): (u16, usize),
) -> List {
    let entries = entries(roster, compose, run, rule);
    let mut details =
        compose.marked(roster).map_or_else(Prose::new, |row| details(roster, compose, row, (run, rule, connect), width));
    let most = height.saturating_sub(FEWEST_ROWS + 1);
    if details.len() > most {
        details.truncate(most.saturating_sub(1));
        details.push(line(Tone::Dim, "…"));
    }
    let height = height.saturating_sub(details.len() + 1).min(entries.len());
    let marked = entries.iter().position(|entry| matches!(entry, Entry::Model(model) if model.marked)).unwrap_or(0);
    let top = (marked + 1).saturating_sub(height);
    List { entries, top, height, details }
}

fn entries(roster: &Roster, compose: &Compose, run: Option<&Run>, rule: WeightRule) -> Vec<Entry> {
    let marked = compose.marked(roster);
    let model = |row: RowId| {
        let known = roster.row(row)?;
        let weight = compose.weight(roster, row, rule).map(|(weight, _)| weight);
        let mut model = model((row, known), compose.pick(roster, row), weight, Some(row) == marked, roster.memory());
        if let Some(member) = member(roster, row, run).filter(|member| is_lowered(member)) {
            model.scores = member.tier.in_words();
        }
        Some(Entry::Model(Box::new(model)))
    };
    let mut entries = vec![Entry::Heading("taking part".into())];
    entries.extend(roster.ensemble().iter().filter_map(|place| model(place.row)));
    for origin in Origin::ALL {
        let rows: Vec<Entry> = others(roster, *origin).filter_map(model).collect();
        match (origin, rows.is_empty()) {
            (Origin::Found, true) if roster.is_scanning() => {
                entries.push(Entry::Heading("looking for servers on this machine …".into()));
            }
            (Origin::File, true) if roster.is_looking() => {
                entries.push(Entry::Heading("looking for model files on this machine …".into()));
            }
            (_, true) => {}
            (Origin::File, false) => entries.push(Entry::Files(over_files(roster))),
            (_, false) => entries.push(Entry::Heading(origin.title().into())),
        }
        entries.extend(rows);
    }
    entries
}

/// The heading over models in files.
fn over_files(roster: &Roster) -> DisplayText {
    let title = Origin::File.title();
    roster.memory().map_or_else(|| title.into(), |memory| display!("{title} · {} free", bytes_in_words(memory.available)))
}

fn model((row, known): (RowId, &Known), pick: Pick, weight: Option<f64>, marked: bool, memory: Option<Memory>) -> Model {
    let capabilities = known.standing.capabilities();
    Model {
        row,
        marked,
        chosen: pick.chosen,
        name: clean_line(&known.spec.name),
        activity: activity(&known.standing),
        standing: known.standing.word(),
        role: role(pick.role, capabilities.is_none_or(|known| known.chat)),
        weight: weight.or(pick.weight).map_or_else(|| "-".into(), |weight| display!("{weight:.1}")),
        remark: match &known.standing {
            Standing::Ready(_) | Standing::Unknown => DisplayText::new(),
            Standing::Connecting(what) | Standing::Away(what) => what.clone(),
        },
        scores: match &known.standing {
            Standing::Ready(capabilities) => capabilities.tier.in_words(),
            Standing::Unknown => "not asked yet",
            Standing::Connecting(_) => "being asked",
            Standing::Away(_) => "",
        },
        address: clean_line(&known.spec.address()),
        drafts: capabilities.map_or("", |known| known.drafting.in_words()),
        model: capabilities.map_or_else(DisplayText::new, |known| clean_line(&known.model)),
        context: capabilities.and_then(|known| known.context_tokens).map_or_else(DisplayText::new, |tokens| display!("{tokens}")),
        file: known
            .file
            .as_ref()
            .filter(|_| known.standing == Standing::Unknown)
            .map(|file| Box::new(files::cells(file, memory))),
    }
}

/// Everything about one model.
fn details(
    roster: &Roster,
    compose: &Compose,
    row: RowId,
    (run, rule, connect): (Option<&Run>, WeightRule, &str),
    width: u16,
) -> Prose {
    let Some(known) = roster.row(row) else { return Prose::new() };
    let mut prose = Prose::new();
    let mut say = |head: &str, tone: Tone, text: &DisplayText| {
        if !text.is_empty() {
            let head = vec![(Tone::Key, display!("{head:<width$}", width = usize::from(HEAD)))];
            wrap(&mut prose, head, tone, text, width, HEAD);
        }
    };
    say("where", Tone::Plain, &clean_line(&known.spec.address()));
    let together = roster.needed_together(compose).filter(|_| compose.pick(roster, row).chosen);
    for (head, tone, text) in files::details(known, roster.memory(), together) {
        say(head, tone, &text);
    }
    match &known.standing {
        Standing::Unknown if known.file.is_some() => say("state", Tone::Plain, &"not loaded yet: choosing it loads it".into()),
        Standing::Unknown => say("state", Tone::Plain, &display!("not asked yet what it can do: `{connect}` asks it")),
        Standing::Connecting(what) if what.is_empty() => say("state", Tone::Plain, &"connecting".into()),
        Standing::Connecting(what) => say("state", Tone::Plain, what),
        Standing::Away(reason) => say("away", Tone::Bad, reason),
        Standing::Ready(capabilities) => {
            say("model", Tone::Plain, &super::super::answer::model(capabilities));
            say("drafts", Tone::Plain, &drafts(capabilities));
            say("scores", Tone::Plain, &scores(capabilities));
            say("calls", Tone::Plain, &display!("{} at once", capabilities.concurrency));
        }
    }
    if let Some((weight, source)) = compose.weight(roster, row, rule) {
        say("weight", Tone::Plain, &display!("{weight:.2}, {}", source.in_words()));
    }
    if let Some(given) = known.spec.config.price {
        say("price", Tone::Plain, &price(given));
    }
    if let Some(member) = member(roster, row, run) {
        if is_lowered(member) {
            say("now", Tone::Warning, &display!("{} since the other way failed in this run", member.tier.in_words()));
        }
        say("used", Tone::Plain, &used(member));
    }
    for advice in known.standing.capabilities().into_iter().flat_map(|known| &known.advice) {
        say("advice", Tone::Warning, &clean_line(advice));
    }
    prose
}

/// The member of the newest run that this row is.
fn member<'a>(roster: &Roster, row: RowId, run: Option<&'a Run>) -> Option<&'a MemberState> {
    let place = roster.ensemble().iter().position(|place| place.row == row)?;
    let name = roster.names().into_iter().nth(place)?;
    run?.members.iter().find(|member| *member.header.name == *name)
}

/// Whether it scores otherwise than it started to.
fn is_lowered(member: &MemberState) -> bool {
    member.tier != member.header.capabilities.tier
}

fn used(member: &MemberState) -> DisplayText {
    let mut parts = Vec::new();
    if !member.usage.is_zero() {
        parts.push(tokens(member.usage));
    }
    parts.extend(member.cost().map(|cost| paid(cost, member.usage)));
    if parts.is_empty() { DisplayText::new() } else { display!("{}, for the newest answer", DisplayText::joined(&parts, " · ")) }
}

fn drafts(capabilities: &Capabilities) -> DisplayText {
    let mut text = DisplayText::from(capabilities.drafting.in_words());
    text.push(if capabilities.draft_logprobs { ", with token probabilities" } else { ", without token probabilities" });
    text.push(match (capabilities.seed, capabilities.kind == "built-in") {
        (true, true) => "; equal seeds, equal drafts",
        // What is beside a token in a batch changes its rounding.
        (true, false) => "; equal seeds, equal drafts but for rounding",
        (false, _) => "; no draft can be repeated",
    });
    text
}

fn scores(capabilities: &Capabilities) -> DisplayText {
    let tier = capabilities.tier;
    let end = match (tier.scores() && !tier.judges(), capabilities.end_probability) {
        (false, _) => "",
        (true, true) => "; knows how probable the end is",
        (true, false) => "; does not know how probable the end is",
    };
    display!("{}{end}", tier.in_words())
}
