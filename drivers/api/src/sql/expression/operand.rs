//! What an operator works on: literals, names, calls, parentheses, CASE, prefixes.

use super::flavour::Grammar;
use super::parse::{Parser, Tall};
use super::piece::{Is, Piece};
use super::tree::{Head, Kind, Node, Value};

impl Parser<'_> {
    pub fn operand(&mut self) -> Option<Tall> {
        let piece = self.peek()?;
        let text = piece.text.as_str();
        match (piece.is, text) {
            (Is::Sign, "(") => self.parentheses(),
            (Is::Sign, _) => self.prefix(),
            (Is::Number, _) => {
                let text = self.take()?.text;
                Some(self.leaf(number(&text)))
            }
            (Is::Text, _) => self.text(),
            (Is::Name, _) => self.named(),
            (Is::Word, _) => self.keyword(),
        }
    }

    fn prefix(&mut self) -> Option<Tall> {
        let sign = self.take()?.text;
        let levels = &self.flavour.levels;
        let level = match sign.as_str() {
            "+" | "-" => levels.sign,
            "~" if levels.other == 0 => levels.sign,
            "!" if self.is_mysql() => levels.bang,
            ")" | "," | "]" | "[" | ":" | "." | ";" | "::" => return None,
            _ if levels.other > 0 => levels.other,
            _ => return None,
        };
        let of = self.expression(level)?;
        match (sign.as_str(), of.node.number()) {
            ("+", _) => Some(of),
            ("-", Some(number)) => {
                let turned = match number.strip_prefix('-') {
                    Some(number) => number.to_string(),
                    None => format!("-{number}"),
                };
                Some(self.leaf(Node::value(Kind::Number, turned)))
            }
            ("!", _) if self.is_mysql() => self.apply(Head::Operator, "not", vec![of]),
            (sign, _) => self.apply(Head::Operator, sign, vec![of]),
        }
    }

    /// One expression, or a row of several. A query inside is not understood.
    fn parentheses(&mut self) -> Option<Tall> {
        self.take();
        let mut list = self.list(")")?;
        let row = match list.len() {
            0 => return None,
            1 => list.pop()?,
            _ => self.apply(Head::Form, "row", list)?,
        };
        self.fields(row)
    }

    /// `(a).b`
    fn fields(&mut self, mut of: Tall) -> Option<Tall> {
        while self.sign(".").is_some() {
            let name = self.path()?;
            let name = self.leaf(Node::Name(name));
            of = self.apply(Head::Form, "field", vec![of, name])?;
        }
        Some(of)
    }

    /// Texts side by side are one.
    fn text(&mut self) -> Option<Tall> {
        let mut text = self.take()?.text;
        while self.peek().is_some_and(|p| p.is == Is::Text) {
            text.push_str(&self.take()?.text);
        }
        Some(self.leaf(Node::value(Kind::Text, text)))
    }

    fn keyword(&mut self) -> Option<Tall> {
        let next = self.after(1);
        let opens = |sign: &str| next.is_some_and(|p| p.is == Is::Sign && p.text == sign);
        let text = next.is_some_and(|p| p.is == Is::Text);
        let glued = next.is_some_and(|p| p.glued);
        let word = self.peek()?.text.clone();
        match word.as_str() {
            "true" | "false" | "null" => {
                self.take();
                Some(self.leaf(Node::value(Kind::Word, word)))
            }
            "not" => {
                self.take();
                let of = self.expression(self.flavour.levels.not)?;
                self.apply(Head::Operator, "not", vec![of])
            }
            "case" => self.case(),
            "row" if opens("(") => {
                self.take();
                self.take();
                let list = self.list(")")?;
                self.apply(Head::Form, "row", list)
            }
            "array" if opens("[") => {
                self.take();
                self.array()
            }
            "binary" if !opens("(") && self.is_mysql() => {
                self.take();
                let of = self.expression(self.flavour.levels.bang)?;
                self.cast(of, (self.flavour.types)("binary"))
            }
            "interval" if self.is_mysql() => self.interval(),
            "x" | "b" | "n" if text && glued => {
                self.take();
                let text = self.take()?.text;
                self.marked(&word, &text)
            }
            "u" if opens("&") => None,
            _ if text && word.starts_with('_') && self.is_mysql() => {
                self.take();
                let of = self.text()?;
                match word.as_str() {
                    "_utf8mb4" => Some(of),
                    charset => self.cast(of, charset.into()),
                }
            }
            _ => self.named(),
        }
    }

    /// `x'ff'`
    fn marked(&self, mark: &str, text: &str) -> Option<Tall> {
        let digits = |radix: u32| text.chars().all(|c| c.is_digit(radix));
        let node = match mark {
            // Beside a number that is written so, which it may or may not be.
            "x" if digits(16) => Node::Value(Value {
                kind: Kind::Bytes,
                text: text.to_ascii_lowercase(),
                of: "x".into(),
            }),
            "b" if digits(2) => Node::value(Kind::Bits, text),
            "n" => Node::value(Kind::Text, text).cast("_utf8mb3"),
            _ => return None,
        };
        Some(self.leaf(node))
    }

    fn array(&mut self) -> Option<Tall> {
        self.sign("[")?;
        self.deeper()?;
        let opens = self
            .peek()
            .is_some_and(|p| p.is == Is::Sign && p.text == "[");
        if !opens {
            let list = self.list("]")?;
            self.shallower();
            return self.apply(Head::Form, "array", list);
        }
        let mut rows = Vec::new();
        loop {
            rows.push(self.array()?);
            if self.sign("]").is_some() {
                self.shallower();
                return self.apply(Head::Form, "array", rows);
            }
            self.sign(",")?;
        }
    }

    /// `INTERVAL 1 DAY`, and the function of that name.
    fn interval(&mut self) -> Option<Tall> {
        self.take();
        let is_call = self.peek()?.text == "(";
        let of = match is_call {
            true => self.operand()?,
            false => self.expression(0)?,
        };
        if self.peek().is_none_or(|p| p.is != Is::Word) {
            return match of.node {
                Node::Apply(Head::Form, row, list) if row == "row" => Some(Tall {
                    node: Node::function("interval", list),
                    height: of.height,
                }),
                _ => None,
            };
        }
        let unit = self.take()?.text;
        let unit = self.leaf(Node::Name(unit));
        self.apply(Head::Form, "interval", vec![of, unit])
    }

    fn case(&mut self) -> Option<Tall> {
        self.take();
        let mut of = Vec::new();
        let is_when = |p: &Piece| p.is == Is::Word && p.text == "when";
        let is_simple = !self.peek().is_some_and(is_when);
        if is_simple {
            of.push(self.expression(0)?);
        }
        while self.word("when") {
            of.push(self.expression(0)?);
            self.word("then").then_some(())?;
            of.push(self.expression(0)?);
        }
        // Without it the answer is NULL.
        let mut last = self.leaf(Node::value(Kind::Word, "null"));
        if self.word("else") {
            last = self.expression(0)?;
        }
        of.push(last);
        self.word("end").then_some(())?;
        let word = if is_simple { "case of" } else { "case" };
        self.apply(Head::Form, word, of)
    }

    /// The name, or the last part of a path; a function has its schema with it.
    pub fn path(&mut self) -> Option<String> {
        let mut path = self.name()?;
        while self.sign(".").is_some() {
            path.push('.');
            path.push_str(&self.name()?);
        }
        Some(path)
    }

    pub fn name(&mut self) -> Option<String> {
        matches!(self.peek()?.is, Is::Word | Is::Name).then_some(())?;
        // A dot in a name would make a path of it.
        Some(self.take()?.text).filter(|name| !name.contains('.'))
    }

    /// A column, a call, or a literal with its type before it.
    fn named(&mut self) -> Option<Tall> {
        let is_word = self.peek()?.is == Is::Word;
        let qualifier = match self.after(1) {
            Some(p) if p.is == Is::Sign && p.text == "." => Some(()),
            _ => None,
        };
        let first = self.name()?;
        if qualifier.is_none() {
            return match self.peek() {
                Some(p) if p.is == Is::Sign && p.text == "(" => {
                    self.take();
                    self.call(first)
                }
                Some(p) if is_word && p.is == Is::Text => {
                    let of = self.text()?;
                    self.cast(of, (self.flavour.types)(&first))
                }
                _ if is_word => self.bare(first),
                _ => Some(self.leaf(Node::Name(first))),
            };
        }
        let mut path = vec![first];
        while self.sign(".").is_some() {
            path.push(self.name()?);
        }
        if self.sign("(").is_some() {
            return self.call(path.join("."));
        }
        let column = path.pop()?;
        // Of a table's expressions only that table can be meant; a rule or trigger has two rows.
        let name = match path.first().map(String::as_str) {
            Some(row @ ("new" | "old" | "excluded")) => format!("{row}.{column}"),
            _ => column,
        };
        Some(self.leaf(Node::Name(name)))
    }

    /// A word alone: a column, a function without parentheses, or a type of several words before
    /// its literal.
    fn bare(&mut self, word: String) -> Option<Tall> {
        if self.flavour.bare.contains(&word.as_str()) {
            return self.apply(Head::Function, self.one_name(&word), Vec::new());
        }
        let second = match self.peek() {
            Some(p) if p.is == Is::Word => p.text.as_str(),
            _ => "",
        };
        let begins = matches!(
            (word.as_str(), second),
            ("double", "precision")
                | ("character" | "bit", "varying")
                | ("timestamp" | "time", "with" | "without")
        );
        if begins {
            let rest = self.type_behind(word)?;
            let of = self.text()?;
            return self.cast(of, rest);
        }
        Some(self.leaf(Node::Name(word)))
    }

    pub fn is_mysql(&self) -> bool {
        self.flavour.grammar == Grammar::MySql
    }

    /// The one name of a function that has several.
    pub fn one_name<'b>(&'b self, name: &'b str) -> &'b str {
        let found = self
            .flavour
            .synonyms
            .iter()
            .find(|(other, _)| *other == name);
        found.map_or(name, |(_, one)| *one)
    }
}

/// A number as all servers tell it; `1.` and `.5` are short for others.
fn number(text: &str) -> Node {
    let lower = text.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return Node::value(Kind::Bytes, digits);
    }
    if let Some(digits) = lower.strip_prefix("0b") {
        return Node::value(Kind::Bits, digits);
    }
    let (whole, power) = lower.split_once('e').unwrap_or((&lower, ""));
    let (whole, part) = whole.split_once('.').unwrap_or((whole, ""));
    let mut text = match whole.trim_start_matches('0') {
        "" => "0".to_string(),
        digits => digits.to_string(),
    };
    if lower.contains('.') && !part.is_empty() {
        text = format!("{text}.{part}");
    } else if lower.contains('.') && power.is_empty() {
        text.push('.');
    }
    if !power.is_empty() {
        text = format!("{text}e{}", power.trim_start_matches('+'));
    }
    Node::value(Kind::Number, text)
}
