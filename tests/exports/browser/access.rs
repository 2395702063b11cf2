//! Whether the page is accessible. Checked in Chromium's accessibility tree: a title and a language, one of each landmark,
//! headings in order, names of links, pictures, regions and tables, headers of tables; and by computation: the contrast of every
//! text in both colour schemes, that letters accompany colours, and that a round opens for the keyboard and the mouse.

use serde_json::{Value, json};

use super::client::Page;
use super::page;
use crate::{runs, support};

/// The contrast of every text with its background (WCAG 2.2, 1.4.3), as `[ratio, text]`, worst first.
const CONTRASTS: &str = "(() => {
    const parse = c => c.match(/[\\d.]+/g).map(Number);
    const light = c => {
        const [r, g, b] = parse(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = e => {
        for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor;
            if (parse(c)[3] !== 0) return c;
        }
        return 'rgb(255, 255, 255)';
    };
    const own = e => [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).length > 0;
    const shown = [...document.body.querySelectorAll('*')].filter(e => own(e) && !['title', 'desc'].includes(e.tagName));
    return shown.map(e => {
        const style = getComputedStyle(e);
        const [a, b] = [light(e.tagName === 'text' ? style.fill : style.color), light(behind(e))];
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 40)];
    }).sort((a, b) => a[0] - b[0]);
})()";

/// Pages with eight members, with failures and exits, and of the built-in ensemble.
fn pages() -> Vec<String> {
    let crowd = (0..8).map(|place| {
        let name = format!("member {place}");
        support::seat(&name, runs::counting(&name, 8, -0.1 - f32::from(u8::try_from(place).unwrap()) / 10.0))
    });
    let crowd = support::scripted_run(crowd.collect(), &[], Vec::new());
    [crowd, runs::faulty(), runs::exiting(), runs::steered(), support::recorded()].iter().map(|records| page(records)).collect()
}

/// A node of the accessibility tree: role, name, level.
fn tree(browser: &mut Page) -> Vec<(String, String, Option<u64>)> {
    let nodes = browser.call("Accessibility.getFullAXTree", &json!({}))["nodes"].take();
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let level = |node: &Value| {
        let properties = node["properties"].as_array()?;
        properties.iter().find(|property| property["name"] == "level")?["value"]["value"].as_u64()
    };
    let seen = nodes.as_array().unwrap().iter().filter(|node| node["ignored"] == false);
    seen.map(|node| (text(&node["role"]), text(&node["name"]), level(node))).collect()
}

fn check_tree(browser: &mut Page) {
    let tree = tree(browser);
    let count = |role: &str| tree.iter().filter(|(known, ..)| known == role).count();
    for landmark in ["banner", "main", "navigation", "contentinfo"] {
        assert_eq!(count(landmark), 1, "{landmark}");
    }
    let named = ["RootWebArea", "navigation", "region", "table", "link", "image", "columnheader", "rowheader", "heading"];
    for (role, name, _) in &tree {
        assert!(!named.contains(&role.as_str()) || !name.trim().is_empty(), "a {role} has no name");
    }
    assert!(count("table") >= 3 && count("columnheader") > 5 && count("rowheader") > 5, "tables are told as tables");
    assert_eq!(count("image"), 1, "the chart");
    let levels: Vec<u64> = tree.iter().filter(|(role, ..)| role == "heading").filter_map(|(_, _, level)| *level).collect();
    assert_eq!((levels.first(), levels.iter().filter(|level| **level == 1).count()), (Some(&1), 1), "{levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is left out: {levels:?}");
}

#[test]
fn every_reader_is_told_what_is_where() {
    let Some(mut browser) = Page::open() else { return };
    for page in pages() {
        browser.load(&page);
        assert_eq!(browser.look("document.documentElement.lang"), "en");
        assert_eq!(
            browser.look(
                "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length"
            ),
            true
        );
        let headers = "[...document.querySelectorAll('th')].every(th => th.scope) && [...document.querySelectorAll('table')].every(t => t.caption)";
        assert_eq!(browser.look(headers), true);
        assert_eq!(
            browser.look(
                "[...document.querySelectorAll('.s > a')].every(a => /^[A-Za-z+]+$/.test(a.querySelector('sup').textContent))"
            ),
            true
        );
        check_tree(&mut browser);
    }
}

#[test]
fn every_text_stands_out_from_its_ground_in_both_colour_schemes() {
    let Some(mut browser) = Page::open() else { return };
    for page in pages() {
        browser.load(&page);
        let mut grounds = Vec::new();
        for scheme in ["light", "dark"] {
            browser.scheme(scheme);
            grounds.push(browser.look("getComputedStyle(document.body).backgroundColor"));
            let contrasts = browser.look(CONTRASTS);
            let contrasts = contrasts.as_array().unwrap();
            assert!(contrasts.len() > 30);
            assert!(contrasts[0][0].as_f64().unwrap() >= 4.5, "{scheme}: {}", contrasts[0]);
        }
        assert_ne!(grounds[0], grounds[1], "the schemes are two");
    }
}

#[test]
fn a_segment_shows_its_round_to_the_keyboard_and_to_the_mouse() {
    let Some(mut browser) = Page::open() else { return };
    browser.load(&page(&support::recorded()));
    let shown = "getComputedStyle(document.querySelectorAll('.p')[1]).display";
    assert_eq!(browser.look(shown), "none");
    // The six entries of the contents come first, then the first segment, then the second.
    for _ in 0..8 {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            browser.call("Input.dispatchKeyEvent", &key);
        }
    }
    assert_eq!(browser.look("document.activeElement === document.querySelectorAll('.s > a')[1]"), true);
    assert_eq!(browser.look(shown), "block", "the keyboard shows it");
    assert_ne!(browser.look("getComputedStyle(document.activeElement).outlineStyle"), "none", "the focus is seen");
    browser.look("document.activeElement.blur()");
    assert_eq!(browser.look(shown), "none");
    let middle = browser
        .look("(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelectorAll('.s > a')[1].getBoundingClientRect())");
    browser.call("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": middle[0], "y": middle[1] }));
    assert_eq!(browser.look(shown), "block", "the mouse shows it");
    let text = browser.look("document.querySelectorAll('.p')[1].innerText");
    assert!(
        ["Round 2", "ahead", "27 plus 48 is 75.", "27 plus 48 is 114."].iter().all(|part| text.as_str().unwrap().contains(part)),
        "{text}"
    );
}

/// The check notices a page whose soft grey is too soft.
#[test]
fn the_look_at_contrasts_notices_faint_text() {
    let Some(mut browser) = Page::open() else { return };
    browser.load("<!doctype html><body style=\"background:#fff;color:#999\"><p>faint</p></body>");
    assert!(browser.look(CONTRASTS)[0][0].as_f64().unwrap() < 4.5);
}
