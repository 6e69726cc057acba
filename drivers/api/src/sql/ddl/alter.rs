//! ALTER of tables, as each database has it, and of the few other objects that matter.

use super::act::{Act, Object, What};
use super::column::{Column, Spot, data_type};
use super::constraint::{Constraint, begins, begins_index};
use super::mysql;
use super::plain::has_password;
use super::reader::{Name, Reader};
use super::tongue::Tongue;

pub fn alter<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    reader.eat_any(&["ONLINE", "OFFLINE", "IGNORE"]);
    let word = reader.next()?.capitals();
    if word == "TABLE" {
        return table(reader, acts);
    }
    let what = match word.as_str() {
        "TYPE" => kind(reader)?,
        "DOMAIN" => domain(reader)?,
        "USER" | "ROLE" if has_password(reader) => What::Password,
        _ => {
            reader.eat("VIEW");
            reader.condition();
            let from = reader.path()?;
            let object = Object::of(&word);
            match reader.eat_all(&["RENAME", "TO"]) {
                true => What::Rename {
                    object,
                    from,
                    to: reader.name()?,
                },
                false => What::Other,
            }
        }
    };
    acts.push(Act {
        range: whole.range(),
        table: None,
        what,
    });
    Some(())
}

fn table<'a>(reader: &mut Reader<'_, 'a>, acts: &mut Vec<Act<'a>>) -> Option<()> {
    reader.condition();
    reader.eat("ONLY");
    let table = reader.path()?;
    reader.eat("*");
    if reader.tongue.is_mysql() {
        // MariaDB: how long it waits for its lock.
        if reader.eat("WAIT") {
            reader.next();
        }
        reader.eat("NOWAIT");
    }
    for mut clause in reader.parts() {
        let range = clause.range();
        for what in actions(&mut clause)? {
            acts.push(Act {
                range: range.clone(),
                table: Some(table.clone()),
                what,
            });
        }
        // PARTITION BY and the like stand behind the clauses without a comma.
        if clause.tongue.is_mysql() && clause.sees("PARTITION") {
            acts.push(Act {
                range,
                table: Some(table.clone()),
                what: What::Partition("PARTITION"),
            });
        }
    }
    Some(())
}

fn actions<'a>(clause: &mut Reader<'_, 'a>) -> Option<Vec<What<'a>>> {
    let first = clause.next()?;
    let what = match first.capitals().as_str() {
        "ADD" if clause.tongue.is_mysql() => return mysql::add(clause),
        "ADD" => add(clause)?,
        "DROP" => drop(clause)?,
        "ALTER" if clause.sees("INDEX") => What::Other,
        "ALTER" => column(clause)?,
        "RENAME" => rename(clause)?,
        "VALIDATE" if clause.eat("CONSTRAINT") => What::Validate {
            constraint: clause.name()?,
        },
        "ATTACH" if clause.eat("PARTITION") => What::Attach {
            partition: clause.path()?,
        },
        "DETACH" if clause.eat("PARTITION") => What::Detach {
            partition: clause.path()?,
            concurrently: clause.has("CONCURRENTLY"),
        },
        "SET" => set(clause)?,
        _ if clause.tongue.is_mysql() => mysql::clause(first.text, clause)?,
        _ => What::Other,
    };
    Some(vec![what])
}

fn add<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    if begins(clause) {
        return Some(What::AddConstraint(Box::new(Constraint::read(clause)?)));
    }
    clause.eat("COLUMN");
    clause.condition();
    Some(What::AddColumn(Box::new(Column::read(clause)?)))
}

fn drop<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    if clause.eat("CONSTRAINT") || (clause.tongue.is_mysql() && clause.eat("CHECK")) {
        clause.condition();
        return Some(What::DropConstraint {
            rule: None,
            name: Some(clause.name()?),
        });
    }
    if clause.tongue.is_mysql()
        && (begins_index(clause) || clause.sees_any(&["PRIMARY", "FOREIGN", "PARTITION"]))
    {
        return mysql::drop(clause);
    }
    clause.eat("COLUMN");
    clause.condition();
    Some(What::DropColumn {
        column: clause.name()?,
    })
}

/// `ALTER [COLUMN] name ...`
fn column<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    clause.eat("COLUMN");
    let column = clause.name()?;
    if clause.eat("TYPE") || clause.eat_all(&["SET", "DATA", "TYPE"]) {
        let (to, _) = data_type(clause);
        let using = clause.find(&["USING"]).map(|behind| behind.rest());
        return Some(What::AlterType { column, to, using });
    }
    Some(match () {
        () if clause.eat_all(&["SET", "NOT", "NULL"]) => What::SetNotNull { column },
        () if clause.eat_all(&["DROP", "NOT", "NULL"]) => What::DropNotNull { column },
        () if clause.eat_all(&["SET", "DEFAULT"]) => What::SetDefault { column },
        () => What::Other,
    })
}

fn rename<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let mysql = clause.tongue.is_mysql();
    if mysql && clause.eat_any(&["INDEX", "KEY"]) {
        return mysql::rename_index(clause);
    }
    if clause.eat("TO") || (mysql && clause.eat_any(&["AS", "="])) {
        return Some(What::RenameTable { to: clause.path()? });
    }
    if clause.eat("CONSTRAINT") {
        let from = clause.path()?;
        clause.eat("TO").then_some(())?;
        return Some(What::Rename {
            object: Object::Constraint,
            from,
            to: clause.name()?,
        });
    }
    let column = clause.eat("COLUMN");
    clause.condition();
    let from = clause.path()?;
    match clause.eat("TO") {
        true => Some(What::RenameColumn {
            from: from.name,
            to: clause.name()?,
        }),
        // MySQL: RENAME new_name
        false if mysql && !column => Some(What::RenameTable { to: from }),
        false => None,
    }
}

/// What PostgreSQL sets of a table.
fn set<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let word = clause.next()?;
    let name = match word.capitals().as_str() {
        "ACCESS" => "ACCESS METHOD".into(),
        "SCHEMA" => {
            return Some(What::Rename {
                object: Object::Schema,
                from: Name::default(),
                to: clause.name()?,
            });
        }
        name => name.to_string(),
    };
    Some(What::Option {
        name,
        value: clause.rest(),
    })
}

/// ALTER TYPE: values of an enum.
fn kind<'a>(reader: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let kind = reader.path()?;
    if reader.eat_all(&["ADD", "VALUE"]) {
        reader.condition();
        let value = reader.string()?;
        let spot = match reader.sees_any(&["BEFORE", "AFTER"]) {
            true => Spot::Beside,
            false => Spot::Unsaid,
        };
        return Some(What::AddValue { kind, value, spot });
    }
    if reader.eat_all(&["RENAME", "VALUE"]) {
        let from = reader.string()?;
        return Some(What::RenameValue { kind, from });
    }
    match reader.eat_all(&["RENAME", "TO"]) {
        true => Some(What::Rename {
            object: Object::Type,
            from: kind,
            to: reader.name()?,
        }),
        false => Some(What::Other),
    }
}

fn domain<'a>(reader: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let domain = reader.path()?;
    let adds = reader.eat("ADD") || reader.eat_all(&["SET", "NOT"]);
    if !adds || reader.tongue != Tongue::Postgres {
        return Some(What::Other);
    }
    let not_valid = reader.find(&["NOT", "VALID"]).is_some();
    Some(What::DomainCheck { domain, not_valid })
}
