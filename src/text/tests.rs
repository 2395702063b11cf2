use proptest::prelude::*;

use super::*;

#[test]
fn a_mark_and_other_line_ends_change_nothing() {
    for bytes in ["a\nb\n", "\u{feff}a\nb\n", "a\r\nb\r\n", "\u{feff}a\rb\r", "a\rb\r\n"] {
        assert_eq!(text(bytes.as_bytes()).unwrap(), "a\nb\n", "{bytes:?}");
        assert_eq!(&*lines(bytes.as_bytes()).unwrap(), b"a\nb\n", "{bytes:?}");
    }
    assert_eq!(text("a\u{feff}\n\r\n".as_bytes()).unwrap(), "a\u{feff}\n\n", "only at the beginning is it a mark");
    assert_eq!((text(b"").unwrap(), text(MARK).unwrap()), ("".into(), "".into()));
}

#[test]
fn a_last_line_counts_without_its_end_only_where_it_is_whole() {
    let ended = |text: &str| String::from_utf8(ended(Cow::Borrowed(text.as_bytes())).into_owned()).unwrap();
    assert_eq!(ended("{}\n{\"a\": [1]} "), "{}\n{\"a\": [1]} \n");
    for same in ["", "{}\n", "{}\n{\"a\": [1]", "{}\n{\"a\"", "{}\n7", "{}\n{} {}"] {
        assert_eq!(ended(same), same);
    }
    let ends = |text: &str| ends_in_a_line(&mut io::Cursor::new(text.to_owned())).unwrap();
    assert_eq!(["", "a\n", "a\r", "a", "a\nb"].map(ends), [true, true, true, false, false]);
}

#[test]
fn the_line_of_a_byte_is_the_files() {
    let bytes = b"a\r\nb\rc\nd";
    let found: Vec<usize> = (0..bytes.len()).map(|offset| line_at(bytes, offset)).collect();
    assert_eq!(found, [1, 1, 2, 2, 2, 3, 3, 4]);
}

#[test]
fn a_fault_of_json_has_one_line_the_files() {
    let fault = |text: &str, first| json_fault(&serde_json::from_str::<Vec<u8>>(text).unwrap_err(), first);
    assert_eq!(fault("[1, x]", 7), (7, "expected value (column 5)".to_owned()));
    assert_eq!(fault("[1,\n2,\n\"a\"]", 3).0, 5);
    assert!(!fault("[1,\n2,\n\"a\"]", 3).1.contains("line"));
    assert_eq!(fault("", 4).0, 4);
}

proptest! {
    #[test]
    fn every_text_without_nul_comes_back_with_its_lines(text in "[^\0\u{feff}]*") {
        let expected = text.replace("\r\n", "\n").replace('\r', "\n");
        if let Ok(read) = super::text(text.as_bytes()) {
            prop_assert_eq!(&read, &expected);
            prop_assert_eq!(&*lines(text.as_bytes()).unwrap(), expected.as_bytes());
        } else {
            // What starts like an archive is taken for one.
            prop_assert!(encoding::foreign(text.as_bytes()).is_some());
        }
    }

    #[test]
    fn any_bytes_are_text_or_say_where_they_are_not(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Err(error) = super::text(&bytes) {
            prop_assert_eq!(bytes[error.offset], error.byte);
            prop_assert_eq!(error.line, line_at(&bytes, error.offset));
            let place = format!("offset {}", error.offset);
            prop_assert!(error.to_string().contains(&place), "{}", error);
        }
    }
}
