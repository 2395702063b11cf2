//! Whatever a model wrote: no script runs, no request is made, and the text shows as text.

use serde_json::json;
use specfuse::clean::clean;

use super::client::Page;
use super::page;
use crate::hostile::{self, ATTACKS};

/// What scripts of the attacks leave behind.
const OWNED: &str = "typeof owned === 'undefined' ? [] : owned";

fn texts() -> Vec<String> {
    ATTACKS.iter().map(|attack| (*attack).to_owned()).chain([hostile::huge_word()]).collect()
}

/// A page into which the attacks were pasted as they are, but for those that lead a reader elsewhere: a policy cannot forbid that.
fn pasted(page: &str) -> String {
    let attacks: String = ATTACKS.into_iter().filter(|attack| !attack.contains("http-equiv")).collect();
    page.replacen("<main>", &format!("<main>{attacks}<link rel=stylesheet href=http://h.invalid/x.css>"), 1)
}

fn without_policy(page: &str) -> String {
    let begin = page.find("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let end = begin + page[begin..].find('>').unwrap() + 1;
    let page = format!("{}<script>var owned = [];</script>{}", &page[..begin], &page[end..]);
    page
}

#[test]
fn hostile_text_is_text_in_a_browser() {
    let Some(mut browser) = Page::open() else { return };
    let records = hostile::records(&texts());
    assert_eq!(browser.load(&page(&records)), [""; 0], "nothing is asked for");
    assert_eq!(browser.value(OWNED), json!([]), "no script ran");
    let found = browser.look(
        "({
            active: document.querySelectorAll('script,iframe,object,embed,img,link,base,form,input,details,video,audio').length,
            handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^(on|style$|src)/.test(a.name)).length,
            links: [...document.links].filter(a => !a.getAttribute('href').startsWith('#')).length,
            styled: getComputedStyle(document.querySelector('.p')).display,
            question: document.querySelector('#question + .said').textContent,
            segments: [...document.querySelectorAll('.s > a')].map(a => a.firstChild.textContent),
            title: document.title,
        })",
    );
    assert_eq!((&found["active"], &found["handlers"], &found["links"]), (&json!(0), &json!(0), &json!(0)), "{found}");
    assert_eq!(found["styled"], "none", "the page's own style is in force");
    let run = specfuse::engine::fusion::run::Run::from_records(&records).unwrap();
    assert_eq!(found["question"], clean(run.header.conversation.prompt()).as_str());
    let shown: Vec<String> = found["segments"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect();
    let expected: Vec<String> = run.segments().map(|text| clean(text).into_string()).collect();
    assert!(shown.iter().zip(&expected).all(|(shown, expected)| shown.starts_with(expected.as_str())), "{shown:?} {expected:?}");
}

#[test]
fn the_policy_holds_even_where_text_would_escape() {
    let Some(mut browser) = Page::open() else { return };
    let requests = browser.load(&pasted(&page(&hostile::records(&texts()))));
    assert_eq!((browser.value(OWNED), requests), (json!([]), Vec::new()));
}

/// Without the policy and the escaping the same look at the same browser does find scripts and requests.
#[test]
fn the_look_at_the_browser_notices_scripts_and_requests() {
    let Some(mut browser) = Page::open() else { return };
    let requests = browser.load(&pasted(&without_policy(&page(&hostile::records(&texts())))));
    let owned = browser.value(OWNED);
    for script in [1, 2] {
        assert!(owned.as_array().unwrap().contains(&json!(script)), "{owned}");
    }
    assert!(!requests.is_empty(), "the attacks ask for pictures and styles");
}
