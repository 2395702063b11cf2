//! Members come and go: opening missing ones, news of them, and the question that waits for them.

use super::handles::handles;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::round::Command;
use crate::ensemble::MemberSpec;
use crate::ensemble::found::Finding;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Ask, Effect};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::roster::Roster;
use crate::playground::state::roster::{News, Origin, RowId, Standing};

handles! {
    /// What opening members, and sending a run commands, may change.
    Members
    changes answers: Answers, knobs: Knobs, roster: Roster, settings: Settings, notices: Notices;
    reads looking: Looking;
}

impl Members<'_> {
    /// Starts the playground: connects the ensemble, and looks for servers on this machine.
    pub(in crate::playground::state) fn begin(&mut self) -> Vec<Effect> {
        let mut effects = self.connect_missing();
        if self.settings.scan && self.roster.scan() {
            effects.push(Effect::Scan);
        }
        effects
    }

    /// Opens these; `again` drops what was found out about them before.
    pub(in crate::playground::state) fn connect(&mut self, rows: &[RowId], again: bool) -> Vec<Effect> {
        let members = self.roster.connect(rows);
        self.show_ensemble();
        if members.is_empty() { Vec::new() } else { vec![Effect::Connect { members, again }] }
    }

    /// Opens those of the ensemble that were never opened, or are away: a server may have come up in the meantime.
    pub(in crate::playground::state) fn connect_missing(&mut self) -> Vec<Effect> {
        let missing = self.roster.missing();
        self.connect(&missing, false)
    }

    /// Probes built-in models, servers that were found and members of the ensemble, if not done yet.
    pub(super) fn connect_at_hand(&mut self) -> Vec<Effect> {
        let rows = self.roster.rows().iter().enumerate();
        let at_hand = rows.filter(|(place, known)| {
            let is_near = matches!(known.origin, Origin::BuiltIn | Origin::Found) || self.roster.takes_part(RowId(*place));
            is_near && known.standing == Standing::Unknown
        });
        let at_hand: Vec<RowId> = at_hand.map(|(place, _)| RowId(place)).collect();
        self.connect(&at_hand, false)
    }

    /// Handles news of a member that is being opened.
    pub(in crate::playground::state) fn member_news(&mut self, row: RowId, news: News) -> Vec<Effect> {
        self.roster.news(row, news);
        self.show_ensemble();
        let mut effects = self.ask_if_settled();
        effects.extend(self.take_up_if_settled());
        effects
    }

    /// Handles what was found on the usual ports, which is probed immediately if the list is open.
    pub(in crate::playground::state) fn found(&mut self, specs: Vec<MemberSpec>) -> Vec<Effect> {
        let new = self.roster.found(specs);
        for row in &new {
            if let Some(known) = self.roster.row(*row) {
                self.notices.log.add(Level::Info, None, &found_in_words(&known.spec));
            }
        }
        if matches!(self.looking.overlay, Some(Overlay::Roster(_))) { self.connect_at_hand() } else { Vec::new() }
    }

    /// Handles the model files that were found. What could not be searched is logged, once.
    pub(in crate::playground::state) fn found_files(&mut self, finding: Result<Box<Finding>, String>) {
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
            if !self.notices.log.entries().any(|entry| entry.text == note) {
                self.notices.log.add(Level::Info, None, &note);
            }
        }
    }

    /// Shows the ensemble itself if nothing was asked yet.
    pub(in crate::playground::state) fn show_ensemble(&mut self) {
        self.answers.session.set_members(&self.roster.headers(), self.roster.standings());
    }

    /// Asks, or lets the question wait for members that are connecting.
    pub(in crate::playground::state) fn ask_when_settled(&mut self, conversation: Conversation) -> Vec<Effect> {
        let mut effects = self.connect_missing();
        self.answers.waiting = Some(conversation);
        effects.extend(self.ask_if_settled());
        effects
    }

    /// Asks the waiting question, once enough members are connected.
    pub(in crate::playground::state) fn ask_if_settled(&mut self) -> Vec<Effect> {
        if self.roster.is_enough() { self.ask_now() } else { Vec::new() }
    }

    /// Asks the waiting question of the members that are ready.
    pub(in crate::playground::state) fn ask_now(&mut self) -> Vec<Effect> {
        let Some(conversation) = self.answers.waiting.take() else { return Vec::new() };
        let mut effects = Vec::new();
        if self.settings.built_in_pace && !self.roster.has_built_in() {
            (self.settings.pace, self.settings.built_in_pace) = (None, false);
            effects.push(Effect::Pace(None));
        }
        let members = self.roster.seated();
        effects.push(Effect::Ask(Box::new(Ask {
            members,
            conversation,
            params: self.knobs.params.clone(),
            seed: self.knobs.seed,
        })));
        let ms = self.settings.linger.in_force(self.roster.has_built_in());
        if ms > 0.0 {
            effects.push(Effect::Order(Command::Linger { ms }));
        }
        effects
    }
}

/// A found server, in words.
#[must_use]
pub(in crate::playground::state) fn found_in_words(spec: &MemberSpec) -> String {
    let kind = match &spec.config.source {
        crate::config::Source::Server(server) => server.kind.as_deref().unwrap_or("a model server"),
        crate::config::Source::BuiltIn(_) | crate::config::Source::Gguf { .. } => "a model",
    };
    let address = spec.address();
    let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    format!("{kind} found at {address} ({})", spec.name)
}
