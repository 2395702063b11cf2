//! The report as one web page that needs nothing else and runs nothing.
//!
//! Hovering or focusing a segment shows its round, by style alone. Two walls stand between what a model wrote and a reader's
//! browser: text can only enter the page escaped (`page`), and the page's own policy forbids every script, request, form and
//! frame, and every style but its own, named by its hash.

mod answer;
mod chart;
mod page;
mod people;
mod rounds;

use page::Page;

use super::figure::shortened;
use super::outline;
use super::report::Report;
use super::words;
use crate::clean::{clean, clean_line};
use crate::engine::fusion::conversation::Role;

const STYLE: &str = include_str!("style.css");

/// The policy; the hash is the SHA-256 of [`STYLE`] in base64.
const POLICY: &str =
    "default-src 'none'; style-src 'sha256-DxiSXXeWNbnCUXoEQXeJ1+/uyBU0gFPJ7inKxd9/HhI='; base-uri 'none'; form-action 'none'";

/// Characters of candidates in the whole table of rounds, and in all popups together: a long run stays below a megabyte. Each
/// candidate has the same share of them, within the limits beside.
const TABLE: (usize, usize, usize) = (150_000, 24, 400);
const POPUPS: (usize, usize, usize) = (90_000, 24, 160);

/// Characters of the question in the page's title.
const TITLE: usize = 60;

/// The whole page.
pub(super) fn html(report: &Report) -> String {
    let mut page = Page::default();
    head(&mut page, &report.question);
    page.markup("<body>\n<header>\n<h1>A SpecFuse run</h1>\n<p>");
    page.text(&words::lead(report)).markup("</p>\n</header>\n");
    contents(&mut page);
    page.markup("<main>\n");
    body(&mut page, report, false, candidates(report));
    foot(&mut page, "run");
    page.done()
}

/// One page of several runs.
pub(super) fn several(conversations: &[Vec<Option<Report>>]) -> String {
    let mut page = Page::default();
    let parts = outline::parts(conversations);
    let reports = || parts.iter().filter_map(|part| part.report);
    head(&mut page, reports().next().map_or("", |report| &report.question));
    page.markup("<body>\n<header>\n<h1>").text(&outline::title(conversations)).markup("</h1>\n</header>\n");
    page.markup("<nav aria-label=\"Contents\">\n<ul>\n");
    for (place, part) in parts.iter().enumerate() {
        page.part = place + 1;
        page.markup("<li><a href=\"#").id("part").markup("\">").text(&part.title).markup("</a></li>\n");
    }
    page.markup("</ul>\n</nav>\n<main>\n");
    let all = reports().map(candidates).sum();
    for (place, part) in parts.iter().enumerate() {
        (page.part, page.depth) = (place + 1, 0);
        page.heading(part.level, Some("part"), &part.title);
        page.depth = part.level - 1;
        if let Some(report) = part.report {
            page.markup("<p>").text(&words::lead(report)).markup("</p>\n");
            body(&mut page, report, part.follows, all);
        }
    }
    foot(&mut page, "runs");
    page.done()
}

/// Everything that is told of a run; `follows` another whose part tells what was said before. There are so many `candidates` on
/// the whole page.
fn body(page: &mut Page, report: &Report, follows: bool, candidates: usize) {
    if !follows {
        earlier(page, report);
    }
    section(page, "question", "Question", |page| {
        page.markup("<div class=\"said\" lang=\"\">").text(&clean(&report.question)).markup("</div>\n");
    });
    section(page, "answer", "Answer", |page| answer::answer(page, report, share_of(POPUPS, candidates)));
    section(page, "rounds", "Rounds", |page| rounds::rounds(page, report, share_of(TABLE, candidates)));
    section(page, "exits", "Who stays", |page| chart::chart(page, report));
    section(page, "members", "Members", |page| people::members(page, report));
    section(page, "settings", "Settings", |page| people::settings(page, report));
    section(page, "figures", "Figures", |page| people::figures(page, report));
    if !report.warnings.is_empty() {
        section(page, "warnings", "Warnings", |page| people::warnings(page, report));
    }
}

fn foot(page: &mut Page, runs: &'static str) {
    page.markup("</main>\n<footer><p>Made from the recorded events of the ").markup(runs);
    page.markup("; nothing on this page is a program.</p></footer>\n</body>\n</html>\n");
}

fn candidates(report: &Report) -> usize {
    report.rounds.iter().map(|round| round.candidates.len()).sum()
}

/// The characters that each of so many candidates may have.
fn share_of((all, least, most): (usize, usize, usize), candidates: usize) -> usize {
    (all / candidates.max(1)).clamp(least, most)
}

fn head(page: &mut Page, question: &str) {
    page.markup("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(POLICY).markup("\">\n");
    page.markup("<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>SpecFuse: ");
    page.text(&shortened(&clean_line(question), TITLE));
    page.markup("</title>\n<style>").markup(STYLE).markup("</style>\n</head>\n");
}

fn contents(page: &mut Page) {
    page.markup("<nav aria-label=\"Contents\">\n<ul>\n");
    page.markup("<li><a href=\"#answer\">Answer</a></li>\n<li><a href=\"#rounds\">Rounds</a></li>\n");
    page.markup("<li><a href=\"#exits\">Who stays</a></li>\n<li><a href=\"#members\">Members</a></li>\n");
    page.markup("<li><a href=\"#settings\">Settings</a></li>\n<li><a href=\"#figures\">Figures</a></li>\n</ul>\n</nav>\n");
}

fn section(page: &mut Page, id: &'static str, title: &'static str, content: impl FnOnce(&mut Page)) {
    page.markup("<section aria-labelledby=\"").id(id).markup("\">\n").heading(2, Some(id), title);
    content(page);
    page.markup("</section>\n");
}

fn earlier(page: &mut Page, report: &Report) {
    if report.earlier.is_empty() {
        return;
    }
    section(page, "earlier", "Before the question", |page| {
        for turn in &report.earlier {
            let title = match turn.role {
                Role::System => "Instructions",
                Role::User => "Earlier question",
                Role::Assistant => "Earlier answer",
            };
            page.heading(3, None, title).markup("<div class=\"said\" lang=\"\">").text(&clean(&turn.content)).markup("</div>\n");
        }
    });
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;

    use super::*;

    #[test]
    fn the_policy_names_the_style_that_is_there() {
        let digest = TLS13_AES_128_GCM_SHA256.tls13().unwrap().common.hash_provider.hash(STYLE.as_bytes());
        let hash = STANDARD.encode(digest.as_ref());
        assert!(POLICY.contains(&format!("'sha256-{hash}'")), "the style has changed: its hash is {hash}");
    }

    #[test]
    fn the_style_asks_for_nothing() {
        for asks in ["url(", "@import", "@font-face", "image-set", "</"] {
            assert!(!STYLE.contains(asks), "{asks}");
        }
    }
}
