//! What all parts share: a screen, a state, keys.

use specfuse::config::{MemberConfig, Source};
use specfuse::engine::Seat;
use specfuse::engine::fusion::params::Params;
use specfuse::ensemble::MemberSpec;
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::{Options, Settings};
use specfuse::playground::view::theme::{ColourLevel, Theme};

/// Columns and rows of the screen.
pub const SIZE: (u16, u16) = (200, 60);

/// An ensemble of these members, all of them ready.
fn roster(seats: &[Seat]) -> Roster {
    let spec = |seat: &Seat| {
        let source = Source::BuiltIn(seat.name.clone());
        MemberSpec::new(&seat.name, MemberConfig { source, role: seat.role, weight: seat.weight, ..MemberConfig::default() })
    };
    let mut roster = Roster::new(seats.iter().map(spec).collect(), Vec::new(), Vec::new());
    for (place, seat) in seats.iter().enumerate() {
        let capabilities = Box::new(seat.member.capabilities().clone());
        roster.news(RowId(place), News::Ready { name: seat.name.clone(), capabilities });
    }
    roster
}

/// A playground with these members.
pub fn options(seats: &[Seat], params: Params) -> Options {
    let settings = Settings { theme: "auto".to_owned(), themes: vec!["auto".to_owned()], ..Settings::default() };
    Options { roster: roster(seats), params, seed: 1, settings, ..Options::default() }
}

/// The theme whose styles take the most bytes.
pub fn theme() -> Theme {
    Theme::default_theme(ColourLevel::True)
}
