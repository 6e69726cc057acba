//! DROP, rows, settings, transactions and upkeep: what one look at the first words tells.

use super::act::{Act, Object, Transaction, What};
use super::create::locking;
use super::reader::{Name, Reader};
use super::tongue::Tongue;

pub fn drop<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    if reader.eat("TEMPORARY") {
        return Some(());
    }
    let word = reader.next()?.capitals();
    if word == "MATERIALIZED" {
        reader.eat("VIEW");
    }
    let concurrently = reader.eat("CONCURRENTLY");
    reader.condition();
    let cascade = reader.has("CASCADE");
    for (n, mut one) in reader.parts().into_iter().enumerate() {
        let range = match n {
            0 => whole.range(),
            _ => one.range(),
        };
        let name = one.path()?;
        let mut table = None;
        let what = match Object::of(&word) {
            _ if word == "TABLE" || word == "TABLES" => {
                table = Some(name);
                What::DropTable { cascade }
            }
            Object::Index => {
                // MySQL says whose index it is.
                table = one.eat("ON").then(|| one.path()).flatten();
                What::DropIndex {
                    index: name,
                    concurrently,
                }
            }
            object => What::Drop {
                object,
                name,
                cascade,
            },
        };
        let of = table.clone();
        acts.push(Act { range, table, what });
        if let Some(of) = of.filter(|_| word == "INDEX") {
            locking(&one, &of, acts);
        }
    }
    Some(())
}

pub fn plain<'a>(
    word: &str,
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    let mut table = None;
    let what = match word {
        "TRUNCATE" => return truncate(reader, whole, acts),
        "UPDATE" => {
            reader.eat_any(&["LOW_PRIORITY", "IGNORE", "ONLY"]);
            if reader.eat("OR") {
                reader.next();
            }
            table = reader.path();
            What::Update {
                filter: reader.has("WHERE") || reader.has("LIMIT"),
            }
        }
        "DELETE" => {
            reader.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]);
            reader.eat("FROM");
            reader.eat("ONLY");
            table = reader.path();
            What::Delete {
                filter: reader.has("WHERE") || reader.has("LIMIT"),
            }
        }
        // What it does stands behind its tables.
        "WITH" => return with(reader, whole, acts),
        "INSERT" | "REPLACE" => {
            reader.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"]);
            if reader.eat("OR") {
                reader.next();
            }
            reader.eat("INTO");
            table = reader.path();
            if reader.eat("AS") {
                reader.next();
            }
            let selects = |inner: &Reader| inner.sees("SELECT") || inner.sees("WITH");
            let columns = match reader.inside() {
                Some(inner) => !selects(&inner),
                None => reader.sees("SET") || reader.eat_all(&["DEFAULT", "VALUES"]),
            };
            What::Insert {
                columns,
                selects: !reader.has("VALUES") && reader.has("SELECT"),
            }
        }
        "SET" => set(reader)?,
        "PRAGMA" => pragma(reader)?,
        "BEGIN" if !reader.sees("NOT") => What::Transaction(Transaction::Begin),
        "START" if reader.eat("TRANSACTION") => What::Transaction(Transaction::Begin),
        "COMMIT" | "END" => What::Transaction(Transaction::Commit),
        "ROLLBACK" | "ABORT" if !reader.has("TO") => What::Transaction(Transaction::Rollback),
        "GRANT" => grant(reader),
        "VACUUM" | "CLUSTER" | "OPTIMIZE" | "REINDEX" | "REFRESH" | "LOCK" | "REPAIR" => {
            let upkeep = upkeep(word, reader);
            table = reader.path();
            upkeep
        }
        _ => return Some(()),
    };
    acts.push(Act {
        range: whole.range(),
        table,
        what,
    });
    Some(())
}

/// `WITH name AS (...), ... UPDATE`: the statement behind the last of them.
fn with<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    while !reader.is_over() && !reader.sees_any(&["UPDATE", "DELETE", "INSERT", "SELECT"]) {
        reader.skip();
    }
    let word = reader.next()?.capitals();
    plain(&word, reader, whole, acts)
}

fn truncate<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    reader.eat("TABLE");
    reader.eat("ONLY");
    let cascade = reader.has("CASCADE");
    for mut one in reader.parts() {
        acts.push(Act {
            range: whole.range(),
            table: Some(one.path()?),
            what: What::Truncate { cascade },
        });
    }
    Some(())
}

/// `SET [LOCAL] name = value`; of several the first that is looked at decides.
fn set<'a>(reader: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    reader.eat_any(&["LOCAL", "SESSION", "GLOBAL"]);
    while reader.eat("@") {}
    let mut name = reader.path()?;
    if reader.tongue.is_mysql() && reader.eat("@") {
        name = reader.path()?;
    }
    reader.eat(":");
    reader.eat_any(&["=", "TO"]);
    Some(What::Set {
        name: name.name.to_ascii_lowercase(),
        value: reader.rest(),
    })
}

/// Whether an account's password stands in the statement as it is.
pub fn has_password(reader: &Reader) -> bool {
    let mut words = *reader;
    let mut said = false;
    while let Some(word) = words.next() {
        match word.capitals().as_str() {
            "PASSWORD" | "BY" | "AS" => {
                words.eat("=");
                said |= words.string().is_some();
            }
            _ => {}
        }
    }
    said
}

fn pragma<'a>(reader: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let name = reader.path()?.name.to_ascii_lowercase();
    let value = match reader.eat("=") {
        true => Some(reader.rest()),
        false => reader.inside().map(|inner| inner.rest()),
    };
    Some(What::Pragma { name, value })
}

fn grant<'a>(reader: &mut Reader<'_, 'a>) -> What<'a> {
    let to = reader.find(&["TO"]);
    What::Grant {
        all: reader.sees("ALL"),
        public: to.is_some_and(|to| to.sees("PUBLIC")),
        onward: to.is_some_and(|to| {
            let granted = |words: &[&str]| to.find(words).is_some();
            granted(&["WITH", "GRANT", "OPTION"]) || granted(&["WITH", "ADMIN", "OPTION"])
        }),
    }
}

const UPKEEP: &[&str] = &[
    "VACUUM", "CLUSTER", "OPTIMIZE", "REINDEX", "REFRESH", "LOCK", "REPAIR",
];

/// Leaves the reader before the table's name, where one is named.
fn upkeep<'a>(word: &str, reader: &mut Reader<'_, 'a>) -> What<'a> {
    let options = reader.inside();
    let option = |word: &str| options.is_some_and(|inner| inner.has(word));
    let concurrently = reader.has("CONCURRENTLY") || option("CONCURRENTLY");
    let mut full = option("FULL");
    reader.eat_any(&["MATERIALIZED", "NO_WRITE_TO_BINLOG", "LOCAL"]);
    while reader.sees_any(&[
        "FULL",
        "FREEZE",
        "VERBOSE",
        "ANALYZE",
        "TABLE",
        "TABLES",
        "INDEX",
        "SCHEMA",
        "DATABASE",
        "SYSTEM",
        "VIEW",
        "CONCURRENTLY",
    ]) {
        full |= reader.sees("FULL");
        reader.next();
    }
    // SQLite has no other.
    full |= reader.tongue == Tongue::Sqlite;
    let named = UPKEEP.iter().find(|known| **known == word);
    What::Upkeep {
        word: named.copied().unwrap_or_default(),
        full,
        concurrently,
    }
}

/// A name without a schema.
impl From<&str> for Name {
    fn from(name: &str) -> Name {
        Name {
            schema: None,
            name: name.into(),
        }
    }
}
