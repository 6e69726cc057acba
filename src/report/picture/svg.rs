//! A scene as SVG. Its colours stand in `diagram.css`; where a viewer or a policy ignores that, the
//! attributes draw it in black on what is there. No font is measured: widths are estimated.

use super::layout::{self, Block, Places, Point, Port, STEP, Wire};
use super::pen::Pen;
use super::scene::{Card, Count, End, Entry, Kind, Link, Scene, Shade};
use super::text::{count, cut, escape, id, wide};
use std::fmt::Write;

pub(super) const STYLE: &str = include_str!("diagram.css");

/// Around everything.
const AIR: i32 = 20;
const HEAD: i32 = 30;
const PAD: i32 = 12;

/// Where the texts of a card stand.
struct Frame {
    /// Whether there is room for a sign before each line.
    sign: i32,
    keys: i32,
    name: i32,
    width: i32,
    height: i32,
}

/// A file of its own.
pub(super) fn document(scene: &Scene) -> String {
    let mut out = String::new();
    draw(&mut out, scene, Some(STYLE));
    out
}

/// Returns its width. Within a page the style is the page's.
pub(super) fn draw(out: &mut String, scene: &Scene, style: Option<&str>) -> i32 {
    let is_diff = scene.cards.iter().any(|card| card.shade != Shade::Plain);
    let frames: Vec<Frame> = scene.cards.iter().map(|c| frame(c, is_diff)).collect();
    let places = arrange(scene, &frames);
    let (width, height) = (places.width + 2 * AIR, places.height + 2 * AIR);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"er\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{} {} {width} {height}\" role=\"img\" aria-labelledby=\"er-title er-desc\" \
         fill=\"none\" stroke=\"currentColor\" font-family=\"monospace\" font-size=\"12\">\n\
         <title id=\"er-title\">{}</title>\n<desc id=\"er-desc\">{}</desc>\n",
        -AIR,
        -AIR,
        escape(&summary(scene)),
        escape(&told(scene)),
    );
    if let Some(style) = style {
        let _ = writeln!(out, "<style>\n{style}</style>");
    }
    let _ = writeln!(
        out,
        "<rect class=\"ground\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" stroke=\"none\"/>",
        -AIR, -AIR
    );
    // Many end at one point in the same way.
    let mut seen: Vec<(Point, &str, Count)> = Vec::new();
    // Between the pixels a line is grey.
    let _ = writeln!(out, "<g transform=\"translate(.5 .5)\">");
    for (link, points) in scene.links.iter().zip(&places.wires) {
        let _ = write!(
            out,
            "<g class=\"link\"><title>{}</title><path class=\"line{}\" d=\"{}\"/>",
            escape(&link.about),
            class(link.shade),
            path(points)
        );
        end(out, link, link.children, [points.first(), points.get(1)]);
        let Some(&last) = points.last() else { continue };
        let mark = (last, class(link.shade), link.parents);
        let is_new = !seen.contains(&mark);
        seen.push(mark);
        let back = points.len().checked_sub(2).and_then(|at| points.get(at));
        if is_new {
            end(out, link, link.parents, [points.last(), back]);
        }
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n");
    for (at, card) in scene.cards.iter().enumerate() {
        draw_card(
            out,
            card,
            &frames[at],
            (places.blocks[at], places.widths[at]),
        );
    }
    out.push_str("</svg>\n");
    width
}

pub(super) fn summary(scene: &Scene) -> String {
    let of = |kind| scene.cards.iter().filter(|card| card.kind == kind).count();
    let mut parts = vec![count(of(Kind::Table), "table")];
    if of(Kind::View) > 0 {
        parts.push(count(of(Kind::View), "view"));
    }
    parts.push(count(scene.links.len(), "foreign key"));
    parts.join(", ")
}

/// For those who do not see it.
fn told(scene: &Scene) -> String {
    const MOST: usize = 100;
    let lines = scene.links.iter().take(MOST);
    let mut told: Vec<String> = lines.map(|link| format!("{}.", link.about)).collect();
    if let Some(more) = scene.links.len().checked_sub(MOST).filter(|more| *more > 0) {
        told.push(format!("And {}.", count(more, "other foreign key")));
    }
    told.join(" ")
}

fn class(shade: Shade) -> &'static str {
    match shade {
        Shade::Plain => "",
        Shade::Added => " added",
        Shade::Changed => " changed",
        Shade::Dropped => " dropped",
    }
}

/// Not by its colour alone.
pub(super) fn sign(shade: Shade) -> &'static str {
    match shade {
        Shade::Plain => "",
        Shade::Added => "+",
        Shade::Changed => "~",
        Shade::Dropped => "−",
    }
}
fn head(card: &Card) -> String {
    match &card.was {
        Some(was) => cut(&format!("{was} → {}", card.name), 60),
        None => cut(&card.name, 44),
    }
}

fn badge(card: &Card) -> &'static str {
    match (card.shade, card.kind) {
        (Shade::Added, _) => "new",
        (Shade::Changed, _) => "changed",
        (Shade::Dropped, _) => "dropped",
        (Shade::Plain, Kind::View) => "view",
        (Shade::Plain, Kind::Elsewhere) => "elsewhere",
        (Shade::Plain, Kind::Table) => "",
    }
}

fn is_note(entry: &Entry) -> bool {
    entry.data_type.is_empty()
}

fn name_of(entry: &Entry) -> String {
    cut(&entry.name, if is_note(entry) { 56 } else { 36 })
}

fn type_of(entry: &Entry) -> String {
    cut(&entry.data_type, 36)
}

fn frame(card: &Card, is_diff: bool) -> Frame {
    let sign = if is_diff { 14 } else { 0 };
    let widest = |of: &dyn Fn(&Entry) -> i32| card.entries.iter().map(of).max().unwrap_or(0);
    let keys = widest(&|entry| match entry.keys.len() as i32 {
        0 => 0,
        count => count * 18 + 4,
    });
    let name = widest(&|entry| match is_note(entry) {
        true => 0,
        false => wide(&name_of(entry)) + 16,
    });
    let data_type = widest(&|entry| match (is_note(entry), entry.nullable) {
        (true, _) => 0,
        (false, true) => wide(&type_of(entry)) + 40,
        (false, false) => wide(&type_of(entry)),
    });
    let note = widest(&|entry| match is_note(entry) {
        true => wide(&name_of(entry)),
        false => 0,
    });
    let badge = match badge(card) {
        "" => 0,
        badge => wide(badge) + 20,
    };
    // Its letters are larger.
    let head = wide(&head(card)) * 13 / 12 + badge;
    let lines = sign + (keys + name + data_type).max(note);
    let rows = card.entries.len() as i32;
    Frame {
        sign,
        keys,
        name,
        width: 2 * PAD + lines.max(head).max(96),
        height: match rows {
            0 => 2 * STEP,
            rows => HEAD + rows * STEP + 6,
        },
    }
}

fn arrange(scene: &Scene, frames: &[Frame]) -> Places {
    let port = |end: &End| Port {
        block: end.card,
        below: match end.entry {
            Some(entry) => HEAD + entry as i32 * STEP + STEP / 2,
            None => STEP,
        },
    };
    let blocks = frames.iter().map(|frame| Block {
        width: frame.width,
        height: frame.height,
    });
    let wires = scene.links.iter().map(|link| Wire {
        child: port(&link.child),
        parent: port(&link.parent),
        // They look the same where they run together.
        kind: link.shade as u8 * 4 + link.parents as u8,
    });
    layout::places(&blocks.collect::<Vec<_>>(), &wires.collect::<Vec<_>>())
}

/// With round corners.
fn path(points: &[Point]) -> String {
    let mut out = String::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| points.get(at));
        let (Some(before), Some(after)) = (before, points.get(at + 1)) else {
            let letter = if at == 0 { 'M' } else { 'L' };
            let _ = write!(out, "{letter}{x} {y}");
            continue;
        };
        // So far from the corner, towards the point; never beyond the middle.
        let near = |to: &Point| {
            let step = |d: i32| d.signum() * 7.min(d.abs() / 2);
            (x + step(to.0 - x), y + step(to.1 - y))
        };
        let (a, b) = (near(before), near(after));
        let _ = write!(out, "L{} {}Q{x} {y} {} {}", a.0, a.1, b.0, b.1);
    }
    out
}

/// What stands at the end of a line: a crow's foot, bars, a ring.
fn end(out: &mut String, link: &Link, count: Count, way: [Option<&Point>; 2]) {
    let [Some(&(x, y)), Some(next)] = way else {
        return;
    };
    let shade = class(link.shade);
    let way = (next.0 - x).signum();
    let bar = |far: i32| format!("M{} {}v10", x + way * far, y - 5);
    let marks = match count {
        Count::One => bar(6) + &bar(11),
        Count::OneOrNone => bar(6),
        Count::Any => format!("M{x} {}L{} {y}L{x} {}", y - 5, x + way * 11, y + 5),
    };
    let _ = write!(out, "<path class=\"line mark{shade}\" d=\"{marks}\"/>");
    let ring = match count {
        Count::One => return,
        Count::OneOrNone => 13,
        Count::Any => 15,
    };
    let _ = write!(
        out,
        "<circle class=\"none{shade}\" cx=\"{}\" cy=\"{y}\" r=\"4\"/>",
        x + way * ring
    );
}

fn draw_card(out: &mut String, card: &Card, frame: &Frame, ((x, y), width): (Point, i32)) {
    let kind = match card.kind {
        Kind::Table => "",
        Kind::View => " view",
        Kind::Elsewhere => " elsewhere",
    };
    let shade = class(card.shade);
    let _ = writeln!(
        out,
        "<g class=\"card{kind}\" id=\"{}\" transform=\"translate({x} {y})\"><title>{}</title>\
         <rect class=\"box{kind}{shade}\" width=\"{width}\" height=\"{}\" rx=\"6\"/>",
        anchor(card),
        escape(&card.about),
        frame.height,
    );
    let end = match card.entries.is_empty() {
        true => format!("{}a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5z", 2 * STEP - 6),
        false => format!("{HEAD}H1z"),
    };
    // In the middle of it.
    let y = if card.entries.is_empty() { 25 } else { 20 };
    let right = width - 6;
    let _ = writeln!(
        out,
        "<path class=\"head{shade}\" stroke=\"none\" d=\"M1 6a5 5 0 0 1 5-5H{right}a5 5 0 0 1 5 5V{end}\"/>"
    );
    let pen = Pen { y, class: "name" };
    pen.write(out, PAD, &head(card));
    let badge = badge(card);
    if !badge.is_empty() {
        let sign = sign(card.shade);
        let badge = [sign, badge].join(if sign.is_empty() { "" } else { " " });
        let class = format!("badge{shade}");
        let pen = Pen { y, class: &class };
        pen.write_back(out, width - PAD, &badge);
    }
    for (at, entry) in card.entries.iter().enumerate() {
        draw_entry(out, entry, frame, (HEAD + at as i32 * STEP, width));
    }
    out.push_str("</g>\n");
}

fn draw_entry(out: &mut String, entry: &Entry, frame: &Frame, (top, width): (i32, i32)) {
    let shade = class(entry.shade);
    let null = if entry.nullable { "null" } else { "not null" };
    let plain = format!("{} {}, {null}", entry.name, entry.data_type);
    // What the line itself does not say.
    let is_more = entry.about != plain && entry.about != name_of(entry) || wide(&plain) > width;
    out.push_str("<g>");
    if is_more {
        let _ = write!(out, "<title>{}</title>", escape(&entry.about));
    }
    if is_more || !shade.is_empty() {
        let _ = write!(
            out,
            "<rect class=\"wash{shade}\" stroke=\"none\" pointer-events=\"all\" x=\"1\" y=\"{top}\" \
             width=\"{}\" height=\"{STEP}\"/>",
            width - 2
        );
    }
    let y = top + STEP / 2 + 4;
    let mut x = PAD;
    if !shade.is_empty() {
        let class = format!("sign{shade}");
        Pen { y, class: &class }.write(out, x, sign(entry.shade));
    }
    x += frame.sign;
    let gone = if entry.shade == Shade::Dropped {
        " gone"
    } else {
        ""
    };
    if is_note(entry) {
        let class = format!("type{gone}");
        Pen { y, class: &class }.write(out, x, &name_of(entry));
        out.push_str("</g>\n");
        return;
    }
    if !entry.keys.is_empty() {
        Pen { y, class: "keys" }.write(out, x, &entry.keys.join(" "));
    }
    x += frame.keys;
    let pk = if entry.keys.contains(&"PK") {
        " pk"
    } else {
        ""
    };
    let class = format!("column{pk}{gone}");
    Pen { y, class: &class }.write(out, x, &name_of(entry));
    x += frame.name;
    let class = format!("type{gone}");
    Pen { y, class: &class }.write(out, x, &type_of(entry));
    if entry.nullable {
        Pen { y, class: "type" }.write_back(out, width - PAD, "null");
    }
    out.push_str("</g>\n");
}

/// What a page can point at.
pub(super) fn anchor(card: &Card) -> String {
    // A table and a view of one name may both be there, when one of them is dropped.
    let kind = if card.kind == Kind::View { 'v' } else { 't' };
    id(kind, &card.name)
}
