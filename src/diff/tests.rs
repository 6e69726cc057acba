//! The algorithm on catalogs that no database made. (Catches a wrong order, a rename that was guessed,
//! a difference in a name that nobody chose.)

use super::*;
use crate::spec::{Kinds, Policy};
use initium_driver::catalog::{
    Action, Attribute, Column, ForeignKey, Index, Key, Part, Sizes, Table, Trigger, View,
};
use initium_driver::change::{Act, Changes, Impact, Threat, Way};
use initium_driver::ddl::Habits;
use initium_driver::{Code, Result};

/// Spells each change by its description; a dropped column is a loss.
struct Plain(Habits);

const ORDINARY: Habits = Habits {
    column_order: false,
    views_pin: true,
    keys_after: true,
};

impl Ddl for Plain {
    fn canonical(&self, data_type: &str) -> String {
        data_type.into()
    }

    fn native(&self, catalog: Catalog) -> Result<Catalog> {
        Ok(catalog)
    }

    fn generated(&self, _: &Table, name: &str) -> bool {
        name.starts_with("auto_")
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other
    }

    fn habits(&self) -> Habits {
        self.0
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        let acts = changes.list.iter().enumerate().map(|(n, change)| Act {
            sql: described(change),
            changes: vec![n],
        });
        Ok(acts.collect())
    }

    fn impact(&self, change: &Change, _: &Changes) -> Impact {
        match change {
            Change::Column(of) if of.edit.to().is_none() => {
                Impact::default().risk(Threat::Loss, "its values are gone")
            }
            _ => Impact::default(),
        }
    }
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        ..Column::default()
    }
}

fn table(name: &str, columns: &[&str]) -> Table {
    Table {
        name: name.into(),
        columns: columns.iter().map(|name| column(name, "int")).collect(),
        ..Table::default()
    }
}

fn refers(mut table: Table, to: &str) -> Table {
    table.foreign_keys.push(ForeignKey {
        name: format!("{}_{to}", table.name),
        columns: vec![table.columns[0].name.clone()],
        references: to.into(),
        referenced: vec!["id".into()],
        on_delete: Action::Cascade,
        ..ForeignKey::default()
    });
    table
}

fn catalog(tables: Vec<Table>) -> Catalog {
    let mut catalog = Catalog {
        tables,
        ..Catalog::default()
    };
    catalog.sort();
    catalog
}

fn view(name: &str, columns: &[&str], definition: &str) -> View {
    let attribute = |name: &&str| Attribute {
        name: name.to_string(),
        data_type: "int".into(),
    };
    View {
        name: name.into(),
        columns: columns.iter().map(attribute).collect(),
        definition: definition.into(),
        ..View::default()
    }
}

fn words(from: &Catalog, to: &Catalog, habits: Habits) -> Vec<String> {
    let found = diff(from, to, &Plain(habits));
    found.changes.iter().map(described).collect()
}

/// What undoes it, in words.
fn back(from: &Catalog, to: &Catalog) -> Vec<String> {
    let ddl = Plain(ORDINARY);
    let found = diff(from, to, &ddl);
    let back = undo(&found.changes, from, to, &ddl);
    back.iter().map(described).collect()
}

#[test]
fn nothing_differs_from_itself() {
    let one = catalog(vec![refers(table("b", &["id"]), "a"), table("a", &["id"])]);
    assert_eq!(words(&one, &one, ORDINARY), [""; 0]);
}

#[test]
fn a_table_stands_before_those_that_refer_to_it_and_goes_after_them() {
    let all = catalog(vec![
        refers(table("a", &["id"]), "b"),
        refers(table("b", &["id"]), "c"),
        table("c", &["id"]),
    ]);
    let none = Catalog::default();
    assert_eq!(
        words(&none, &all, ORDINARY),
        ["create table c", "create table b", "create table a"]
    );
    assert_eq!(
        words(&all, &none, ORDINARY),
        ["drop table a", "drop table b", "drop table c"]
    );
    assert_eq!(back(&none, &all), words(&all, &none, ORDINARY));
}

#[test]
fn a_circle_of_foreign_keys_is_closed_last_and_opened_first() {
    let all = catalog(vec![
        refers(table("a", &["id"]), "b"),
        refers(table("b", &["id"]), "a"),
        refers(table("c", &["id"]), "c"),
    ]);
    let none = Catalog::default();
    let up = words(&none, &all, ORDINARY);
    assert_eq!(up.len(), 4);
    assert!(up[3].starts_with("add foreign key"), "{up:?}");
    let down = words(&all, &none, ORDINARY);
    assert!(down[0].starts_with("drop foreign key"), "{down:?}");
    assert_eq!(down.len(), 4);
    // Where a key is part of its table the order is nobody's worry.
    let inside = Habits {
        keys_after: false,
        ..ORDINARY
    };
    assert_eq!(words(&none, &all, inside).len(), 3);
}

#[test]
fn a_rename_is_made_where_it_is_said_and_suggested_where_it_is_not() {
    let from = catalog(vec![table("people", &["id", "mail"])]);
    let mut to = catalog(vec![table("people", &["id", "email"])]);
    let found = diff(&from, &to, &Plain(ORDINARY));
    let all: Vec<_> = found.changes.iter().map(described).collect();
    assert_eq!(
        all,
        ["drop column people.mail", "add column people.email int"]
    );
    assert_eq!(found.suggestions.len(), 1);
    assert!(found.suggestions[0].told().contains("renamed_from: mail"));
    to.tables[0].columns[1].renamed_from = Some("mail".into());
    assert_eq!(
        words(&from, &to, ORDINARY),
        ["rename column people.mail to email"]
    );
    assert_eq!(back(&from, &to), ["rename column people.email to mail"]);
    // Once it is done the hint says nothing.
    let done = catalog(vec![table("people", &["id", "email"])]);
    assert_eq!(words(&done, &to, ORDINARY), [""; 0]);
}

#[test]
fn parts_follow_a_rename_of_what_they_name() {
    let mut from = catalog(vec![table("people", &["id", "mail"])]);
    from.tables[0].indexes.push(Index {
        name: "i".into(),
        parts: vec!["mail".into(), Part::expression("lower(mail)")],
        ..Index::default()
    });
    from.tables.push(refers(table("posts", &["id"]), "people"));
    let mut to = catalog(vec![table("users", &["id", "email"])]);
    to.tables[0].renamed_from = Some("people".into());
    to.tables[0].columns[1].renamed_from = Some("mail".into());
    to.tables[0].indexes.push(Index {
        name: "i".into(),
        parts: vec!["email".into(), Part::expression("lower(email)")],
        ..Index::default()
    });
    let mut posts = refers(table("posts", &["id"]), "users");
    posts.foreign_keys[0].name = "posts_people".into();
    to.tables.push(posts);
    to.sort();
    assert_eq!(
        words(&from, &to, ORDINARY),
        [
            "rename table people to users",
            "rename column users.mail to email"
        ]
    );
    assert_eq!(
        back(&from, &to),
        [
            "rename table users to people",
            "rename column people.email to mail"
        ]
    );
}

#[test]
fn a_name_that_the_database_found_is_no_difference() {
    let with = |name: &str, column: &str| {
        let mut one = table("t", &["a", "b"]);
        one.unique.push(Key {
            name: name.into(),
            parts: vec![column.into()],
            ..Key::default()
        });
        catalog(vec![one])
    };
    assert_eq!(
        words(&with("auto_1", "a"), &with("", "a"), ORDINARY),
        [""; 0]
    );
    assert_eq!(
        words(&with("auto_1", "a"), &with("auto_2", "a"), ORDINARY),
        [""; 0]
    );
    assert_eq!(
        words(&with("mine", "a"), &with("auto_2", "a"), ORDINARY),
        [""; 0]
    );
    assert_eq!(
        words(&with("auto_1", "a"), &with("mine", "a"), ORDINARY),
        ["rename unique constraint auto_1 of t to mine"]
    );
    assert_eq!(
        words(&with("auto_1", "a"), &with("auto_1", "b"), ORDINARY),
        [
            "drop unique constraint auto_1 of t",
            "add unique constraint auto_1 to t"
        ]
    );
}

#[test]
fn a_part_that_becomes_another_goes_before_its_column_and_comes_after() {
    let mut from = catalog(vec![table("t", &["a", "b"])]);
    from.tables[0].indexes.push(Index {
        name: "i".into(),
        parts: vec!["a".into()],
        ..Index::default()
    });
    let mut to = catalog(vec![table("t", &["b", "c"])]);
    to.tables[0].columns[1].data_type = "text".into();
    to.tables[0].indexes.push(Index {
        name: "i".into(),
        parts: vec!["c".into()],
        ..Index::default()
    });
    let up = [
        "drop index i of t",
        "drop column t.a",
        "add column t.c text",
        "add index i to t",
    ];
    assert_eq!(words(&from, &to, ORDINARY), up);
    let down = [
        "drop index i of t",
        "drop column t.c",
        "add column t.a int",
        "add index i to t",
    ];
    assert_eq!(back(&from, &to), down);
}

#[test]
fn a_view_steps_aside_while_its_column_changes() {
    let mut from = catalog(vec![table("t", &["a", "b"])]);
    from.views = vec![
        view("over", &["a"], "SELECT v.a FROM v"),
        view("v", &["a"], "SELECT t.a FROM t"),
        view("w", &["b"], "SELECT t.b FROM t"),
    ];
    let mut to = from.clone();
    to.tables[0].columns[0].data_type = "bigint".into();
    let up = words(&from, &to, ORDINARY);
    assert_eq!(
        up,
        [
            "drop view over",
            "drop view v",
            "change the type of t.a from int to bigint",
            "create view v",
            "create view over",
        ]
    );
    let free = Habits {
        views_pin: false,
        ..ORDINARY
    };
    assert_eq!(words(&from, &to, free).len(), 1);
}

#[test]
fn a_view_whose_columns_move_is_made_anew_with_those_that_use_it() {
    let mut from = catalog(vec![table("t", &["a", "b"])]);
    from.views = vec![
        view("over", &["a"], "SELECT v.a FROM v"),
        view("v", &["a"], "SELECT t.a FROM t"),
    ];
    let mut to = from.clone();
    to.views[1] = view("v", &["b", "a"], "SELECT t.b, t.a FROM t");
    assert_eq!(
        words(&from, &to, ORDINARY),
        [
            "drop view over",
            "drop view v",
            "create view v",
            "create view over"
        ]
    );
    to.views[1] = view("v", &["a", "b"], "SELECT t.a, t.b FROM t");
    assert_eq!(words(&from, &to, ORDINARY), ["change view v"]);
}

#[test]
fn where_places_count_as_few_columns_move_as_can() {
    let from = catalog(vec![table("t", &["a", "b", "c", "d"])]);
    let to = catalog(vec![table("t", &["b", "c", "a", "d"])]);
    let counted = Habits {
        column_order: true,
        ..ORDINARY
    };
    assert_eq!(words(&from, &to, counted), ["change column t.a"]);
    assert_eq!(words(&from, &to, ORDINARY), [""; 0]);
}

#[test]
fn a_trigger_that_changes_goes_first_and_comes_last() {
    let with = |text: &str| {
        let mut one = table("t", &["a"]);
        one.triggers.push(Trigger {
            name: "g".into(),
            definition: text.into(),
            ..Trigger::default()
        });
        catalog(vec![one])
    };
    let mut to = with("new");
    to.tables[0].columns.push(column("b", "int"));
    assert_eq!(
        words(&with("old"), &to, ORDINARY),
        [
            "drop trigger g of t",
            "add column t.b int",
            "add trigger g to t"
        ]
    );
}

#[test]
fn breaking_changes_are_blocked_told_or_allowed_by_name() {
    let from = catalog(vec![table("t", &["a", "b", "c"])]);
    let to = catalog(vec![table("t", &["a"])]);
    let ddl = Plain(ORDINARY);
    let found = difference(&from, &to, &Sizes::new(), &ddl, Way::Plain).expect("changes");
    let code = |policy, allowed: &[&str]| {
        let allowed: Vec<_> = allowed.iter().map(|it| it.to_string()).collect();
        judge(&found, policy, &allowed).map_err(|error| error.code())
    };
    let blocked = judge(&found, Policy::Block, &[]).expect_err("blocked");
    for told in ["drop column t.b: its values are gone", "drop column t.c"] {
        assert!(blocked.message().contains(told), "{}", blocked.message());
    }
    assert_eq!(
        code(Policy::Block, &["drop column t.b"]),
        Err(Code::BreakingChange)
    );
    let both = ["drop column t.b", "drop column t.c"];
    assert_eq!(code(Policy::Block, &both), Ok(Vec::new()));
    assert_eq!(code(Policy::Warn, &[]).map(|told| told.len()), Ok(2));
    assert_eq!(code(Policy::Expand, &[]), Err(Code::NotSupported));
    assert_eq!(Policy::parse("blue_green"), Some(Policy::Expand));
}

#[test]
fn what_is_left_alone_is_left_out_of_both() {
    let mut live = catalog(vec![table("t", &["a", "legacy_x"]), table("tmp_1", &["a"])]);
    live.tables.push(Table {
        name: Name::within("other", "u"),
        ..Table::default()
    });
    let mut declared = catalog(vec![table("t", &["a"])]);
    let scope = Scope {
        ignored: vec!["tmp_*".into(), "t.legacy_*".into()],
        kinds: Kinds::All,
    };
    scope.narrow(&mut live, &mut declared);
    assert_eq!(live, declared);
    for (pattern, text, expected) in [
        ("*", "", true),
        ("a*b*c", "aXbYbZc", true),
        ("a*b", "aXc", false),
        ("?", "é", true),
        ("a?", "a", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn a_wide_schema_is_compared_in_linear_time() {
    let wide = |count: usize| {
        let tables = (0..count).map(|n| table(&format!("t{n}"), &["a", "b", "c"]));
        catalog(tables.collect())
    };
    // A quadratic step would be a thousand times the time of this one, not ten.
    let (small, large) = (wide(200), wide(20_000));
    assert_eq!(words(&small, &small, ORDINARY).len(), 0);
    assert_eq!(words(&large, &large, ORDINARY).len(), 0);
    assert_eq!(words(&Catalog::default(), &large, ORDINARY).len(), 20_000);
}
