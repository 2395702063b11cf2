//! Cleaning by hand, and the rules as properties.

use proptest::prelude::*;

use super::*;
use crate::display;

/// Raw text and what may be shown of it.
const CORPUS: [(&str, &str); 55] = [
    ("", ""),
    ("Größe 漢字 🙂 مرحبا हिन्दी", "Größe 漢字 🙂 مرحبا हिन्दी"),
    // Control sequences, of 7 and 8 bits, and what they leave behind when they are torn.
    ("a\u{1b}[2Jb", "ab"),
    ("a\u{1b}[38;2;1;2;3mb\u{1b}[0mc", "abc"),
    ("a\u{1b}[?25l\u{1b}[1 qb", "ab"),
    ("a\u{9b}31mb", "ab"),
    ("a\u{1b}[31\nb", "a\nb"),
    ("a\u{1b}[31é", "aé"),
    ("a\u{1b}[3\u{1b}[2Jb", "ab"),
    ("a\u{1b}[3\u{9b}2Jb", "ab"),
    ("a\u{1b}[12", "a"),
    // Control strings with each of their ends.
    ("a\u{1b}]0;title\u{7}b", "ab"),
    ("a\u{1b}]52;c;cm0gLXJm\u{1b}\\b", "ab"),
    ("a\u{9d}0;title\u{9c}b", "ab"),
    ("a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "alinkb"),
    ("a\u{1b}P1$r\u{1b}\\b", "ab"),
    ("a\u{90}q#0\u{1b}\\b", "ab"),
    ("a\u{1b}_Gf=24;AAAA\u{1b}\\b", "ab"),
    ("a\u{9f}x\u{9c}b", "ab"),
    ("a\u{1b}^x\u{1b}\\b\u{9e}y\u{9c}c", "abc"),
    ("a\u{1b}Xx\u{1b}\\b\u{98}y\u{9c}c", "abc"),
    ("a\u{1b}]0;x\u{18}b\u{1b}]0;x\u{1a}c", "abc"),
    ("a\u{1b}]0;x\nb", "a\nb"),
    ("a\u{1b}]0;x\u{1b}[1mb", "ab"),
    ("a\u{1b}Ptmux;\u{1b}\u{1b}]52;c;eA==\u{7}\u{1b}\\b", "ab"),
    ("a\u{1b}]0;x", "a"),
    // Short escape sequences.
    ("a\u{1b}cb\u{1b}7c\u{1b}=d", "abcd"),
    ("a\u{1b}(Bb\u{1b}#8c\u{1b} Fd\u{1b}$(Ce", "abcde"),
    ("a\u{1b}\nb\u{1b}éc\u{1b}(\u{1b}cd", "a\nbécd"),
    ("a\u{1b}\u{1b}\u{1b}cb", "ab"),
    ("a\u{1b}", "a"),
    // Control characters, tabs and line ends.
    ("a\0\u{7}\u{8}\u{b}\u{c}\u{7f}b\u{84}\u{85}\u{9c}c", "abc"),
    ("a\tb\t", "a    b    "),
    ("a\r\nb\rc\r\r\nd\n\re", "a\nbc\nd\ne"),
    ("a\u{2028}b\u{2029}c", "a\nb\nc"),
    // What reorders or hides.
    ("a\u{202e}b\u{202a}\u{202b}\u{202c}\u{202d}\u{2066}\u{2067}\u{2068}\u{2069}c", "abc"),
    ("a\u{200e}b\u{200f}c\u{61c}d", "abcd"),
    ("a\u{200b}b\u{feff}c\u{ad}d\u{180e}e", "abcde"),
    ("a\u{2060}\u{2061}\u{2062}\u{2063}\u{2064}b\u{fff9}c\u{fffa}d\u{fffb}e", "abcde"),
    ("a\u{e0001}\u{e0041}\u{e007f}b\u{e0100}c\u{e01ef}d", "abcd"),
    ("\u{fffd}", "\u{fffd}"),
    // Joiners and selectors: one of each after a character.
    ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
    ("❤\u{fe0f}\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥"),
    ("می\u{200c}خواهم", "می\u{200c}خواهم"),
    ("क्\u{200d}ष", "क्\u{200d}ष"),
    ("a\u{200d}\u{200d}\u{200c}b\u{200d}c", "a\u{200d}b\u{200d}c"),
    ("a\u{200d}\u{200b}\u{200d}b", "a\u{200d}b"),
    ("❤\u{fe0f}\u{fe0e}\u{fe0f}x", "❤\u{fe0f}x"),
    ("❤\u{fe0f}\u{200d}\u{fe0f}\u{200d}x", "❤\u{fe0f}\u{200d}x"),
    // Combining marks: four on a character.
    ("e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}f\u{301}", "e\u{301}\u{302}\u{303}\u{304}f\u{301}"),
    ("é\u{301}\u{302}\u{303}\u{304}\u{20dd}", "é\u{301}\u{302}\u{303}\u{304}"),
    ("e\u{301}\u{301}\u{301}\u{200d}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\u{200d}\u{301}"),
    ("e\u{301}\u{301}\u{301}\u{301}\u{1b}[m\u{301}x", "e\u{301}\u{301}\u{301}\u{301}x"),
    ("e\u{301}\u{301}\u{301}\u{301}\n\u{301}x", "e\u{301}\u{301}\u{301}\u{301}\n\u{301}x"),
    ("கொௌா", "கொௌா"),
];

/// Joined, what the pieces of a text that is cut at these places become.
fn clean_cut(text: &str, cuts: &[usize]) -> String {
    let mut cleaner = Cleaner::default();
    let mut from = 0;
    let mut shown = String::new();
    for to in cuts.iter().copied().chain([text.len()]) {
        shown.push_str(&cleaner.push(&text[from..to]));
        from = to;
    }
    shown
}

/// The same, put together as clean texts.
fn joined_cut(text: &str, cuts: &[usize]) -> DisplayText {
    let mut cleaner = Cleaner::default();
    let mut from = 0;
    let mut shown = DisplayText::new();
    for to in cuts.iter().copied().chain([text.len()]) {
        shown.push(&cleaner.push(&text[from..to]));
        from = to;
    }
    shown
}

fn boundaries(text: &str) -> Vec<usize> {
    text.char_indices().map(|(offset, _)| offset).collect()
}

#[test]
fn only_what_may_be_shown_is_left() {
    for (raw, shown) in CORPUS {
        assert_eq!(clean(raw), shown, "{raw:?}");
    }
}

#[test]
fn it_does_not_matter_where_a_text_is_cut() {
    for (raw, shown) in CORPUS {
        let places = boundaries(raw);
        assert_eq!(clean_cut(raw, &places), shown, "{raw:?} character by character");
        for (number, first) in places.iter().enumerate() {
            for second in &places[number..] {
                assert_eq!(clean_cut(raw, &[*first, *second]), shown, "{raw:?} cut at {first} and {second}");
            }
        }
    }
}

#[test]
fn a_string_that_never_ends_hides_no_more_than_its_limit() {
    for introducer in ["\u{1b}]", "\u{1b}P", "\u{1b}_", "\u{1b}^", "\u{1b}X", "\u{9d}", "\u{90}", "\u{9f}", "\u{9e}", "\u{98}"] {
        assert_eq!(clean(&format!("{introducer}{}seen", "é".repeat(MAX_STRING))), "seen");
        assert_eq!(clean(&format!("{introducer}{}seen", "é".repeat(MAX_STRING - 1))), "een");
    }
}

#[test]
fn a_control_sequence_is_no_longer_than_its_limit() {
    assert_eq!(clean(&format!("\u{1b}[{}mseen", "1".repeat(MAX_PARAMETERS))), "seen");
    assert_eq!(clean(&format!("\u{1b}[{}2mseen", "1".repeat(MAX_PARAMETERS))), "2mseen");
}

#[test]
fn a_cluster_is_no_longer_than_its_limit() {
    // Leading Hangul letters and joined emoji continue as one cluster for ever.
    assert_eq!(clean(&"ᄀ".repeat(1000)), "ᄀ".repeat(MAX_CLUSTER));
    assert_eq!(clean(&"👩\u{200d}".repeat(1000)), "👩\u{200d}".repeat(MAX_CLUSTER / 2));
    assert_eq!(clean(&format!("{}가a", "ᄀ".repeat(1000))), format!("{}a", "ᄀ".repeat(MAX_CLUSTER)));
}

#[test]
fn a_line_has_neither_breaks_nor_runs_of_white_space() {
    assert_eq!(clean_line("  a\r\n\tb\u{2028}c\u{3000} d \u{1b}[1m\n"), "a b c d");
    assert_eq!(clean_line("\u{1b}]0;x\u{7}\n \t"), "");
}

#[test]
fn plain_characters_are_shown_and_start_a_cluster() {
    for character in (0..=0x3000).filter_map(char::from_u32).filter(|character| is_plain(*character)) {
        assert!(!is_hidden(character) && !is_combining(character), "{character:?}");
        let joined = format!("👩\u{200d}{character}");
        assert_eq!(joined.graphemes(true).count(), 2, "{character:?}");
        assert_eq!(format!("a{character}").graphemes(true).count(), 2, "{character:?}");
    }
}

#[test]
fn what_an_argument_starts_ends_with_it() {
    let torn = ["atlas\u{1b}]0;", "atlas\u{1b}[", "atlas\u{9b}", "atlas\u{1b}"];
    for name in torn {
        assert_eq!(display!("{name} left after round {}", 3), "atlas left after round 3", "{name:?}");
    }
    assert_eq!(display!("{:>4}|{:<4}|", "a\u{1b}[1m", 7), "a|7   |", "it is filled before it is cleaned");
    assert_eq!(display!("ready"), "ready");
}

#[test]
fn marks_do_not_pile_up_where_texts_are_joined() {
    let (one, other) = (clean("e\u{301}\u{302}\u{303}"), clean("\u{304}\u{305}\u{306}x"));
    let mut joined = one.clone();
    joined.push(&other);
    assert_eq!(joined, "e\u{301}\u{302}\u{303}\u{304}x");
    assert_eq!(display!("{one}{other}"), joined.as_str());
    assert_eq!(DisplayText::joined([&one, &other], ", "), "e\u{301}\u{302}\u{303}, \u{304}\u{305}\u{306}x");
}

#[test]
fn stored_text_is_cleaned_when_it_is_read() {
    let stored = serde_json::to_string("a\u{1b}[2Jb\u{202e}").unwrap();
    let read: DisplayText = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, "ab");
    assert_eq!(serde_json::to_string(&read).unwrap(), "\"ab\"");
}

/// Texts in which everything that the rules name is frequent.
fn hostile() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "\u{1b}",
        "[",
        "]",
        "P",
        "\\",
        "m",
        ";",
        "12",
        " ",
        "(",
        "\u{9b}",
        "\u{9d}",
        "\u{9c}",
        "\u{90}",
        "\u{7}",
        "\u{18}",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "word",
        "é",
        "漢",
        "🙂",
        "👩",
        "\u{200d}",
        "\u{200c}",
        "\u{fe0f}",
        "\u{301}",
        "\u{20dd}",
        "\u{903}",
        "क",
        "्",
        "ᄀ",
        "\u{1f3fd}",
        "🇩",
        "\u{600}",
        "\u{202e}",
        "\u{200b}",
        "\u{2028}",
        "\u{e0041}",
        "\u{e0100}",
        "\0",
        "\u{7f}",
    ];
    let part = prop_oneof![4 => prop::sample::select(PARTS).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn pieces_are_shown_as_the_whole(text in hostile(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let places = boundaries(&text);
        prop_assume!(!places.is_empty());
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| places[cut.index(places.len())]).collect();
        cuts.sort_unstable();
        prop_assert_eq!(clean_cut(&text, &cuts), clean(&text));
        prop_assert_eq!(clean_cut(&text, &places), clean(&text));
        prop_assert_eq!(joined_cut(&text, &cuts), clean(&text), "joined again");
        prop_assert_eq!(joined_cut(&text, &places), clean(&text), "joined again");
    }

    #[test]
    fn a_part_of_clean_text_is_clean(text in hostile(), cuts in any::<[prop::sample::Index; 2]>()) {
        let shown = clean(&text);
        let mut places = boundaries(&shown);
        places.push(shown.len());
        let mut cuts = cuts.map(|cut| places[cut.index(places.len())]);
        cuts.sort_unstable();
        let part = shown.slice(cuts[0]..cuts[1]);
        prop_assert_eq!(clean(&part), part.as_str());
    }

    #[test]
    fn whatever_is_put_together_is_clean(parts in prop::collection::vec(hostile(), 0..4)) {
        let cleaned: DisplayText = parts.iter().map(|part| clean(part)).collect();
        prop_assert_eq!(clean(&cleaned), cleaned.as_str());
        let formatted = display!("{}|{:>9}{}", parts.concat(), parts.first().map_or("", |part| part), parts.last().map_or("", |part| part));
        prop_assert_eq!(clean(&formatted), formatted.as_str());
        let line = clean_line(&parts.concat());
        prop_assert_eq!(clean_line(&line), line.as_str());
        prop_assert_eq!(clean(&line), line.as_str());
    }

    #[test]
    fn what_is_shown_is_harmless_and_stays_so(text in hostile()) {
        let shown = clean(&text);
        prop_assert_eq!(clean(&shown), shown.as_str(), "cleaning what is clean changes it");
        for character in shown.chars() {
            prop_assert!(character == '\n' || !is_hidden(character), "{character:?}");
            prop_assert!(!['\u{2028}', '\u{2029}'].contains(&character), "{character:?}");
        }
        let longest = shown.graphemes(true).map(|cluster| cluster.chars().count()).max();
        prop_assert!(longest.unwrap_or(0) <= 2 * MAX_CLUSTER);
    }

    #[test]
    fn text_without_tricks_stays_as_it_is(text in "[ -~äöüß漢字かな한글привет\n]*") {
        prop_assert_eq!(clean(&text), text);
    }
}
