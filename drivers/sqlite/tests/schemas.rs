//! Schemas that people know: what is told of them, written into an empty database, is told the same
//! there; and each of their tables is built anew without a difference.
#![allow(clippy::unwrap_used)]

mod changing;
mod folder;

use changing::{Place, acts, told};
use initium_driver::Catalog;
use initium_driver::Dialect;
use initium_driver::change::{Change, Changes, Edit, Of, Way};
use initium_sqlite::SqliteDialect;
use std::path::Path;

fn schemas() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/schemas/sqlite");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    all.sort();
    assert!(all.len() >= 9);
    all
}

#[test]
fn what_is_told_of_a_schema_builds_it() {
    for (name, sql) in schemas() {
        let catalog = Place::new(&sql).seen();
        let mut fresh = Place::new("");
        let all = told(&acts(&Catalog::default(), &catalog).expect("acts"));
        fresh
            .run(&all)
            .unwrap_or_else(|e| panic!("{name}: {e}\n{all}"));
        assert_eq!(fresh.seen(), catalog, "{name}\n{all}");
        // And no index or view of it was taken for something else.
        fresh
            .run("REINDEX; ANALYZE")
            .expect("it can be worked with");
        for view in &catalog.views {
            fresh.rows(&format!("SELECT * FROM \"{}\"", view.name.name));
        }
    }
}

#[test]
fn every_table_can_be_built_anew_where_it_stands() {
    for (name, sql) in schemas() {
        let mut place = Place::new(&sql);
        let to = place.seen();
        // Each column without its type and each key without its columns would be another table; this
        // one differs in nothing that stays.
        let mut from = to.clone();
        let mut list = Vec::new();
        for table in from.tables.iter_mut().filter(|it| !it.columns.is_empty()) {
            let new = table.columns[0].clone();
            table.columns[0].default = Some("'another'".into());
            list.push(Change::Column(Of {
                table: table.name.clone(),
                edit: Edit::Alter {
                    from: Box::new(table.columns[0].clone()),
                    to: Box::new(new),
                },
            }));
        }
        let changes = Changes {
            from: &from,
            to: &to,
            list: &list,
            way: Way::Plain,
        };
        let acts = SqliteDialect
            .ddl()
            .expect("one")
            .render(&changes)
            .expect("acts");
        let all = told(&acts);
        assert!(all.matches("DROP TABLE").count() >= list.len(), "{all}");
        place
            .run(&all)
            .unwrap_or_else(|e| panic!("{name}: {e}\n{all}"));
        assert_eq!(place.seen(), to, "{name}\n{all}");
        for view in &to.views {
            place.rows(&format!("SELECT * FROM \"{}\"", view.name.name));
        }
        assert_eq!(place.first("PRAGMA integrity_check"), "ok");
    }
}
