//! Addresses without a scheme: recognising them, and choosing the scheme.

use std::net::{IpAddr, Ipv6Addr};

use super::services;

/// Endings of file names that could be host names.
const FILES: [&str; 15] =
    ["gguf", "ggml", "bin", "safetensors", "part", "tmp", "json", "jsonl", "toml", "yaml", "txt", "zip", "gz", "onnx", "pth"];

/// Ports where TLS is usual.
const TLS: [u16; 2] = [443, 8443];

/// The text with its scheme; `None` if it is not an address.
pub(super) fn completed(text: &str) -> Option<String> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let known = ["http", "https"].iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
        return Some(format!("{known}://{rest}"));
    }
    let text = text.strip_prefix("//").unwrap_or(text);
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (authority, rest) = text.split_at(end);
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if is_file(path) || (path.is_empty() && is_file(authority)) {
        return None;
    }
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = parted(place)?;
    let host = host.to_ascii_lowercase();
    let scheme = if services::knows(&host) || port.is_some_and(|port| TLS.contains(&port)) {
        "https"
    } else if port.is_some() || is_own(&host) {
        "http"
    } else if is_domain(&host) {
        "https"
    } else {
        return None;
    };
    Some(format!("{scheme}://{text}"))
}

fn is_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| FILES.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Host and port; `None` if it cannot be either.
fn parted(place: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (address, after) = rest.split_once(']')?;
        let _: Ipv6Addr = address.split('%').next()?.parse().ok()?;
        return match after.strip_prefix(':') {
            Some(port) => Some((place.get(..=address.len() + 1)?, Some(port.parse().ok()?))),
            None => after.is_empty().then_some((place, None)),
        };
    }
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
        None => (place, None),
    };
    let of_names = |part: char| part.is_ascii_alphanumeric() || "-_.".contains(part);
    let named = host.starts_with(|first: char| first.is_ascii_alphanumeric()) && host.chars().all(of_names);
    // `x..y` goes up a folder.
    (named && !host.contains("..")).then_some((host, port))
}

/// Whether a host belongs to this machine or this network: its TLS would have no certificate.
fn is_own(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let ends = [".localhost", ".local", ".lan", ".internal", ".home.arpa"];
    host == "localhost"
        || host.starts_with('[')
        || address.parse::<IpAddr>().is_ok()
        || ends.iter().any(|end| host.ends_with(end))
}

/// Whether it is the name of a host on the internet: several labels, the last made of letters.
fn is_domain(host: &str) -> bool {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let last = labels.last().is_some_and(|last| last.len() > 1 && last.chars().all(|part| part.is_ascii_alphabetic()));
    labels.len() > 1
        && labels.iter().all(|label| !label.is_empty())
        && (last || labels.last().is_some_and(|l| l.starts_with("xn--")))
}
