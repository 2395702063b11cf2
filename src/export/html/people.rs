//! The small tables: members, settings, figures, warnings.

use super::page::Page;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::export::figure;
use crate::export::report::Report;
use crate::export::words;

/// Who took part.
pub(super) fn members(page: &mut Page, report: &Report) {
    page.markup("<div class=\"wide\" role=\"region\" aria-labelledby=\"").id("members").markup("\" tabindex=\"0\">\n<table>\n");
    page.markup("<caption>Who took part, and what of the answer is theirs</caption>\n<thead>\n<tr><th scope=\"col\">Member</th>");
    page.markup(
        "<th scope=\"col\">Kind</th><th scope=\"col\">Model</th><th scope=\"col\">Role</th><th scope=\"col\">Segments</th>",
    );
    page.markup("<th scope=\"col\">Tokens</th><th scope=\"col\">Left</th></tr>\n</thead>\n<tbody>\n");
    for member in &report.members {
        page.markup("<tr><th scope=\"row\" class=\"").member(member.name.place).markup("\">");
        page.text(&DisplayText::from(member.name.letter())).markup(" ").text(&clean_line(&member.name.name)).markup("</th><td>");
        page.text(&clean_line(&member.kind))
            .markup("</td><td>")
            .text(&clean_line(&member.model))
            .markup("</td><td>")
            .markup(words::role(member.role));
        page.markup("</td><td>").number(member.segments).markup("</td><td>").number(member.tokens).markup("</td><td>");
        let left = words::departures_of(report, &member.name);
        page.text(if left.is_empty() { figure::NONE.into() } else { left.as_display() }).markup("</td></tr>\n");
    }
    page.markup("</tbody>\n</table>\n</div>\n");
}

/// The knobs that were turned.
pub(super) fn settings(page: &mut Page, report: &Report) {
    if report.not_default.is_empty() {
        page.markup("<p>Every knob had its default when the run began.</p>\n");
        return;
    }
    page.markup("<table>\n<caption>Knobs with another value than the default when the run began</caption>\n<thead>\n<tr>");
    page.markup(
        "<th scope=\"col\">Knob</th><th scope=\"col\">Value</th><th scope=\"col\">Default</th></tr>\n</thead>\n<tbody>\n",
    );
    for changed in &report.not_default {
        page.markup("<tr><th scope=\"row\">").text(changed.name).markup("</th><td>").text(&display!("{}", changed.to));
        page.markup("</td><td>").text(&display!("{}", changed.from)).markup("</td></tr>\n");
    }
    page.markup("</tbody>\n</table>\n");
}

/// The run in numbers.
pub(super) fn figures(page: &mut Page, report: &Report) {
    page.markup("<table>\n<caption>The run in numbers</caption>\n<tbody>\n");
    for (name, fact) in words::facts(report) {
        page.markup("<tr><th scope=\"row\">").markup(name).markup("</th><td>").text(&fact).markup("</td></tr>\n");
    }
    page.markup("</tbody>\n</table>\n");
}

/// What was warned of.
pub(super) fn warnings(page: &mut Page, report: &Report) {
    page.markup("<ul>\n");
    for warning in &report.warnings {
        page.markup("<li>").text(&clean_line(warning)).markup("</li>\n");
    }
    page.markup("</ul>\n");
}
