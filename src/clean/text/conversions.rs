//! What clean text is to the rest of a program: read, compared, joined, stored and shown as `String` and `str` are.
//!
//! Into it come only literals, parts of clean text, and what is cleaned here.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::clean;
use super::{DisplayStr, DisplayText};

impl Deref for DisplayText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Deref for DisplayStr<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl AsRef<str> for DisplayText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for DisplayStr<'_> {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl Borrow<str> for DisplayText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.0, formatter)
    }
}

impl fmt::Display for DisplayStr<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0, formatter)
    }
}

/// A literal of ours.
impl From<&'static str> for DisplayText {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<DisplayStr<'_>> for DisplayText {
    fn from(text: DisplayStr<'_>) -> Self {
        Self::cleaned(text.0.to_owned())
    }
}

impl From<&Self> for DisplayText {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<char> for DisplayText {
    fn from(character: char) -> Self {
        clean(character.encode_utf8(&mut [0; 4]))
    }
}

impl From<DisplayText> for String {
    fn from(text: DisplayText) -> Self {
        text.into_string()
    }
}

/// A literal of ours.
impl From<&'static str> for DisplayStr<'_> {
    fn from(text: &'static str) -> Self {
        Self(text)
    }
}

impl From<&&'static str> for DisplayStr<'_> {
    fn from(text: &&'static str) -> Self {
        Self(text)
    }
}

impl<'a> From<&'a DisplayText> for DisplayStr<'a> {
    fn from(text: &'a DisplayText) -> Self {
        text.as_display()
    }
}

impl<'a> FromIterator<DisplayStr<'a>> for DisplayText {
    fn from_iter<I: IntoIterator<Item = DisplayStr<'a>>>(texts: I) -> Self {
        Self::joined(texts, "")
    }
}

impl FromIterator<Self> for DisplayText {
    fn from_iter<I: IntoIterator<Item = Self>>(texts: I) -> Self {
        let mut whole = Self::new();
        texts.into_iter().for_each(|text| whole.push(&text));
        whole
    }
}

impl PartialEq<str> for DisplayText {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for DisplayText {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for DisplayText {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl PartialEq<DisplayText> for str {
    fn eq(&self, other: &DisplayText) -> bool {
        *self == other.0
    }
}

impl PartialEq<DisplayText> for String {
    fn eq(&self, other: &DisplayText) -> bool {
        *self == other.0
    }
}

impl PartialEq<&str> for DisplayStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for DisplayText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What was stored may have been changed since: it is cleaned again.
impl<'de> Deserialize<'de> for DisplayText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| clean(&text))
    }
}
