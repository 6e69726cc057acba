//! From one schema to another with rows in between: what differs is found by names alone, which is
//! enough here.
#![allow(dead_code)] // Not every test uses all of it.

use crate::folder::{self, Folder};
use initium_driver::catalog::{Catalog, Name, Table};
use initium_driver::change::{Act, Change, Changes, Edit, Impact, Of, Way};
use initium_driver::driver::{Access, Driver, Part, Script};
use initium_driver::{Dialect, Result, Settings, Source};
use initium_sqlite::SqliteDialect;

/// A database in a file.
pub struct Place {
    pub folder: Folder,
    pub driver: Box<dyn Driver>,
}

impl Place {
    pub fn new(sql: &str) -> Place {
        Place::at("app.db", sql)
    }

    /// In memory, which nobody waits for.
    pub fn memory(sql: &str) -> Place {
        let settings = Settings::parse("sqlite::memory:", "URL").expect("a URL");
        let run = folder::run(Access::Write);
        let mut place = Place {
            folder: Folder::new(),
            driver: (initium_sqlite::OPENER.open)(&settings, &run).expect("memory"),
        };
        place.run(sql).expect(sql);
        place
    }

    /// With options behind the name of the file.
    pub fn at(url: &str, sql: &str) -> Place {
        let folder = Folder::new();
        let driver = folder.open(url, Access::Write).expect("a file");
        let mut place = Place { folder, driver };
        place.run(sql).expect(sql);
        place
    }

    pub fn run(&mut self, sql: &str) -> Result<()> {
        let statements = SqliteDialect.split(&Source::file("a.sql", sql))?;
        let entries = vec![];
        self.driver.execute(&Script::Together(vec![Part {
            statements,
            entries,
        }]))
    }

    pub fn seen(&mut self) -> Catalog {
        let catalog = self.driver.introspect().expect("a catalog");
        let native = SqliteDialect.ddl().expect("one").native(catalog.clone());
        assert_eq!(native.expect("its own"), catalog);
        catalog
    }

    pub fn rows(&mut self, query: &str) -> Vec<Vec<Option<String>>> {
        self.driver.query(query).expect(query).rows
    }

    pub fn first(&mut self, query: &str) -> String {
        let rows = self.driver.query(query).expect(query);
        rows.first().unwrap_or("NULL").to_string()
    }

    /// Everything in `sqlite_schema`, word for word.
    pub fn texts(&mut self) -> Vec<Vec<Option<String>>> {
        self.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    }

    /// The values of a table with their kinds.
    pub fn values(&mut self, table: &str) -> Vec<Vec<Option<String>>> {
        let catalog = self.seen();
        let columns = &catalog.table(table).expect(table).columns;
        let columns: Vec<_> = columns
            .iter()
            .map(|c| format!("typeof({0}) || quote({0})", c.name))
            .collect();
        self.rows(&format!("SELECT {} FROM {table}", columns.join(", ")))
    }

    /// Leads to the schema that these statements would build.
    pub fn become_like(&mut self, sql: &str) -> Result<Vec<Act>> {
        let (from, to) = (self.seen(), desired(sql));
        let acts = acts(&from, &to)?;
        self.run(&told(&acts))?;
        let found = self.seen();
        assert_eq!(sorted(found), sorted(to), "{}", told(&acts));
        Ok(acts)
    }
}

pub fn told(acts: &[Act]) -> String {
    acts.iter().map(|act| format!("{};\n", act.sql)).collect()
}

/// A column that comes stands at the end.
fn sorted(mut catalog: Catalog) -> Catalog {
    for table in &mut catalog.tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    catalog
}

pub fn desired(sql: &str) -> Catalog {
    Place::memory(sql).seen()
}

pub fn acts(from: &Catalog, to: &Catalog) -> Result<Vec<Act>> {
    let list = found(from, to);
    SqliteDialect.ddl().expect("one").render(&Changes {
        from,
        to,
        list: &list,
        way: Way::Plain,
    })
}

/// What each change means.
pub fn impacts(from: &Catalog, to: &Catalog) -> Vec<(Change, Impact)> {
    let list = found(from, to);
    let changes = Changes {
        from,
        to,
        list: &list,
        way: Way::Plain,
    };
    let ddl = SqliteDialect.ddl().expect("one");
    let all = list.iter();
    all.map(|change| (change.clone(), ddl.impact(change, &changes)))
        .collect()
}

pub fn found(from: &Catalog, to: &Catalog) -> Vec<Change> {
    let mut list = Vec::new();
    let named = |tables: &[Table], name: &Name| tables.iter().any(|table| table.name == *name);
    for table in from.tables.iter().rev() {
        if !named(&to.tables, &table.name) {
            list.push(Change::Table(Edit::Drop(Box::new(table.clone()))));
        }
    }
    for table in &to.tables {
        match from.tables.iter().find(|it| it.name == table.name) {
            None => list.push(Change::Table(Edit::Add(Box::new(table.clone())))),
            Some(old) => parts(old, table, &mut list),
        }
    }
    for view in &from.views {
        if !to.views.iter().any(|it| it.name == view.name) {
            list.push(Change::View(Edit::Drop(Box::new(view.clone()))));
        }
    }
    for view in &to.views {
        let edit = match from.views.iter().find(|it| it.name == view.name) {
            Some(old) if old == view => continue,
            Some(old) => Edit::Alter {
                from: Box::new(old.clone()),
                to: Box::new(view.clone()),
            },
            None => Edit::Add(Box::new(view.clone())),
        };
        list.push(Change::View(edit));
    }
    list
}

fn parts(from: &Table, to: &Table, list: &mut Vec<Change>) {
    if from.options != to.options {
        let (from, to) = (Box::new(from.clone()), Box::new(to.clone()));
        list.push(Change::Table(Edit::Alter { from, to }));
    }
    let of = |edit| Of {
        table: to.name.clone(),
        edit,
    };
    macro_rules! both {
        ($kind:ident, $field:ident) => {
            for one in from.$field.iter().filter(|one| !to.$field.contains(one)) {
                list.push(Change::$kind(Of {
                    table: to.name.clone(),
                    edit: Edit::Drop(one.clone()),
                }));
            }
            for one in to.$field.iter().filter(|one| !from.$field.contains(one)) {
                list.push(Change::$kind(Of {
                    table: to.name.clone(),
                    edit: Edit::Add(one.clone()),
                }));
            }
        };
    }
    both!(Check, checks);
    both!(Index, indexes);
    for one in &from.columns {
        if to.column(&one.name).is_none() {
            list.push(Change::Column(of(Edit::Drop(Box::new(one.clone())))));
        }
    }
    for one in &to.columns {
        let edit = match from.column(&one.name) {
            Some(old) if old == one => continue,
            Some(old) => Edit::Alter {
                from: Box::new(old.clone()),
                to: Box::new(one.clone()),
            },
            None => Edit::Add(Box::new(one.clone())),
        };
        list.push(Change::Column(of(edit)));
    }
    if from.primary_key != to.primary_key {
        let one = from.primary_key.clone().map(Edit::Drop);
        let other = to.primary_key.clone().map(Edit::Add);
        let both = one.into_iter().chain(other);
        list.extend(both.map(|edit| {
            Change::PrimaryKey(Of {
                table: to.name.clone(),
                edit,
            })
        }));
    }
    both!(Unique, unique);
    both!(ForeignKey, foreign_keys);
    both!(Trigger, triggers);
}
