//! Where keys come from, and the errors if there is none.

use std::path::Path;

use secrecy::ExposeSecret;
use specfuse::engine::member::http::{Key, KeyError, KeySource, KeyWarning};

use crate::FAKE;

fn command(text: &str) -> KeySource {
    KeySource::Command(text.to_owned())
}

fn file(folder: &Path, content: &[u8], mode: u32) -> KeySource {
    let path = folder.join("key");
    std::fs::write(&path, content).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    KeySource::File(path)
}

#[tokio::test]
async fn a_variable_that_is_not_set_is_told_by_name() {
    let error = KeySource::Environment("SPECFUSE_NO_SUCH_KEY".to_owned()).resolve().await.unwrap_err();
    assert_eq!(error.to_string(), "the environment variable SPECFUSE_NO_SUCH_KEY is not set: it should hold the key");
    // Any existing variable could hold a key, if its value looks like one.
    let like_a_key = |value: &String| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic());
    let mut variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let (name, value) = variables.find(|(_, value)| like_a_key(value)).expect("a variable, such as the path to programs");
    assert_eq!(KeySource::Environment(name).resolve().await.unwrap().secret.expose_secret(), value);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_read_without_blanks_and_should_be_private() {
    let folder = tempfile::tempdir().unwrap();
    let key = file(folder.path(), format!("  {FAKE}\r\n").as_bytes(), 0o600).resolve().await.unwrap();
    assert_eq!((key.secret.expose_secret(), key.warning), (FAKE, None));
    let key = file(folder.path(), FAKE.as_bytes(), 0o644).resolve().await.unwrap();
    let path = folder.path().join("key");
    assert_eq!(key.warning, Some(KeyWarning::Readable { path: path.clone(), mode: 0o644 }));
    let words = key.warning.unwrap().to_string();
    assert_eq!(
        words,
        format!("{}: others on this machine can read this key (mode 644): chmod 600 keeps it private", path.display())
    );
}

#[tokio::test]
async fn a_file_that_holds_no_key_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = KeySource::File(folder.path().join("missing")).resolve().await.unwrap_err();
    assert!(missing.to_string().contains("missing: the key cannot be read: "), "{missing}");
    for (content, fault) in [
        (b" \n".as_slice(), "is empty"),
        (b"two words", "contains characters that no key has"),
        (b"fake\nkey", "contains characters that no key has"),
        ("fäke-key".as_bytes(), "contains characters that no key has"),
        (b"\xFF\xFE", "UTF-16"),
        (b"fake-\xFF", "contains characters that no key has"),
        (&vec![b'x'; 20_000], "is longer than 16384 bytes"),
    ] {
        let error = file(folder.path(), content, 0o600).resolve().await.unwrap_err().to_string();
        assert!(error.contains(fault) && !error.contains("two words"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_prints_the_key() {
    let key = command(&format!("printf '%s\\n' \"{FAKE}\" | cat")).resolve().await.unwrap();
    assert_eq!(key.secret.expose_secret(), FAKE);
}

/// Users write keys into commands too, and a command's output may contain them: the error only has its exit status.
#[cfg(unix)]
#[tokio::test]
async fn a_command_that_fails_is_told_by_how_it_ended_alone() {
    for (text, reason) in [
        (format!("printf {FAKE}; printf 'no such {FAKE}\\n' >&2; exit 3"), "exit status: 3"),
        (format!("echo {FAKE} >&2; kill -9 $$"), "signal: 9"),
        (format!("/no/such/{FAKE} 2>&1"), "exit status: 127"),
        (format!("vault read -token={FAKE} ("), "exit status: 2"),
    ] {
        let source = command(&text);
        let error = source.resolve().await.unwrap_err();
        let told = format!("{error} {error:?} {source:?}");
        assert!(told.contains(reason) && told.contains("key.command"), "{told}");
        assert!(!told.contains(FAKE) && !told.contains("vault") && !told.contains("no such"), "{told}");
    }
    for (text, said) in [("true", "is empty"), ("echo two words", "contains characters"), ("yes", "is longer than")] {
        let error = command(text).resolve().await.unwrap_err().to_string();
        assert!(error.starts_with("what its key command prints ") && error.contains(said) && !error.contains("two"), "{error}");
    }
}

#[test]
fn a_key_fits_into_a_header() {
    assert!(matches!(Key::bearer(&"fake\nkey".into()), Err(KeyError::Characters { .. })));
    assert!(matches!(Key::bearer(&" ".into()), Err(KeyError::Empty { .. })));
    assert!(matches!(Key::new("no header", "", &FAKE.into()), Err(KeyError::HeaderName { .. })));
    let key = Key::new("api-key", "", &FAKE.into()).unwrap();
    assert_eq!(format!("{key:?}"), "Key { header: \"api-key\", .. }");
}
