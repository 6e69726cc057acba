//! How a card looks in a drawing: how much room it takes, and its lines. No font is measured: widths
//! are estimated.

use super::layout::{Point, STEP};
use super::scene::{Card, Entry, Kind, Shade};
use super::text::{cut, escape, id, places};
use std::fmt::Write;

pub(super) const HEAD: i32 = 30;
const PAD: i32 = 12;

/// Where the texts of a card stand.
pub(super) struct Frame {
    /// Room before each line.
    sign: i32,
    keys: i32,
    name: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}
pub(super) fn class(shade: Shade) -> &'static str {
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

fn wide(text: &str) -> i32 {
    (places(text) * 29).div_ceil(4) as i32
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

pub(super) fn frame(card: &Card, sign: i32) -> Frame {
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
pub(super) fn draw_card(
    out: &mut String,
    card: &Card,
    frame: &Frame,
    ((x, y), width): (Point, i32),
) {
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

struct Pen<'a> {
    y: i32,
    class: &'a str,
}

impl Pen<'_> {
    fn write(&self, out: &mut String, x: i32, text: &str) {
        // The estimate holds for plain letters; others are made to keep to it.
        let fits = |c: char| c.is_ascii() || "…→−".contains(c);
        let fixed = match text.chars().all(fits) {
            true => String::new(),
            false => format!(
                " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
                wide(text)
            ),
        };
        self.put(out, x, &fixed, text);
    }

    /// Up to a place at its right.
    fn write_back(&self, out: &mut String, x: i32, text: &str) {
        self.put(out, x, " text-anchor=\"end\"", text);
    }

    fn put(&self, out: &mut String, x: i32, more: &str, text: &str) {
        let _ = write!(
            out,
            "<text class=\"{}\" x=\"{x}\" y=\"{}\" stroke=\"none\" fill=\"currentColor\"{more}>{}</text>",
            self.class,
            self.y,
            escape(text)
        );
    }
}
