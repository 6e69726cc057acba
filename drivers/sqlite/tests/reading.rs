//! The reader of texts against SQLite itself, on the schemas of its own test suite: what pragmas tell
//! of a table we tell, too; and what we write down again is the same schema. (Catches a text that is
//! understood otherwise than SQLite understands it, and whatever a table loses that is built anew.)

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../../../tests/corpora/corpus.rs"]
mod corpus;
mod folder;
mod tcl;

use corpus::fetched;
use initium_driver::catalog::{Catalog, Key, Of, Part, Sort, Storage};
use initium_driver::change::{Change, Changes, Edit, Way};
use initium_driver::driver::{Access, Driver, Limits, Run, Script};
use initium_driver::{Dialect, Settings, Source, Table};
use initium_sqlite::SqliteDialect;
use std::time::Duration;

/// Which files are read otherwise, and why. What does no longer differ must be taken off.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "/fts4content.test",
        "a virtual table that reads from a table that is gone",
    ),
    (
        "/quote.test",
        "an index of a string in double quotes, which is the same for all rows",
    ),
    (
        "/tkt-78e04e52ea.test",
        "an index whose name is empty, which is none in a file",
    ),
];

fn memory() -> Box<dyn Driver> {
    let settings = Settings::parse("sqlite::memory:", "URL").unwrap();
    let limits = Limits {
        statement: Duration::from_millis(300),
        ..Limits::default()
    };
    let run = Run {
        limits,
        ..folder::run(Access::Write)
    };
    (initium_sqlite::OPENER.open)(&settings, &run).unwrap()
}

/// Runs what makes a schema; what SQLite refuses is not there.
fn build(driver: &mut dyn Driver, text: &str) -> bool {
    let Ok(statements) = SqliteDialect.split(&Source::file("a.sql", text)) else {
        return false;
    };
    let mut built = false;
    for statement in statements {
        let head = statement.text.get(..6).unwrap_or_default().to_lowercase();
        let is_schema = ["create", "alter ", "drop t", "drop v", "drop i"].contains(&head.as_str());
        // Strings instead of names are not ours to guess.
        if is_schema && !statement.text.contains(['$', '?']) {
            built |= driver
                .execute(&Script::Alone {
                    before: vec![],
                    statement: Box::new(statement),
                    after: vec![],
                })
                .is_ok();
        }
    }
    built
}

type Cells = Vec<Option<String>>;

fn rows(driver: &mut dyn Driver, query: &str) -> Vec<Cells> {
    driver
        .query(query)
        .map(|rows| rows.rows)
        .unwrap_or_default()
}

fn cell(row: &Cells, n: usize) -> &str {
    row[n].as_deref().unwrap_or_default()
}

fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

fn ddl() -> &'static dyn initium_driver::Ddl {
    &SqliteDialect
}

fn columns(driver: &mut dyn Driver, table: &Table) -> Result<(), String> {
    let told = rows(
        driver,
        &format!(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({}, 'main')",
            quoted(&table.name.name)
        ),
    );
    if told.len() != table.columns.len() {
        return Err(format!(
            "{} columns against {}",
            table.columns.len(),
            told.len()
        ));
    }
    let key = table.primary_key.as_ref();
    for (column, row) in table.columns.iter().zip(&told) {
        let name = &column.name;
        let wrong = |what: &str| Err(format!("{what} of {name}: {column:?} against {row:?}"));
        if name != cell(row, 0) {
            return wrong("the name");
        }
        let bare = |text: &str| {
            ddl()
                .canonical(text)
                .replace(['"', '[', ']', '`', '\''], "")
        };
        if bare(&column.data_type) != bare(cell(row, 1)) {
            return wrong("the type");
        }
        let place = key.and_then(|key| key.parts.iter().position(|part| part.name() == Some(name)));
        if place.map_or(0, |n| n + 1).to_string() != cell(row, 4) {
            return wrong("the place in the key");
        }
        let is_id = place.is_some() && column.data_type == "INTEGER" && !column.nullable;
        if column.nullable != (cell(row, 2) == "0") && !is_id {
            return wrong("NULL");
        }
        let storage = column.generated.as_ref().map(|it| it.storage);
        let hidden = match storage {
            None => "0",
            Some(Storage::Virtual) => "2",
            Some(Storage::Stored) => "3",
        };
        if hidden != cell(row, 5) {
            return wrong("what is computed");
        }
        let default = row[3]
            .as_deref()
            .filter(|text| !text.trim().eq_ignore_ascii_case("null"));
        if column.generated.is_none() && default.is_some() != column.default.is_some() {
            return wrong("the default");
        }
        if let (Some(ours), Some(theirs), None) = (&column.default, default, storage) {
            // A word or a text in double quotes is a string there.
            let word = theirs.trim_matches(['"', '[', ']', '`']);
            let string = quoted(&word.replace("\"\"", "\"").replace("``", "`"));
            if !ddl().same(ours, theirs) && *ours != string {
                return wrong("the default");
            }
        }
    }
    Ok(())
}

/// Columns (nothing for an expression), directions and collations.
type Shape = Vec<(Option<String>, bool, String)>;

fn shape(driver: &mut dyn Driver, index: &str) -> Shape {
    let told = rows(
        driver,
        &format!(
            "SELECT name, \"desc\", coll FROM pragma_index_xinfo({}, 'main') WHERE key = 1 ORDER BY seqno",
            quoted(index)
        ),
    );
    told.iter()
        .map(|row| {
            (
                row[0].clone(),
                cell(row, 1) == "1",
                cell(row, 2).to_uppercase(),
            )
        })
        .collect()
}

fn ours(parts: &[Part], table: &Table) -> Shape {
    let one = |part: &Part| {
        let name = match &part.of {
            Of::Column(name) => Some(name.clone()),
            Of::Expression(_) => None,
        };
        let own = name
            .as_ref()
            .and_then(|name| table.column(name)?.collation.clone());
        let collation = part.collation.clone().or(own).unwrap_or("BINARY".into());
        (name, part.sort == Sort::Down, collation.to_uppercase())
    };
    parts.iter().map(one).collect()
}

fn indexes(driver: &mut dyn Driver, table: &Table) -> Result<(), String> {
    let list = rows(
        driver,
        &format!(
            "SELECT name, \"unique\", origin, partial FROM pragma_index_list({}, 'main')",
            quoted(&table.name.name)
        ),
    );
    let mut keys: Vec<Shape> = Vec::new();
    let mut made = 0;
    for row in &list {
        let theirs = shape(driver, cell(row, 0));
        // Where a constraint has no direction in its index it means nothing.
        let flat =
            |shape: Shape| -> Shape { shape.into_iter().map(|(n, _, c)| (n, false, c)).collect() };
        if cell(row, 2) != "c" {
            keys.push(flat(theirs));
            continue;
        }
        made += 1;
        let Some(index) = table
            .indexes
            .iter()
            .find(|index| index.name == cell(row, 0))
        else {
            return Err(format!("no index {}", cell(row, 0)));
        };
        let mut mine = ours(&index.parts, table);
        // What an expression has by itself is SQLite's to know.
        for (mine, theirs) in mine.iter_mut().zip(&theirs) {
            if mine.0.is_none() && mine.2 == "BINARY" {
                mine.2.clone_from(&theirs.2);
            }
        }
        let flags = (index.unique, index.predicate.is_some());
        if mine != theirs || flags != (cell(row, 1) == "1", cell(row, 3) == "1") {
            return Err(format!("index {index:?} against {row:?} {theirs:?}"));
        }
    }
    if made != table.indexes.len() {
        return Err(format!("{} indexes against {made}", table.indexes.len()));
    }
    let told = |key: &Key| -> Shape {
        let all = ours(&key.parts, table);
        all.into_iter().map(|(n, _, c)| (n, false, c)).collect()
    };
    let mut mine: Vec<Shape> = table.unique.iter().map(told).collect();
    mine.extend(table.primary_key.iter().map(told));
    for theirs in &keys {
        if !mine.contains(theirs) {
            return Err(format!("no key {theirs:?} among {mine:?}"));
        }
    }
    Ok(())
}

fn foreign_keys(driver: &mut dyn Driver, table: &Table) -> Result<(), String> {
    let told = rows(
        driver,
        &format!(
            "SELECT lower(\"table\"), group_concat(lower(\"from\")), lower(on_update), lower(on_delete) \
             FROM (SELECT * FROM pragma_foreign_key_list({}, 'main') ORDER BY id, seq) GROUP BY id",
            quoted(&table.name.name)
        ),
    );
    let mut theirs: Vec<String> = told.iter().map(|row| format!("{row:?}")).collect();
    let mine = table.foreign_keys.iter().map(|key| {
        let row: Cells = vec![
            Some(key.references.name.to_lowercase()),
            Some(key.columns.join(",").to_lowercase()),
            Some(key.on_update.words().to_lowercase()),
            Some(key.on_delete.words().to_lowercase()),
        ];
        format!("{row:?}")
    });
    let mut mine: Vec<String> = mine.collect();
    theirs.sort();
    mine.sort();
    match theirs == mine {
        true => Ok(()),
        false => Err(format!("foreign keys {mine:?} against {theirs:?}")),
    }
}

/// Written down and read again it is the same.
fn again(catalog: &Catalog) -> Result<(), String> {
    let native = ddl()
        .native(catalog.clone())
        .map_err(|e| format!("native: {e:?}"))?;
    if native != *catalog {
        return Err(format!("native differs: {native:#?}\n{catalog:#?}"));
    }
    let tables = catalog.tables.iter().cloned().map(Box::new).map(Edit::Add);
    let views = catalog.views.iter().cloned().map(Box::new).map(Edit::Add);
    let list: Vec<_> = tables
        .map(Change::Table)
        .chain(views.map(Change::View))
        .collect();
    let changes = Changes {
        from: &Catalog::default(),
        to: catalog,
        list: &list,
        way: Way::Plain,
    };
    let acts = ddl()
        .render(&changes)
        .map_err(|e| format!("render: {e:?}"))?;
    let mut fresh = memory();
    for act in &acts {
        let Ok(mut statements) = SqliteDialect.split(&Source::file("a.sql", act.sql.as_str()))
        else {
            return Err(format!("not split: {}", act.sql));
        };
        let statement = Box::new(statements.remove(0));
        let (before, after) = (vec![], vec![]);
        let script = Script::Alone {
            before,
            statement,
            after,
        };
        fresh
            .execute(&script)
            .map_err(|e| format!("{}: {}", e.message(), act.sql))?;
    }
    let found = fresh.introspect().map_err(|e| format!("again: {e:?}"))?;
    match found == *catalog {
        true => Ok(()),
        false => Err(format!("again: {found:#?}\n{catalog:#?}")),
    }
}

fn compare(driver: &mut dyn Driver, count: &mut usize) -> Result<(), String> {
    let catalog = driver.introspect().map_err(|e| format!("{e:?}"))?;
    for table in &catalog.tables {
        if table.options.contains_key("virtual") {
            continue;
        }
        *count += 1;
        let about = |why: String| format!("{}: {why}", table.name);
        columns(driver, table).map_err(about)?;
        indexes(driver, table).map_err(about)?;
        foreign_keys(driver, table).map_err(about)?;
    }
    again(&catalog)
}

#[test]
fn sqlite_and_we_read_the_same_in_its_own_test_suite() {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in fetched("sqlite") {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let name = path.to_string_lossy();
        let mut driver = memory();
        let mut difference = None;
        for script in tcl::scripts(&text) {
            if difference.is_none() && build(&mut *driver, script) {
                difference = compare(&mut *driver, &mut count).err();
            }
        }
        let explained = EXPLAINED.iter().find(|(end, _)| name.ends_with(end));
        match (difference, explained) {
            (Some(difference), None) => wrong.push(format!("{name}: {difference}")),
            (None, Some((_, reason))) => {
                wrong.push(format!(
                    "{name} does not differ any more: take off {reason:?}"
                ));
            }
            _ => {}
        }
    }
    eprintln!("{count} tables");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
