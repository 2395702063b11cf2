//! Which models are ready, which are still opening, and the news of both.

use super::{News, Roster, RowId, Standing};
use crate::clean::{DisplayText, clean_line};
use crate::config::Source;
use crate::engine::fusion::event::Role;
use crate::engine::is_enough;
use crate::ensemble::MemberSpec;

impl Roster {
    /// The model of this name, preferring the ensemble's.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<RowId> {
        let seated = self.members().zip(self.names()).find(|(_, known)| known == name).map(|((place, _), _)| place.row);
        seated.or_else(|| self.rows.iter().position(|known| known.spec.name == name).map(RowId))
    }

    /// Those of these rows that are neither ready nor being opened.
    #[must_use]
    pub fn absent(&self, rows: &[RowId]) -> Vec<RowId> {
        let absent = |row: &&RowId| match self.row(**row).map(|known| &known.standing) {
            Some(Standing::Unknown | Standing::Away(_)) => true,
            Some(Standing::Connecting(_) | Standing::Ready(_)) | None => false,
        };
        rows.iter().filter(absent).copied().collect()
    }

    /// Whether a model is being opened.
    #[must_use]
    pub fn is_connecting(&self, row: RowId) -> bool {
        self.row(row).is_some_and(|known| matches!(known.standing, Standing::Connecting(_)))
    }

    /// Members of the ensemble that are being opened, by name, cleaned.
    #[must_use]
    pub fn connecting(&self) -> Vec<DisplayText> {
        let members = self.members().zip(self.names());
        let opening = members.filter(|((_, known), _)| matches!(known.standing, Standing::Connecting(_)));
        opening.map(|(_, name)| clean_line(&name)).collect()
    }

    /// Whether a question can be asked: at least half of the ensemble is ready or away for good, at least one ready member
    /// drafts, and no model is being loaded from a file, which is ready soon or never, large ones last. The others join once they
    /// are ready.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        let (mut settled, mut drafters, mut all) = (0, 0, 0);
        for (place, known) in self.members() {
            let from_file = matches!(known.spec.config.source, Source::Gguf { .. });
            if from_file && matches!(known.standing, Standing::Connecting(_)) {
                return false;
            }
            all += 1;
            match known.standing {
                Standing::Ready(_) => {
                    settled += 1;
                    drafters += usize::from(place.role != Role::Verify);
                }
                Standing::Away(_) => settled += 1,
                Standing::Unknown | Standing::Connecting(_) => {}
            }
        }
        self.connecting().is_empty() || is_enough(all, settled, drafters)
    }

    /// Members of the ensemble that are neither ready nor being opened.
    #[must_use]
    pub fn missing(&self) -> Vec<RowId> {
        self.absent(&self.members().map(|(place, _)| place.row).collect::<Vec<_>>())
    }

    /// Starts opening these; returns what has to be opened. Models that are already opening continue.
    pub fn connect(&mut self, rows: &[RowId]) -> Vec<(RowId, MemberSpec)> {
        let mut begun = Vec::new();
        for row in rows {
            let Some(known) = self.rows.get_mut(row.0) else { continue };
            match known.standing {
                Standing::Connecting(_) => {}
                Standing::Unknown | Standing::Ready(_) | Standing::Away(_) => {
                    known.standing = Standing::Connecting(DisplayText::new());
                    begun.push((*row, known.spec.clone()));
                }
            }
        }
        begun
    }

    /// Handles news of a row. A server's words are cleaned here.
    pub fn news(&mut self, row: RowId, news: News) {
        let Some(known) = self.rows.get_mut(row.0) else { return };
        known.standing = match news {
            News::Doing(what) if matches!(known.standing, Standing::Connecting(_)) => Standing::Connecting(clean_line(&what)),
            News::Doing(_) => return,
            News::Away(reason) => Standing::Away(clean_line(&reason)),
            News::Ready { name, capabilities } => {
                known.spec.name = name;
                Standing::Ready(capabilities)
            }
        };
    }
}
