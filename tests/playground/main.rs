//! The playground without a terminal: messages in, screens out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

#[test]
fn look() {
    let records = support::built_in_run("What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?", 1);
    for (w, h) in [(80, 24), (120, 40), (200, 60)] {
        let mut state = support::state(w, h);
        println!("{}", support::screen(&mut state));
        for (i, r) in records.iter().enumerate() {
            state.update(specfuse::playground::state::Message::Record(r.clone()));
            if i == 60 || i == records.len() / 2 {
                println!("{}", support::screen(&mut state));
            }
        }
        println!("{}", support::screen(&mut state));
    }
}
