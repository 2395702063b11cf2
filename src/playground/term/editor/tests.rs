use super::*;

fn chosen(variables: &[(&str, &str)]) -> Result<Editor, EditorError> {
    Editor::choose(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
}

#[test]
fn visual_comes_before_editor_and_empty_counts_as_missing() {
    let table: [(&[(&str, &str)], &str); 5] = [
        (&[], FALLBACK),
        (&[("VISUAL", "")], FALLBACK),
        (&[("EDITOR", "nano -w")], "nano -w"),
        (&[("EDITOR", "nano"), ("VISUAL", "code --wait")], "code --wait"),
        (&[("EDITOR", "nano"), ("VISUAL", "  ")], "nano"),
    ];
    for (variables, expected) in table {
        assert_eq!(chosen(variables).unwrap().to_string(), expected, "{variables:?}");
    }
}

#[test]
fn an_unfinished_command_names_its_variable() {
    let error = chosen(&[("EDITOR", "vi 'x")]).unwrap_err().to_string();
    assert!(error.contains("EDITOR") && error.contains("vi 'x"), "{error}");
}

#[test]
fn the_private_folder_is_the_runtime_folder_where_there_is_one() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(folder(|_| Some(place.path().into())), place.path());
    for wrong in ["", "relative", "/nowhere/at/all"] {
        assert_eq!(folder(|_| Some(wrong.into())), std::env::temp_dir(), "{wrong}");
    }
    assert_eq!(folder(|_| None), std::env::temp_dir());
}

#[cfg(unix)]
mod real {
    use super::*;

    /// A real editor: a shell script that gets the file as `$1`. Returns the result of editing, after a check that nothing is left.
    fn edited(script: &str, text: &str) -> Result<String, EditorError> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("my editor.sh");
        fs::write(&path, script).unwrap();
        let parent = place.path().join("private");
        fs::create_dir(&parent).unwrap();
        let editor = chosen(&[("EDITOR", &format!("sh '{}'", path.display()))]).unwrap();
        let result = editor.edit(text, &parent, &Running::default());
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 0, "nothing is left behind");
        result
    }

    #[test]
    fn what_the_editor_saves_comes_back_without_its_last_line_end() {
        assert_eq!(edited("echo second >> \"$1\"", "first").unwrap(), "first\nsecond");
        assert_eq!(edited("printf 'none' > \"$1\"", "").unwrap(), "none");
        assert_eq!(edited("printf 'dos\\r\\n' > \"$1\"", "").unwrap(), "dos");
        assert_eq!(edited("printf 'two\\n\\n' > \"$1\"", "").unwrap(), "two\n");
        assert_eq!(edited(":", "as it was").unwrap(), "as it was");
        assert_eq!(edited("wc -c < \"$1\" | tr -d ' ' > \"$1.new\" && mv \"$1.new\" \"$1\"", "").unwrap(), "0");
    }

    #[test]
    fn the_file_and_its_folder_are_private() {
        let script = "for it in \"$1\" \"${1%/*}\"; do ls -ld \"$it\" | cut -c1-10; done > \"$1.new\"; mv \"$1.new\" \"$1\"; echo backup > \"$1~\"";
        assert_eq!(edited(script, "secret").unwrap(), "-rw-------\ndrwx------");
    }

    #[test]
    fn every_failure_names_the_command_and_the_cause() {
        let table = [
            ("exit 3", "exit code 3"),
            ("kill -KILL $$", "signal 9"),
            ("printf '\\377' > \"$1\"", "UTF-8"),
            ("head -c 1048577 /dev/zero > \"$1\"", "longer than 1048576 bytes"),
        ];
        for (script, cause) in table {
            let error = edited(script, "text").unwrap_err().to_string();
            assert!(error.contains("my editor.sh") && error.contains(cause), "{error}");
        }
        assert!(
            matches!(edited("rm \"$1\"", "text"), Err(EditorError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound)
        );
    }

    #[test]
    fn an_editor_that_does_not_exist_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let editor = chosen(&[("VISUAL", "no-such-editor-anywhere --wait")]).unwrap();
        let error = editor.edit("text", place.path(), &Running::default()).unwrap_err();
        assert!(error.to_string().contains("no-such-editor-anywhere --wait"), "{error}");
        assert!(matches!(error, EditorError::Start { source, .. } if source.kind() == io::ErrorKind::NotFound));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
