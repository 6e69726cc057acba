//! Tokens into a tree, by how strongly operators bind. What is not understood is no tree: then
//! nothing is claimed of it. The depth of a tree has a bound, so whoever walks it may recurse.

use super::flavour::Flavour;
use super::piece::{Is, Piece, pieces};
use super::tree::{Head, Node};

/// How deep a tree may be.
const DEEPEST: usize = 96;

/// A tree and how high it is.
pub struct Tall {
    pub node: Node,
    pub height: usize,
}

pub struct Parser<'a> {
    pub flavour: &'a Flavour,
    pieces: Vec<Piece>,
    at: usize,
    depth: usize,
}

pub fn parse(text: &str, flavour: &Flavour) -> Option<Node> {
    let mut parser = Parser {
        flavour,
        pieces: pieces(text, flavour)?,
        at: 0,
        depth: 0,
    };
    let tree = parser.expression(0)?;
    (parser.at == parser.pieces.len()).then_some(tree.node)
}

/// What an operator between two operands is.
enum Infix {
    Operator(String),
    Is,
    Predicate(&'static str),
    Cast,
    Subscript,
    Collate,
    Zone,
    Alone(&'static str),
}

const PREDICATES: &[&str] = &[
    "in", "between", "like", "ilike", "similar", "regexp", "rlike", "glob", "match", "member",
    "overlaps",
];

impl Parser<'_> {
    pub fn expression(&mut self, level: u8) -> Option<Tall> {
        self.deeper()?;
        let mut left = self.operand()?;
        while let Some((infix, strength, length)) = self.infix() {
            if strength <= level {
                break;
            }
            self.at += length;
            left = self.applied(left, infix, strength)?;
        }
        self.shallower();
        Some(left)
    }

    pub fn deeper(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    pub fn shallower(&mut self) {
        self.depth -= 1;
    }

    /// The operator that stands here, how strongly it binds, and how many tokens it has.
    fn infix(&self) -> Option<(Infix, u8, usize)> {
        let piece = self.pieces.get(self.at)?;
        let levels = &self.flavour.levels;
        let text = piece.text.as_str();
        let word = |n: usize| {
            let piece = self.pieces.get(self.at + n);
            piece
                .filter(|p| p.is == Is::Word)
                .map_or("", |p| p.text.as_str())
        };
        let found = match (piece.is, text) {
            (Is::Sign, "::") => (Infix::Cast, u8::MAX, 1),
            (Is::Sign, "[") => (Infix::Subscript, u8::MAX, 1),
            (Is::Sign, _) | (Is::Word, "div" | "mod" | "xor" | "or" | "and") => {
                let level = match text {
                    "and" | "&&" if self.is_logic(text) => levels.and,
                    "or" | "||" if self.is_logic(text) => levels.or,
                    "xor" => levels.xor,
                    _ => self.level_of(text)?,
                };
                (Infix::Operator(text.into()), level, 1)
            }
            (Is::Word, "is") => (Infix::Is, levels.is, 1),
            (Is::Word, "isnull") => (Infix::Alone("is null"), levels.is, 1),
            (Is::Word, "notnull") => (Infix::Alone("is not null"), levels.is, 1),
            (Is::Word, "not") if word(1) == "null" => (Infix::Alone("is not null"), levels.is, 2),
            (Is::Word, "not") => {
                let name = PREDICATES.iter().find(|name| **name == word(1))?;
                (Infix::Predicate(name), levels.predicate, 0)
            }
            (Is::Word, "collate") => (Infix::Collate, levels.collate, 1),
            (Is::Word, "at") if word(1) == "time" && word(2) == "zone" => {
                (Infix::Zone, levels.zone, 3)
            }
            (Is::Word, text) => {
                let name = PREDICATES.iter().find(|name| **name == text)?;
                (Infix::Predicate(name), levels.predicate, 0)
            }
            _ => return None,
        };
        Some(found)
    }

    /// Whether a sign is another word for AND or OR here.
    fn is_logic(&self, sign: &str) -> bool {
        let known = || self.flavour.operators.iter().any(|(own, _)| *own == sign);
        matches!(sign, "and" | "or") || self.flavour.levels.other == 0 && !known()
    }

    fn level_of(&self, sign: &str) -> Option<u8> {
        let known = self.flavour.operators.iter().find(|(own, _)| *own == sign);
        let is_word = sign.starts_with(|c: char| c.is_ascii_alphabetic());
        match (known, self.flavour.levels.other) {
            (Some((_, level)), _) => Some(*level),
            (None, 0) => None,
            (None, _) if is_word || matches!(sign, "(" | ")" | "," | ":" | "]" | "." | ";") => None,
            (None, other) => Some(other),
        }
    }

    fn applied(&mut self, left: Tall, infix: Infix, level: u8) -> Option<Tall> {
        match infix {
            Infix::Operator(sign) => self.operator(left, &sign, level),
            Infix::Alone(word) => self.apply(Head::Operator, word, vec![left]),
            Infix::Is => self.is(left, level),
            Infix::Predicate(name) => self.predicate(left, name),
            Infix::Cast => {
                let to = self.data_type()?;
                self.cast(left, to)
            }
            Infix::Subscript => self.subscript(left),
            Infix::Collate => {
                let name = self.path()?;
                let name = self.leaf(Node::Name(name));
                self.apply(Head::Operator, "collate", vec![left, name])
            }
            Infix::Zone => {
                let zone = self.expression(level)?;
                self.apply(Head::Function, "timezone", vec![zone, left])
            }
        }
    }

    fn operator(&mut self, left: Tall, sign: &str, level: u8) -> Option<Tall> {
        let levels = &self.flavour.levels;
        let sign = match sign {
            "!=" => "<>",
            "==" => "=",
            "mod" => "%",
            "&&" if level == levels.and => "and",
            "||" if level == levels.or => "or",
            sign => sign,
        };
        if let Some(kind) = self.quantifier() {
            return self.quantified(left, sign, kind);
        }
        let right = self.expression(level)?;
        match sign {
            "and" | "or" => {
                let rest = |tall: &Tall| tall.height - usize::from(tall.node.joins(sign));
                let height = 1 + rest(&left).max(rest(&right));
                (height <= DEEPEST).then(|| Tall {
                    node: Node::join(sign, left.node, right.node),
                    height,
                })
            }
            _ => self.apply(Head::Operator, sign, vec![left, right]),
        }
    }

    /// `= ANY (..)`
    fn quantifier(&self) -> Option<&'static str> {
        let (word, next) = (self.peek()?, self.after(1)?);
        if word.is != Is::Word || next.is != Is::Sign || next.text != "(" {
            return None;
        }
        match word.text.as_str() {
            "any" | "some" => Some("any"),
            "all" => Some("all"),
            _ => None,
        }
    }

    fn quantified(&mut self, left: Tall, sign: &str, kind: &str) -> Option<Tall> {
        self.at += 2;
        let list = self.expression(0)?;
        self.sign(")")?;
        self.apply(Head::Form, &format!("{sign} {kind}"), vec![left, list])
    }

    fn is(&mut self, left: Tall, level: u8) -> Option<Tall> {
        let mut not = self.word("not");
        for word in ["null", "true", "false", "unknown", "normalized"] {
            if self.word(word) {
                let not = if not { "not " } else { "" };
                return self.apply(Head::Operator, &format!("is {not}{word}"), vec![left]);
            }
        }
        // SQLite's `a IS b` says that they are not distinct.
        if !self.word("distinct") {
            not = !not;
        } else if !self.word("from") {
            return None;
        }
        let right = self.expression(level)?;
        let tree = self.apply(Head::Operator, "is distinct", vec![left, right])?;
        self.maybe_not(tree, not)
    }

    fn maybe_not(&self, tree: Tall, not: bool) -> Option<Tall> {
        match not {
            true => self.apply(Head::Operator, "not", vec![tree]),
            false => Some(tree),
        }
    }

    fn predicate(&mut self, left: Tall, name: &str) -> Option<Tall> {
        let not = self.word("not");
        self.at += 1;
        let level = self.flavour.levels.predicate;
        let mut of = vec![left];
        let name = match name {
            "in" => {
                self.sign("(")?;
                of.extend(self.list(")")?);
                "in"
            }
            "between" => {
                let symmetric = self.word("symmetric");
                of.push(self.expression(level)?);
                self.word("and").then_some(())?;
                of.push(self.expression(level)?);
                if symmetric {
                    "between symmetric"
                } else {
                    "between"
                }
            }
            "member" => {
                self.word("of").then_some(())?;
                self.sign("(")?;
                of.push(self.expression(0)?);
                self.sign(")")?;
                "member"
            }
            name => {
                if name == "similar" {
                    self.word("to").then_some(())?;
                }
                of.push(self.expression(level)?);
                if self.word("escape") {
                    of.push(self.expression(level)?);
                }
                if name == "rlike" { "regexp" } else { name }
            }
        };
        let tree = self.apply(Head::Form, name, of)?;
        self.maybe_not(tree, not)
    }

    fn subscript(&mut self, left: Tall) -> Option<Tall> {
        let mut of = vec![left];
        let mut word = "[";
        loop {
            of.push(self.expression(0)?);
            if self.sign("]").is_some() {
                return self.apply(Head::Form, word, of);
            }
            self.sign(":")?;
            word = "[:";
        }
    }

    /// Expressions between commas, up to this sign.
    pub fn list(&mut self, end: &str) -> Option<Vec<Tall>> {
        let mut list = Vec::new();
        if self.sign(end).is_some() {
            return Some(list);
        }
        loop {
            list.push(self.expression(0)?);
            if self.sign(end).is_some() {
                return Some(list);
            }
            self.sign(",")?;
        }
    }

    pub fn apply(&self, head: Head, word: &str, of: Vec<Tall>) -> Option<Tall> {
        let height = 1 + of.iter().map(|tall| tall.height).max().unwrap_or(0);
        let of = of.into_iter().map(|tall| tall.node).collect();
        (height <= DEEPEST).then(|| Tall {
            node: Node::Apply(head, word.into(), of),
            height,
        })
    }

    pub fn cast(&self, of: Tall, to: String) -> Option<Tall> {
        let height = of.height + 1;
        (height <= DEEPEST).then(|| Tall {
            node: of.node.cast(to),
            height,
        })
    }

    pub fn leaf(&self, node: Node) -> Tall {
        Tall { node, height: 1 }
    }

    pub fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    pub fn after(&self, n: usize) -> Option<&Piece> {
        self.pieces.get(self.at + n)
    }

    pub fn take(&mut self) -> Option<Piece> {
        let piece = self.pieces.get_mut(self.at)?;
        self.at += 1;
        // It is not looked at again.
        Some(Piece {
            text: std::mem::take(&mut piece.text),
            ..*piece
        })
    }

    pub fn word(&mut self, word: &str) -> bool {
        let found = self
            .peek()
            .is_some_and(|p| p.is == Is::Word && p.text == word);
        self.at += usize::from(found);
        found
    }

    pub fn sign(&mut self, sign: &str) -> Option<()> {
        let found = self
            .peek()
            .is_some_and(|p| p.is == Is::Sign && p.text == sign);
        self.at += usize::from(found);
        found.then_some(())
    }
}
