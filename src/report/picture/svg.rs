//! A scene as SVG. Its colours stand in `diagram.css`; where a viewer or a policy ignores that, the
//! attributes draw it in black on what is there. No font is measured: widths are estimated.

use super::face::{self, Frame, HEAD, class};
use super::layout::{self, Block, Places, Point, Port, STEP, Wire};
use super::scene::{Count, End, Kind, Link, Scene, Shade};
use super::text::{count, escape};
use std::fmt::Write;

pub(super) const STYLE: &str = include_str!("diagram.css");

/// Around everything.
const AIR: i32 = 20;
/// A file of its own.
pub(super) fn document(scene: &Scene) -> String {
    let mut out = String::new();
    draw(&mut out, scene, Some(STYLE));
    out
}

/// Returns its width. Within a page the style is the page's.
pub(super) fn draw(out: &mut String, scene: &Scene, style: Option<&str>) -> i32 {
    let is_diff = scene.cards.iter().any(|card| card.shade != Shade::Plain);
    // Room for a sign before each line.
    let sign = if is_diff { 14 } else { 0 };
    let frames: Vec<Frame> = scene.cards.iter().map(|c| face::frame(c, sign)).collect();
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
        face::draw_card(
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
