//! Which objects a statement is about, and what it does to them, read from its words. What is not
//! understood has no aim: it must never be taken for something else.

use super::alter::{self, Alter};
use super::words::{Reader, words};
use crate::dialect::MySql;
use initium_driver::sql::split::Grammar;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub kind: Kind,
    /// `None`: in the database that the session works in.
    pub schema: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whether it is there.
    Table,
    /// All that is known of it.
    WholeTable,
    View,
    /// With its type as the catalog has it.
    Routine(&'static str),
    Event,
    /// With the table it is on, where the statement says.
    Trigger(Option<(Option<String>, String)>),
    Database,
    /// `'name'@'host'`, as the catalog spells it.
    User,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Create,
    /// CREATE OR REPLACE: what was there is gone.
    Replace,
    Drop,
    /// Pairs of objects: from, to.
    Rename(Vec<(usize, usize)>),
    /// ALTER of what is no table: all of it may change, and twice is as good as once.
    Change,
    /// Rows that nobody sees in the catalog are gone or moved.
    Empty,
    Alter(Box<Alter>),
    /// Of a temporary table, which its session takes along.
    Temporary,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    pub act: Act,
    pub objects: Vec<Object>,
    /// Everything that may be a name in the statement, in small letters.
    pub names: BTreeSet<String>,
}

impl Aim {
    pub fn of(dialect: &MySql, text: &str) -> Option<Aim> {
        let bare = dialect.bared(text);
        let all = words(bare.as_deref().unwrap_or(text), Grammar::rules(dialect))?;
        let mut reader = Reader { rest: &all };
        if reader.eat_all(&["SET", "STATEMENT"]) && !reader.skip_past("FOR") {
            return None;
        }
        let (act, objects) = read(&mut reader)?;
        let names = all.iter().map(|w| w.text.to_lowercase()).collect();
        Some(Aim {
            act,
            objects,
            names,
        })
    }

    pub fn says(&self, word: &str) -> bool {
        self.names.contains(word)
    }
}

type Read = Option<(Act, Vec<Object>)>;

fn read(reader: &mut Reader) -> Read {
    match reader.next()?.text.to_ascii_uppercase().as_str() {
        "CREATE" => create(reader),
        "ALTER" => altered(reader),
        "DROP" => drop(reader),
        "RENAME" => rename(reader),
        "TRUNCATE" => {
            reader.eat("TABLE");
            Some((Act::Empty, vec![object(reader, Kind::Table)?]))
        }
        _ => None,
    }
}

fn object(reader: &mut Reader, kind: Kind) -> Option<Object> {
    let (schema, name) = reader.qualified()?;
    Some(Object { kind, schema, name })
}

/// What stands between CREATE or ALTER and the kind of the object.
fn attributes(reader: &mut Reader) {
    loop {
        if reader.eat("DEFINER") {
            reader.eat("=");
            reader.next();
            if reader.eat("@") {
                reader.next();
            }
            reader.eat_all(&["(", ")"]);
        } else if reader.eat("ALGORITHM") {
            reader.eat("=");
            reader.next();
        } else if reader.eat_all(&["SQL", "SECURITY"]) {
            reader.next();
        } else if !reader.eat_any(&[
            "ONLINE",
            "OFFLINE",
            "IGNORE",
            "UNIQUE",
            "FULLTEXT",
            "SPATIAL",
            "VECTOR",
            "AGGREGATE",
        ]) {
            return;
        }
    }
}

fn routine(reader: &mut Reader) -> Option<Kind> {
    if reader.eat("PROCEDURE") {
        return Some(Kind::Routine("PROCEDURE"));
    }
    if reader.eat("FUNCTION") {
        return Some(Kind::Routine("FUNCTION"));
    }
    if reader.eat_all(&["PACKAGE", "BODY"]) {
        return Some(Kind::Routine("PACKAGE BODY"));
    }
    reader.eat("PACKAGE").then_some(Kind::Routine("PACKAGE"))
}

fn create(reader: &mut Reader) -> Read {
    let act = match reader.eat_all(&["OR", "REPLACE"]) {
        true => Act::Replace,
        false => Act::Create,
    };
    if reader.eat("TEMPORARY") {
        return Some((Act::Temporary, Vec::new()));
    }
    attributes(reader);
    if let Some(kind) = routine(reader) {
        // A function of a library is in no schema.
        let library = reader.rest.iter().any(|word| word.is("SONAME"));
        reader.condition();
        let found = object(reader, kind)?;
        return (!library).then_some((act, vec![found]));
    }
    let kind = reader.next()?.text.to_ascii_uppercase();
    reader.condition();
    let found = match kind.as_str() {
        "TABLE" | "SEQUENCE" if act == Act::Replace => object(reader, Kind::WholeTable)?,
        "TABLE" | "SEQUENCE" => object(reader, Kind::Table)?,
        "VIEW" => object(reader, Kind::View)?,
        "EVENT" => object(reader, Kind::Event)?,
        "TRIGGER" => trigger(reader)?,
        "DATABASE" | "SCHEMA" => database(reader.name()?),
        "USER" => return Some((act, users(reader)?)),
        "INDEX" => return index(reader, alter::Must::Present),
        _ => return None,
    };
    Some((act, vec![found]))
}

fn database(name: String) -> Object {
    Object {
        kind: Kind::Database,
        schema: None,
        name,
    }
}

/// `name BEFORE INSERT ON table`; a trigger is in the database of its table.
fn trigger(reader: &mut Reader) -> Option<Object> {
    let (schema, name) = reader.qualified()?;
    let mut rest = *reader;
    rest.skip_past("ON").then_some(())?;
    let table = rest.qualified()?;
    let schema = schema.or_else(|| table.0.clone());
    Some(Object {
        kind: Kind::Trigger(Some(table)),
        schema,
        name,
    })
}

/// `name ON table`, of CREATE and DROP INDEX.
fn index(reader: &mut Reader, must: alter::Must) -> Read {
    let name = reader.name()?;
    reader.skip_past("ON").then_some(())?;
    let table = object(reader, Kind::WholeTable)?;
    Some((Act::Alter(Box::new(Alter::index(name, must))), vec![table]))
}

/// `'name'@'host'`, the host may be missing.
fn user(reader: &mut Reader) -> Option<Object> {
    let name = reader.next()?;
    let host = match reader.eat("@") {
        true => reader.next()?.text.to_lowercase(),
        false => "%".into(),
    };
    let odd = name.is("CURRENT_USER") || name.text.contains('\'') || host.contains('\'');
    (!odd).then(|| Object {
        kind: Kind::User,
        schema: None,
        name: format!("'{}'@'{host}'", name.text),
    })
}

fn users(reader: &mut Reader) -> Option<Vec<Object>> {
    // What follows the last name (IDENTIFIED, REQUIRE) has commas only inside other clauses.
    let mut found = vec![user(reader)?];
    loop {
        while !reader.rest.is_empty() && !reader.sees(",") {
            reader.next();
        }
        if !reader.eat(",") {
            return Some(found);
        }
        found.push(user(reader)?);
    }
}

fn altered(reader: &mut Reader) -> Read {
    attributes(reader);
    if let Some(kind) = routine(reader) {
        return Some((Act::Change, vec![object(reader, kind)?]));
    }
    match reader.next()?.text.to_ascii_uppercase().as_str() {
        "TABLE" => {
            reader.condition();
            let table = object(reader, Kind::WholeTable)?;
            reader.patience();
            let mut alter = Alter::of(reader)?;
            let renamed = alter.renamed.take();
            let mut objects = vec![table];
            objects.extend(renamed.map(|(schema, name)| Object {
                kind: Kind::WholeTable,
                // A table stays in its database.
                schema: schema.or_else(|| objects[0].schema.clone()),
                name,
            }));
            Some((Act::Alter(Box::new(alter)), objects))
        }
        "VIEW" => Some((Act::Change, vec![object(reader, Kind::View)?])),
        "EVENT" => {
            reader.condition();
            let event = object(reader, Kind::Event)?;
            let mut rest = *reader;
            while rest.skip_past("RENAME") {
                if rest.eat("TO") {
                    let new = object(&mut rest, Kind::Event)?;
                    return Some((Act::Rename(vec![(0, 1)]), vec![event, new]));
                }
            }
            Some((Act::Change, vec![event]))
        }
        "DATABASE" | "SCHEMA" => {
            // The name may be missing, and the words that follow are no names of databases.
            let name = reader.name()?;
            let own = ["CHARACTER", "CHARSET", "COLLATE", "DEFAULT", "COMMENT"];
            let own = own.iter().any(|word| name.eq_ignore_ascii_case(word));
            (!own).then(|| (Act::Change, vec![database(name)]))
        }
        _ => None,
    }
}

fn drop(reader: &mut Reader) -> Read {
    if reader.eat("TEMPORARY") {
        return Some((Act::Temporary, Vec::new()));
    }
    if let Some(kind) = routine(reader) {
        reader.condition();
        return Some((Act::Drop, vec![object(reader, kind)?]));
    }
    let kind = reader.next()?.text.to_ascii_uppercase();
    reader.condition();
    let kind = match kind.as_str() {
        "TABLE" | "TABLES" | "SEQUENCE" => Kind::Table,
        "VIEW" => Kind::View,
        "EVENT" => Kind::Event,
        "TRIGGER" => Kind::Trigger(None),
        "DATABASE" | "SCHEMA" => return Some((Act::Drop, vec![database(reader.name()?)])),
        "USER" => return Some((Act::Drop, users(reader)?)),
        "INDEX" => return index(reader, alter::Must::Absent),
        _ => return None,
    };
    let mut found = vec![object(reader, kind.clone())?];
    while reader.eat(",") {
        found.push(object(reader, kind.clone())?);
    }
    Some((Act::Drop, found))
}

fn rename(reader: &mut Reader) -> Read {
    let kind = if reader.eat("USER") {
        Kind::User
    } else {
        reader.eat_any(&["TABLE", "TABLES"]).then_some(())?;
        reader.condition();
        Kind::WholeTable
    };
    let (mut objects, mut pairs): (Vec<Object>, _) = (Vec::new(), Vec::new());
    loop {
        let mut place = |reader: &mut Reader| -> Option<usize> {
            let found = match kind {
                Kind::User => user(reader)?,
                _ => object(reader, kind.clone())?,
            };
            let known = objects.iter().position(|o| *o == found);
            Some(known.unwrap_or_else(|| {
                objects.push(found);
                objects.len() - 1
            }))
        };
        let from = place(reader)?;
        reader.patience();
        reader.eat("TO").then_some(())?;
        pairs.push((from, place(reader)?));
        if !reader.eat(",") {
            return Some((Act::Rename(pairs), objects));
        }
    }
}
