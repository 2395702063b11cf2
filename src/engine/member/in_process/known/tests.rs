use std::borrow::Cow;

use super::*;

/// Every byte is a token, and so are these words.
struct Words(Vec<&'static str>);

impl Vocabulary for Words {
    fn encode(&self, text: &str, _: Part, limit: usize, ids: &mut Vec<u32>) -> Result<(), TooLong> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let word = (0..).zip(&self.0).find(|(_, word)| rest.starts_with(word.as_bytes()));
            let (id, length) = word.map_or((u32::from(rest[0]), 1), |(place, word): (u32, _)| (256 + place, word.len()));
            ids.push(id);
            rest = &rest[length..];
        }
        if ids.len() > limit { Err(TooLong { needed: ids.len() }) } else { Ok(()) }
    }

    fn bytes(&self, id: u32) -> Cow<'_, [u8]> {
        match id.checked_sub(256) {
            Some(place) => Cow::Borrowed(self.0[place as usize].as_bytes()),
            None => Cow::Owned(vec![id as u8]),
        }
    }

    fn ends(&self) -> &[u32] {
        &[0]
    }

    fn never(&self) -> &[bool] {
        &[]
    }

    fn start(&self) -> Option<u32> {
        None
    }

    fn written(&self) -> (&str, &str) {
        ("", "")
    }
}

#[test]
fn an_accepted_text_is_made_of_what_was_said_as_far_as_it_agrees() {
    let words = Words(vec!["Paris", "Par", "is", "€"]);
    let (template, conversation) = (Template::plain("x"), Arc::new(Conversation::question("?")));
    let (par, is, paris) = (257, 258, 256);
    let euro: Vec<u32> = "€".bytes().map(u32::from).collect();
    for (said, accepted, expected) in [
        (vec![par, is], "Paris", vec![par, is]),
        (vec![par], "Paris", vec![paris]),
        (vec![par, is], "Par", vec![par]),
        (vec![par, is, is], "Parisx", vec![par, is, u32::from(b'x')]),
        (vec![], "Paris", vec![paris]),
        (vec![is, par], "Paris", vec![paris]),
        (euro.clone(), "€", euro.clone()),
        // Nothing is split inside a character.
        ([vec![is], euro.clone()].concat(), "is₀", [vec![is], "₀".bytes().map(u32::from).collect()].concat()),
        ([vec![is], euro.clone()].concat(), "is€x", vec![is, 259, u32::from(b'x')]),
    ] {
        let mut known = Known::default();
        let context = |accepted: &[&str]| Context {
            conversation: Arc::clone(&conversation),
            accepted: accepted.iter().map(|text| Arc::from(*text)).collect(),
        };
        let prompt = known.tokens(&context(&[]), &template, &words, 1000).unwrap().len();
        known.remember(said.clone());
        let ids = known.tokens(&context(&[accepted, "Paris"]), &template, &words, 1000).unwrap();
        assert_eq!(ids[prompt..], [expected.clone(), vec![paris]].concat(), "{said:?} {accepted:?}");
        let again = known.tokens(&context(&[accepted]), &template, &words, 1000).unwrap();
        assert_eq!(again[prompt..], expected, "what was accepted stays so");
        known.remember(vec![par, is]);
        known.tokens(&context(&[]), &template, &words, 1000).unwrap();
        let anew = known.tokens(&context(&["Paris"]), &template, &words, 1000).unwrap();
        assert_eq!(anew[prompt..], [paris], "what was said behind another text counts no more");
    }
}
