//! CREATE of anything, with as much of it as is looked at.

use super::act::{Act, Object, What};
use super::constraint::{Index, keys};
use super::plain::has_password;
use super::reader::Reader;
use super::table;

/// Words between CREATE and what is created.
const BETWEEN: &[&str] = &[
    "GLOBAL",
    "LOCAL",
    "UNLOGGED",
    "EXTERNAL",
    "FOREIGN",
    "RECURSIVE",
    "CONSTRAINT",
    "AGGREGATE",
    "TRUSTED",
    "PROCEDURAL",
];

pub fn create<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    reader.eat_all(&["OR", "REPLACE"]);
    let (mut temporary, mut definer) = (false, false);
    loop {
        if reader.eat_any(&["TEMPORARY", "TEMP"]) {
            temporary = true;
        } else if reader.eat("DEFINER") {
            definer = true;
            to_object(reader);
        } else if reader.eat("ALGORITHM") || reader.eat_all(&["SQL", "SECURITY"]) {
            reader.eat("=");
            reader.next();
        } else if !reader.eat_any(BETWEEN) {
            break;
        }
    }
    let mut kind = None;
    let unique = reader.eat("UNIQUE");
    if reader.sees_any(&["FULLTEXT", "SPATIAL", "VECTOR"]) {
        kind = reader.next().map(|word| word.text);
    }
    let word = reader.next()?.capitals();
    let index = Index {
        unique,
        kind,
        ..Index::default()
    };
    match word.as_str() {
        "TABLE" => return table::table(reader, whole, temporary, acts),
        "INDEX" => return self::index(reader, whole, index, acts),
        _ => {}
    }
    let what = match word.as_str() {
        "USER" | "ROLE" if has_password(reader) => What::Password,
        "VIRTUAL" => What::Other,
        "DOMAIN" => {
            let domain = reader.path()?;
            if reader.has("CHECK") || reader.find(&["NOT", "NULL"]).is_some() {
                acts.push(Act {
                    range: whole.range(),
                    table: None,
                    what: What::DomainCheck {
                        domain: domain.clone(),
                        not_valid: false,
                    },
                });
            }
            What::Create {
                object: Object::Domain,
                name: domain,
                definer,
            }
        }
        _ => {
            reader.eat("VIEW");
            reader.condition();
            What::Create {
                object: Object::of(&word),
                name: reader.path()?,
                definer,
            }
        }
    };
    // A trigger says behind ON which table it is on.
    let table = match Object::of(&word) {
        Object::Trigger => reader.find(&["ON"]).and_then(|mut on| on.path()),
        _ => None,
    };
    acts.push(Act {
        range: whole.range(),
        table,
        what,
    });
    Some(())
}

/// Behind `DEFINER = 'somebody'@'somewhere'`, which is told in many ways.
fn to_object(reader: &mut Reader) {
    const OBJECTS: &[&str] = &["VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "SQL"];
    while !reader.is_over() && !reader.sees_any(OBJECTS) {
        reader.skip();
    }
}

fn index<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    mut index: Index<'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    index.concurrently = reader.eat("CONCURRENTLY");
    index.if_not_exists = reader.condition();
    let mut schema = None;
    if !reader.eat("ON") {
        let name = reader.path()?;
        (schema, index.name) = (name.schema, Some(name.name));
        if reader.eat("USING") {
            reader.next();
        }
        reader.eat("ON").then_some(())?;
    }
    index.only = reader.eat("ONLY");
    let mut table = reader.path()?;
    // SQLite says the schema with the index.
    table.schema = table.schema.or(schema);
    if reader.eat("USING") {
        reader.next();
    }
    index.keys = keys(reader);
    index.filter = reader.has("WHERE");
    acts.push(Act {
        range: whole.range(),
        table: Some(table.clone()),
        what: What::CreateIndex(Box::new(index)),
    });
    locking(reader, &table, acts);
    Some(())
}

/// `ALGORITHM = x LOCK = y`, behind CREATE and DROP INDEX of MySQL.
pub fn locking<'a>(reader: &Reader<'_, 'a>, table: &super::reader::Name, acts: &mut Vec<Act<'a>>) {
    if !reader.tongue.is_mysql() {
        return;
    }
    for (word, what) in [
        ("ALGORITHM", What::Algorithm as fn(&'a str) -> What<'a>),
        ("LOCK", What::Lock),
    ] {
        if let Some(mut behind) = reader.find(&[word]) {
            let range = behind.range();
            behind.eat("=");
            if let Some(value) = behind.next() {
                acts.push(Act {
                    range,
                    table: Some(table.clone()),
                    what: what(value.text),
                });
            }
        }
    }
}
