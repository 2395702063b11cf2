//! Keeps secrets out of everything that can be read: messages, addresses, what a server echoes.
//!
//! Owns the rule, once, for all text that leaves the HTTP client. Redact before cutting a text short, else a cut could leave the
//! larger part of a key standing.

use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret was.
pub const MASK: &str = "…";

/// Shorter texts are not masked: placeholders such as `none` or `EMPTY`, which local servers ask for, would take ordinary words
/// out of messages.
const SHORTEST: usize = 6;

/// How names of query parameters and headers end whose values are secrets.
const SECRET_NAMES: [&str; 10] =
    ["key", "token", "secret", "password", "passwd", "signature", "sig", "credential", "auth", "authorization"];

/// Replaces by [`MASK`] every occurrence of the secrets, user names and passwords in addresses, and the values of query
/// parameters that carry keys.
#[must_use]
pub fn redact(text: &str, secrets: &[&str]) -> String {
    let mut text = mask_parameters(&mask_logins(text));
    let secrets = secrets.iter().filter(|secret| secret.chars().count() >= SHORTEST);
    // What a mask joins can be a secret again, if the secret contains the mask. Every replacement makes the text shorter.
    while let Some(secret) = secrets.clone().find(|secret| text.contains(**secret)) {
        text = text.replace(secret, MASK);
    }
    text
}

/// Whether the value under this name of a query parameter or header is a secret.
#[must_use]
pub fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "cookie" || SECRET_NAMES.iter().any(|ending| name.ends_with(ending))
}

/// `scheme://user:password@host` becomes `scheme://…@host`.
fn mask_logins(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let (authority, tail) = after.split_at(after.find(ends_authority).unwrap_or(after.len()));
        masked.extend([before, "://"]);
        match authority.rsplit_once('@') {
            Some((_, host)) => masked.extend([MASK, "@", host]),
            None => masked.push_str(authority),
        }
        rest = tail;
    }
    masked + rest
}

/// `?key=value` becomes `?key=…`.
fn mask_parameters(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(mark) = rest.find(['?', '&']) {
        let (before, after) = rest.split_at(mark + 1);
        masked.push_str(before);
        rest = after;
        let Some((name, value)) = after.split_once('=') else { continue };
        if name.chars().all(|part| part.is_ascii_alphanumeric() || "-_.".contains(part)) && names_secret(name) {
            masked.extend([name, "=", MASK]);
            rest = value.find(ends_value).and_then(|end| value.get(end..)).unwrap_or_default();
        }
    }
    masked + rest
}

fn ends_authority(character: char) -> bool {
    character.is_whitespace() || "/?#\"'<>".contains(character)
}

fn ends_value(character: char) -> bool {
    character.is_whitespace() || "&#\"'<>".contains(character)
}

/// The secrets of one endpoint. Printing it shows none.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<SecretString>);

impl Secrets {
    /// Adds a secret, as it is and as it would stand in an address or in JSON.
    pub(super) fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let quoted = serde_json::Value::from(secret).to_string();
        let escaped = quoted.trim_matches('"').to_owned();
        self.0.push(secret.into());
        let others = [percent_encoded(secret), escaped].into_iter().filter(|form| form != secret);
        self.0.extend(others.map(SecretString::from));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text without the secrets.
    pub(super) fn redact(&self, text: &str) -> String {
        let secrets: Vec<&str> = self.0.iter().map(ExposeSecret::expose_secret).collect();
        redact(text, &secrets)
    }
}

/// RFC 3986, section 2: all but the unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
        }
    }
    encoded
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or_default().to_ascii_uppercase()
}
