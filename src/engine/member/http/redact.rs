//! Keeps secrets out of everything that can be read: messages, addresses, what a server echoes.
//!
//! Owns the rule, once, for all text that leaves the HTTP client. Redact before shortening a text, or the cut could leave most of
//! a key in place.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// What replaces a secret.
pub const MASK: &str = "…";

/// Shorter texts are not masked: placeholders such as `none` or `EMPTY`, which local servers require, would remove ordinary words
/// from messages.
const SHORTEST: usize = 6;

/// From this many bytes on, a secret that contains a digit is considered random.
const RANDOM: usize = 16;

/// The minimum length of a part of a random secret that is masked on its own; for a longer secret, a quarter of it.
const PIECE: usize = 8;

/// Endings of names of query parameters and headers whose values are secrets.
const SECRET_NAMES: [&str; 10] =
    ["key", "token", "secret", "password", "passwd", "signature", "sig", "credential", "auth", "authorization"];

/// Replaces with [`MASK`] every occurrence of the secrets in any form that [`Secrets`] knows, user names and passwords in
/// addresses, and the values of query parameters that carry keys.
#[must_use]
pub fn redact(text: &str, secrets: &[&str]) -> String {
    let mut known = Secrets::default();
    for secret in secrets {
        known.add(secret);
    }
    known.redact(text)
}

/// Whether a query parameter or header of this name holds a secret.
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
#[derive(Default)]
pub struct Secrets(Vec<Form>);

/// A secret in one form in which it may occur in a text.
struct Form {
    /// In lower case: servers change case.
    text: SecretString,
    /// How many bytes of it are masked wherever they occur: servers and limits cut texts anywhere.
    piece: usize,
    /// Whether it can only be a secret, not a word such as `lm-studio` that local servers require.
    random: bool,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets")
    }
}

impl Secrets {
    /// Adds a secret: as it is, and as it would appear in an address, in JSON, in a web page, and in base64 after anything.
    pub fn add(&mut self, secret: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        let random = secret.len() >= RANDOM && secret.bytes().any(|byte| byte.is_ascii_digit());
        let quoted = serde_json::Value::from(secret).to_string();
        let escaped = quoted.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"')).unwrap_or(&quoted);
        let forms =
            [secret.to_owned(), percent_encoded(secret), escaped.replace('/', "\\/"), escaped.to_owned(), in_page(secret)];
        for form in forms.into_iter().chain(in_base64(secret)).map(|form| form.to_ascii_lowercase()) {
            let known = self.0.iter().any(|other| other.text.expose_secret() == form);
            if !known && form.len() >= SHORTEST {
                let piece = if random { PIECE.max(form.len() / 4).min(form.len()) } else { form.len() };
                self.0.push(Form { text: form.into(), piece, random });
            }
        }
    }

    /// The text without the secrets, without logins in addresses and without the values of query parameters that carry keys.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = mask_parameters(&mask_logins(text));
        // What a mask joins can be a secret again, if the secret contains the mask. Every mask makes the text shorter.
        while let Some(shorter) = self.masked(&text) {
            text = shorter;
        }
        text
    }

    /// Removes secrets from every text in a reply, but only those that can be nothing else: others may be part of an answer.
    pub(super) fn redact_reply(&self, reply: &mut Value) {
        match reply {
            Value::String(text) => {
                let lower = if text.len() < RANDOM { return } else { text.to_ascii_lowercase() };
                let mut random = self.0.iter().filter(|form| form.random);
                if random.any(|form| lower.contains(form.text.expose_secret()))
                    && let Some(masked) = self.masked(text)
                {
                    *text = masked;
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| self.redact_reply(one)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.redact_reply(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The text with every part of a secret masked; `None` if there is none.
    fn masked(&self, text: &str) -> Option<String> {
        let lower = text.to_ascii_lowercase();
        let mut covered = vec![false; text.len()];
        for form in &self.0 {
            let pieces: HashSet<&[u8]> = form.text.expose_secret().as_bytes().windows(form.piece).collect();
            for (start, window) in lower.as_bytes().windows(form.piece).enumerate() {
                if pieces.contains(window) {
                    covered[start..start + form.piece].fill(true);
                }
            }
        }
        if !covered.contains(&true) {
            return None;
        }
        let mut masked = String::with_capacity(text.len());
        let mut inside = false;
        for (start, character) in text.char_indices() {
            let hidden = covered[start..start + character.len_utf8()].contains(&true);
            match (hidden, inside) {
                (true, false) => masked.push_str(MASK),
                (true, true) => {}
                (false, _) => masked.push(character),
            }
            inside = hidden;
        }
        Some(masked)
    }
}

/// Its form in HTML.
fn in_page(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The characters of base64 that depend only on the text, for each offset in a group of three bytes at which it may start; in
/// both alphabets.
fn in_base64(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let bytes = [&[0_u8, 0][..before], text.as_bytes()].concat();
        let begin = (before * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        let encoded = STANDARD_NO_PAD.encode(&bytes);
        let own = encoded.get(begin..end).unwrap_or_default().to_owned();
        forms.push(own.replace('+', "-").replace('/', "_"));
        forms.push(own);
    }
    forms
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
