//! Texts of a drawing: on one line, in one class, escaped, no wider than they were estimated.

use super::text::{escape, wide};
use std::fmt::Write;

pub(super) struct Pen<'a> {
    pub y: i32,
    pub class: &'a str,
}

impl Pen<'_> {
    pub fn write(&self, out: &mut String, x: i32, text: &str) {
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
    pub fn write_back(&self, out: &mut String, x: i32, text: &str) {
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
