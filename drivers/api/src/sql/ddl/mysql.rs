//! What only MySQL and MariaDB can say: RENAME TABLE, and the clauses of their ALTER TABLE.

use super::act::{Act, Object, What};
use super::column::Column;
use super::constraint::Rule;
use super::reader::{Name, Reader};
use super::table::{Part, part};

/// `RENAME TABLE a TO b, c TO d`
pub fn rename<'a>(reader: &mut Reader<'_, 'a>, acts: &mut Vec<Act<'a>>) -> Option<()> {
    reader.eat_any(&["TABLE", "TABLES"]).then_some(())?;
    for mut one in reader.parts() {
        let range = one.range();
        one.condition();
        let from = one.path()?;
        while !one.is_over() && !one.eat("TO") {
            one.skip();
        }
        acts.push(Act {
            range,
            table: Some(from),
            what: What::RenameTable { to: one.path()? },
        });
    }
    Some(())
}

/// ADD in ALTER TABLE: columns, several of them in parentheses, indexes, constraints.
pub fn add<'a>(clause: &mut Reader<'_, 'a>) -> Option<Vec<What<'a>>> {
    if clause.sees("PARTITION") {
        return Some(vec![What::Partition("ADD")]);
    }
    if clause.sees("SYSTEM") || clause.sees("PERIOD") {
        return Some(vec![What::Other]);
    }
    clause.eat("COLUMN");
    clause.condition();
    let parts = match clause.inside() {
        Some(inner) => inner.parts(),
        None => vec![*clause],
    };
    let added = |mut one: Reader<'_, 'a>| Some(new(part(&mut one)?));
    parts.into_iter().map(added).collect()
}

fn new(part: Part<'_>) -> What<'_> {
    match part {
        Part::Column(column) => What::AddColumn(Box::new(column)),
        Part::Index(index) => What::CreateIndex(Box::new(index)),
        Part::Constraint(constraint) => What::AddConstraint(Box::new(constraint)),
    }
}

/// DROP of anything that is no column.
pub fn drop<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    if clause.eat_all(&["PRIMARY", "KEY"]) {
        return Some(What::DropConstraint {
            rule: Some(Rule::Primary),
            name: None,
        });
    }
    if clause.eat_all(&["FOREIGN", "KEY"]) {
        clause.condition();
        return Some(What::DropConstraint {
            rule: Some(Rule::Foreign),
            name: Some(clause.name()?),
        });
    }
    if clause.eat_any(&["INDEX", "KEY"]) {
        clause.condition();
        return Some(What::DropIndex {
            index: Name {
                schema: None,
                name: clause.name()?,
            },
            concurrently: false,
        });
    }
    match clause.eat("PARTITION") {
        true => Some(What::DropPartition),
        false => None,
    }
}

/// MODIFY and CHANGE, options, and what else begins a clause.
pub fn clause<'a>(word: &'a str, clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let capitals = word.to_ascii_uppercase();
    Some(match capitals.as_str() {
        "MODIFY" => {
            clause.eat("COLUMN");
            clause.condition();
            let column = Box::new(Column::read(clause)?);
            What::Redefine {
                from: column.name.clone(),
                column,
            }
        }
        "CHANGE" => {
            clause.eat("COLUMN");
            clause.condition();
            let from = clause.name()?;
            let column = Box::new(Column::read(clause)?);
            What::Redefine { from, column }
        }
        "ALGORITHM" | "LOCK" => {
            clause.eat("=");
            let value = clause.next()?.text;
            match capitals.as_str() {
                "LOCK" => What::Lock(value),
                _ => What::Algorithm(value),
            }
        }
        "PARTITION" | "REORGANIZE" | "COALESCE" | "REMOVE" | "REBUILD" | "EXCHANGE" | "ANALYZE"
        | "CHECK" | "OPTIMIZE" | "REPAIR" | "DISCARD" | "IMPORT" => What::Partition(word),
        "TRUNCATE" => What::Truncate { cascade: false },
        "CONVERT" => {
            clause
                .eat_all(&["TO", "CHARACTER", "SET"])
                .then_some(())
                .or_else(|| clause.eat_all(&["TO", "CHARSET"]).then_some(()))?;
            What::Option {
                name: capitals,
                value: clause.next()?.text,
            }
        }
        _ => {
            clause.eat("=");
            What::Option {
                name: capitals,
                value: clause.rest(),
            }
        }
    })
}

/// `RENAME INDEX a TO b`
pub fn rename_index<'a>(clause: &mut Reader<'_, 'a>) -> Option<What<'a>> {
    let from = clause.path()?;
    clause.eat("TO").then_some(())?;
    Some(What::Rename {
        object: Object::Index,
        from,
        to: clause.name()?,
    })
}
