//! Members come and go: opening those that are not there, news of them, and the question that waits for them.

use super::State;
use super::message::{Ask, Effect};
use super::overlay::Overlay;
use super::roster::{News, RowId};
use crate::engine::fusion::conversation::Conversation;
use crate::ensemble::MemberSpec;
use crate::ensemble::found::Finding;

impl State {
    /// The playground is open: whoever takes part is connected, and servers on this machine are looked for.
    pub(super) fn begin(&mut self) -> Vec<Effect> {
        let mut effects = self.connect_missing();
        if self.settings.scan && self.roster.scan() {
            effects.push(Effect::Scan);
        }
        effects
    }

    /// Opens these; `anew` forgets what was found out about them before.
    pub(super) fn connect(&mut self, rows: &[RowId], anew: bool) -> Vec<Effect> {
        let members = self.roster.connect(rows);
        self.show_ensemble();
        if members.is_empty() { Vec::new() } else { vec![Effect::Connect { members, anew }] }
    }

    /// Opens those of the ensemble that were never opened, or are away: a server may have come up meanwhile.
    pub(super) fn connect_missing(&mut self) -> Vec<Effect> {
        let missing = self.roster.missing();
        self.connect(&missing, false)
    }

    /// News of a member that is being opened.
    pub(super) fn member_news(&mut self, row: RowId, news: News) -> Vec<Effect> {
        self.roster.news(row, news);
        self.show_ensemble();
        let mut effects = self.ask_if_settled();
        effects.extend(self.take_up_if_settled());
        effects
    }

    /// What was found on the usual ports. Where the list is open it is asked at once what it can do.
    pub(super) fn found(&mut self, specs: Vec<MemberSpec>) -> Vec<Effect> {
        let new = self.roster.found(specs);
        for row in &new {
            if let Some(known) = self.roster.row(*row) {
                self.log.add(super::log::Level::Info, None, &found_in_words(&known.spec));
            }
        }
        if matches!(self.overlay, Some(Overlay::Roster(_))) { self.connect_at_hand() } else { Vec::new() }
    }

    /// Which model files there are. What could not be looked at stands in the log, once.
    pub(super) fn found_files(&mut self, finding: Result<Box<Finding>, String>) {
        let notes = match finding {
            Ok(mut finding) => {
                let notes = std::mem::take(&mut finding.notes);
                self.roster.files(*finding);
                notes
            }
            Err(reason) => {
                self.roster.no_look();
                vec![reason]
            }
        };
        for note in notes {
            if !self.log.entries().any(|entry| entry.text == note) {
                self.log.add(super::log::Level::Info, None, &note);
            }
        }
    }

    /// Before anything was asked the screen shows the ensemble itself.
    pub(super) fn show_ensemble(&mut self) {
        self.session.set_members(&self.roster.headers(), self.roster.standings());
    }

    /// Asks, or lets the question wait for members that are being connected.
    pub(super) fn ask_when_settled(&mut self, conversation: Conversation) -> Vec<Effect> {
        let mut effects = self.connect_missing();
        self.waiting = Some(conversation);
        effects.extend(self.ask_if_settled());
        effects
    }

    /// Asks the question that waits, once enough members are connected.
    pub(super) fn ask_if_settled(&mut self) -> Vec<Effect> {
        if self.roster.is_enough() { self.ask_now() } else { Vec::new() }
    }

    /// Asks the question that waits of those that are there.
    pub(super) fn ask_now(&mut self) -> Vec<Effect> {
        let Some(conversation) = self.waiting.take() else { return Vec::new() };
        let mut effects = Vec::new();
        if self.settings.toys_pace && !self.roster.has_built_in() {
            (self.settings.pace, self.settings.toys_pace) = (None, false);
            effects.push(Effect::Pace(None));
        }
        let members = self.roster.seated();
        effects.push(Effect::Ask(Box::new(Ask { members, conversation, params: self.params.clone(), seed: self.seed })));
        effects
    }

    /// Whether a question waits for members that are being connected.
    #[must_use]
    pub fn waits_for_members(&self) -> bool {
        self.waiting.is_some()
    }
}

/// What a found server is, in words.
#[must_use]
pub(super) fn found_in_words(spec: &MemberSpec) -> String {
    let kind = match &spec.config.source {
        crate::config::Source::Server(server) => server.kind.as_deref().unwrap_or("a model server"),
        crate::config::Source::BuiltIn(_) | crate::config::Source::Gguf { .. } => "a model",
    };
    let address = spec.address();
    let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    format!("{kind} found at {address} ({})", spec.name)
}
