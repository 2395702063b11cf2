//! `SpecFuse`: several language models write one answer together (arXiv 2412.07380).
//!
//! This page is the map of the source: its rooms, which way they depend on each other, what happens in one round, and what the
//! words mean. How to use the program is in `assets/manual/`, which `specfuse help` prints.
//!
//! One idea decides most questions: *everything that happens is an event. The screen, the saved trace, the replay and the export
//! are four views of the same events.*
//!
//! # Rooms
//!
//! | room | owns |
//! | --- | --- |
//! | [`engine::fusion`] | the method as pure functions of recorded values: segments, scores, the vote, exits, knobs, events, and the run that events add up to |
//! | `specfuse-transformer` (`src/transformer`) | the arithmetic of the built-in models, a crate of its own: optimised in every profile |
//! | [`engine::member`] | one language model each, behind one trait: in this process, on a llama.cpp server, or behind an API |
//! | [`engine::round`] | what happens next, as a state machine: (state, input) → effects as data |
//! | [`engine`] | the driver that performs these effects, the trace file, the replay of one |
//! | [`ensemble`] | who takes part: choosing members, finding servers and model files, opening them |
//! | [`playground::state`] | what the user sees, as data, and how each message changes it |
//! | [`playground::view`] | drawing that data |
//! | [`playground::film`] | a recorded run as frames that can be read, and the files that show them elsewhere |
//! | [`playground::term`] | the only code that touches the terminal |
//! | [`playthrough`] | a run played to its end without a screen, and one member asked alone |
//! | [`sweep`], [`prompts`] | prompts with known answers, played over a grid of knobs |
//! | [`export`] | a run as a document |
//! | [`config`], [`files`] | what the user chose, and what the program remembers |
//! | [`clean`] | untrusted text made fit to show, here and only here, and the type that says so |
//! | [`text`] | text that a user hands in, whatever program saved it |
//! | [`log`] | what went on between the program and the servers, if it is asked to keep it |
//! | [`cli`] | the command line, exit codes, the manual in the terminal |
//!
//! # Which way the arrows run
//!
//! Down only. A room uses those below it and knows nothing of those above:
//!
//! ```text
//!                 cli
//!                  │
//!           playground::term ─────── touches the terminal
//!                  │
//!           playground::film ─────── draws what is watched elsewhere
//!                  │
//!           playground::view ─────── draws
//!                  │
//!           playground::state ────── pure                sweep, export
//!                  │                                          │
//!                  ├──────────────────────────────────────────┘
//!               ensemble ─────────── opens members
//!                  │
//!                engine ──────────── performs effects, keeps the trace
//!                  │
//!            engine::round ───────── pure: decides what happens next
//!                  │
//!            engine::member ──────── talks to models
//!                  │
//!            engine::fusion ──────── pure: the method
//! ```
//!
//! Time, input, size and randomness are parameters of the pure rooms. `clean`, `text`, `files` and `config` serve all others.
//!
//! # One round
//!
//! ```text
//!  accepted text y
//!        │
//!        ▼
//!  ┌─ draft ────────┐   every active member continues y by one segment
//!  │ A: "… Tokyo."  │   equal drafts are one candidate;
//!  │ B: "… Bern."   │   drafts that only repeat are set aside
//!  │ C: "… Lisbon." │
//!  └───────┬────────┘
//!          │  one candidate left: unanimous, accepted without scoring
//!          ▼
//!  ┌─ score ────────┐   every verifier gives each candidate of the others
//!  │     A   B   C  │   log-probabilities, token by token; the scoring rule
//!  │ A   ·  .8  .7  │   makes one number of them. Its own it has from
//!  │ B  .1   ·  .2  │   drafting. A verifier that fails abstains
//!  │ C  .1  .2   ·  │
//!  └───────┬────────┘
//!          ▼
//!  ┌─ accept ───────┐   the weighted mean of the scores decides,
//!  │ y ← y + "Tokyo"│   ties go to the earlier member
//!  └───────┬────────┘
//!          ▼
//!  ┌─ exit ─────────┐   a member whose retention is below the threshold
//!  │ who leaves?    │   leaves for the rest of the answer
//!  └───────┬────────┘
//!          │
//!          ├── the answer ends, or a limit is reached ──▶ finished
//!          └── otherwise ──▶ the next round
//! ```
//!
//! The round machine receives what came in (a token, a draft, a score, a failure, the time, a command of the user) and returns
//! effects (start a draft, score a candidate, cancel a call, record an event). The driver performs them with tokio and drops what is
//! cancelled. Each event is appended to the trace, applied to the run, and sent to the screen, so that a live run, a replay and a
//! re-scoring under other knobs cannot disagree.
//!
//! # Glossary
//!
//! Each word has one meaning, in the source, on the screen and in the manual.
//!
//! | word | meaning |
//! | --- | --- |
//! | accepted text | the segments that won so far; all members continue it |
//! | agreement | how far the verifiers rank the candidates of a round alike |
//! | answer | the accepted text once it has ended |
//! | base model | a model without a chat template; it only verifies unless told otherwise |
//! | branch | one path through the tree of accepted segments, made by going back and continuing differently |
//! | candidate | the text of a draft as it is scored; equal drafts are one candidate with several authors |
//! | conversation | the questions and answers that precede a question, and the system's instructions |
//! | dialect | what one kind of API accepts and returns, as a row of data |
//! | display text | text that may be shown: the cleaner made it, or it is a literal of the program |
//! | draft | what one member writes in a round, one segment long |
//! | draft ahead | in lazy drafting: the tokens of the smallest member that the largest checks in one pass |
//! | driver | carries out the effects of the round machine |
//! | echo | an answer or draft that contains nothing but sentences of the question |
//! | ensemble | the members that answer together |
//! | event | something that happened in a run; a record is an event with its number, round and time |
//! | exit | a member leaving for the rest of the answer |
//! | feedback | learning the verifiers' weights while the answer grows (`SpecEM`) |
//! | film | a recorded run as frames of the screen, each at its time |
//! | fused score | a candidate's weighted mean over the verifiers' scores |
//! | judge | a verifier that cannot score text and compares the candidates of a round instead (tiers T3 and T4) |
//! | knob | a parameter of the method that the user may set; the table of knobs describes each |
//! | lazy drafting | the smallest member drafts for the largest to keep or replace |
//! | log-probability | the natural logarithm of the probability that a model gives a token; sums are in nats |
//! | margin | the winner's fused score minus the runner-up's |
//! | member | a language model that takes part, with its role and weight |
//! | normalisation | making the scores of different verifiers comparable |
//! | patience | how long a round waits for a silent member |
//! | preset | a named set of knob values |
//! | quality | a member's standing in the exit rule, from the scores of its drafts by the others |
//! | recording of the screen | the file of what reached the playground (`--record-ui`), from which its frames can be made again |
//! | retention | a member's share of the softmax over quality; below the threshold it leaves |
//! | role | what a member does: draft, verify, both, or auto |
//! | round | one segment from its drafts to its acceptance |
//! | run | one answer being written, with all its events |
//! | scoring rule | how the log-probabilities of a candidate's tokens become one score |
//! | segment | a sentence, or a number of tokens or words: what one round adds |
//! | set aside | not scored, because it only repeats the question or the accepted text |
//! | steering | changes that the user makes to a run |
//! | sweep | the same prompts under every combination of some knobs' values |
//! | threshold | the retention below which a member leaves: δ / n |
//! | tier | how a member scores: T0 in this process, T1 from a prompt's log-probabilities, T2 by forced decoding, T3 by label, T4 by rank, T5 not at all |
//! | trace | the file of a run's events |
//! | unanimous | a round with one candidate |
//! | verifier | a member in the part of scoring candidates |
//! | weight | how much a verifier's scores count |

pub mod clean;
pub mod cli;
pub mod config;
pub mod engine;
pub mod ensemble;
pub mod export;
pub mod files;
pub mod log;
pub mod playground;
pub(crate) mod playthrough;
pub mod prompts;
pub mod sweep;
pub mod text;
