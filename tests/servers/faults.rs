//! Every fault of a server, met by an ensemble: the others continue, nothing accepted is lost, and the run reports what happened
//! and where, in words that the user can act on.

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::run::{DraftState, Round};

use crate::clockwork::Fault;
use crate::play::{FIRST, Played, Trio, impatient};

/// Plays with this fault in all completions from the second round on.
async fn fault(trio: &mut Trio, fault: Fault) -> Played {
    trio.trouble(async |third| third.fail(Some(fault))).await
}

/// Plays with an error status.
async fn status(status: u16, message: &'static str, headers: &'static [(&'static str, &'static str)]) -> Played {
    fault(&mut Trio::new().await, Fault::Status { status, message, headers }).await
}

#[tokio::test]
async fn without_trouble_nobody_complains() {
    let played = Trio::new().await.trouble(async |_| {}).await;
    assert_eq!(played.said(), [""; 0]);
}

#[tokio::test]
async fn a_refused_connection() {
    let mut trio = Trio::new().await;
    let port = trio.third.port().to_string();
    let played = trio.trouble(async |third| third.stop().await).await;
    played.left_for(&[&port, "refused", "check that the server runs"]);
}

#[tokio::test]
async fn a_server_that_restarts_between_rounds_drafts_on() {
    let mut trio = Trio::new().await;
    let played = trio.trouble(async |third| third.go_on().await).await;
    assert_eq!(played.said(), [""; 0]);
    let drafted = |round: &Round| matches!(round.draft(MemberIndex(2)), Some(DraftState::Finished(_)));
    assert!(played.run.rounds.len() > 3 && played.run.rounds.iter().all(|round| drafted(round)));
}

#[tokio::test]
async fn a_refused_key() {
    status(401, "Invalid API Key", &[]).await.left_for(&["key", "401", "Invalid API Key"]);
}

#[tokio::test]
async fn an_empty_account() {
    status(402, "Payment required", &[]).await.left_for(&["no balance: top it up", "402"]);
}

#[tokio::test]
async fn an_address_that_is_not_there() {
    status(404, "File Not Found", &[]).await.left_for(&["check the address", "404"]);
}

#[tokio::test]
async fn a_request_that_took_too_long() {
    status(408, "", &[]).await.left_for(&["gave up waiting", "408", "tried 4 times"]);
}

#[tokio::test]
async fn a_request_that_is_too_large() {
    status(413, "Payload Too Large", &[]).await.left_for(&["the request is too large", "413"]);
}

#[tokio::test]
async fn a_rate_limit() {
    status(429, "Slow down", &[]).await.left_for(&["rate limit", "429", "Slow down", "tried 4 times"]);
}

#[tokio::test]
async fn a_rate_limit_that_says_how_long_to_wait() {
    let played = status(429, "Slow down", &[("retry-after", "7200")]).await;
    played.left_for(&["rate limit", "it asks to wait 2 h"]);
}

#[tokio::test]
async fn a_rate_limit_that_passes_is_not_noticed() {
    let mut trio = Trio::new().await;
    let fault = Fault::Status { status: 429, message: "Slow down", headers: &[("retry-after", "0")] };
    let played = trio.trouble(async |third| third.fail_once(fault)).await;
    assert_eq!(played.said(), [""; 0]);
}

#[tokio::test]
async fn a_server_that_fails() {
    status(500, "out of memory", &[]).await.left_for(&["the server failed", "500", "out of memory"]);
}

#[tokio::test]
async fn a_server_that_loads_its_model_for_a_while_is_waited_for() {
    let mut trio = Trio::new().await;
    let played = trio.trouble(async |third| third.fail_once(Fault::Loading)).await;
    assert_eq!(played.said(), [""; 0]);
}

#[tokio::test]
async fn a_server_that_is_unavailable() {
    status(503, "maintenance", &[]).await.left_for(&["not available", "503", "maintenance"]);
}

#[tokio::test]
async fn a_server_that_is_overloaded() {
    status(529, "Overloaded", &[]).await.left_for(&["overloaded", "529"]);
}

#[tokio::test]
async fn a_stall_before_the_first_token() {
    let mut trio = Trio::new().await;
    trio.limits = impatient();
    trio.params.max_failures = 1;
    fault(&mut trio, Fault::Stall { after: 0 }).await.left_for(&["came for 2 s"]);
}

#[tokio::test]
async fn a_stall_after_the_first_token() {
    let mut trio = Trio::new().await;
    trio.limits = impatient();
    trio.params.max_failures = 1;
    let played = fault(&mut trio, Fault::Stall { after: 1 }).await;
    played.left_for(&["the reply began, then nothing more came", "2 s"]);
}

#[tokio::test]
async fn a_cut_in_the_middle_of_a_line() {
    fault(&mut Trio::new().await, Fault::CutLine { after: 1 }).await.left_for(&["cut in the middle of a line"]);
}

#[tokio::test]
async fn a_cut_in_the_middle_of_a_character() {
    let played = fault(&mut Trio::new().await, Fault::CutCharacter { after: 1 }).await;
    played.left_for(&["cut in the middle of a character"]);
}

#[tokio::test]
async fn an_error_inside_a_good_reply() {
    let played = fault(&mut Trio::new().await, Fault::ErrorInside { after: 1 }).await;
    played.left_for(&["an error inside its reply", "the graphics card is gone"]);
}

#[tokio::test]
async fn a_web_page() {
    let played = fault(&mut Trio::new().await, Fault::Page).await;
    played.left_for(&["text/html", "Router login", "check the address"]);
}

#[tokio::test]
async fn a_wrong_content_type() {
    let played = fault(&mut Trio::new().await, Fault::WrongContentType).await;
    played.left_for(&["audio/ogg", "check the address"]);
}

#[tokio::test]
async fn a_log_probability_above_0() {
    fault(&mut Trio::new().await, Fault::Logprob(0.5)).await.drafts_on_after(&["0.5", "log-probability", "cannot be one"]);
}

#[tokio::test]
async fn an_absurd_log_probability() {
    fault(&mut Trio::new().await, Fault::Logprob(-1e9)).await.drafts_on_after(&["-1000000000", "log-probability"]);
}

#[tokio::test]
async fn a_log_probability_that_is_no_number() {
    fault(&mut Trio::new().await, Fault::NotANumber).await.left_for(&["JSON", "NaN"]);
}

#[tokio::test]
async fn log_probabilities_that_are_missing() {
    fault(&mut Trio::new().await, Fault::NoLogprob).await.drafts_on_after(&["without its log-probability"]);
}

#[tokio::test]
async fn missing_fields() {
    fault(&mut Trio::new().await, Fault::MissingFields).await.left_for(&["before its last event"]);
}

#[tokio::test]
async fn a_reply_that_repeats_the_prefix_is_not_accepted() {
    let played = fault(&mut Trio::new().await, Fault::Repeats(FIRST)).await;
    assert_eq!(played.said(), [""; 0]);
}

#[tokio::test]
async fn an_endless_stream() {
    let played = fault(&mut Trio::new().await, Fault::Endless).await;
    // Its draft is cut where a segment ends; its scoring of the others' drafts never ends.
    played.stopped_verifying_for(&["more than it was asked for"]);
}

#[tokio::test]
async fn an_endless_line() {
    let played = fault(&mut Trio::new().await, Fault::EndlessLine).await;
    played.left_for(&["longer than the limit of 1048576 bytes", "line"]);
}

#[tokio::test]
async fn a_model_whose_context_is_full() {
    let mut trio = Trio::with_room(10).await;
    let played = trio.trouble(async |_| {}).await;
    played.left_for(&["its context holds 10", "take 12 tokens"]);
}

#[tokio::test]
async fn a_prompt_that_the_server_finds_too_long() {
    let played = fault(&mut Trio::new().await, Fault::ContextLength { needed: 4100, limit: 4096 }).await;
    played.left_for(&["take 4100 tokens", "its context holds 4096"]);
}
