//! How the values of a checked tree are asked for: what is meant for one database, and where the file
//! says nothing for it. Knows no key and builds nothing.

use super::super::check::signed;
use super::super::node::{Kind, Node};
use super::super::script::scalar;
use super::super::shape::DATABASES;
use super::super::text::Document;
use super::super::wording::hint;
use initium_driver::catalog::{Name, Options};
use initium_driver::{Code, Error};

/// A file, and the database that it is read for.
pub(super) struct Reader<'d> {
    pub doc: &'d Document,
    names: &'d [&'d str],
    /// Of what is wrong in it.
    code: Code,
    pub errors: Vec<Error>,
}

impl<'d> Reader<'d> {
    pub fn new(doc: &'d Document, names: &'d [&'d str]) -> Reader<'d> {
        Reader {
            doc,
            names,
            code: Code::SchemaInvalid,
            errors: Vec::new(),
        }
    }

    /// A part of a spec that says tables as schema files do.
    pub fn of_spec(doc: &'d Document, names: &'d [&'d str]) -> Reader<'d> {
        Reader {
            code: Code::SpecInvalid,
            ..Reader::new(doc, names)
        }
    }

    /// The database that it is read for.
    pub fn database(&self) -> &'d str {
        self.names.first().copied().unwrap_or("this database")
    }

    pub fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    pub fn refuse_with(&mut self, at: usize, message: String, help: String) {
        let error = self.doc.error(self.code, at, message);
        self.errors.push(error.help(help));
    }

    /// The value of a key; of a map per database what is meant for this one.
    pub fn get<'n>(&self, node: &'n Node, key: &str) -> Option<&'n Node> {
        node.get(key).and_then(|value| self.meant(value))
    }

    pub fn meant<'n>(&self, value: &'n Node) -> Option<&'n Node> {
        let database = |key: &str| DATABASES.contains(&key);
        match value.entries() {
            entries
                if entries.is_empty() || !entries.iter().all(|(key, _)| database(&key.text)) =>
            {
                Some(value)
            }
            _ => self.names.iter().find_map(|name| value.get(name)),
        }
    }

    /// The items of a list that are for this database.
    pub fn items<'n>(&self, node: &'n Node, key: &str) -> Vec<&'n Node> {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter(|item| self.is_for(item)).collect()
    }

    /// Whether something is for this database: `only` names it, or nobody.
    pub fn is_for(&self, node: &Node) -> bool {
        let named = |node: &Node| node.text().is_some_and(|name| self.names.contains(&name));
        match node.get("only") {
            None => true,
            Some(only) => named(only) || only.items().iter().any(named),
        }
    }

    pub fn text(&self, node: &Node, key: &str) -> Option<String> {
        Some(self.get(node, key)?.text()?.to_string())
    }

    /// A text that has to be there; where it is not, the file says it for other databases only.
    pub fn must(&mut self, node: &Node, key: &str) -> String {
        if let Some(text) = self.text(node, key) {
            return text;
        }
        let at = node.get(key).map_or(node.at, |value| value.at);
        let database = self.database();
        let message = format!("'{key}' says nothing for {database}");
        let help = "add it here, or say with `only:` for which databases this is".into();
        self.refuse_with(at, message, help);
        String::new()
    }

    /// A text, number or boolean, as text.
    pub fn value(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = self.get(node, key)?;
        self.scalar(value)
    }

    fn scalar(&mut self, value: &Node) -> Option<String> {
        let text = scalar(self.doc, value);
        text.map_err(|error| self.errors.push(error)).ok()
    }

    pub fn flag(&self, node: &Node, key: &str) -> bool {
        self.get(node, key).and_then(Node::truth) == Some(true)
    }

    pub fn number(&self, node: &Node, key: &str) -> Option<i64> {
        match &self.get(node, key)?.kind {
            Kind::Number(number) => signed(number),
            _ => None,
        }
    }

    /// The texts of a list.
    pub fn texts(&self, node: &Node, key: &str) -> Vec<String> {
        let items = self.get(node, key).map(Node::items).unwrap_or_default();
        items
            .iter()
            .filter_map(Node::text)
            .map(str::to_string)
            .collect()
    }

    pub fn name(&self, node: &Node, key: &str) -> Option<Name> {
        node.get(key).and_then(Node::text).and_then(Name::parse)
    }

    pub fn names(&self, node: &Node, key: &str) -> Vec<Name> {
        let texts = self.texts(node, key);
        texts.iter().filter_map(|text| Name::parse(text)).collect()
    }

    /// Options, and those below the name of this database.
    pub fn options(&mut self, node: &Node) -> Options {
        let mut options = Options::new();
        let Some(said) = node.get("options") else {
            return options;
        };
        let named = self.names.iter().find(|name| {
            let below = said.get(name).map(|below| &below.kind);
            matches!(below, Some(Kind::Map(_)))
        });
        let named = named.and_then(|name| said.get(name));
        let below = named.map(Node::entries).unwrap_or_default();
        for (key, value) in said.entries().iter().chain(below) {
            if !matches!(value.kind, Kind::Map(_)) {
                if let Some(text) = self.scalar(value) {
                    options.insert(key.text.clone(), text);
                }
            } else if !DATABASES.contains(&key.text.as_str()) {
                let key_shown = self.doc.shown(&key.text);
                let message = format!("unknown database {key_shown} in 'options'");
                let help = hint(&key.text, DATABASES.iter().copied());
                self.refuse_with(key.at, message, help);
            }
        }
        options
    }
}
