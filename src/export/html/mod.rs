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
use super::report::Report;
use super::words;
use crate::clean::clean_line;
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
    head(&mut page, report);
    page.markup("<body>\n<header>\n<h1>A SpecFuse run</h1>\n<p>");
    page.line(&words::lead(report)).markup("</p>\n</header>\n");
    contents(&mut page);
    page.markup("<main>\n");
    earlier(&mut page, report);
    section(&mut page, "question", "Question", |page| {
        page.markup("<div class=\"said\" lang=\"\">").text(&report.question).markup("</div>\n");
    });
    section(&mut page, "answer", "Answer", |page| answer::answer(page, report, share_of(POPUPS, report)));
    section(&mut page, "rounds", "Rounds", |page| rounds::rounds(page, report, share_of(TABLE, report)));
    section(&mut page, "exits", "Who stays", |page| chart::chart(page, report));
    section(&mut page, "members", "Members", |page| people::members(page, report));
    section(&mut page, "settings", "Settings", |page| people::settings(page, report));
    section(&mut page, "figures", "Figures", |page| people::figures(page, report));
    if !report.warnings.is_empty() {
        section(&mut page, "warnings", "Warnings", |page| people::warnings(page, report));
    }
    page.markup(
        "</main>\n<footer><p>Made from the recorded events of the run; nothing on this page is a program.</p></footer>\n",
    );
    page.markup("</body>\n</html>\n");
    page.done()
}

/// The characters that each candidate may have.
fn share_of((all, least, most): (usize, usize, usize), report: &Report) -> usize {
    let candidates: usize = report.rounds.iter().map(|round| round.candidates.len()).sum();
    (all / candidates.max(1)).clamp(least, most)
}

fn head(page: &mut Page, report: &Report) {
    page.markup("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(POLICY).markup("\">\n");
    page.markup("<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>SpecFuse: ");
    page.line(&shortened(&clean_line(&report.question), TITLE));
    page.markup("</title>\n<style>").markup(STYLE).markup("</style>\n</head>\n");
}

fn contents(page: &mut Page) {
    page.markup("<nav aria-label=\"Contents\">\n<ul>\n");
    page.markup("<li><a href=\"#answer\">Answer</a></li>\n<li><a href=\"#rounds\">Rounds</a></li>\n");
    page.markup("<li><a href=\"#exits\">Who stays</a></li>\n<li><a href=\"#members\">Members</a></li>\n");
    page.markup("<li><a href=\"#settings\">Settings</a></li>\n<li><a href=\"#figures\">Figures</a></li>\n</ul>\n</nav>\n");
}

fn section(page: &mut Page, id: &'static str, title: &'static str, content: impl FnOnce(&mut Page)) {
    page.markup("<section aria-labelledby=\"").markup(id).markup("\">\n<h2 id=\"").markup(id).markup("\">");
    page.markup(title).markup("</h2>\n");
    content(page);
    page.markup("</section>\n");
}

fn earlier(page: &mut Page, report: &Report) {
    if report.earlier.is_empty() {
        return;
    }
    section(page, "earlier", "Before the question", |page| {
        for turn in &report.earlier {
            page.markup("<h3>").markup(match turn.role {
                Role::System => "Instructions",
                Role::User => "Earlier question",
                Role::Assistant => "Earlier answer",
            });
            page.markup("</h3>\n<div class=\"said\" lang=\"\">").text(&turn.content).markup("</div>\n");
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
