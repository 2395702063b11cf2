//! Colours and what a terminal can show of them.
//!
//! Owns the colour levels, how colours are written, and the fall from true colour to 256, to 16, to none. Which role has which
//! colour is the theme files'.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColourLevel {
    /// None, or none are wanted: only bold, dim, underlined and the like.
    None,
    /// The 16 that the user's terminal names.
    Ansi16,
    /// xterm's 256.
    Ansi256,
    /// All that 24 bits can say.
    True,
}

impl ColourLevel {
    /// What environment variables say; `var` gives the value of one. `NO_COLOR` (if not empty) beats everything, and a
    /// terminal that calls itself dumb is believed, whatever it inherited from the one it was started in.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| var(name).unwrap_or_default();
        let term = get("TERM");
        let colorterm = get("COLORTERM");
        if !get("NO_COLOR").is_empty() || term == "dumb" {
            Self::None
        } else if ["truecolor", "24bit"].iter().any(|value| colorterm.eq_ignore_ascii_case(value)) || term.ends_with("-direct") {
            Self::True
        } else if term.ends_with("-256color") || get("TERM_PROGRAM") == "Apple_Terminal" {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// A colour of a theme, and optionally another that terminals with 16 colours show instead of the nearest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink {
    pub(super) full: Color,
    pub(super) ansi: Option<Color>,
}

impl Ink {
    /// What of it a terminal of this level shows.
    pub(super) fn at(self, level: ColourLevel) -> Option<Color> {
        match level {
            ColourLevel::None => None,
            ColourLevel::Ansi16 => Some(to_16(self.ansi.unwrap_or(self.full))),
            ColourLevel::Ansi256 => Some(to_256(self.full)),
            ColourLevel::True => Some(self.full),
        }
    }
}

/// The names that colours have, `gray` being the 8th and `white` the 16th; `reset` is the terminal's own.
pub(super) const NAMES: [&str; 17] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
    "reset",
];

/// The 16 with the values that xterm gives them; other terminals and users choose their own.
const ANSI: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// The first colour of xterm's 256 that no user changes.
const FIRST_FIXED: u8 = 16;

/// Lightness counts for less than hue when one of 16 is chosen: a pastel should become its colour, not grey.
const LIGHTNESS_OF_16: f64 = 0.5;

/// Reads a colour: a name, `#rrggbb`, or a number from 0 to 255.
pub(super) fn parse(text: &str) -> Option<Color> {
    // The integer parsers underneath take a sign.
    if text.contains('+') { None } else { text.parse().ok() }
}

/// Red, green and blue of a colour, as xterm has them; `None` for the terminal's own foreground or background.
#[must_use]
pub fn rgb(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Indexed(index) if index >= FIRST_FIXED => Some(fixed(index)),
        Color::Indexed(index) => Some(ANSI[usize::from(index)].1),
        named => ANSI.iter().find(|(ansi, _)| *ansi == named).map(|(_, rgb)| *rgb),
    }
}

/// The 16 colours in the order of their numbers, as xterm has them.
pub fn ansi_rgb() -> impl Iterator<Item = [u8; 3]> {
    ANSI.iter().map(|(_, rgb)| *rgb)
}

/// The colours from 16 on: a cube of six steps a side, then 24 greys.
fn fixed(index: u8) -> [u8; 3] {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let Some(grey) = index.checked_sub(232) else {
        let cube = usize::from(index - FIRST_FIXED);
        return [STEPS[cube / 36], STEPS[cube / 6 % 6], STEPS[cube % 6]];
    };
    [8 + 10 * grey; 3]
}

fn to_256(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    nearest([red, green, blue], (FIRST_FIXED..=u8::MAX).map(|index| (Color::Indexed(index), fixed(index))), 1.0)
}

fn to_16(colour: Color) -> Color {
    let rgb = match colour {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(index) if index >= FIRST_FIXED => fixed(index),
        Color::Indexed(index) => return ANSI[usize::from(index)].0,
        named => return named,
    };
    nearest(rgb, ANSI, LIGHTNESS_OF_16)
}

fn nearest(rgb: [u8; 3], among: impl IntoIterator<Item = (Color, [u8; 3])>, lightness: f64) -> Color {
    let wanted = oklab(rgb);
    let distance = |rgb| {
        let [l, a, b] = oklab(rgb);
        lightness * (wanted[0] - l).powi(2) + (wanted[1] - a).powi(2) + (wanted[2] - b).powi(2)
    };
    let all = among.into_iter().map(|(colour, rgb)| (colour, distance(rgb)));
    all.min_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(Color::Reset, |(colour, _)| colour)
}

/// Lightness (0 to 1) and two chroma axes in which equal distances look about equal: Oklab (Björn Ottosson, 2020).
fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    let [red, green, blue] = rgb.map(linear);
    let l = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
    let m = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
    let s = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// One channel of sRGB as light, from 0 to 1.
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_level_is_read_from_the_environment() {
        let cases: [(&[(&str, &str)], ColourLevel); 13] = [
            (&[], ColourLevel::Ansi16),
            (&[("TERM", "xterm")], ColourLevel::Ansi16),
            (&[("TERM", "linux"), ("COLORTERM", "yes")], ColourLevel::Ansi16),
            (&[("TERM", "xterm-256color")], ColourLevel::Ansi256),
            (&[("TERM", "screen-256color"), ("NO_COLOR", "")], ColourLevel::Ansi256),
            (&[("TERM", "xterm"), ("TERM_PROGRAM", "Apple_Terminal")], ColourLevel::Ansi256),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColourLevel::True),
            (&[("COLORTERM", "24bit")], ColourLevel::True),
            (&[("COLORTERM", "TrueColor")], ColourLevel::True),
            (&[("TERM", "xterm-direct")], ColourLevel::True),
            (&[("TERM", "dumb")], ColourLevel::None),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], ColourLevel::None),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")], ColourLevel::None),
        ];
        for (environment, level) in cases {
            let var = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(ColourLevel::detect(var), level, "{environment:?}");
        }
    }

    #[test]
    fn colours_are_names_hexadecimal_or_numbers() {
        assert_eq!(parse("light-red"), Some(Color::LightRed));
        assert_eq!(parse("#ff8800"), Some(Color::Rgb(255, 136, 0)));
        assert_eq!(parse("12"), Some(Color::Indexed(12)));
        for wrong in ["", "256", "-1", "+1", "#+f+f+f", "#fff", "#é1234", "orange"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert!(NAMES.iter().all(|name| parse(name).is_some()));
    }

    #[test]
    fn a_pastel_becomes_its_colour_and_not_grey() {
        let known = [(0x7a_a2f7, Color::LightBlue), (0xf5_5340, Color::LightRed), (0x4f_d6be, Color::Cyan)];
        for (pastel, ansi) in known {
            assert_eq!(to_16(Color::from_u32(pastel)), ansi);
        }
    }

    #[test]
    fn the_colour_for_16_is_taken_only_there() {
        let ink = Ink { full: Color::Rgb(122, 162, 247), ansi: Some(Color::Cyan) };
        assert_eq!(ink.at(ColourLevel::Ansi16), Some(Color::Cyan));
        assert_eq!(ink.at(ColourLevel::True), Some(ink.full));
        assert_eq!(ink.at(ColourLevel::None), None);
    }

    proptest! {
        #[test]
        fn a_colour_that_a_level_has_stays_what_it_is(index in 16_u8..) {
            let [red, green, blue] = fixed(index);
            let fallen = to_256(Color::Rgb(red, green, blue));
            prop_assert_eq!(rgb(fallen), Some([red, green, blue]));
            prop_assert_eq!(to_256(fallen), fallen);
        }

        #[test]
        fn falling_ends_among_the_16(red: u8, green: u8, blue: u8, index: u8) {
            for colour in [Color::Rgb(red, green, blue), Color::Indexed(index)] {
                let fallen = to_16(colour);
                prop_assert!(ANSI.iter().any(|(ansi, _)| *ansi == fallen));
                prop_assert_eq!(to_16(fallen), fallen);
            }
        }
    }
}
