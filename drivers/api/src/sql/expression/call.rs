//! Calls, those with a grammar of their own among them, and the names of types.

use super::parse::{Parser, Tall};
use super::piece::Is;
use super::tree::{Head, Kind, Node};

/// More than the longest of them.
const LONGEST_TYPE: usize = 24;

impl Parser<'_> {
    /// What is behind `(`.
    pub fn call(&mut self, name: String) -> Option<Tall> {
        match name.as_str() {
            "cast" | "try_cast" => {
                let of = self.expression(0)?;
                self.word("as").then_some(())?;
                let to = self.type_until_end()?;
                self.cast(of, to)
            }
            "convert" if self.is_mysql() => {
                let of = self.expression(0)?;
                if self.sign(",").is_some() {
                    let to = self.type_until_end()?;
                    return self.cast(of, to);
                }
                self.word("using").then_some(())?;
                let charset = self.name()?;
                self.end(vec![of], Node::Name(charset), "convert using")
            }
            "extract" => {
                let field = self.take()?.text.to_ascii_lowercase();
                self.word("from").then_some(())?;
                let field = self.leaf(Node::value(Kind::Text, field));
                let of = self.expression(0)?;
                self.sign(")")?;
                self.apply(Head::Form, "extract", vec![field, of])
            }
            "trim" => self.trim(),
            "position" => {
                let of = self.expression(self.flavour.levels.predicate)?;
                self.word("in").then_some(())?;
                let within = self.expression(0)?;
                self.sign(")")?;
                self.apply(Head::Function, self.one_name("position"), vec![of, within])
            }
            "exists" => None,
            _ => self.arguments(name),
        }
    }

    fn end(&mut self, mut of: Vec<Tall>, last: Node, word: &str) -> Option<Tall> {
        self.sign(")")?;
        of.push(self.leaf(last));
        self.apply(Head::Form, word, of)
    }

    /// `TRIM(BOTH 'x' FROM a)`
    fn trim(&mut self) -> Option<Tall> {
        let side = ["leading", "trailing", "both"]
            .into_iter()
            .find(|side| self.word(side));
        let name = match side {
            Some("leading") => "ltrim",
            Some("trailing") => "rtrim",
            _ => "trim",
        };
        if self.word("from") {
            return self.arguments(name.into());
        }
        let first = self.expression(0)?;
        if self.word("from") {
            let of = self.expression(0)?;
            self.sign(")")?;
            return self.apply(Head::Function, name, vec![of, first]);
        }
        let mut of = vec![first];
        if self.sign(",").is_some() {
            of.extend(self.list(")")?);
        } else {
            self.sign(")")?;
        }
        self.apply(Head::Function, name, of)
    }

    fn arguments(&mut self, name: String) -> Option<Tall> {
        let mut of = Vec::new();
        let mut is_first = true;
        while self.sign(")").is_none() {
            let between = !is_first;
            is_first = false;
            if between {
                let joins = ["from", "for", "placing"];
                let word = joins.into_iter().find(|word| self.word(word));
                match word {
                    // `SUBSTRING(a FOR 2)` begins at the first.
                    Some("for") if of.len() == 1 => {
                        of.push(self.leaf(Node::value(Kind::Number, "1")));
                    }
                    Some(_) => {}
                    None if self.word("returning") => {
                        let to = self.type_until_end()?;
                        of.push(self.leaf(Node::Name(format!("returning {to}"))));
                        break;
                    }
                    None => self.sign(",")?,
                }
            }
            if self.sign("*").is_some() {
                of.push(self.leaf(Node::Name("*".into())));
            } else {
                of.push(self.expression(0)?);
            }
        }
        // What makes an aggregate or a window of it does not stand in what is stored here.
        if self.peek().is_some_and(|p| {
            p.is == Is::Word && matches!(p.text.as_str(), "over" | "filter" | "within")
        }) {
            return None;
        }
        let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
        self.apply(Head::Function, self.one_name(name), of)
    }

    /// Of a cast: everything up to its parenthesis.
    fn type_until_end(&mut self) -> Option<String> {
        let (mut text, mut depth, mut count) = (String::new(), 0, 0);
        loop {
            let piece = self.take()?;
            count += 1;
            match (piece.is, piece.text.as_str()) {
                (Is::Sign, "(") => depth += 1,
                (Is::Sign, ")") if depth == 0 => break,
                (Is::Sign, ")") => depth -= 1,
                _ if count > LONGEST_TYPE => return None,
                _ => {}
            }
            let is_part = matches!(piece.text.as_str(), "(" | ")" | "," | "." | "[" | "]");
            if !text.is_empty() && !is_part && !text.ends_with(['(', ',', '.', '[']) {
                text.push(' ');
            }
            text.push_str(&spelled(piece.is, &piece.text));
        }
        Some((self.flavour.types)(&text))
    }

    /// Behind `::`.
    pub fn data_type(&mut self) -> Option<String> {
        let piece = self.take()?;
        matches!(piece.is, Is::Word | Is::Name).then_some(())?;
        self.type_behind(spelled(piece.is, &piece.text))
    }

    /// What else belongs to a type of which this was the first word.
    pub fn type_behind(&mut self, mut text: String) -> Option<String> {
        while self.sign(".").is_some() {
            let piece = self.take()?;
            text = format!("{text}.{}", spelled(piece.is, &piece.text));
        }
        let second = match text.as_str() {
            "double" => "precision",
            "character" | "char" | "bit" | "nchar" => "varying",
            _ => "",
        };
        if !second.is_empty() && self.word(second) {
            text = format!("{text} {second}");
        }
        if self.sign("(").is_some() {
            text.push('(');
            loop {
                text.push_str(&self.take()?.text);
                if self.sign(")").is_some() {
                    break;
                }
                self.sign(",")?;
                text.push(',');
            }
            text.push(')');
        }
        if text.starts_with("time") {
            for zone in ["with", "without"] {
                if self.word(zone) {
                    (self.word("time") && self.word("zone")).then_some(())?;
                    text = format!("{text} {zone} time zone");
                }
            }
        }
        if text == "interval" {
            let fields = ["year", "month", "day", "hour", "minute", "second"];
            while let Some(field) = fields.into_iter().find(|field| self.word(field)) {
                text = format!("{text} {field}");
                if self.word("to") {
                    text.push_str(" to");
                }
            }
        }
        while self
            .peek()
            .is_some_and(|p| p.is == Is::Sign && p.text == "[")
        {
            let length = match self.after(1) {
                Some(p) if p.is == Is::Number => 3,
                _ => 2,
            };
            for _ in 0..length {
                self.take()?;
            }
            text.push_str("[]");
        }
        Some((self.flavour.types)(&text))
    }
}

/// A name in quotes stays in them where it could be a word of SQL.
fn spelled(is: Is, text: &str) -> String {
    match is {
        Is::Name => format!("\"{text}\""),
        _ => text.into(),
    }
}
