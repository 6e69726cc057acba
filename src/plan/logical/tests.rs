//! Changes on catalogs that no database made, spelled by a dialect that spells nothing. (Catches a change
//! that rests on what is not known, two that are made together and should not be, a part that was
//! made anew.)

use super::kept::Kept;
use super::{Ground, Made};
use crate::diff::described;
use crate::spec::{Changes, Gone, Input, Logical, Verb, load};
use initium_driver::catalog::{Catalog, Column, Sizes, Table};
use initium_driver::change::{Act, Change, Changes as Between, Impact, Threat};
use initium_driver::ddl::{Ddl, Enums, Habits};
use initium_driver::fake::{FakeDialect, Flavour};
use initium_driver::{Code, Lines, Place, Result, Statement};

/// Spells each change by its description.
struct Plain(Enums);

impl Ddl for Plain {
    fn canonical(&self, data_type: &str) -> String {
        data_type.into()
    }

    fn native(&self, catalog: Catalog) -> Result<Catalog> {
        Ok(catalog)
    }

    fn generated(&self, _: &Table, _: &str) -> bool {
        false
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: false,
            views_pin: false,
            keys_after: true,
        }
    }

    /// Those of one table in one statement.
    fn render(&self, changes: &Between) -> Result<Vec<Act>> {
        let mut acts: Vec<Act> = Vec::new();
        for (n, change) in changes.list.iter().enumerate() {
            let same = change.table().is_some()
                && n.checked_sub(1)
                    .is_some_and(|before| changes.list[before].table() == change.table());
            match acts.last_mut() {
                Some(last) if same => {
                    last.sql += &format!(", {}", described(change));
                    last.changes.push(n);
                }
                _ => acts.push(Act {
                    sql: described(change),
                    changes: vec![n],
                }),
            }
        }
        Ok(acts)
    }

    fn impact(&self, change: &Change, _: &Between) -> Impact {
        match change {
            Change::Column(of) if of.edit.to().is_none() => {
                Impact::default().risk(Threat::Loss, "gone")
            }
            _ => Impact::default(),
        }
    }

    /// As SQLite does for what ALTER cannot do.
    fn rebuilds(&self, change: &Change, _: &Between) -> bool {
        matches!(change, Change::Check(_))
    }

    fn enums(&self) -> Enums {
        self.0
    }
}

const DIALECT: FakeDialect = FakeDialect(Flavour::Transactional);

fn list(items: &str) -> Vec<Logical> {
    let mut text = String::from("version: 1\nmigrations:\n- name: one\n  changes:\n");
    for line in items.lines() {
        text += &format!("  - {line}\n");
    }
    let mut spec = load(&[Input::Stdin(text.into_bytes())]).expect("a spec");
    let changes: Changes = spec.migrations.remove(0).changes.expect("changes");
    changes.of(&["postgres"]).expect("for all").clone()
}

fn users() -> Catalog {
    let column = |name: &str| Column {
        name: name.into(),
        data_type: "int".into(),
        ..Column::default()
    };
    Catalog {
        tables: vec![Table {
            name: "users".into(),
            columns: vec![column("id"), column("age")],
            ..Table::default()
        }],
        ..Catalog::default()
    }
}

fn statement(text: &str) -> Statement {
    Statement {
        text: text.into(),
        place: Place {
            file: "a.sql".into(),
            line: 1,
            column: 1,
        },
        lines: Lines::Folded,
        effect: initium_driver::Effect::Schema,
        lock: None,
        more: None,
    }
}

fn made(ddl: &Plain, before: &[&str], items: &str) -> Result<Made> {
    let (catalog, sizes) = (users(), Sizes::new());
    let mut ground = Ground::new(&DIALECT, ddl, &catalog, &sizes);
    let statements: Vec<_> = before.iter().map(|text| statement(text)).collect();
    ground.sql(&statements);
    ground.make(&list(items))
}

fn up(made: &Made) -> Vec<String> {
    made.difference
        .up
        .iter()
        .map(|act| act.sql.clone())
        .collect()
}

const TYPES: Plain = Plain(Enums::Types);

#[test]
fn each_item_begins_where_the_one_before_it_ended() {
    let items = "add_column: {table: users, name: seen, type: int}\n\
                 rename_table: {from: users, to: people}\n\
                 rename_column: {table: people, from: seen, to: last_seen}\n\
                 drop_column: {table: people, name: last_seen}";
    let made = made(&TYPES, &[], items).expect("it fits");
    assert_eq!(
        up(&made),
        [
            "add column users.seen int",
            "rename table users to people",
            "rename column people.seen to last_seen",
            "drop column people.last_seen",
        ]
    );
    let crate::diff::Back::Acts(down) = &made.difference.down else {
        panic!("there is a way back")
    };
    let down: Vec<_> = down.iter().map(|act| act.sql.as_str()).collect();
    assert_eq!(
        down,
        [
            "add column people.last_seen int",
            "rename column people.last_seen to seen",
            "rename table people to users",
            "drop column users.seen",
        ]
    );
}

#[test]
fn items_about_one_table_are_made_together_where_they_do_not_build_on_each_other() {
    let apart = "add_column: {table: users, name: a, type: int}\n\
                 add_column: {table: users, name: b, type: int}\n\
                 alter_column: {table: users, name: age, type: bigint}";
    assert_eq!(up(&made(&TYPES, &[], apart).expect("it fits")).len(), 1);
    let upon = "add_column: {table: users, name: a, type: int}\n\
                alter_column: {table: users, name: a, type: bigint}";
    let made = made(&TYPES, &[], upon).expect("it fits");
    assert_eq!(
        up(&made),
        [
            "add column users.a int",
            "change the type of users.a from int to bigint"
        ]
    );
}

#[test]
fn what_a_new_table_gets_is_part_of_it_and_threatens_nobody() {
    let items = "create_table: {name: t, columns: [{name: id, type: int}, {name: n, type: int}]}\n\
                 add_check: {table: t, expression: n > 0}\n\
                 add_index: {table: t, columns: [n], name: t_n}\n\
                 drop_column: {table: t, name: n}";
    let made = made(&TYPES, &[], items).expect("it fits");
    assert_eq!(up(&made)[0], "create table t");
    let breaking: Vec<_> = made.difference.breaking().collect();
    assert!(breaking.is_empty(), "{breaking:?}");
}

#[test]
fn what_rests_on_a_column_goes_with_it_and_comes_back_with_it() {
    let items = "add_index: {table: users, columns: [age], name: by_age}\n\
                 add_check: {table: users, name: old, expression: age > 17}\n\
                 comment: {table: users, text: all}\n\
                 drop_column: {table: users, name: age}";
    let made = made(&TYPES, &[], items).expect("it fits");
    let last = up(&made).pop().expect("some");
    assert_eq!(
        last,
        "drop check old of users, drop index by_age of users, drop column users.age"
    );
}

#[test]
fn what_is_not_there_or_in_the_way_is_told_with_its_place() {
    for (item, told) in [
        ("drop_table: nobody", "there is no table nobody"),
        (
            "add_column: {table: users, name: age, type: int}",
            "there is a column users.age already",
        ),
        (
            "drop_column: {table: users, name: x}",
            "there is no column users.x",
        ),
        (
            "rename_column: {table: users, from: id, to: age}",
            "there is a column users.age already",
        ),
        (
            "drop_index: {table: users, name: x}",
            "there is no index x of users",
        ),
        (
            "drop_index: {table: users, columns: [age]}",
            "there is no index over age of users",
        ),
        (
            "drop_check: {table: users, expression: age > 1}",
            "there is no check (age > 1) of users",
        ),
        (
            "drop_primary_key: {table: users}",
            "there is no primary key of users",
        ),
        (
            "create_table: {name: users, columns: [{name: a, type: int}]}",
            "there is a table users already",
        ),
        (
            "add_index: {table: users, columns: [x]}",
            "there is no column users.x",
        ),
        (
            "add_foreign_key: {table: users, columns: [age], references: nobody}",
            "there is no table nobody",
        ),
        ("drop_view: v", "there is no view v"),
        (
            "replace_view: {name: v, definition: SELECT 1}",
            "there is no view v",
        ),
        ("drop_enum: mood", "there is no enum mood"),
        (
            "rename_table: {from: users, to: users}",
            "there is a table users already",
        ),
    ] {
        let error = made(&TYPES, &[], item).expect_err(item);
        assert_eq!(error.code(), Code::ChangeImpossible, "{item}");
        assert_eq!(error.message(), told);
        let place = error.spot().place.as_ref().expect("a place");
        assert_eq!(place.line, 5, "{item}");
    }
}

#[test]
fn what_others_hold_fast_does_not_go() {
    let child = "create_table: {name: c, columns: [{name: u, type: int, references: users.id}]}\n";
    for item in ["drop_table: users", "drop_column: {table: users, name: id}"] {
        let error = made(&TYPES, &[], &format!("{child}{item}")).expect_err(item);
        assert_eq!(error.code(), Code::ChangeImpossible, "{item}");
        assert!(
            error.message().contains("foreign key of c over u"),
            "{error}"
        );
    }
    let freed = format!("{child}drop_foreign_key: {{table: c, columns: [u]}}\ndrop_table: users");
    assert!(made(&TYPES, &[], &freed).is_ok());
}

#[test]
fn behind_sql_only_what_needs_no_definition_is_made() {
    let before = &["ALTER TABLE users ADD COLUMN nobody_knows int"];
    for item in [
        "add_column: {table: users, name: seen, type: int}",
        "add_index: {table: users, columns: [whatever]}",
        "rename_column: {table: users, from: whatever, to: other}",
        "rename_table: {from: users, to: people}",
        "create_table: {name: other, columns: [{name: a, type: int}]}",
    ] {
        made(&TYPES, before, item).unwrap_or_else(|error| panic!("{item}: {error}"));
    }
    for item in [
        "drop_column: {table: users, name: age}",
        "drop_table: users",
        "alter_column: {table: users, name: age, type: bigint}",
        "drop_index: {table: users, name: x}",
        "comment: {table: users, text: x}",
        // Built anew, it would be without the column that nobody knows.
        "add_check: {table: users, expression: age > 0}",
    ] {
        let error = made(&TYPES, before, item).expect_err(item);
        assert_eq!(error.code(), Code::ObjectUnknown, "{item}");
    }
}

#[test]
fn sql_among_the_items_hides_what_it_names_from_those_behind_it() {
    let schema = "sql: create users\ndrop_column: {table: users, name: age}";
    let error = made(&TYPES, &[], schema).expect_err("hidden");
    assert_eq!(error.code(), Code::ObjectUnknown);
    let other = "sql: create other\ndrop_column: {table: users, name: age}";
    assert!(made(&TYPES, &[], other).is_ok());
}

#[test]
fn an_sql_without_a_way_back_leaves_the_migration_without_one() {
    let one = made(&TYPES, &[], "sql: {up: insert users, down: delete users}").expect("it fits");
    assert!(matches!(one.difference.down, crate::diff::Back::Acts(_)));
    let other = "sql: insert users\nadd_column: {table: users, name: a, type: int}";
    let other = made(&TYPES, &[], other).expect("it fits");
    assert!(matches!(other.difference.down, crate::diff::Back::None(_)));
    assert_eq!(Kept::of(other.parts).down(&statement("").place), None);
}

#[test]
fn without_types_an_enum_is_the_values_of_each_column_of_it() {
    let ddl = Plain(Enums::Columns);
    let items = "create_enum: {name: mood, values: [sad, ok]}\n\
                 add_column: {table: users, name: mood, type: mood}\n\
                 rename_column: {table: users, from: mood, to: feels}\n\
                 rename_table: {from: users, to: people}\n\
                 add_enum_value: {name: mood, value: happy, before: ok}";
    let made = made(&ddl, &[], items).expect("it fits");
    assert_eq!(
        up(&made),
        [
            "add column users.mood enum('sad','ok')",
            "rename column users.mood to feels",
            "rename table users to people",
            "change the type of people.feels from enum('sad','ok') to enum('sad','happy','ok')",
        ]
    );
    let used = format!("{items}\ndrop_enum: mood");
    let error = self::made(&ddl, &[], &used).expect_err("it is used");
    assert_eq!(error.message(), "column people.feels is of enum mood");
    let free = format!("{items}\ndrop_column: {{table: people, name: feels}}\ndrop_enum: mood");
    assert!(self::made(&ddl, &[], &free).is_ok());
}

#[test]
fn changes_that_are_applied_still_say_what_an_enum_is() {
    let ddl = Plain(Enums::Columns);
    let mut catalog = users();
    catalog.tables[0].columns[1].data_type = "enum('a')".into();
    let sizes = Sizes::new();
    let mut ground = Ground::new(&DIALECT, &ddl, &catalog, &sizes);
    ground.past(&list(
        "create_enum: {name: e, values: [a]}\nadd_column: {table: users, name: age, type: e}",
    ));
    let made = ground.make(&list("add_enum_value: {name: e, value: b}"));
    assert_eq!(
        up(&made.expect("it fits")),
        ["change the type of users.age from enum('a') to enum('a','b')"]
    );
}

/// What a run left half-way is told by its parts.
#[test]
fn what_is_kept_knows_what_was_edited_and_what_ran() {
    let before = list(
        "add_column: {table: users, name: a, type: int}\n\
         rename_table: {from: users, to: people}\n\
         add_column: {table: people, name: b, type: int}",
    );
    let (catalog, sizes) = (users(), Sizes::new());
    let mut ground = Ground::new(&DIALECT, &TYPES, &catalog, &sizes);
    let kept = Kept::of(ground.make(&before).expect("it fits").parts);
    assert!(kept.covers(&before));
    assert_eq!(kept.made(0), (0, true));
    assert_eq!(kept.made(2), (2, true));
    assert_eq!(kept.items(2), 2);
    let mut edited = before.clone();
    edited[2] = list("drop_column: {table: people, name: age}").remove(0);
    assert!(!kept.covers(&edited));
    assert_eq!(kept.same(&edited), 2);
    assert!(matches!(edited[2].verb, Verb::Drop(_, Gone::Column(_), _)));
    let row = kept.row("one", "v1:00").expect("a row");
    assert_eq!(
        Kept::read(&row).expect("it is one").expect("it is read"),
        kept
    );
}
