//! Scripted judges: fair ones, biased ones, broken ones. What they are shown is read as strictly as possible.

mod both;
mod labels;
mod prompt;
mod ranking;

use crate::engine::fusion::candidate::CandidateText;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard};

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// A judge that replies by a rule and remembers what it was asked.
struct Script<F> {
    rule: F,
    asked: Mutex<Vec<Ask>>,
}

impl<F: Fn(usize, &[Shown]) -> Result<Reply, MemberError> + Send + Sync> Script<F> {
    /// The rule gets the number of the call, from 0, and the candidates as shown.
    fn new(rule: F) -> Self {
        Self { rule, asked: Mutex::default() }
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Ask>> {
        self.asked.lock().unwrap()
    }
}

impl<F: Fn(usize, &[Shown]) -> Result<Reply, MemberError> + Send + Sync> Asks for Script<F> {
    fn ask(&self, ask: Ask) -> member::Reply<Reply> {
        let mut asked = self.asked();
        let usage = Usage::counted(100, 10, 1);
        let reply = (self.rule)(asked.len(), &shown(&ask)).map(|reply| Reply { usage, ..reply });
        asked.push(ask);
        Box::pin(std::future::ready(reply))
    }
}

/// A candidate as a judge sees it.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    label: String,
    piece: String,
    joined: String,
    ends: bool,
}

/// Reads a prompt as strictly as possible: between its two markers, one candidate per line.
fn shown(ask: &Ask) -> Vec<Shown> {
    let (_, after) = ask.user.split_once("<candidates key=\"").unwrap();
    let (key, after) = after.split_once("\">\n").unwrap();
    assert_eq!(key.len(), 16);
    let (lines, demand) = after.split_once(&format!("</candidates key=\"{key}\">\n")).unwrap();
    assert!(!demand.contains('\n'), "{demand:?}");
    assert_eq!(ask.user.matches("<candidates").count(), 1);
    assert_eq!(ask.user.matches("</candidates").count(), 1);
    let read = |line: &str| {
        let (label, json) = line.split_once(": ").unwrap();
        let json: Value = serde_json::from_str(json).unwrap();
        let text = |field: &str| json[field].as_str().unwrap().to_owned();
        Shown { label: label.to_owned(), piece: text("piece"), joined: text("joined"), ends: json["ends"].as_bool().unwrap() }
    };
    lines.split_terminator('\n').map(read).collect()
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn candidates(texts: &[&str]) -> Vec<CandidateText> {
    texts.iter().map(|text| CandidateText::new(*text, false)).collect()
}

fn letters(count: usize) -> Vec<CandidateText> {
    (0..count).map(|place| CandidateText::new(format!(" piece {place}"), false)).collect()
}

const ACCEPTED: &str = "It lies on";

fn conversation() -> Conversation {
    Conversation::question("Where is Paris?")
}

fn judge_labels(asks: &dyn Asks, candidates: &[CandidateText], seed: u64) -> Result<Judged, JudgeError> {
    let question = Question { conversation: &conversation(), accepted: ACCEPTED, candidates, seed };
    now(by_labels(asks, 20, &question))
}

fn judge_ranking(asks: &dyn Asks, candidates: &[CandidateText], seed: u64) -> Result<Judged, JudgeError> {
    let question = Question { conversation: &conversation(), accepted: ACCEPTED, candidates, seed };
    now(by_ranking(asks, &question))
}

/// A first token with these probabilities of the labels, in the order shown.
fn by_label(shown: &[Shown], probabilities: &[f64]) -> Reply {
    let first_token = shown.iter().zip(probabilities).map(|(shown, p)| (shown.label.clone(), p.ln() as f32)).collect();
    Reply { first_token, ..Reply::default() }
}

fn in_words(labels: impl Iterator<Item = String>) -> Reply {
    Reply { text: serde_json::json!({ "ranking": labels.collect::<Vec<_>>() }).to_string(), ..Reply::default() }
}

/// How good a fair judge finds a text: a number that no two texts share.
fn worth(text: &str) -> f64 {
    text.bytes().fold(0.0, |sum, byte| (sum * 31.0 + f64::from(byte)) % 997.0) / 997.0 + 0.01
}

fn fair_labels() -> Script<impl Fn(usize, &[Shown]) -> Result<Reply, MemberError> + Send + Sync> {
    Script::new(|_, shown: &[Shown]| {
        let worths: Vec<f64> = shown.iter().map(|shown| worth(&shown.piece)).collect();
        let total: f64 = worths.iter().sum();
        Ok(by_label(shown, &worths.iter().map(|worth| worth / total).collect::<Vec<_>>()))
    })
}

fn fair_ranking() -> Script<impl Fn(usize, &[Shown]) -> Result<Reply, MemberError> + Send + Sync> {
    Script::new(|_, shown: &[Shown]| {
        let mut shown = shown.to_vec();
        shown.sort_by(|a, b| worth(&b.piece).total_cmp(&worth(&a.piece)));
        Ok(in_words(shown.into_iter().map(|shown| shown.label)))
    })
}

fn close(one: &[f32], other: &[f32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-5)
}

fn all_equal(preferences: &[f32]) -> bool {
    close(preferences, &vec![1.0 / preferences.len() as f32; preferences.len()])
}
