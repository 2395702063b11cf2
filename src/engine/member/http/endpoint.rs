//! Where a model is served: the address, the key, the headers of every request.
//!
//! Owns joining paths onto the address and which parts of all this may be shown. Leaves to others: where keys come from
//! ([`key`](super::key)), and what is sent.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::error::HttpError;
use super::key::KeyError;
use super::proxy::Proxy;
use super::redact::{MASK, Secrets, names_secret};

/// A key in the form in which it is sent. Printing it shows only the header's name.
#[derive(Clone)]
pub struct Key {
    header: HeaderName,
    value: HeaderValue,
    secret: SecretString,
}

impl Key {
    /// A key sent in this header, after this prefix (`"Bearer "` or nothing).
    pub fn new(header: &str, prefix: &str, secret: &SecretString) -> Result<Self, KeyError> {
        let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| KeyError::HeaderName { header: header.to_owned() })?;
        // Trailing blanks are not part of a header.
        let secret = SecretString::from(secret.expose_secret().trim());
        if secret.expose_secret().is_empty() {
            return Err(KeyError::Empty { origin: format!("the {header} header") });
        }
        let value = HeaderValue::from_str(&format!("{prefix}{}", secret.expose_secret()));
        let mut value = value.map_err(|_| KeyError::Characters { origin: format!("the {header} header") })?;
        value.set_sensitive(true);
        Ok(Self { header: name, value, secret })
    }

    /// A key sent as `Authorization: Bearer …`.
    #[cfg(any(test, feature = "testing"))]
    pub fn bearer(secret: &SecretString) -> Result<Self, KeyError> {
        Self::new("authorization", "Bearer ", secret)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Where a model is served. Printing it shows no key, password or header value.
#[derive(Clone)]
pub struct Endpoint {
    name: Arc<str>,
    base: Url,
    key: Option<Key>,
    headers: HeaderMap,
    /// Secrets sent by other means, such as in the body of requests.
    others: Vec<SecretString>,
    proxied: bool,
}

impl Endpoint {
    /// An endpoint with this `name` in messages, at an `http` or `https` address. The address may have a path, to which every
    /// requested path is appended, and a query, which every request carries.
    pub fn new(name: &str, address: &str) -> Result<Self, HttpError> {
        let fault = |problem: &str| HttpError::Address {
            name: name.into(),
            address: without_login(&Secrets::default().redact(address)),
            problem: problem.to_owned(),
        };
        let base = Url::parse(address.trim()).map_err(|error| fault(&error.to_string()))?;
        match base.scheme() {
            "http" | "https" if base.has_host() => {}
            _ => return Err(fault("it has to begin with http:// or https:// and a host, as in http://127.0.0.1:8080")),
        }
        if base.fragment().is_some() {
            return Err(fault("it must not contain #"));
        }
        let proxied = !is_loopback(&base);
        Ok(Self { name: name.into(), base, key: None, headers: HeaderMap::new(), others: Vec::new(), proxied })
    }

    /// The same endpoint with a key.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }

    /// The same endpoint with another header in every request.
    pub fn with_header(mut self, header: &str, value: &str) -> Result<Self, HttpError> {
        let fault = |problem: String| HttpError::Address { name: self.name.clone(), address: self.shown(), problem };
        let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| fault(format!("{header:?} is no name of a header")))?;
        let value = HeaderValue::from_str(value);
        let mut value =
            value.map_err(|_| fault(format!("the value of the header {name} has characters that no header may have")))?;
        value.set_sensitive(!is_public(name.as_str()));
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The same endpoint with another secret, which must never be shown.
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        self.others.push(secret.into());
        self
    }

    /// The same endpoint reached directly, whatever proxies the environment names. Loopback addresses always are.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.proxied = false;
        self
    }

    /// Its name in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Scheme, host and port, which identify the server.
    #[must_use]
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The address, fit to show.
    #[must_use]
    pub fn shown(&self) -> String {
        self.secrets().redact(self.base.as_str())
    }

    /// Whether a key is sent: a separate key, a login in the address, or a header or parameter named like one.
    pub(super) fn is_keyed(&self) -> bool {
        let has_login = !self.base.username().is_empty() || self.base.password().is_some();
        let has_parameter = self.base.query_pairs().any(|(name, _)| names_secret(&name));
        self.key.is_some() || has_login || has_parameter || self.headers.keys().any(|name| names_secret(name.as_str()))
    }

    pub(super) fn is_proxied(&self) -> bool {
        self.proxied
    }

    /// The proxy that calls go through.
    pub(super) fn proxy(&self) -> Option<Proxy> {
        Some(&self.base).filter(|_| self.proxied).and_then(Proxy::of)
    }

    /// The same address with the other of `http` and `https`.
    pub(super) fn by_other_scheme(&self) -> String {
        let mut url = self.base.clone();
        let port = url.port_or_known_default();
        let other = if self.wants_tls() { "http" } else { "https" };
        // Both have a port and can replace each other.
        let _ = url.set_scheme(other);
        let _ = url.set_port(port);
        url.as_str().trim_end_matches('/').to_owned()
    }

    pub(super) fn wants_tls(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The address of a path below this endpoint; the path may have its own query.
    pub(in super::super) fn url(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.base.clone();
        if !path.is_empty() {
            url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), path.trim_start_matches('/')));
        }
        let queries = [self.base.query(), query];
        let query: Vec<&str> = queries.into_iter().flatten().filter(|query| !query.is_empty()).collect();
        url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
        url
    }

    /// The headers of every request.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        if let Some(key) = &self.key {
            headers.insert(key.header.clone(), key.value.clone());
        }
        headers
    }

    /// All that must never be shown.
    pub(super) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(key) = &self.key {
            secrets.add(key.secret.expose_secret());
        }
        for part in [Some(self.base.username()), self.base.password()].into_iter().flatten() {
            secrets.add(part);
            secrets.add(&percent_decoded(part));
        }
        if let Some(password) = self.base.password() {
            // In the form in which it is sent.
            let login = format!("{}:{}", percent_decoded(self.base.username()), percent_decoded(password));
            secrets.add(&STANDARD.encode(login));
        }
        for (_, value) in self.base.query_pairs().filter(|(name, _)| names_secret(name)) {
            secrets.add(&value);
        }
        for value in self.headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok()) {
            secrets.add(value);
            let last = value.rsplit(' ').next().unwrap_or(value);
            secrets.add(last);
            // `Basic` carries a login.
            let login = STANDARD.decode(last).ok().and_then(|login| String::from_utf8(login).ok());
            if let Some((_, password)) = login.as_deref().and_then(|login| login.split_once(':')) {
                secrets.add(password);
            }
        }
        self.others.iter().for_each(|secret| secrets.add(secret.expose_secret()));
        secrets
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        let mut shown = formatter.debug_struct("Endpoint");
        shown.field("name", &self.name).field("base", &self.shown()).field("key", &self.key);
        shown.field("headers", &headers).field("proxied", &self.proxied).finish_non_exhaustive()
    }
}

/// A text that may not be an address, without what could be a login before an `@`.
fn without_login(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) if !before.contains("://") => format!("{MASK}@{host}"),
        Some(_) | None => address.to_owned(),
    }
}

/// `%41` as `A`.
pub(in super::super) fn percent_decoded(text: &str) -> String {
    // A query is decoded in the same way, except that `+` is a blank there.
    let url = Url::parse(&format!("http://localhost/?x={}", text.replace('+', "%2B").replace('&', "%26")));
    url.ok().and_then(|url| url.query_pairs().next().map(|(_, value)| value.into_owned())).unwrap_or_default()
}

/// Whether a header of this name has a public value. The value of every other one that the user gives is a secret.
fn is_public(name: &str) -> bool {
    let known = ["content-type", "user-agent", "referer", "http-referer", "x-title"];
    !names_secret(name)
        && (known.contains(&name) || name.starts_with("accept") || name.ends_with("-version") || name.ends_with("-beta"))
}

/// Whether the address is this machine: `localhost` and below (RFC 6761, section 6.3), 127.0.0.0/8, `::1`.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}
