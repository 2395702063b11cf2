//! The kinds of values that keys accept, each with its range or names in words, for `serde(deserialize_with)`.
//!
//! Owns parsing and checking one value; the types that the file is read into decide which key takes which.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::words::quoted;
use super::{LONGEST_LINGER, MOST, SLOWEST_PACE};
use crate::engine::fusion::event::{Drafting, ScoreTier};
use crate::engine::member::Local;

/// A whole number in a range.
struct Whole<N>(RangeInclusive<N>);

impl<N: TryFrom<i64> + PartialOrd + Display> Visitor<'_> for Whole<N> {
    type Value = Option<N>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<N>, E> {
        let fitting = N::try_from(number).ok().filter(|fitting| self.0.contains(fitting));
        fitting.map(Some).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

/// A number in a range.
struct Real(RangeInclusive<f64>);

impl Visitor<'_> for Real {
    type Value = f64;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "a number from {} to {}", self.0.start(), self.0.end())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        if self.0.contains(&number) { Ok(number) } else { Err(E::invalid_value(Unexpected::Float(number), &self)) }
    }
}

/// One of a list of names; followed by just the names, for serde's errors.
struct OneOf<T: 'static>(&'static [(T, &'static str)], &'static [&'static str]);

impl<T: Copy> Visitor<'_> for OneOf<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", quoted(self.1.iter().copied()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        let known = self.0.iter().find(|(_, name)| *name == text).map(|(value, _)| Some(*value));
        known.ok_or_else(|| E::unknown_variant(text, self.1))
    }
}

const fn names<T, const N: usize>(named: &[(T, &'static str)]) -> [&'static str; N] {
    let mut found = [""; N];
    let mut at = 0;
    while at < N {
        found[at] = named[at].1;
        at += 1;
    }
    found
}

static SCORES: [&str; ScoreTier::NAMES.len()] = names(ScoreTier::NAMES);
static DRAFTS: [&str; Drafting::NAMES.len()] = names(Drafting::NAMES);

/// A list of texts, or one text for a list of one; with its description.
#[derive(Clone, Copy)]
struct Texts(&'static str);

impl<'de> Visitor<'de> for Texts {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = elements.next_element().map_err(|_| A::Error::invalid_value(Unexpected::Seq, &self))? {
            texts.push(text);
        }
        Ok(texts)
    }
}

impl<'de> DeserializeSeed<'de> for Texts {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A table of the user's own names, each with a list of texts; with its description and theirs.
struct Lists(&'static str, Texts);

impl<'de> Visitor<'de> for Lists {
    type Value = BTreeMap<String, Vec<String>>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut lists = BTreeMap::new();
        while let Some(name) = entries.next_key()? {
            lists.insert(name, entries.next_value_seed(self.1)?);
        }
        Ok(lists)
    }
}

/// Defines the functions that read a value, for `serde(deserialize_with)`.
macro_rules! readers {
    ($($name:ident -> $kind:ty = $visitor:expr;)+) => {$(
        pub(super) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$kind, D::Error> {
            deserializer.deserialize_any($visitor).map(Into::into)
        }
    )+};
}

readers! {
    traces -> Option<usize> = Whole(0..=MOST as usize);
    threads -> Option<usize> = Whole(range(Local::THREADS));
    context -> Option<usize> = Whole(range(Local::CONTEXTS));
    gpu_layers -> Option<u32> = Whole(0..=10_000);
    concurrency -> Option<usize> = Whole(1..=1024);
    weight -> Option<f64> = Real(0.0..=1e6);
    temperature -> Option<f64> = Real(0.0..=2.0);
    top_p -> Option<f64> = Real(0.01..=1.0);
    dollars -> f64 = Real(0.0..=1e6);
    dollars_or_none -> Option<f64> = Real(0.0..=1e6);
    score -> Option<ScoreTier> = OneOf(ScoreTier::NAMES, &SCORES);
    draft -> Option<Drafting> = OneOf(Drafting::NAMES, &DRAFTS);
    arguments -> Vec<String> = Texts("a list of arguments for llama-server");
    providers -> Vec<String> = Texts("the name of a provider, or a list of names");
    keys -> BTreeMap<String, Vec<String>> =
        Lists("a table of actions with their keys", Texts("a key such as \"ctrl+s\", or a list of keys"));
    ensembles -> BTreeMap<String, Vec<String>> = Lists("a table of ensembles, each a list of members", Texts("a list of members"));
}

fn range(range: RangeInclusive<u32>) -> RangeInclusive<usize> {
    *range.start() as usize..=*range.end() as usize
}

pub(super) fn pace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match deserializer.deserialize_any(Whole(0..=MOST))? {
        Some(pace @ 1..SLOWEST_PACE) => {
            Err(D::Error::invalid_value(Unexpected::Unsigned(pace.into()), &"0, or at least 5 tokens a second"))
        }
        pace => Ok(pace),
    }
}

pub(super) fn linger<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    deserializer.deserialize_any(Real(0.0..=LONGEST_LINGER)).map(Some)
}

pub(super) fn folders<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    const WANTED: Texts = Texts("a folder, or a list of folders");
    let folders = deserializer.deserialize_any(WANTED)?;
    if folders.iter().any(|folder| folder.trim().is_empty()) {
        return Err(D::Error::invalid_value(Unexpected::Seq, &WANTED));
    }
    Ok(folders.into_iter().map(PathBuf::from).collect())
}
