//! A tree against the shape of a spec: every violation, in the order of the file, in words. Builds
//! nothing and knows no rule that the published schema does not know.

use super::node::{Kind, Node, Step};
use super::rule::Rule;
use super::shape::{DATABASES, Fields, Need, Needs, Same, Shape, is_of_a_list};
use super::text::Document;
use super::wording::{found, hint, listed, wanted, whereabouts};
use initium_driver::sorted;
use initium_driver::{Code, Error};
use std::collections::HashSet;

/// One breach of the schema.
#[derive(Debug)]
pub(super) struct Violation {
    /// Tells the second judge what is told already.
    #[cfg_attr(not(any(feature = "json-schema", test)), allow(dead_code))]
    pub path: Vec<Step>,
    pub at: usize,
    pub message: String,
    pub help: Option<String>,
}

impl Violation {
    pub fn into_error(self, doc: &Document) -> Error {
        let error = doc.error(Code::SpecInvalid, self.at, self.message);
        match self.help {
            Some(help) => error.help(help),
            None => error,
        }
    }
}

/// More findings help nobody, and a hostile spec has a million.
pub(super) const MOST: usize = 100;

/// What the typed reader has against a spec: all of it, or the first [`MOST`].
pub(super) fn violations(doc: &Document, root: &Node) -> Vec<Violation> {
    against(doc.grammar.shape, doc, root)
}

/// The same of a part that stands alone.
pub(super) fn against(shape: &Shape, doc: &Document, root: &Node) -> Vec<Violation> {
    let mut check = Check {
        doc,
        root,
        path: Vec::new(),
        violations: Vec::new(),
    };
    check.node(root, shape);
    in_order(&mut check.violations);
    check.violations
}

/// As they stand in the file.
pub(super) fn in_order(violations: &mut [Violation]) {
    sorted::by_key(violations, |violation| violation.at);
}

/// More keys than that are not listed in a sentence.
const MANY: usize = 12;

struct Check<'a> {
    doc: &'a Document,
    root: &'a Node,
    path: Vec<Step>,
    violations: Vec<Violation>,
}

impl Check<'_> {
    fn here(&self) -> String {
        whereabouts(self.doc.grammar.called, self.root, &self.path)
    }

    fn raw(&self, node: &Node) -> &str {
        self.doc.text.get(node.at..node.end).unwrap_or_default()
    }

    fn is_full(&self) -> bool {
        self.violations.len() >= MOST
    }

    fn say(&mut self, at: usize, message: String, help: Option<String>) {
        if self.is_full() {
            return;
        }
        let path = self.path.clone();
        self.violations.push(Violation {
            path,
            at,
            message,
            help,
        });
    }

    fn below(&mut self, step: Step, node: &Node, shape: &Shape) {
        self.path.push(step);
        self.node(node, shape);
        self.path.pop();
    }

    fn node(&mut self, node: &Node, shape: &Shape) {
        if self.is_full() {
            return;
        }
        match (shape, &node.kind) {
            (Shape::One, Kind::Number(number)) if number.as_f64() == Some(1.0) => {}
            (Shape::One, _) => self.version(node),
            (Shape::Text(rule), Kind::Text(text)) => self.text(node, text, rule),
            (Shape::Choice(words), Kind::Text(text)) => self.choice(node, text, words),
            (Shape::Whole { least, most }, Kind::Number(number))
                if is_whole(number, *least, *most) => {}
            (Shape::Signed, Kind::Number(number)) if signed(number).is_some() => {}
            (Shape::Truth, Kind::Bool(_)) | (Shape::Cell | Shape::Null, Kind::Null) => {}
            (Shape::Cell | Shape::Scalar, Kind::Bool(_) | Kind::Number(_) | Kind::Text(_)) => {}
            (Shape::List { of, least, same }, Kind::List(items)) => {
                self.count(node, items.len(), *least, "item");
                for (n, item) in items.iter().enumerate() {
                    self.below(Step::Item(n), item, of);
                }
                if *same == Same::Refused {
                    self.twice(items);
                }
            }
            (Shape::Fields(fields), Kind::Map(_)) => self.fields(node, fields),
            (Shape::Named { key, of, least }, Kind::Map(entries)) => {
                self.count(node, entries.len(), *least, "entry");
                for (name, value) in entries {
                    if self.is_full() {
                        return;
                    }
                    if !key.fits(&name.text) {
                        let says = format!(
                            "the key {} in {} must be {}",
                            self.doc.shown(&name.text),
                            self.here(),
                            key.says
                        );
                        self.say(name.at, says, None);
                    }
                    self.below(Step::Key(name.text.clone()), value, of);
                }
            }
            (Shape::Databases(of), Kind::Map(entries)) => {
                self.count(node, entries.len(), 1, "database");
                for (name, value) in entries {
                    if self.is_full() {
                        return;
                    }
                    if DATABASES.contains(&name.text.as_str()) {
                        self.below(Step::Key(name.text.clone()), value, of);
                    } else {
                        self.database(name.at, &name.text);
                    }
                }
            }
            (Shape::Any(shapes), _) => match shapes.iter().find(|shape| takes(shape, &node.kind)) {
                Some(shape) => self.node(node, shape),
                None => self.kind(node, shape),
            },
            _ => self.kind(node, shape),
        }
    }

    fn version(&mut self, node: &Node) {
        let message = match &node.kind {
            Kind::Number(_) => format!("version {} is not known", self.doc.shown(self.raw(node))),
            _ => format!(
                "'version' must be the number 1, but is {}",
                found(self.doc, node, self.raw(node))
            ),
        };
        self.say(node.at, message, Some("write `version: 1`".into()));
    }

    fn kind(&mut self, node: &Node, shape: &Shape) {
        let raw = self.raw(node);
        let message = format!(
            "{} must be {}, but is {}",
            self.here(),
            wanted(shape),
            found(self.doc, node, raw)
        );
        let rule = match shape {
            Shape::Any(shapes) => shapes.iter().find_map(rule_of),
            shape => rule_of(shape),
        };
        let help = match (&node.kind, rule) {
            (Kind::Bool(_) | Kind::Number(_), Some(rule)) => Some(match rule.fits(raw) {
                true => format!(
                    "{} reads it so; write it in quotes: \"{}\"",
                    self.doc.format,
                    self.doc.bare(raw)
                ),
                false => format!("it must be {}", rule.says),
            }),
            (Kind::Null, _) => Some("give it a value or leave the key out".into()),
            _ => None,
        };
        self.say(node.at, message, help);
    }

    fn text(&mut self, node: &Node, text: &str, rule: &Rule) {
        if rule.fits(text) {
            return;
        }
        let message = format!(
            "{} must be {}, not {}",
            self.here(),
            rule.says,
            self.doc.shown(text)
        );
        self.say(node.at, message, None);
    }

    fn choice(&mut self, node: &Node, text: &str, words: &[&str]) {
        if words.contains(&text) {
            return;
        }
        let message = format!(
            "{} must be one of {}, not {}",
            self.here(),
            words.join(", "),
            self.doc.shown(text)
        );
        self.say(node.at, message, Some(hint(text, words.iter().copied())));
    }

    fn count(&mut self, node: &Node, found: usize, least: usize, what: &str) {
        if found < least {
            let message = format!("{} must have at least one {what}", self.here());
            self.say(node.at, message, None);
        }
    }

    fn twice(&mut self, items: &[Node]) {
        let mut seen = HashSet::new();
        for (at, text) in items
            .iter()
            .filter_map(|item| Some((item.at, item.text()?)))
        {
            if self.is_full() {
                return;
            }
            if !seen.insert(text) {
                let message = format!("{} stands twice in {}", self.doc.shown(text), self.here());
                self.say(at, message, None);
            }
        }
    }

    fn database(&mut self, at: usize, name: &str) {
        let message = format!(
            "unknown database {} in {}",
            self.doc.shown(name),
            self.here()
        );
        let help = match is_of_a_list(name) {
            true => format!("put it into a list: `- {name}: ...`"),
            false => hint(name, DATABASES.iter().copied()),
        };
        self.say(at, message, Some(help));
    }

    fn fields(&mut self, node: &Node, fields: &Fields) {
        let known = || fields.keys.iter().map(|field| field.name);
        for (name, value) in node.entries() {
            if self.is_full() {
                return;
            }
            match fields.keys.iter().find(|field| field.name == name.text) {
                Some(field) => self.below(Step::Key(name.text.clone()), value, field.shape),
                None => {
                    let message = format!(
                        "unknown key {} in {}",
                        self.doc.shown(&name.text),
                        self.here()
                    );
                    let login = known().any(|key| key == "url_env");
                    let help = match name.text.to_ascii_lowercase().contains("passw") {
                        true if login => {
                            "a password never stands in a spec; name a variable with url_env".into()
                        }
                        _ => hint(&name.text, known()),
                    };
                    self.say(name.at, message, Some(help));
                }
            }
        }
        for field in fields
            .keys
            .iter()
            .filter(|field| field.need == Need::Required)
        {
            if node.entry(field.name).is_none() {
                let message = format!("missing key '{}' in {}", field.name, self.here());
                self.say(node.at, message, None);
            }
        }
        for Needs { one, other, why } in fields.needs {
            if let (Some((key, _)), None) = (node.entry(one), node.entry(other)) {
                let message = format!("'{one}' without '{other}' in {}", self.here());
                let help = format!("add `{other}`: {why}");
                self.say(key.at, message, Some(help));
            }
        }
        for (one, other) in fields.exclusive {
            if let (Some((a, _)), Some((b, _))) = (node.entry(one), node.entry(other)) {
                let message = format!(
                    "'{one}' and '{other}' exclude each other in {}",
                    self.here()
                );
                self.say(a.at.max(b.at), message, Some("keep one of them".into()));
            }
        }
        self.one_of(node, fields.one_of);
        let given = fields.some_of.iter().any(|key| node.entry(key).is_some());
        if !fields.some_of.is_empty() && !given {
            let keys = listed(fields.some_of, "or");
            let message = format!("{} must have {keys}", self.here());
            self.say(node.at, message, None);
        }
    }

    /// Exactly one of these is given.
    fn one_of(&mut self, node: &Node, keys: &[&str]) {
        let given = keys.iter().filter(|key| node.entry(key).is_some());
        let given: Vec<&str> = given.copied().collect();
        let here = self.here();
        let (message, help) = match (given.as_slice(), keys) {
            ([_], _) | (_, []) => return,
            ([], [_, _]) => (
                format!("missing key {} in {here}", listed(keys, "or")),
                None,
            ),
            ([], all) if all.len() > MANY => {
                let help = format!("known here: {}", all.join(", "));
                (format!("{here} says nothing that is done"), Some(help))
            }
            (given, all) if all.len() > MANY => (
                format!("{here} says {} at once", listed(given, "and")),
                Some("make an item of each, in their order".into()),
            ),
            (_, all) => (
                format!("{here} must have exactly one of {}", listed(all, "and")),
                None,
            ),
        };
        self.say(node.at, message, help);
    }
}

fn rule_of(shape: &Shape) -> Option<&'static Rule> {
    match shape {
        Shape::Text(rule) => Some(rule),
        _ => None,
    }
}

/// JSON Schema counts 5432.0 as an integer too.
fn is_whole(number: &serde_json::Number, least: u64, most: u64) -> bool {
    let limits = least as f64..=most as f64;
    let whole = |n: f64| n.fract() == 0.0 && limits.contains(&n);
    number.as_f64().is_some_and(whole)
}

/// The same with a sign, exactly.
pub(super) fn signed(number: &serde_json::Number) -> Option<i64> {
    // The largest number of 64 bits is not one of those that a float can be.
    let limits = i64::MIN as f64..-(i64::MIN as f64);
    let whole = |n: &f64| n.fract() == 0.0 && limits.contains(n);
    let float = || number.as_f64().filter(whole).map(|n| n as i64);
    number.as_i64().or_else(float)
}

/// Whether a shape is meant for this kind of value; at most one of the alternatives is.
fn takes(shape: &Shape, kind: &Kind) -> bool {
    match shape {
        Shape::One | Shape::Whole { .. } | Shape::Signed => matches!(kind, Kind::Number(_)),
        Shape::Text(_) | Shape::Choice(_) => matches!(kind, Kind::Text(_)),
        Shape::Truth => matches!(kind, Kind::Bool(_)),
        Shape::Null => matches!(kind, Kind::Null),
        Shape::Scalar => matches!(kind, Kind::Bool(_) | Kind::Number(_) | Kind::Text(_)),
        Shape::Cell => !matches!(kind, Kind::List(_) | Kind::Map(_)),
        Shape::List { .. } => matches!(kind, Kind::List(_)),
        Shape::Fields(_) | Shape::Named { .. } | Shape::Databases(_) => {
            matches!(kind, Kind::Map(_))
        }
        Shape::Any(shapes) => shapes.iter().any(|shape| takes(shape, kind)),
    }
}
