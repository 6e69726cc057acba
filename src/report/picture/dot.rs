//! A scene for Graphviz: a table of HTML-like labels per card, a port per line.

use super::scene::{Card, Count, End, Entry, Scene};
use super::text::escape;
use std::fmt::Write;

pub(super) fn draw(scene: &Scene) -> String {
    let mut out = String::from(
        "digraph schema {\n  graph [rankdir=RL, splines=spline, nodesep=0.4, ranksep=1.2, bgcolor=white]\n  \
         node [shape=plain, fontname=\"Helvetica\", fontsize=11]\n  \
         edge [dir=both, color=\"#59636e\", arrowsize=0.8]\n",
    );
    for (at, card) in scene.cards.iter().enumerate() {
        of_card(&mut out, at, card);
    }
    for link in &scene.links {
        let parents = match link.parents {
            Count::One => "teetee",
            _ => "teeodot",
        };
        let children = match link.children {
            Count::Any => "crowodot",
            _ => "teeodot",
        };
        // To the table itself: at one side, not around it.
        let (cell, side) = match link.child.card == link.parent.card {
            true => ('c', 'e'),
            false => ('k', 'w'),
        };
        let _ = writeln!(
            out,
            "  {} -> {} [arrowhead={parents}, arrowtail={children}, tooltip=\"{}\"]",
            port(link.child, cell, side),
            port(link.parent, 'c', 'e'),
            word(&link.about),
        );
    }
    out.push_str("}\n");
    out
}

/// A side of a line: its first cell or its last.
fn port(end: End, cell: char, side: char) -> String {
    match end.entry {
        Some(entry) => format!("t{}:{cell}{entry}:{side}", end.card),
        None => format!("t{}", end.card),
    }
}

/// In double quotes. Graphviz reads entities there, and a backslash as the begin of one of its own.
fn word(text: &str) -> String {
    escape(text).replace('\\', "&#92;")
}

fn of_card(out: &mut String, at: usize, card: &Card) {
    let _ = write!(
        out,
        "  t{at} [tooltip=\"{}\", label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\" \
         COLOR=\"#8c959f\">\n    <TR><TD COLSPAN=\"3\" BGCOLOR=\"#eaeef2\"><B>{}</B></TD></TR>\n",
        word(&card.about),
        word(&card.name),
    );
    for (line, entry) in card.entries.iter().enumerate() {
        of_entry(out, line, entry);
    }
    out.push_str("  </TABLE>>]\n");
}

fn of_entry(out: &mut String, line: usize, entry: &Entry) {
    let null = if entry.nullable { " null" } else { "" };
    let cell = |text: &str| match text {
        "" => " ".to_string(),
        text => word(text),
    };
    if entry.data_type.is_empty() {
        let name = cell(&entry.name);
        let _ = writeln!(
            out,
            "    <TR><TD COLSPAN=\"3\" ALIGN=\"LEFT\">{name}</TD></TR>"
        );
        return;
    }
    let _ = writeln!(
        out,
        "    <TR><TD SIDES=\"LBT\" PORT=\"k{line}\">{}</TD><TD SIDES=\"BT\" ALIGN=\"LEFT\">{}</TD>\
         <TD SIDES=\"RBT\" PORT=\"c{line}\" ALIGN=\"LEFT\">{}{null}</TD></TR>",
        cell(&entry.keys.join(" ")),
        cell(&entry.name),
        cell(&entry.data_type),
    );
}
