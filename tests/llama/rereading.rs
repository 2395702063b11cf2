//! What a member reads again although it has read it already, counted by a real server: a draft continues where the last one, or
//! the scoring of the accepted candidate, ended.

use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::DraftRequest;
use specfuse::engine::member::llama_server::{LlamaServer, Settings, Shared};

use crate::llama::{Served, serve};
use crate::support::{connect, context, draft, request, score, settings};

const QUESTION: &str = "What is the capital of France, what is the capital of Japan, and which animal barks?";

/// Flags with which idle slots stay as they are.
const KEEPING: [&[&str]; 2] = [&["-np", "4", "-c", "4096", "--no-kv-unified"], &["-np", "4", "--no-cache-idle-slots"]];

/// How a round ends for a member.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Round {
    Won,
    Lost,
    Unanimous,
}

/// Segments whose end the server does not know: the stream is dropped there.
fn words(accepted: &[String], seed: u64) -> DraftRequest {
    let accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
    let segment = SegmentRule::words(4, 40);
    DraftRequest { segment, ..request(context(QUESTION, &accepted), 1.5, seed, 1) }
}

/// Plays rounds, and returns how many tokens each draft except the first had to read, in addition to its own.
async fn reread(member: &LlamaServer, rounds: &[Round]) -> Vec<u64> {
    let mut accepted: Vec<String> = Vec::new();
    let mut read = Vec::new();
    for (seed, round) in (1..).zip(rounds) {
        let drafted = draft(member, words(&accepted, seed)).await.unwrap();
        read.push(drafted.usage.prompt_tokens - drafted.usage.cached_tokens);
        let own = cut(&drafted.draft.text());
        let other = [" Paris is the old capital,", " Tokyo and the dog"][seed as usize % 2].to_owned();
        if *round != Round::Unanimous {
            let accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
            score(member, context(QUESTION, &accepted), &[(" A cat sits there", false), (&other, false)]).await.unwrap();
        }
        accepted.push(if *round == Round::Lost { other } else { own });
    }
    read.split_off(1)
}

/// The segment: the engine cuts off the text beyond it, not the member.
fn cut(text: &str) -> String {
    let segment = SegmentRule::words(4, 40);
    text[..segment.cut(text, false).bytes].to_owned()
}

#[tokio::test]
async fn a_draft_goes_on_where_the_accepted_text_was_read() {
    use Round::{Lost, Unanimous, Won};
    for flags in KEEPING {
        let Some(served) = serve("babble", flags) else { return };
        let member = connect(&served).await;
        assert!(member.probed().keeps_slots, "{flags:?}");
        for rounds in [[Won; 7], [Lost; 7], [Unanimous; 7], [Won, Unanimous, Lost, Lost, Won, Unanimous, Won]] {
            let read = reread(&member, &rounds).await;
            let mean = read.iter().sum::<u64>() as f64 / read.len() as f64;
            println!("{flags:?} {rounds:?}: {read:?}, {mean:.2} on average");
            // The last token is always read; if a segment ends inside a token, that one and its neighbour change.
            assert!(mean < 2.0, "{flags:?} {rounds:?}: {read:?}");
        }
    }
}

async fn two_members(served: &Served) -> [LlamaServer; 2] {
    let shared = Shared::default();
    let settings = || Settings { shared: shared.clone(), ..settings(&served.url) };
    [LlamaServer::connect(settings()).await.unwrap(), LlamaServer::connect(settings()).await.unwrap()]
}

#[tokio::test]
async fn two_members_of_one_server_leave_each_other_their_drafts() {
    let Some(served) = serve("babble", KEEPING[1]) else { return };
    let members = two_members(&served).await;
    let (first, second) = tokio::join!(reread(&members[0], &[Round::Won; 5]), reread(&members[1], &[Round::Won; 5]));
    for read in [first, second] {
        assert!(read.iter().sum::<u64>() < 2 * read.len() as u64, "{read:?}");
    }
}

#[tokio::test]
async fn fewer_slots_than_requests_and_slots_that_are_emptied_still_answer() {
    for flags in [["-np", "1"], ["-np", "2"], ["-np", "4"]] {
        let Some(served) = serve("babble", &flags) else { return };
        let members = two_members(&served).await;
        assert!(!members[0].probed().keeps_slots, "{flags:?}");
        let rounds = [Round::Won, Round::Lost, Round::Unanimous, Round::Won];
        let (first, second) = tokio::join!(reread(&members[0], &rounds), reread(&members[1], &rounds));
        assert_eq!((first.len(), second.len()), (3, 3));
    }
}
