//! The databases that one plan runs on: a targets file, or the answer to a query, to checked entries.
//! Both go through the shape of an entry. Opens no connection and asks nobody.

use super::build::target;
use super::check::{Violation, against};
use super::model::Target;
use super::node::{Key, Kind, Node};
use super::read::Input;
use super::script::scalar;
use super::shape::{ANSWER, ENTRY, TARGETS_FILE};
use super::text::{Document, Format, shown};
use super::wording::hint;
use super::{all, parse, read, violations};
use initium_driver::{Code, Error, Result};
use serde_json::Number;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// One database of many. What it says lies over the connection of the spec.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub name: String,
    /// Where it is, if it says so itself.
    pub target: Target,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub user: Option<String>,
    pub password_env: Option<String>,
    pub password_file: Option<String>,
    /// Name of the database, or the path of a SQLite file.
    pub dbname: Option<String>,
    /// On PostgreSQL: where its tables and its ledger are.
    pub schema: Option<String>,
    pub options: BTreeMap<String, String>,
}

/// Reads and checks a targets file. All that is wrong is told at once.
pub fn listed(path: &str) -> Result<Vec<Entry>> {
    let doc = read::document(&Input::file(path), &TARGETS_FILE)?;
    let root = parse::parse(&doc)?;
    let violations = violations(&doc, &root)?;
    if !violations.is_empty() {
        let errors = violations.into_iter().map(|v| v.into_error(&doc));
        return Err(all(errors.collect()));
    }
    let mut errors = Vec::new();
    let mut entries = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for node in root.get("targets").map(Node::items).unwrap_or_default() {
        let at = node.get("name").map_or(node.at, |name| name.at);
        match entry(&doc, node) {
            Ok(entry) => {
                if let Some(first) = known.insert(entry.name.clone(), at) {
                    let first = doc.place(first);
                    let message = format!(
                        "two targets have the name {}: the other one is at {}:{}:{}",
                        shown(&entry.name),
                        first.file,
                        first.line,
                        first.column
                    );
                    errors.push(doc.error(Code::TargetsInvalid, at, message).help(UNIQUE));
                }
                entries.push(entry);
            }
            Err(error) => errors.push(error),
        }
    }
    match errors.is_empty() {
        true => Ok(entries),
        false => Err(all(errors)),
    }
}

const UNIQUE: &str = "a report and a shard know a database by its name; give each its own";

/// What an answer may say: never where a secret of this machine lies beside its own connection, nor
/// how a server is spoken to. Whoever writes the table would decide who gets to know the password.
const ANSWERS: &[&str] = &[
    "name",
    "database",
    "url",
    "url_env",
    "secret_dir",
    "binding",
    "host",
    "port",
    "user",
    "dbname",
    "schema",
];

/// The answer to a `targets_query`: a column is a key of an entry, NULL is as if it were not there.
pub fn answered(columns: &[String], rows: &[Vec<Option<String>>]) -> Result<Vec<Entry>> {
    for (n, column) in columns.iter().enumerate() {
        if !ANSWERS.contains(&column.as_str()) {
            let message = format!("unknown column {} in the answer", shown(column));
            return Err(invalid(message).help(hint(column, ANSWERS.iter().copied())));
        }
        if columns[..n].contains(column) {
            return Err(invalid(format!(
                "the column {} stands twice",
                shown(column)
            )));
        }
    }
    if !columns.iter().any(|column| column == "name") {
        return Err(invalid("the answer has no column 'name'".into())
            .help("each row is a database: SELECT name, ... AS schema FROM ..."));
    }
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut entries = Vec::with_capacity(rows.len());
    let doc = Document::new(String::new(), Format::Json, PathBuf::new(), String::new());
    let doc = doc.of(&ANSWER);
    for (n, row) in rows.iter().enumerate() {
        let of_row = |message: &str| invalid(format!("row {}: {message}", n + 1));
        let node = row_node(columns, row);
        let violations = against(&ENTRY, &doc, &node);
        if let Some(Violation { message, help, .. }) = violations.into_iter().next() {
            let error = of_row(&message);
            return Err(match help {
                Some(help) => error.help(help),
                None => error,
            });
        }
        let entry = entry(&doc, &node).map_err(|error| {
            let code = error.code();
            let told = Error::new(
                code,
                format!("targets_query: row {}: {}", n + 1, error.message()),
            );
            match error.help_text() {
                Some(help) => told.help(help),
                None => told,
            }
        })?;
        if let Some(at) = columns.iter().position(|column| column == "name")
            && let Some(name) = row.get(at).and_then(Option::as_deref)
            && let Some(first) = known.insert(name, n + 1)
        {
            let message = format!("the name {} stands in row {first} too", shown(name));
            return Err(of_row(&message).help(UNIQUE));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn invalid(message: String) -> Error {
    Error::new(Code::TargetsInvalid, format!("targets_query: {message}"))
}

/// A row as a file would have said it.
fn row_node(columns: &[String], row: &[Option<String>]) -> Node {
    let node = |kind| Node {
        at: 0,
        end: 0,
        kind,
    };
    let said = columns.iter().zip(row).filter_map(|(column, cell)| {
        let text = cell.clone()?;
        let kind = match (column.as_str(), text.parse::<u16>()) {
            ("port", Ok(port)) => Kind::Number(Number::from(port)),
            _ => Kind::Text(text),
        };
        let key = Key {
            at: 0,
            text: column.clone(),
        };
        Some((key, node(kind)))
    });
    node(Kind::Map(said.collect()))
}

fn entry(doc: &Document, node: &Node) -> Result<Entry> {
    let text = |key| node.get(key).and_then(Node::text).map(str::to_string);
    let name = text("name").unwrap_or_default();
    // What stands in these is shown in messages.
    for (key, sign) in [
        ("host", "://"),
        ("host", "@"),
        ("dbname", "://"),
        ("user", ":"),
    ] {
        if let Some(value) = node.get(key)
            && value.text().is_some_and(|text| text.contains(sign))
        {
            let message = format!("'{key}' of target {} may not hold '{sign}'", shown(&name));
            return Err(Error::new(Code::SecretInSpec, message)
                .place(doc.place(value.at))
                .help("a whole URL goes into a variable that `url_env` names, a password into `password_file`"));
        }
    }
    let mut options = BTreeMap::new();
    for (key, value) in node.get("options").map(Node::entries).unwrap_or_default() {
        let word = key.text.to_ascii_lowercase();
        if ["passw", "pwd", "secret", "token"]
            .iter()
            .any(|part| word.contains(part))
        {
            let message = format!("an option of target {} holds a password", shown(&name));
            return Err(Error::new(Code::SecretInSpec, message)
                .place(doc.place(key.at))
                .help("name where it is: `password_file` or `password_env`"));
        }
        options.insert(key.text.clone(), scalar(doc, value)?);
    }
    let port = node.get("port").and_then(|node| match &node.kind {
        Kind::Number(number) => number.as_f64().map(|port| port as u16),
        _ => None,
    });
    Ok(Entry {
        target: target(doc, &name, node)?,
        host: text("host"),
        port,
        user: text("user"),
        password_env: text("password_env"),
        password_file: text("password_file"),
        dbname: text("dbname"),
        schema: text("schema"),
        options,
        name,
    })
}
