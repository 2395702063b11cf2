use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use super::*;

/// What arrives when the reads bring these pieces and then nothing for a moment.
fn read(pieces: &[&[u8]]) -> Vec<Event> {
    let (mut sequences, mut events) = (Sequences::new(), Vec::new());
    for piece in pieces {
        sequences.advance(piece, &mut events);
    }
    // What was pressed in a paste without end can start something again.
    while sequences.unfinished().is_some() {
        sequences.give_up(&mut events);
    }
    events
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn plain(code: KeyCode) -> Event {
    key(code, KeyModifiers::NONE)
}

fn typed(text: &str) -> Vec<Event> {
    text.chars().map(|character| plain(KeyCode::Char(character))).collect()
}

fn ctrl(character: char) -> Event {
    key(KeyCode::Char(character), KeyModifiers::CONTROL)
}

fn alt(character: char) -> Event {
    key(KeyCode::Char(character), KeyModifiers::ALT)
}

fn pasted(text: &str) -> Event {
    Event::Paste(text.to_owned())
}

#[test]
fn keys_are_what_terminals_send_for_them() {
    let (shift, control) = (KeyModifiers::SHIFT, KeyModifiers::CONTROL);
    let table: [(&[u8], Event); 47] = [
        (b"a", plain(KeyCode::Char('a'))),
        (b"A", key(KeyCode::Char('A'), shift)),
        ("é".as_bytes(), plain(KeyCode::Char('é'))),
        ("東".as_bytes(), plain(KeyCode::Char('東'))),
        ("😀".as_bytes(), plain(KeyCode::Char('😀'))),
        (b"\r", plain(KeyCode::Enter)),
        (b"\n", ctrl('j')),
        (b"\t", plain(KeyCode::Tab)),
        (b"\x7f", plain(KeyCode::Backspace)),
        (b"\0", ctrl(' ')),
        (b"\x03", ctrl('c')),
        (b"\x1c", ctrl('4')),
        (b"\x1f", ctrl('7')),
        (b"\x1b", plain(KeyCode::Esc)),
        (b"\x1bx", alt('x')),
        ("\x1bé".as_bytes(), alt('é')),
        (b"\x1b\r", key(KeyCode::Enter, KeyModifiers::ALT)),
        (b"\x1b\x7f", key(KeyCode::Backspace, KeyModifiers::ALT)),
        (b"\x1b[A", plain(KeyCode::Up)),
        (b"\x1bOA", plain(KeyCode::Up)),
        (b"\x1b[1;5C", key(KeyCode::Right, control)),
        (b"\x1bO5D", plain(KeyCode::Left)),
        (b"\x1b[1;2H", key(KeyCode::Home, shift)),
        (b"\x1b[F", plain(KeyCode::End)),
        (b"\x1b[Z", key(KeyCode::BackTab, shift)),
        (b"\x1b[1~", plain(KeyCode::Home)),
        (b"\x1b[3~", plain(KeyCode::Delete)),
        (b"\x1b[3;5~", key(KeyCode::Delete, control)),
        (b"\x1b[5~", plain(KeyCode::PageUp)),
        (b"\x1b[6~", plain(KeyCode::PageDown)),
        (b"\x1bOP", plain(KeyCode::F(1))),
        (b"\x1b[1;2S", key(KeyCode::F(4), shift)),
        (b"\x1b[15~", plain(KeyCode::F(5))),
        (b"\x1b[17~", plain(KeyCode::F(6))),
        (b"\x1b[24;2~", key(KeyCode::F(12), shift)),
        (b"\x1b[34~", plain(KeyCode::F(17))),
        (b"\x1b[[B", plain(KeyCode::F(2))),
        (b"\x1bOM", plain(KeyCode::Enter)),
        (b"\x1b[97;5u", ctrl('a')),
        (b"\x1b[13;2u", key(KeyCode::Enter, shift)),
        (b"\x1b[9;2u", key(KeyCode::BackTab, shift)),
        (b"\x1b[97:65;2;65u", key(KeyCode::Char('A'), shift)),
        (b"\x1b[27;5;13~", key(KeyCode::Enter, control)),
        (b"\x1b[I", Event::FocusGained),
        (b"\x1b[O", Event::FocusLost),
        (b"\x9bA", plain(KeyCode::Up)),
        (b"\xc2\x9b1;5C", key(KeyCode::Right, control)),
    ];
    for (bytes, expected) in table {
        assert_eq!(read(&[bytes]), [expected], "{:?}", String::from_utf8_lossy(bytes));
    }
    let released = KeyEvent::new_with_kind(KeyCode::Up, KeyModifiers::NONE, KeyEventKind::Release);
    assert_eq!(read(&[b"\x1b[1;1:3A"]), [Event::Key(released)]);
}

#[test]
fn the_mouse_is_read_in_each_of_its_three_ways() {
    let mouse = |kind, modifiers| [Event::Mouse(MouseEvent { kind, column: 4, row: 5, modifiers })];
    let down = MouseEventKind::Down(MouseButton::Left);
    let table: [(&[u8], _); 8] = [
        (b"\x1b[<0;5;6M", mouse(down, KeyModifiers::NONE)),
        (b"\x1b[<0;5;6m", mouse(MouseEventKind::Up(MouseButton::Left), KeyModifiers::NONE)),
        (b"\x1b[<65;5;6M", mouse(MouseEventKind::ScrollDown, KeyModifiers::NONE)),
        (b"\x1b[<68;5;6M", mouse(MouseEventKind::ScrollUp, KeyModifiers::SHIFT)),
        (b"\x1b[<34;5;6M", mouse(MouseEventKind::Drag(MouseButton::Right), KeyModifiers::NONE)),
        (b"\x1b[<35;5;6M", mouse(MouseEventKind::Moved, KeyModifiers::NONE)),
        (b"\x1b[32;5;6M", mouse(down, KeyModifiers::NONE)),
        (b"\x1b[M %&", mouse(down, KeyModifiers::NONE)),
    ];
    for (bytes, expected) in table {
        assert_eq!(read(&[bytes]), expected, "{:?}", String::from_utf8_lossy(bytes));
    }
    for nowhere in [&b"\x1b[<0;0;6M"[..], b"\x1b[32;5;0M", b"\x1b[<0;5M", b"\x1b[<999;5;6M", b"\x1b[<0;99999;6M"] {
        assert_eq!(read(&[nowhere, b"x"]), typed("x"), "{:?}", String::from_utf8_lossy(nowhere));
    }
}

/// What terminals send of themselves: none of it was typed.
const REPORTS: [&[u8]; 40] = [
    // Control sequences: modes, colour scheme, attributes, status, sizes, graphics, keyboard, cursor.
    b"\x1b[?2026;2$y",
    b"\x1b[4;1$y",
    b"\x1b[?997;1n",
    b"\x1b[?1;2c",
    b"\x1b[?62;4;6;22c",
    b"\x1b[>0;276;0c",
    b"\x1b[>1;5202;0c",
    b"\x1b[=1;0c",
    b"\x1b[0n",
    b"\x1b[?13n",
    b"\x1b[12;40R",
    b"\x1b[?12;40R",
    b"\x1b[8;24;80t",
    b"\x1b[48;24;80;384;640t",
    b"\x1b[?2;0;800;600S",
    b"\x1b[?7u",
    b"\x1b[>4;2m",
    b"\x1b[2;1;1;112;112;1;0x",
    b"\x1b[1;2;3;4;5;6;7&w",
    b"\x1b[?1u",
    b"\x1b[ q",
    // Operating system commands.
    b"\x1b]11;rgb:2e2e/3434/3636\x07",
    b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    b"\x1b]4;1;rgb:cc/00/00\x1b\\",
    b"\x1b]52;c;aGVsbG8=\x07",
    b"\x1b]99;i=1;ok\x1b\\",
    b"\x1b]\x07",
    "\x1b]l“東京” é\x1b\\".as_bytes(),
    b"\x1b]L\r\n\t\x1b\\",
    // Device control strings, application commands, privacy messages, strings.
    b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1bP1$r0m\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1bP!|7E565445\x1b\\",
    b"\x1bP\x07q\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b^private\x1b\\",
    b"\x1bXstring\x1b\\",
    // The same, started or ended by a single byte or by its encoding.
    b"\x9b?2026;2$y",
    b"\x9d11;rgb:0/0/0\x9c",
    b"\xc2\x90>|foot(1.16)\xc2\x9c",
];

#[test]
fn reports_are_not_keys_and_hold_none_back() {
    for report in REPORTS {
        let named = String::from_utf8_lossy(report);
        assert_eq!(read(&[report]), [], "{named:?}");
        assert_eq!(read(&[b"ab", report, b"cd"]), typed("abcd"), "{named:?}");
        assert_eq!(read(&[b"\x1b", report]), [plain(KeyCode::Esc)], "escape before {named:?}");
        assert_eq!(read(&[report, report, b"\x03"]), [ctrl('c')], "{named:?}");
    }
}

#[test]
fn a_report_that_was_cut_off_takes_no_key_with_it_that_cannot_belong_to_it() {
    for beginning in
        [&b"\x1b["[..], b"\x1b[?", b"\x1b[?20", b"\x1b[>1;", b"\x1b]", b"\x1b]11;rgb", b"\x1bP", b"\x1bP>|", b"\x1b_G"]
    {
        let named = String::from_utf8_lossy(beginning);
        assert_eq!(read(&[beginning, b"\x03x"]), [ctrl('c'), plain(KeyCode::Char('x'))], "{named:?}");
        assert_eq!(read(&[beginning, b"\x1b[Ax"]), [plain(KeyCode::Up), plain(KeyCode::Char('x'))], "{named:?}");
        assert_eq!(read(&[beginning, b"\x1b"]).last(), Some(&plain(KeyCode::Esc)), "{named:?}");
    }
}

#[test]
fn what_does_not_become_complete_is_dropped_and_a_key_that_only_looked_like_a_beginning_is_not() {
    let table: [(&[u8], &[Event]); 14] = [
        (b"\x1b", &[plain(KeyCode::Esc)]),
        (b"\x1b\x1b", &[plain(KeyCode::Esc), plain(KeyCode::Esc)]),
        (b"\x1b[", &[alt('[')]),
        (b"\x1b]", &[alt(']')]),
        (b"\x1bO", &[key(KeyCode::Char('O'), KeyModifiers::ALT | KeyModifiers::SHIFT)]),
        (b"\x1b_", &[alt('_')]),
        (b"\x1b[?", &[]),
        (b"\x1b[1;", &[]),
        (b"\x1b[[", &[]),
        (b"\x1b[M!", &[]),
        (b"\x1b]11;rgb:", &[]),
        (b"\x1bP>|XT", &[]),
        (b"\x1bO1;", &[]),
        (b"\xe6\x9d", &[]),
    ];
    for (bytes, expected) in table {
        let (mut sequences, mut events) = (Sequences::new(), Vec::new());
        sequences.advance(bytes, &mut events);
        sequences.give_up(&mut events);
        assert_eq!(events, expected, "{:?}", String::from_utf8_lossy(bytes));
        sequences.advance(b"ok", &mut events);
        assert_eq!(events[expected.len()..], typed("ok"), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_not_text_types_nothing() {
    for bytes in
        [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xe6", b"\xf8\x88\x80\x80\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xa4"]
    {
        assert_eq!(read(&[b"a", bytes, b"b"]), typed("ab"), "{bytes:x?}");
    }
}

#[test]
fn a_paste_is_one_event_with_whatever_is_in_it() {
    let table: [(&[u8], &str); 5] = [
        (b"two\nlines", "two\nlines"),
        ("東京 é".as_bytes(), "東京 é"),
        (b"\x1b[31mred\x1b[m \x1b[201 \x1b\x1b[20", "\x1b[31mred\x1b[m \x1b[201 \x1b\x1b[20"),
        (b"\x03\x04\x1a", "\x03\x04\x1a"),
        (b"\xff", "\u{fffd}"),
    ];
    for (bytes, text) in table {
        let whole = [b"\x1b[200~", bytes, b"\x1b[201~x"].concat();
        assert_eq!(read(&[&whole]), [pasted(text), plain(KeyCode::Char('x'))], "{text:?}");
    }
    assert_eq!(read(&[b"\x1b[200~\x1b[201~"]), []);
}

#[test]
fn a_paste_without_an_end_is_handed_on_and_what_was_pressed_to_leave_is_pressed() {
    let table: [(&[u8], &[Event]); 6] = [
        (b"half", &[pasted("half")]),
        (b"", &[]),
        (b"half\x1b[201", &[pasted("half")]),
        (b"half\x1b", &[pasted("half")]),
        (b"half\x03\x03", &[pasted("half"), ctrl('c'), ctrl('c')]),
        (b"\x03\x1b[A", &[ctrl('c'), plain(KeyCode::Up)]),
    ];
    for (bytes, expected) in table {
        assert_eq!(read(&[b"\x1b[200~", bytes]), expected, "{bytes:?}");
    }
    // Its end, when it comes after all, is nothing.
    let (mut sequences, mut events) = (Sequences::new(), Vec::new());
    sequences.advance(b"\x1b[200~half", &mut events);
    sequences.give_up(&mut events);
    sequences.advance(b"\x1b[201~x", &mut events);
    assert_eq!(events, [pasted("half"), plain(KeyCode::Char('x'))]);
}

#[test]
fn a_paste_without_measure_is_cut_where_nobody_takes_it_over_any_more() {
    let text = vec![b'x'; 2 * LONGEST_PASTE];
    let events = read(&[b"\x1b[200~", &text, b"\x1b[201~y"]);
    let [Event::Paste(kept), key] = &events[..] else { panic!("{} events", events.len()) };
    assert_eq!((kept.len(), key), (LONGEST_PASTE, &plain(KeyCode::Char('y'))));
}

#[test]
fn a_sequence_without_end_keeps_nothing_of_what_comes() {
    let mut sequences = Sequences::new();
    let mut events = Vec::new();
    for beginning in [&b"\x1b["[..], b"\x1b]52;", b"\x1bO"] {
        sequences.advance(beginning, &mut events);
        for _ in 0..100 {
            sequences.advance(&[b'1'; 1024], &mut events);
        }
        assert!(events.is_empty() && sequences.bytes.len() <= PARAMETERS);
        sequences.give_up(&mut events);
    }
}

/// Bytes as terminals send them, in pieces that mean something, and some that mean nothing.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(REPORTS.to_vec()).prop_map(<[u8]>::to_vec),
        4 => "[a-zé東\r\t\u{3}\u{1b}]{0,6}".prop_map(String::into_bytes),
        2 => prop::sample::select(vec![&b"\x1b[A"[..], b"\x1bOB", b"\x1b[<0;5;6M", b"\x1b[M !!", b"\x1b[3;5~", b"\x1b[200~", b"\x1b[201~"])
            .prop_map(<[u8]>::to_vec),
        2 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn however_bytes_are_cut_into_reads_they_mean_the_same(bytes in any_bytes(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        let whole = read(&[&bytes]);
        prop_assert_eq!(&read(&pieces), &whole);
        prop_assert_eq!(&read(&single), &whole);
    }

    #[test]
    fn reports_between_keys_change_nothing(
        keys in prop::collection::vec(
            prop::sample::select(vec![&b"a"[..], "東".as_bytes(), b"\r", b"\x1b[A", b"\x1bOP", b"\x1b[3;5~", b"\x1bx", b"\x1b[<0;5;6M", b"\x1b[200~p\x1b[201~"]),
            0..12,
        ),
        reports in prop::collection::vec(prop::sample::select(REPORTS.to_vec()), 0..12),
    ) {
        let between: Vec<&[u8]> = keys.iter().enumerate().flat_map(|(at, key)| reports.get(at).copied().into_iter().chain([*key])).collect();
        prop_assert_eq!(read(&between), read(&keys));
    }

    #[test]
    fn text_arrives_as_it_was_typed(text in "[^\u{0}-\u{1f}\u{7f}-\u{9f}]{0,40}", size in 1_usize..7) {
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        let codes: Vec<KeyCode> = read(&pieces).iter().map(|event| match event {
            Event::Key(key) => key.code,
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(codes, text.chars().map(KeyCode::Char).collect::<Vec<_>>());
    }
}

/// The background that these reads answer, after which nothing may have been typed.
fn answered(pieces: &[&[u8]]) -> Option<[u8; 3]> {
    let (mut sequences, mut events) = (Sequences::new(), Vec::new());
    for piece in pieces {
        sequences.advance(piece, &mut events);
    }
    assert_eq!(events, []);
    sequences.background()
}

#[test]
fn the_background_is_taken_from_its_answer_and_never_typed() {
    let white = Some([255; 3]);
    for end in [&b"\x1b\\"[..], b"\x07", b"\x9c"] {
        let answer = [b"\x1b]11;rgb:ffff/ffff/ffff", end].concat();
        assert_eq!(answered(&[&answer]), white, "{end:?}");
        for cut in 1..answer.len() {
            assert_eq!(answered(&[&answer[..cut], &answer[cut..]]), white, "{end:?} cut at {cut}");
        }
    }
    assert_eq!(answered(&[b"\x9d11;rgb:ff/ff/ff\x9c"]), white);
    for other in [
        &b"\x1b]10;rgb:ffff/ffff/ffff\x07"[..],
        b"\x1b]11;?\x07",
        b"\x1b]11;junk\x1b\\",
        b"\x1b]11\x07",
        b"\x1bP11;rgb:ff/ff/ff\x1b\\",
        b"\x1b]52;c;11;rgb:ff/ff/ff\x07",
    ] {
        assert_eq!(answered(&[other]), None, "{other:?}");
    }
    let long = [&b"\x1b]11;rgb:ff/ff/ff"[..], &[b'f'; 4000], b"\x07"].concat();
    assert_eq!(answered(&[&long]), None);
    assert_eq!(answered(&[b"\x1b]11;rgb:0/0/0\x07\x1b]4;1;rgb:ff/ff/ff\x07"]), Some([0; 3]));
}
