//! A diff as one HTML page: counts, the plan, the drawing. It has no script and asks nobody for
//! anything: its policy allows the two styles that it brings along, by what they are, and nothing else.

use super::scene::{Scene, Shade};
use super::text::{count, escape, escape_lines, id, number};
use super::{Picture, Row, delta, svg};
use initium_driver::change::{Blocks, Change, Impact, Threat, Work};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// The sha256 of both styles, as policies have it; a test says what it has to be.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'sha256-2EV3Jen1xprrpJhSEzuztul9kbz1acb7BZ5cPMlfFjU=' \
    'sha256-FrGFWGHPnlYkVXWZApEcCXp2kkuNgvvARo6q32I2A1M='; base-uri 'none'; form-action 'none'";

/// Wider, and the drawing is not made smaller to fit a page.
const NEAR: i32 = 1700;

pub(super) fn page(picture: &Picture) -> String {
    let (scene, left_out) = delta::scene(picture);
    let title = escape(picture.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n<style>{}</style>\n</head>\n<body>\n\
         <header>\n<h1><bdi>{title}</bdi></h1>\n",
        svg::STYLE
    );
    let (before, after) = (picture.from.tables.len(), picture.to.tables.len());
    let _ = match before == after {
        true => writeln!(
            out,
            "<p class=\"quiet\">{} before and after</p>",
            count(after, "table")
        ),
        false => writeln!(
            out,
            "<p class=\"quiet\">{} before, {} after</p>",
            count(before, "table"),
            number(after as u64)
        ),
    };
    counts(&mut out, picture);
    out.push_str(
        "</header>\n<main>\n<section aria-labelledby=\"plan\">\n<h2 id=\"plan\">Plan</h2>\n",
    );
    if picture.rows.is_empty() {
        out.push_str("<p>Nothing differs.</p>\n");
    } else {
        out.push_str("<ol class=\"plan\">\n");
        for row in &picture.rows {
            of_row(&mut out, row, &scene);
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</section>\n");
    diagram(&mut out, &scene, left_out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn counts(out: &mut String, picture: &Picture) {
    let of = |which: fn(&Impact) -> bool| picture.rows.iter().filter(|r| which(&r.impact)).count();
    let changes = picture.rows.len();
    let is_one = if changes == 1 { "change" } else { "changes" };
    out.push_str("<ul class=\"counts\">\n");
    for (count, what, class) in [
        (changes, is_one, ""),
        (of(Impact::is_breaking), "breaking", "bad"),
        (of(Impact::loses), "losing data", "bad"),
        (of(|i| i.work == Work::Rewrite), "rewriting a table", "warn"),
        (
            of(|i| i.lock.blocks >= Blocks::Writes),
            "locking others out",
            "warn",
        ),
    ] {
        let class = if count == 0 { "" } else { class };
        let count = number(count as u64);
        let _ = writeln!(
            out,
            "<li class=\"{class}\"><strong>{count}</strong> {what}</li>"
        );
    }
    out.push_str("</ul>\n");
}

fn of_row(out: &mut String, row: &Row, scene: &Scene) {
    let shade = delta::shade_of(row.change);
    let (word, name) = match shade {
        Shade::Added => ("added", "adds"),
        Shade::Dropped => ("dropped", "drops"),
        Shade::Changed | Shade::Plain => ("changed", "changes"),
    };
    let is_breaking = row.impact.is_breaking();
    let _ = writeln!(
        out,
        "<li class=\"{}\">\n<h3><span class=\"sign {word}\" role=\"img\" aria-label=\"{name}\">{}</span> \
         <bdi>{}</bdi></h3>",
        if is_breaking { "breaking" } else { "" },
        svg::sign(shade),
        escape(&row.description),
    );
    if let Some(anchor) = anchor(row.change, scene) {
        let _ = writeln!(out, "<a class=\"to\" href=\"#{anchor}\">in the diagram</a>");
    }
    badges(out, row);
    if is_breaking {
        out.push_str("<ul class=\"risks\">\n");
        for risk in &row.impact.risks {
            let kind = match risk.kind {
                Threat::Loss => "Loses data",
                Threat::Refusal => "May refuse rows",
                Threat::Clients => "Breaks running programs",
                Threat::Speed => "May slow queries down",
            };
            let what = escape(&risk.what);
            let _ = writeln!(out, "<li><strong>{kind}:</strong> <bdi>{what}</bdi></li>");
        }
        out.push_str("</ul>\n");
    }
    match row.statements.is_empty() {
        true => out.push_str("<p class=\"quiet\">Made by a statement of another change.</p>\n"),
        false => statements(out, &row.statements),
    }
    if let Some(reverse) = row.reverse.as_ref().filter(|reverse| !reverse.is_empty()) {
        out.push_str("<details><summary>What undoes it</summary>\n");
        statements(out, reverse);
        out.push_str("</details>\n");
    }
    out.push_str("</li>\n");
}

/// Where the drawing shows it.
fn anchor(change: &Change, scene: &Scene) -> Option<String> {
    let anchor = match change {
        Change::View(edit) => {
            let view = edit.to().or(edit.from())?;
            id('v', &view.name.to_string())
        }
        change => id('t', &change.table()?.to_string()),
    };
    scene.cards.iter().map(svg::anchor).find(|it| *it == anchor)
}

fn statements(out: &mut String, statements: &[String]) {
    for statement in statements {
        let _ = writeln!(out, "<pre dir=\"ltr\">{}</pre>", escape_lines(statement));
    }
}

fn badges(out: &mut String, row: &Row) {
    let impact = &row.impact;
    let rows = |what: &str| match row.rows {
        None => format!("{what} every row"),
        Some(0) => format!("{what} an empty table"),
        Some(1) => format!("{what} about 1 row"),
        Some(rows) => format!("{what} about {} rows", number(rows)),
    };
    out.push_str("<ul class=\"badges\">\n");
    let mut badge = |class: &str, text: &str| {
        let _ = writeln!(out, "<li class=\"{class}\">{text}</li>");
    };
    match impact.is_breaking() {
        true => badge("bad", "breaking"),
        false => badge("good", "safe"),
    }
    let (class, lock) = match impact.lock.blocks {
        Blocks::Nothing => ("", "locks nobody out"),
        Blocks::Changes => ("", "blocks other schema changes"),
        Blocks::Writes => ("warn", "blocks writes"),
        Blocks::Everything => ("bad", "blocks reads and writes"),
    };
    match impact.lock.name {
        "" => badge(class, lock),
        name => badge(class, &format!("{lock} <code>{}</code>", escape(name))),
    }
    match (impact.work, row.rows) {
        (Work::None, None | Some(0)) => {}
        (Work::None, Some(_)) => badge("", &format!("{} alone", rows("leaves"))),
        (Work::Scan, _) => badge("warn", &rows("reads")),
        (Work::Build, _) => badge("warn", &rows("builds an index of")),
        (Work::Rewrite, _) => badge("bad", &rows("rewrites")),
    }
    match (&row.reverse, impact.loses()) {
        (None, _) => badge("warn", "cannot be undone"),
        (Some(_), true) => badge("warn", "undone without its data"),
        (Some(_), false) => badge("", "can be undone"),
    }
    out.push_str("</ul>\n");
}

fn diagram(out: &mut String, scene: &Scene, left_out: usize) {
    out.push_str("<section aria-labelledby=\"diagram\">\n<h2 id=\"diagram\">Diagram</h2>\n");
    let _ = write!(out, "<p class=\"quiet\">{}", svg::summary(scene));
    if left_out > 0 {
        let _ = write!(
            out,
            "; {} not drawn, because neither they nor what they are linked with change",
            number(left_out as u64)
        );
    }
    out.push_str("</p>\n");
    legend(out);
    let mut drawing = String::new();
    let width = svg::draw(&mut drawing, scene, None);
    let near = if width <= NEAR { " near" } else { "" };
    let drawing = drawing.replacen("class=\"er\"", &format!("class=\"er{near}\""), 1);
    let _ = write!(
        out,
        "<input type=\"checkbox\" id=\"fit\"> <label class=\"fit\" for=\"fit\">Fit to the page</label>\n\
         <div class=\"frame\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram\">\n{drawing}</div>\n</section>\n"
    );
}

/// Colour, sign and line of each; and what the ends of lines mean.
fn legend(out: &mut String) {
    out.push_str("<ul class=\"legend\" aria-label=\"Legend\">\n");
    for (shade, word) in [
        (Shade::Added, "added"),
        (Shade::Changed, "changed"),
        (Shade::Dropped, "dropped"),
    ] {
        let _ = writeln!(
            out,
            "<li><svg class=\"er\" width=\"34\" height=\"20\" aria-hidden=\"true\" fill=\"none\" \
             stroke=\"currentColor\"><rect class=\"box {word}\" x=\"1\" y=\"1\" width=\"32\" height=\"18\" rx=\"4\"/>\
             <text class=\"sign {word}\" x=\"17\" y=\"14\" text-anchor=\"middle\">{}</text></svg> {word}</li>",
            svg::sign(shade)
        );
    }
    for (d, ring, word) in [
        ("M2 10h30M8 4v12M13 4v12", None, "exactly one"),
        ("M2 10h7M17 10h15M8 4v12", Some(13), "none or one"),
        ("M2 4L13 10L2 16M2 10h11M21 10h11", Some(17), "any number"),
    ] {
        let _ = write!(
            out,
            "<li><svg class=\"er\" width=\"34\" height=\"20\" aria-hidden=\"true\" fill=\"none\" \
             stroke=\"currentColor\"><path class=\"line\" d=\"{d}\"/>"
        );
        if let Some(x) = ring {
            let _ = write!(out, "<circle class=\"none\" cx=\"{x}\" cy=\"10\" r=\"4\"/>");
        }
        let _ = writeln!(out, "</svg> {word}</li>");
    }
    out.push_str("</ul>\n");
}
