//! Guarantees of the built-in themes: every role has a style at every level, text is legible on the theme's intended background,
//! the heat ramp is monotone, and the first members can be told apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ratatui::style::{Color, Modifier};
use specfuse::playground::view::theme::colour::rgb;
use specfuse::playground::view::theme::{ColourLevel, Ground, Library, Role, Theme};

use super::eye::{DEUTERANOPIA, PROTANOPIA, TRITANOPIA, USUAL, Vision, contrast, difference, luminance};
use super::{LEVELS, themes_in};

/// A theme with its own colours, the background it is for, and the minimum contrast of text and of frames.
const COLOURED: [(&str, [u8; 3], f64, f64); 4] = [
    ("dark", [0x11; 3], 4.5, 2.5),
    ("light", [0xff; 3], 4.5, 2.5),
    ("high-contrast", [0x00; 3], 7.0, 7.0),
    ("colour-blind", [0x11; 3], 4.5, 2.5),
];

/// The minimum contrast of any step of a heat ramp; that of high contrast is in [`COLOURED`].
const HEAT_CONTRAST: f64 = 3.0;

/// The same of a member's name on the ground of what is selected, where it is bold.
const SELECTED_CONTRAST: f64 = 3.5;

/// The minimum difference (in Oklab) between the colours of the first members: about four times what is just noticeable.
const MEMBER_DIFFERENCE: f64 = 0.07;

/// The same for users who lack a cone on a terminal with 256 colours, which has no better ones to offer.
const MEMBER_DIFFERENCE_256: f64 = 0.05;

/// How many members must be told apart by colour.
const DISTINCT_MEMBERS: u8 = 8;

fn theme(name: &str, level: ColourLevel) -> Theme {
    Library::new(None).load(name, level).unwrap()
}

fn foreground(theme: &Theme, role: Role) -> [u8; 3] {
    let style = theme.style(Role::Text).patch(theme.style(role));
    style.fg.and_then(rgb).unwrap_or_else(|| panic!("{}: {role:?} has no colour", theme.name()))
}

/// What a role is on: its own ground, or the one that the theme is for.
fn ground(theme: &Theme, role: Role, intended: [u8; 3]) -> [u8; 3] {
    theme.style(role).bg.and_then(rgb).unwrap_or(intended)
}

/// The roles that a hue of their own belongs to.
fn is_of_a_member(role: Role) -> bool {
    matches!(role, Role::Member(_))
}

#[test]
fn every_file_in_the_folder_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
    let files: BTreeSet<String> = themes_in(&folder).into_iter().collect();
    assert_eq!(files, Library::new(None).names().into_iter().collect());
}

#[test]
fn every_built_in_theme_names_every_role() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
    for name in Library::new(None).names() {
        let text = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let roles = table["roles"].as_table().unwrap();
        for role in Role::all() {
            assert!(roles.contains_key(role.name()), "{name}: {}", role.name());
        }
    }
}

#[test]
fn without_colours_every_theme_is_modifiers_only() {
    for name in Library::new(None).names() {
        let theme = theme(&name, ColourLevel::None);
        assert_eq!(theme.name(), "mono");
        for role in Role::all() {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None), "{name}: {role:?}");
        }
    }
}

#[test]
fn a_level_gets_only_colours_that_it_has() {
    for name in Library::new(None).names() {
        for role in Role::all() {
            let colours = |level| {
                let style = theme(&name, level).style(role);
                [style.fg, style.bg].into_iter().flatten().collect::<Vec<_>>()
            };
            let beyond_16 = |colour: &Color| matches!(colour, Color::Rgb(..) | Color::Indexed(_));
            assert!(!colours(ColourLevel::Ansi16).iter().any(beyond_16), "{name}: {role:?}");
            assert!(!colours(ColourLevel::Ansi256).iter().any(|colour| matches!(colour, Color::Rgb(..))), "{name}: {role:?}");
        }
    }
}

#[test]
fn the_theme_of_the_terminal_leaves_all_colours_to_it() {
    let theme = theme("terminal", ColourLevel::True);
    for role in Role::all() {
        let style = theme.style(role);
        assert_eq!(style.bg, None, "{role:?}");
        let fragile = [Color::White, Color::Black, Color::Gray, Color::LightYellow, Color::LightGreen, Color::LightCyan];
        assert!(style.fg.is_none_or(|fg| !fragile.contains(&fg)), "{role:?} vanishes on one background or the other");
        assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))), "{role:?}");
    }
    assert_eq!(theme.style(Role::Text).fg, Some(Color::Reset));
}

#[test]
fn text_can_be_read_on_the_background_that_a_theme_is_for() {
    for (name, background, text, frame) in COLOURED {
        for level in [ColourLevel::Ansi256, ColourLevel::True] {
            let theme = theme(name, level);
            for role in Role::all().filter(|role| *role != Role::Cursor || theme.style(*role).fg.is_some()) {
                let found = contrast(foreground(&theme, role), ground(&theme, role, background));
                let least = match role {
                    Role::Border => frame,
                    Role::Heat(_) if text < 7.0 => HEAT_CONTRAST,
                    _ => text,
                };
                assert!(found >= least, "{name} at {level:?}: {role:?} has {found:.2}, wants {least}");
            }
        }
    }
}

#[test]
fn a_theme_that_brings_a_background_brings_the_one_it_is_for() {
    for (name, background, ..) in COLOURED {
        let own = theme(name, ColourLevel::True).style(Role::Text).bg;
        assert!(own.is_none_or(|own| rgb(own) == Some(background)), "{name}");
    }
}

#[test]
fn what_is_selected_can_be_read_with_16_colours_too() {
    for (name, background, ..) in COLOURED {
        let theme = theme(name, ColourLevel::Ansi16);
        let found = contrast(foreground(&theme, Role::Selection), ground(&theme, Role::Selection, background));
        assert!(found >= 4.5, "{name}: {found:.2}");
        assert!(!theme.style(Role::Selection).add_modifier.is_empty(), "{name}: it is marked where it has no ground");
    }
}

#[test]
fn what_is_selected_keeps_its_authors_colour() {
    for (name, background, ..) in COLOURED {
        for level in [ColourLevel::Ansi256, ColourLevel::True] {
            let theme = theme(name, level);
            assert_eq!(theme.style(Role::Selection).fg, None, "{name}");
            for member in (0..DISTINCT_MEMBERS).map(Role::Member) {
                let found = contrast(foreground(&theme, member), ground(&theme, Role::Selection, background));
                assert!(found >= SELECTED_CONTRAST, "{name} at {level:?}: {member:?} has {found:.2}");
            }
        }
    }
}

/// How much colour there is in a colour: the distance to the grey of its channels' mean.
fn colourfulness(rgb: [u8; 3]) -> u8 {
    rgb.iter().max().unwrap() - rgb.iter().min().unwrap()
}

#[test]
fn hues_belong_to_members_and_one_to_what_is_improbable() {
    for (name, ..) in COLOURED {
        let theme = theme(name, ColourLevel::True);
        let ramp: Vec<[u8; 3]> = (0..5).map(|step| foreground(&theme, Role::Heat(step))).collect();
        for role in Role::all().filter(|role| !is_of_a_member(*role) && !matches!(role, Role::Heat(_))) {
            let colour = foreground(&theme, role);
            assert!(colourfulness(colour) <= 40 || ramp.contains(&colour), "{name}: {role:?} has a hue of its own");
        }
        for step in &ramp {
            let [red, green, blue] = *step;
            assert!(colourfulness(*step) <= 40 || (red > green && green > blue), "{name}: the ramp has one hue: {step:?}");
        }
        for member in (0..DISTINCT_MEMBERS).map(Role::Member) {
            let least = ramp.iter().map(|step| difference(foreground(&theme, member), *step, &USUAL));
            assert!(least.fold(1.0, f64::min) >= 0.05, "{name}: {member:?} looks like a step of the ramp");
        }
    }
}

#[test]
fn members_beyond_the_hues_differ_by_more_than_colour() {
    for name in Library::new(None).names() {
        for level in [ColourLevel::Ansi16, ColourLevel::Ansi256, ColourLevel::True] {
            let theme = theme(&name, level);
            let of = |member| theme.style(Role::Member(member));
            for (one, other) in (0..16).flat_map(|one| (0..one).map(move |other| (one, other))) {
                let (one, other) = (of(one), of(other));
                assert!(name == "mono" || one.fg != other.fg || one.add_modifier != other.add_modifier, "{name} at {level:?}");
            }
        }
    }
}

#[test]
fn auto_is_the_theme_of_the_background_and_no_theme_of_its_own() {
    let mut library = Library::new(None);
    for level in [ColourLevel::Ansi16, ColourLevel::Ansi256, ColourLevel::True] {
        for (background, name) in [(Ground::Light, "light"), (Ground::Dark, "dark")] {
            library.set_ground(background);
            assert_eq!(library.load("auto", level).unwrap(), theme(name, level));
        }
    }
    library.set_ground(Ground::Light);
    assert_eq!(library.load("auto", ColourLevel::None).unwrap().name(), "mono");
    assert_eq!(library.load("dark", ColourLevel::True).unwrap(), theme("dark", ColourLevel::True));
    assert_eq!(library.choices()[0], "auto");
    assert_eq!(library.choices()[1..], library.names());
}

#[test]
fn the_heat_ramp_is_monotone_in_luminance() {
    for (name, background, ..) in COLOURED {
        // The direction of improving contrast: light on dark, dark on light.
        let sign = if luminance(background) < 0.5 { 1.0 } else { -1.0 };
        for level in [ColourLevel::Ansi16, ColourLevel::Ansi256, ColourLevel::True] {
            let theme = theme(name, level);
            let ramp: Vec<f64> = (0..5).map(|step| sign * luminance(foreground(&theme, Role::Heat(step)))).collect();
            let strict = level != ColourLevel::Ansi16;
            let rises = |pair: &[f64]| if strict { pair[0] < pair[1] } else { pair[0] <= pair[1] };
            assert!(ramp.windows(2).all(rises) && ramp[0] < ramp[4], "{name} at {level:?}: {ramp:?}");
        }
    }
    let terminal = theme("terminal", ColourLevel::Ansi16);
    let ramp: BTreeSet<String> = (0..5).map(|step| format!("{:?}", terminal.style(Role::Heat(step)))).collect();
    assert_eq!(ramp.len(), 5, "no two steps look alike");
    assert_eq!(terminal.style(Role::Heat(4)), terminal.style(Role::Text), "certain text is plain, whatever the background");
}

#[test]
fn the_improbable_is_marked_without_colour_and_the_certain_is_not() {
    for name in Library::new(None).names() {
        for level in LEVELS {
            let theme = theme(&name, level);
            assert!(theme.style(Role::Heat(0)).add_modifier.contains(Modifier::UNDERLINED), "{name}");
            assert!(theme.style(Role::Heat(4)).add_modifier.is_empty(), "{name}");
        }
    }
}

/// The two of the first members that look most alike.
fn closest(theme: &Theme, vision: &Vision) -> (f64, u8, u8) {
    let pairs = (0..DISTINCT_MEMBERS).flat_map(|one| (0..one).map(move |other| (other, one)));
    let differences = pairs.map(|(one, other)| {
        let colour = |member| foreground(theme, Role::Member(member));
        (difference(colour(one), colour(other), vision), one + 1, other + 1)
    });
    differences.min_by(|one, other| one.0.total_cmp(&other.0)).unwrap()
}

#[test]
fn the_first_members_have_clearly_different_colours() {
    for (name, ..) in COLOURED {
        for level in [ColourLevel::Ansi16, ColourLevel::Ansi256, ColourLevel::True] {
            let (found, one, other) = closest(&theme(name, level), &USUAL);
            assert!(found >= MEMBER_DIFFERENCE, "{name} at {level:?}: {one} and {other} differ by {found:.3}");
        }
    }
}

#[test]
fn every_theme_tells_the_first_members_apart_for_every_kind_of_vision() {
    let levels = [(ColourLevel::Ansi256, MEMBER_DIFFERENCE_256), (ColourLevel::True, MEMBER_DIFFERENCE)];
    for (name, ..) in COLOURED {
        for vision in [PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
            for (level, least) in levels {
                let (found, one, other) = closest(&theme(name, level), &vision);
                assert!(found >= least, "{name} at {level:?}: {one} and {other} differ by {found:.3}");
            }
        }
    }
}

#[test]
fn every_theme_tells_as_many_members_apart_as_it_can() {
    for (name, distinct) in
        [("terminal", 16), ("dark", 16), ("light", 16), ("high-contrast", 16), ("colour-blind", 16), ("mono", 12)]
    {
        let theme = theme(name, ColourLevel::Ansi256);
        let styles: BTreeSet<String> = (0..16).map(|member| format!("{:?}", theme.style(Role::Member(member)))).collect();
        assert_eq!(styles.len(), distinct, "{name}");
    }
}
