//! Bytes into lines and messages: the result never depends on how the bytes were split on the way.

use proptest::prelude::*;

use crate::engine::member::http::error::Place;
use crate::engine::member::http::framing::{Decoder, Fault, Framing, Piece};
use crate::engine::member::http::lines::{Lines, TooLong};

fn lines_of(chunks: &[&[u8]], limit: usize) -> Result<Vec<Vec<u8>>, TooLong> {
    let mut lines = Lines::new(limit);
    let mut all = Vec::new();
    for chunk in chunks {
        lines.push(chunk);
        while let Some(line) = lines.take()? {
            all.push(line);
        }
    }
    all.extend(lines.take_unfinished());
    Ok(all)
}

fn pieces_of(framing: Framing, chunks: &[&[u8]], limit: usize) -> Result<Vec<(Option<String>, String)>, Fault> {
    let mut decoder = Decoder::new(framing, limit);
    let mut all = Vec::new();
    let mut keep = |piece: Piece| all.push((piece.event, piece.data));
    for chunk in chunks {
        decoder.push(chunk)?;
        while let Some(piece) = decoder.take()? {
            keep(piece);
        }
    }
    if let Some(piece) = decoder.finish()? {
        keep(piece);
        while let Some(piece) = decoder.take()? {
            keep(piece);
        }
    }
    Ok(all)
}

fn events(text: &str) -> Vec<(Option<String>, String)> {
    pieces_of(Framing::EventStream, &[text.as_bytes()], 1000).unwrap()
}

fn data(texts: &[&str]) -> Vec<(Option<String>, String)> {
    texts.iter().map(|text| (None, (*text).to_owned())).collect()
}

#[test]
fn an_event_that_came_twice_by_its_id_is_taken_once() {
    assert_eq!(events("id: 1\ndata: a\n\nid: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 1\ndata: a\n\n"), data(&["a", "b"]));
    assert_eq!(events("data: a\nid:1\n\nid: 1\ndata: a\n\ndata: [DONE]\n\n"), data(&["a", "[DONE]"]), "wherever the id stands");
    assert_eq!(
        events("id: x\ndata: ha\n\nid: x\ndata: ha\n\nid: x\ndata: !\n\n"),
        data(&["ha", "ha", "!"]),
        "an id of the whole reply"
    );
    assert_eq!(events("id: x\ndata: ha\n\nid: x\ndata: ha\n\nid: x\ndata: !"), data(&["ha", "ha", "!"]), "at the body's end too");
    assert_eq!(events("id:\ndata: a\n\nid:\ndata: a\n\ndata: a\n\n"), data(&["a", "a", "a"]), "no id, no check");
    assert_eq!(events("id: 1\ndata: a\n\nid: 1\nevent: ping\ndata: a\n\n").len(), 2, "another name is another event");
    assert_eq!(events("id: 1\n\ndata: a\n\ndata: a\n\n"), data(&["a", "a"]), "an id stands for its own event only");
    let again = "id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 1\ndata: a\n\nid: 1\ndata: a\n\nid: 1\ndata: c\n\n";
    assert_eq!(events(again), data(&["a", "b", "a", "c"]), "what waits is let go as it was");
}

#[test]
fn lines_end_in_three_ways() {
    let lines = lines_of(&[b"a\nb\r\nc\rd\n\re"], 10).unwrap();
    assert_eq!(lines, [b"a".as_slice(), b"b", b"c", b"d", b"", b"e"]);
    let cut = lines_of(&[b"a\r", b"\nb\r", b"", b"\n\r", b"\n"], 10).unwrap();
    assert_eq!(cut, [b"a".as_slice(), b"b", b""]);
}

#[test]
fn a_line_is_there_with_its_carriage_return() {
    let mut lines = Lines::new(10);
    lines.push(b"a\r");
    assert_eq!(lines.take(), Ok(Some(b"a".to_vec())), "what follows cannot change it");
}

#[test]
fn only_the_first_byte_order_mark_is_none_of_the_text() {
    assert_eq!(lines_of(&[b"\xEF\xBB", b"\xBFa\n\xEF\xBB\xBFb"], 10).unwrap(), [b"a".as_slice(), b"\xEF\xBB\xBFb"]);
}

#[test]
fn a_line_may_be_as_long_as_its_limit() {
    assert_eq!(lines_of(&[b"12345\n12345"], 5).unwrap().len(), 2);
    assert_eq!(lines_of(&[b"123456\n"], 5), Err(TooLong));
    assert_eq!(lines_of(&[b"1\n123", b"456"], 5), Err(TooLong));
}

#[test]
fn events_have_fields() {
    assert_eq!(events("data: a\n\ndata:b\n\ndata:  c\n\n"), data(&["a", "b", " c"]));
    assert_eq!(events("data: a\ndata: b\ndata\n\n"), data(&["a\nb\n"]));
    assert_eq!(events(": comment\n:\n\nid: 1\nretry: 5\ndata: a: b\nother: x\n\n"), data(&["a: b"]));
    assert_eq!(
        events("event: delta\ndata: a\n\ndata: b\n\n"),
        [(Some("delta".to_owned()), "a".to_owned()), (None, "b".to_owned())]
    );
    assert_eq!(events("event: ping\n\ndata: a\n\n"), data(&["a"]), "an event without data is none, and its name is gone");
}

#[test]
fn the_end_of_the_body_ends_an_event() {
    assert_eq!(events("data: a\n"), data(&["a"]));
    assert_eq!(events("data: a\n\ndata: b"), data(&["a", "b"]));
    let mut decoder = Decoder::new(Framing::EventStream, 100);
    decoder.push(b"data: a").unwrap();
    assert_eq!(decoder.take(), Ok(None));
    assert!(!decoder.finish().unwrap().unwrap().whole);
}

#[test]
fn a_body_without_any_event_is_kept_to_be_told() {
    assert_eq!(events("Not Found\nat all"), data(&["Not Found\nat all\n"]));
    assert_eq!(events("Not Found\n\ndata: a\n\nagain\n"), data(&["a"]));
    assert_eq!(events(": only\n\n: comments\n"), data(&[]));
}

#[test]
fn blank_json_lines_are_none() {
    let lines = pieces_of(Framing::JsonLines, &[b"{}\r\n\n  \n[1]"], 100).unwrap();
    assert_eq!(lines, data(&["{}", "[1]"]));
}

#[test]
fn what_cannot_be_cut_is_a_fault() {
    assert_eq!(pieces_of(Framing::EventStream, &[b"data: \xFF\n\n"], 100), Err(Fault::NotText));
    assert_eq!(pieces_of(Framing::EventStream, &[b"data: 1234\n".as_slice(); 20], 50), Err(Fault::TooLong(50)));
    assert_eq!(pieces_of(Framing::JsonLines, &[&[b'x'; 51]], 50), Err(Fault::TooLong(50)));
}

#[test]
fn a_cut_has_a_place() {
    assert_eq!(Place::after(b""), Place::Between);
    assert_eq!(Place::after("data: é".as_bytes()), Place::Line);
    assert_eq!(Place::after(b"data: \xC3"), Place::Character);
    assert_eq!(Place::after(b"data: \xFF and on"), Place::Line);
}

/// Pieces of streams, so that random ones have lines, events and characters to split.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just("data: ".to_owned()),
        Just("event: x".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n\n".to_owned()),
        Just(": ".to_owned()),
        Just("\u{feff}".to_owned()),
        "[ -~é漢🦀]{0,6}",
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #[test]
    fn where_bytes_are_cut_makes_no_difference(bytes in stream(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..10)) {
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let chunks: Vec<&[u8]> = starts.zip(&ends).map(|(start, end)| &bytes[start..*end]).collect();
        prop_assert_eq!(lines_of(&chunks, 1000), lines_of(&[&bytes], 1000));
        for framing in [Framing::EventStream, Framing::JsonLines] {
            prop_assert_eq!(pieces_of(framing, &chunks, 1000), pieces_of(framing, &[&bytes], 1000));
        }
    }

    #[test]
    fn any_bytes_are_cut_without_a_fault_of_ours(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for framing in [Framing::EventStream, Framing::JsonLines] {
            let _ = pieces_of(framing, &[&bytes], 50);
        }
    }
}
