//! Pictures of a schema and of a diff: text that other programs draw (Mermaid, Graphviz), a drawing
//! (SVG) and a page (HTML). Pure: the same catalog gives the same bytes. Every word of a database is
//! escaped, and nothing here has a script or an address of somebody else's.

mod card;
mod delta;
mod dot;
mod face;
mod layout;
mod link;
mod mermaid;
mod page;
mod scene;
mod sketch;
mod svg;
#[cfg(test)]
mod tests;
mod text;

use initium_driver::catalog::Catalog;
use initium_driver::change::{Change, Impact};

/// A diff to be shown.
pub struct Picture<'a> {
    pub title: &'a str,
    pub from: &'a Catalog,
    pub to: &'a Catalog,
    /// In the order in which they are made.
    pub rows: Vec<Row<'a>>,
}

/// A change and all that is known of it.
pub struct Row<'a> {
    pub change: &'a Change,
    pub description: String,
    /// None where a statement of another change makes it, too.
    pub statements: Vec<String>,
    pub impact: Impact,
    /// How many rows the table has, by the server's estimate.
    pub rows: Option<u64>,
    /// The statements that undo it, if anything does.
    pub reverse: Option<Vec<String>>,
}

/// For Mermaid: an `erDiagram`, as forges show it in Markdown.
pub fn mermaid(catalog: &Catalog) -> String {
    mermaid::draw(&scene::of(catalog))
}

/// For Graphviz.
pub fn dot(catalog: &Catalog) -> String {
    dot::draw(&scene::of(catalog))
}

/// A drawing that needs nothing else.
pub fn svg(catalog: &Catalog) -> String {
    svg::document(&scene::of(catalog))
}

/// A page that needs nothing else: the plan and the drawing.
pub fn html(picture: &Picture) -> String {
    page::page(picture)
}
