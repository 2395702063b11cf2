//! What the terminal's own background is: what it answers when it is asked (OSC 11), what `COLORFGBG` says, and which of light
//! and dark that is. Asking and waiting are the terminal's ([`crate::playground::term`]).

/// Whether the background is dark or light; dark where nothing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// A dark background.
    #[default]
    Dark,
    /// A light background.
    Light,
}

/// Above this luminance black text has a better contrast than white (WCAG 2: √(1.05 × 0.05) − 0.05).
const MIDDLE: f64 = 0.179;

/// Digits of a channel at the most, as X11 writes it.
const DIGITS: usize = 4;

impl Ground {
    /// The ground of a background colour.
    #[must_use]
    pub fn of(rgb: [u8; 3]) -> Self {
        if super::colour::luminance(rgb) > MIDDLE { Self::Light } else { Self::Dark }
    }

    /// What the terminal answered, else what `COLORFGBG` says, else dark.
    #[must_use]
    pub fn decide(answer: Option<[u8; 3]>, colorfgbg: Option<&str>) -> Self {
        answer.map(Self::of).or_else(|| colorfgbg.and_then(colour_of_variable)).unwrap_or_default()
    }
}

/// The ground that `COLORFGBG` (`foreground;background`, sometimes with a third part between) says, by the number of the colour.
fn colour_of_variable(value: &str) -> Option<Ground> {
    let (_, background) = value.rsplit_once(';')?;
    match background.trim().parse().ok()? {
        7 | 9..=15 => Some(Ground::Light),
        0..=6 | 8 => Some(Ground::Dark),
        16..=u8::MAX => None,
    }
}

/// A colour as a terminal answers it: `rgb:` or `rgba:` with one to four hexadecimal digits a channel, or `#` with as many
/// for each of three.
#[must_use]
pub fn parse(answer: &str) -> Option<[u8; 3]> {
    let answer = answer.trim();
    if let Some(digits) = answer.strip_prefix('#') {
        let each = digits.len() / 3;
        if digits.len() % 3 != 0 || !digits.is_ascii() {
            return None;
        }
        return channels([digits.get(..each)?, digits.get(each..2 * each)?, digits.get(2 * each..)?]);
    }
    let (kind, rest) = answer.split_once(':')?;
    let parts: Vec<&str> = rest.split('/').collect();
    match (kind, parts.as_slice()) {
        ("rgb", [red, green, blue]) | ("rgba", [red, green, blue, _]) => channels([red, green, blue]),
        _ => None,
    }
}

/// Each channel, scaled to a byte.
fn channels(digits: [&str; 3]) -> Option<[u8; 3]> {
    let mut rgb = [0; 3];
    for (byte, digits) in rgb.iter_mut().zip(digits) {
        if !(1..=DIGITS).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let largest = 16_u32.pow(digits.len() as u32) - 1;
        let value = u32::from_str_radix(digits, 16).ok()?;
        *byte = ((value * 255 + largest / 2) / largest) as u8;
    }
    Some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_colour_is_understood_and_junk_is_not() {
        let white = Some([255; 3]);
        for answer in
            ["rgb:ffff/ffff/ffff", "rgb:ff/ff/ff", "rgb:f/f/f", "rgba:ffff/ffff/ffff/ffff", "#ffffff", "#fff", "#FFFFFFFFFFFF"]
        {
            assert_eq!(parse(answer), white, "{answer}");
        }
        assert_eq!(parse("rgb:1e1e/1e1e/2e2e"), Some([0x1e, 0x1e, 0x2e]));
        assert_eq!(parse("rgb:000/800/fff"), Some([0, 128, 255]));
        for junk in [
            "",
            "?",
            "rgb:",
            "rgb:ff/ff",
            "rgb:ff/ff/ff/ff",
            "rgb:fffff/0/0",
            "rgb:-1/0/0",
            "rgb:gg/0/0",
            "#ff",
            "#é1234",
            "white",
            "#",
        ] {
            assert_eq!(parse(junk), None, "{junk}");
        }
    }

    #[test]
    fn a_background_is_light_where_black_text_is_read_better() {
        for (rgb, ground) in [
            ([255; 3], Ground::Light),
            ([0xfd, 0xf6, 0xe3], Ground::Light),
            ([0x80; 3], Ground::Light),
            ([0; 3], Ground::Dark),
            ([0x00, 0x2b, 0x36], Ground::Dark),
            ([0x00, 0x00, 0xff], Ground::Dark),
        ] {
            assert_eq!(Ground::of(rgb), ground, "{rgb:?}");
        }
    }

    #[test]
    fn the_answer_comes_before_the_variable_and_dark_after_both() {
        assert_eq!(Ground::decide(Some([255; 3]), Some("15;0")), Ground::Light);
        for (variable, ground) in [
            ("0;15", Ground::Light),
            ("0;default;15", Ground::Light),
            ("12;7", Ground::Light),
            ("15;0", Ground::Dark),
            ("15;8", Ground::Dark),
            ("15;default", Ground::Dark),
            ("15", Ground::Dark),
            ("", Ground::Dark),
        ] {
            assert_eq!(Ground::decide(None, Some(variable)), ground, "{variable:?}");
        }
        assert_eq!(Ground::decide(None, None), Ground::Dark);
    }
}
