//! No secret in any text.

use base64::Engine as _;
use proptest::prelude::*;

use crate::engine::member::http::key::{from_command, from_environment};
use crate::engine::member::http::redact::{Secrets, names_secret, redact};
use crate::engine::member::http::{Endpoint, Key, KeyError, KeySource};

const FAKE: &str = "fake-key-for-tests-0123456789";

#[test]
fn logins_and_keys_in_addresses_are_masked() {
    for (text, expected) in [
        ("https://host/v1?key=abc&alt=sse", "https://host/v1?key=…&alt=sse"),
        ("https://host/v1?alt=sse&API_KEY=abc#x", "https://host/v1?alt=sse&API_KEY=…#x"),
        ("at https://me:pw@host:1/a, and http://b@c", "at https://…@host:1/a, and http://…@c"),
        ("https://host/a@b?x=y@z", "https://host/a@b?x=y@z"),
        ("?access_token=abc \"&token=d\" ?monkey=", "?access_token=… \"&token=…\" ?monkey=…"),
        ("?x=1&?key=2", "?x=1&?key=…"),
        ("a?b & c ?é=key", "a?b & c ?é=key"),
    ] {
        assert_eq!(redact(text, &[]), expected);
    }
}

#[test]
fn secrets_are_masked_but_placeholders_are_not() {
    let text = format!("Incorrect API key provided: {FAKE}{FAKE}. None of the EMPTY keys");
    assert_eq!(redact(&text, &[FAKE, "EMPTY", ""]), "Incorrect API key provided: …. None of the EMPTY keys");
    // Masking the inner one produces the outer one again.
    assert_eq!(redact("swor…swordfishfish", &["swordfish", "swor……fish"]), "…");
}

#[test]
fn a_secret_is_masked_as_it_stands_in_an_address_or_in_json_too() {
    let mut secrets = Secrets::default();
    secrets.add("p/a+s=s w&rd");
    assert_eq!(secrets.redact("p/a+s=s w&rd and p%2Fa%2Bs%3Ds%20w%26rd"), "… and …");
    assert!(!format!("{secrets:?}").contains("p/a"));
    secrets.add("fake\\key\"1");
    assert_eq!(secrets.redact(r#"{"key":"fake\\key\"1"}"#), r#"{"key":"…"}"#);
}

/// Whatever form a server puts a key into on its way into a message.
#[test]
fn a_key_is_masked_in_every_form_that_a_server_may_echo() {
    const KEY: &str = "fake+Key/0123456789=<ab>&cd";
    let endpoint = Endpoint::new("remote", "http://host").unwrap().with_key(Key::bearer(&KEY.into()).unwrap());
    let secrets = endpoint.secrets();
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let quoted = serde_json::Value::from(KEY).to_string();
    for echoed in [
        KEY.to_owned(),
        KEY.to_uppercase(),
        KEY.to_lowercase(),
        "fake%2BKey%2F0123456789%3D%3Cab%3E%26cd".to_owned(),
        "fake%2bKey%2f0123456789%3d%3cab%3e%26cd".to_owned(),
        quoted.replace('/', "\\/"),
        "fake+Key/0123456789=&lt;ab&gt;&amp;cd".to_owned(),
        base64(KEY),
        base64(&format!("x{KEY}")),
        base64(&format!("user:{KEY}")),
        base64(&format!("Bearer {KEY}")).replace('+', "-").replace('/', "_"),
        KEY[..12].to_owned(),
        KEY[7..].to_owned(),
    ] {
        for text in [
            echoed.clone(),
            format!("refused: {echoed}"),
            format!("Bearer {echoed}, says the server"),
            format!("{echoed}\n{echoed}"),
        ] {
            let shown = secrets.redact(&text);
            let pieces = echoed.as_bytes().windows(8);
            let left = pieces.filter(|piece| shown.contains(std::str::from_utf8(piece).unwrap())).count();
            // In base64 some characters at the ends depend on what surrounds the key.
            assert!(left == 0 || (left <= 3 && !echoed.contains("fake")), "{text}: {shown}");
        }
    }
    let long = "fake0123456789".repeat(8);
    let endpoint = Endpoint::new("remote", "http://host").unwrap().with_key(Key::bearer(&long.as_str().into()).unwrap());
    assert_eq!(endpoint.secrets().redact(&format!("cut: {}", &long[..40])), "cut: …");
    assert_eq!(endpoint.secrets().redact("a fake error"), "a fake error");
}

#[test]
fn headers_logins_and_parameters_are_secrets_too() {
    let endpoint = Endpoint::new("remote", "https://some-user:p%40ssword-1@host/v1?api_key=query-key-1&alt=sse").unwrap();
    let endpoint =
        endpoint.with_header("X-Custom", "two custom-value-1").unwrap().with_header("Cookie", "id=cookie-value").unwrap();
    let endpoint = endpoint.with_header("Proxy-Authorization", "Basic YmFzaWM6YmFzaWMtcGFzcw==").unwrap();
    let endpoint = endpoint.with_header("anthropic-version", "2023-06-01").unwrap().with_header("X-Title", "My Program").unwrap();
    let endpoint = endpoint.with_secret("in-the-body-1");
    for secret in [
        "some-user",
        "p%40ssword-1",
        "p@ssword-1",
        "query-key-1",
        "two custom-value-1",
        "custom-value-1",
        "id=cookie-value",
        "YmFzaWM6YmFzaWMtcGFzcw==",
        "basic-pass",
        "in-the-body-1",
        "CUSTOM-VALUE-1",
    ] {
        assert_eq!(endpoint.secrets().redact(&format!("no:{secret}!")), "no:…!", "{secret}");
    }
    let public = "2023-06-01 is no version, My Program, alt=sse";
    assert_eq!(endpoint.secrets().redact(public), public);
    let printed = format!("{endpoint:?}");
    assert!(!printed.contains("-1") && !printed.contains("some-user"), "{printed}");
    for address in ["user:fake-pass@host:80", "ftp://user:fake-pass@host", "http:/user:fake-pass@host/#"] {
        let error = Endpoint::new("remote", address).unwrap_err().to_string();
        assert!(!error.contains("fake-pass"), "{error}");
    }
}

#[test]
fn replies_lose_what_is_nothing_but_a_secret() {
    let mut secrets = Secrets::default();
    for secret in [FAKE, "lm-studio", "llama-server-on-my-desk"] {
        secrets.add(secret);
    }
    let mut reply = serde_json::json!({"id": FAKE, "a": [{"b": format!("said {FAKE}.")}, 1, null], "c": "lm-studio on llama-server-on-my-desk"});
    secrets.redact_reply(&mut reply);
    let expected = serde_json::json!({"id": "…", "a": [{"b": "said …."}, 1, null], "c": "lm-studio on llama-server-on-my-desk"});
    assert_eq!(reply, expected);
}

#[test]
fn names_of_secrets() {
    for name in ["key", "x-api-key", "X-Goog-Api-Key", "token", "X-Amz-Security-Token", "Authorization", "sig", "cookie"] {
        assert!(names_secret(name), "{name}");
    }
    for name in ["alt", "api-version", "deployment", "anthropic-version", "keyboard"] {
        assert!(!names_secret(name), "{name}");
    }
}

#[test]
fn variables_hold_a_key_or_say_what_they_hold() {
    assert!(matches!(from_environment("X", None), Err(KeyError::NotSet { .. })));
    for key in ["sk-a-key", "", "1X", "a key"] {
        assert!(matches!(from_environment(key, None), Err(KeyError::NoName)), "{key}");
    }
    assert!(!KeyError::NoName.to_string().contains("sk-"));
    assert!(matches!(from_environment("X", Some(" \n".into())), Err(KeyError::Empty { .. })));
    let error = from_environment("X", Some("fake key".into())).unwrap_err();
    assert!(error.to_string().starts_with("the environment variable X contains characters"), "{error}");
}

#[tokio::test]
async fn a_key_file_is_read_whatever_saved_it() {
    use secrecy::ExposeSecret;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let source = KeySource::File(path.clone());
    let resolved = async |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        source.resolve().await
    };
    for text in [format!("\u{feff}{FAKE}\r\n"), format!("\n {FAKE} \r\r"), FAKE.to_owned()] {
        let key = resolved(text.as_bytes()).await.unwrap();
        assert_eq!(key.secret.expose_secret(), FAKE, "{text:?}");
    }
    let wide: Vec<u8> = format!("\u{feff}{FAKE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = resolved(&wide).await.unwrap_err().to_string();
    assert!(error.contains("key") && error.contains("UTF-16"), "{error}");
    let error = resolved(format!("{FAKE}\u{e9}").as_bytes()).await.unwrap_err().to_string();
    assert!(error.contains("non-ASCII") && !error.contains("0xc3"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_does_not_end_is_told() {
    let error = from_command("sleep 600", std::time::Duration::from_millis(20)).await.unwrap_err();
    let words = "its key command did not end within 0.02 s: run `key.command` of this member in a shell to see what it waits for";
    assert_eq!(error.to_string(), words);
}

proptest! {
    #[test]
    fn a_secret_never_survives(
        secrets in proptest::collection::vec("[!-~]{8,40}|[!-~ …é]{8,20}|[a…]{8,10}", 1..4),
        order in proptest::collection::vec((0_usize..4, "[!-~ \n…]{0,12}"), 0..6),
    ) {
        // The secrets in any order, whole and in parts, with anything between them.
        let mut text = String::new();
        for (number, between) in &order {
            let secret = &secrets[number % secrets.len()];
            let middle = secret.char_indices().nth(4).unwrap().0;
            text.extend([between, secret, &secret[..middle], secret, &secret[middle..], between]);
        }
        let all: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let shown = redact(&text, &all);
        for secret in secrets {
            prop_assert!(!shown.contains(&secret), "{secret:?} in {shown:?}");
        }
    }

    #[test]
    fn an_endpoint_never_shows_its_key(key in "[!-~]{8,40}", path in "[a-z/?&=]{0,20}") {
        let endpoint = Endpoint::new("remote", "https://models.example/v1").unwrap();
        let endpoint = endpoint.with_key(Key::bearer(&key.as_str().into()).unwrap());
        let shown = endpoint.secrets().redact(&format!("{} {path}{key}{path}", endpoint.url(&path)));
        let printed = format!("{endpoint:?}");
        prop_assert!(!shown.contains(&key) && !printed.contains(&key));
    }
}
