//! The part of an address before the `@`: a key, or a login for basic authentication.

use reqwest::Url;

use super::Address;
use crate::engine::member::http::percent_decoded;

impl Address {
    /// The key in the address, and the address without it. A lone user or a lone password is a key. If there are both, the
    /// password is the key for a known service; for any other server they are a login, which stays in the address.
    #[must_use]
    pub fn key(&self) -> Option<(String, Self)> {
        let mut url = Url::parse(&self.base).ok()?;
        let key = match (url.username(), url.password().unwrap_or_default()) {
            ("", "") => return None,
            (key, "") | ("", key) => percent_decoded(key),
            (_, password) if self.variable.is_some() => percent_decoded(password),
            _ => return None,
        };
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some((key, Self::without_key(self, &url)))
    }

    fn without_key(&self, url: &Url) -> Self {
        // In the form of the base: without a trailing slash.
        let text = url.as_str();
        let base = if url.query().is_none() { text.trim_end_matches('/') } else { text };
        Self { base: base.to_owned(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_a_key_and_two_are_a_login_but_of_services() {
        let key = |pasted: &str| Address::read(pasted).key().map(|(key, address)| (key, address.base));
        let some = |key: &str, base: &str| Some((key.to_owned(), base.to_owned()));
        assert_eq!(key("https://fake-key@host.example/v1"), some("fake-key", "https://host.example"));
        assert_eq!(key("https://:fake%2Fk&y+1@host.example/v1?x=y"), some("fake/k&y+1", "https://host.example/?x=y"));
        assert_eq!(key("https://me:fake-key@api.openai.com"), some("fake-key", "https://api.openai.com/v1"));
        assert_eq!(key("fake-key@127.0.0.1:8080"), some("fake-key", "http://127.0.0.1:8080"));
        assert_eq!((key("https://me:pw@host.example/v1"), key("https://host.example/v1")), (None, None));
    }
}
