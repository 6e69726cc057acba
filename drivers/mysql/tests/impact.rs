//! What is said of a change is asked of the servers: with ALGORITHM and LOCK they refuse what they
//! cannot do, and a table that was written anew has another number. (Catches a change that is called
//! cheaper than it is, or dearer.)

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bench;

use bench::{BOTH, Database, MARIADB, MYSQL, cell, split, try_alone};
use initium_driver::catalog::{Catalog, Named};
use initium_driver::change::{Blocks, Change, Changes, Edit, Impact, Of, Way, Work};
use initium_driver::{Driver, Table};

/// Where it is no fact, or not as sharp as it could be told.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    Exactly,
    /// It is told dearer than it is there: it depends on more than is looked at.
    Dearer(&'static str),
}
use Told::{Dearer, Exactly};

/// What it is, the table before (its columns, and what is said behind them), the change, the value of `b` in two rows, where it holds.
type Fact = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    Told,
);

const PLAIN: &str = "a int primary key, b int";
const MY: &[&str] = &[MYSQL];
const MA: &[&str] = &[MARIADB];
const ALL: &[&str] = &BOTH;

const FACTS: &[Fact] = &[
    (
        "a column comes",
        PLAIN,
        "add column x int",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column that must be given comes",
        PLAIN,
        "add column x int not null",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column with a default comes",
        PLAIN,
        "add column x int not null default 5",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column with the moment comes",
        PLAIN,
        "add column x timestamp not null default current_timestamp",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column with an expression comes",
        PLAIN,
        "add column x int default (1 + 2)",
        "1",
        ALL,
        Dearer(MARIADB),
    ),
    (
        "a column comes first",
        PLAIN,
        "add column x int first",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a computed column comes",
        PLAIN,
        "add column x int as (b + 1) virtual",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a kept computed column comes",
        PLAIN,
        "add column x int as (b + 1) stored",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a numbered column comes",
        "a int, b int",
        "add column x int auto_increment, add primary key (x)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column comes to a compressed table",
        "a int primary key, b int | row_format=compressed",
        "add column x int",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column comes to a table of words",
        "a int primary key, b text, fulltext key (b)",
        "add column x int",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column comes to a table of places",
        "a int primary key, b int, p point not null default (point(1, 1)), spatial key (p)",
        "add column x int",
        "1",
        ALL,
        Exactly,
    ),
    ("a column goes", PLAIN, "drop column b", "1", ALL, Exactly),
    (
        "a computed column goes",
        "a int primary key, b int, c int as (b + 1) virtual",
        "drop column c",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column is renamed",
        PLAIN,
        "rename column b to x",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column is renamed beside a check of a long text",
        "a int primary key, b int, c mediumtext, check (c <> 'x')",
        "rename column b to x",
        "1",
        MY,
        Exactly,
    ),
    (
        "a default comes",
        PLAIN,
        "alter column b set default 5",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a default goes",
        "a int primary key, b int default 3",
        "alter column b set default null",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an expression becomes the default",
        "a int primary key, b varchar(40)",
        "modify b varchar(40) default (concat('a', 'b'))",
        "1",
        ALL,
        Exactly,
    ),
    (
        "NULL is taken no longer",
        PLAIN,
        "modify b int not null",
        "1",
        ALL,
        Exactly,
    ),
    (
        "NULL is taken",
        "a int primary key, b int not null",
        "modify b int",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an integer gets longer",
        PLAIN,
        "modify b bigint",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a number loses its sign",
        PLAIN,
        "modify b int unsigned",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets longer",
        "a int primary key, b varchar(10)",
        "modify b varchar(20)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text with an index gets longer",
        "a int primary key, b varchar(10), key (b)",
        "modify b varchar(20)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets a longer length",
        "a int primary key, b varchar(60) collate utf8mb4_bin",
        "modify b varchar(70) collate utf8mb4_bin",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a long text gets longer",
        "a int primary key, b varchar(70) collate utf8mb4_bin",
        "modify b varchar(300) collate utf8mb4_bin",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets shorter",
        "a int primary key, b varchar(20)",
        "modify b varchar(10)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets room",
        "a int primary key, b varchar(20)",
        "modify b text",
        "1",
        ALL,
        Exactly,
    ),
    (
        "bytes get longer",
        "a int primary key, b varbinary(20)",
        "modify b varbinary(30)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an exact number gets longer",
        "a int primary key, b decimal(10,2)",
        "modify b decimal(12,2)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a time gets more exact",
        "a int primary key, b datetime",
        "modify b datetime(3)",
        "2020-01-01",
        ALL,
        Exactly,
    ),
    (
        "an enumeration gets a value behind",
        "a int primary key, b enum('1','2')",
        "modify b enum('1','2','3')",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an enumeration gets a value between",
        "a int primary key, b enum('1','2')",
        "modify b enum('1','x','2')",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an enumeration loses a value",
        "a int primary key, b enum('1','2')",
        "modify b enum('1')",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a set gets a value behind",
        "a int primary key, b set('1','2')",
        "modify b set('1','2','3')",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a set gets its ninth value",
        "a int primary key, b set('1','2','3','4','5','6','7','8')",
        "modify b set('1','2','3','4','5','6','7','8','9')",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a flag becomes a number",
        "a int primary key, b tinyint(1)",
        "modify b tinyint",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a number gets zeros before it",
        "a int primary key, b int unsigned",
        "modify b int(5) zerofill",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets another collation",
        "a int primary key, b varchar(10) collate utf8mb4_unicode_ci",
        "modify b varchar(10) collate utf8mb4_bin",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text with an index gets another collation",
        "a int primary key, b varchar(10) collate utf8mb4_unicode_ci, key (b)",
        "modify b varchar(10) collate utf8mb4_bin",
        "1",
        ALL,
        Dearer(MARIADB),
    ),
    (
        "three bytes become four",
        "a int primary key, b varchar(10) collate utf8mb3_general_ci",
        "modify b varchar(10) collate utf8mb4_general_ci",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a text gets another character set",
        "a int primary key, b varchar(10) character set ascii",
        "modify b varchar(10) collate utf8mb4_bin",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a comment",
        PLAIN,
        "modify b int comment 'x'",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column moves",
        "a int primary key, b int, c int",
        "modify c int after a",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column moves and gets longer",
        "a int primary key, b int, c varchar(10)",
        "modify c varchar(20) after a",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column is renamed and moves",
        "a int primary key, b int, c int",
        "change c x int after a",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a column is not shown",
        "a int primary key, b int, c int",
        "modify c int invisible",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a moment follows its row",
        "a int primary key, b int, c timestamp null",
        "modify c timestamp null on update current_timestamp",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a key begins to number",
        PLAIN,
        "modify a int auto_increment",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a key numbers no longer",
        "a int auto_increment primary key, b int",
        "modify a int not null",
        "1",
        ALL,
        Exactly,
    ),
    (
        "what is computed changes",
        "a int primary key, b int, c int as (b + 1) virtual",
        "modify c int as (b + 2) virtual",
        "1",
        ALL,
        Exactly,
    ),
    (
        "what is computed and kept changes",
        "a int primary key, b int, c int as (b + 1) stored",
        "modify c int as (b + 2) stored",
        "1",
        ALL,
        Exactly,
    ),
    (
        "what was computed is kept as it is",
        "a int primary key, b int, c int as (b + 1) stored",
        "modify c int",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a key comes",
        "a int not null, b int",
        "add primary key (a)",
        "1",
        ALL,
        Exactly,
    ),
    ("a key goes", PLAIN, "drop primary key", "1", ALL, Exactly),
    (
        "a key changes",
        "a int not null, b int not null, primary key (a)",
        "drop primary key, add primary key (a, b)",
        "1",
        ALL,
        Exactly,
    ),
    ("an index comes", PLAIN, "add key i (b)", "1", ALL, Exactly),
    (
        "a unique index comes",
        PLAIN,
        "add unique key i (a, b)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "the first index of words comes",
        "a int primary key, b text",
        "add fulltext key i (b)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "another index of words comes",
        "a int primary key, b text, c text, fulltext key (c)",
        "add fulltext key i (b)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an index of places comes",
        "a int primary key, b int, p point not null default (point(1, 1))",
        "add spatial key i (p)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an index comes beside one of places",
        "a int primary key, b int, p point not null default (point(1, 1)), spatial key (p)",
        "add key i (b)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an index of an expression comes",
        PLAIN,
        "add key i ((b + 1))",
        "1",
        MY,
        Exactly,
    ),
    (
        "an index goes",
        "a int primary key, b int, key i (b)",
        "drop key i",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an index is renamed",
        "a int primary key, b int, key i (b)",
        "rename index i to j",
        "1",
        ALL,
        Exactly,
    ),
    (
        "an index is hidden",
        "a int primary key, b int, key i (b)",
        "alter index i invisible",
        "1",
        MY,
        Exactly,
    ),
    (
        "an index is ignored",
        "a int primary key, b int, key i (b)",
        "alter index i ignored",
        "1",
        MA,
        Exactly,
    ),
    (
        "an index gets a comment",
        "a int primary key, b int, key i (b)",
        "drop key i, add key i (b) comment 'x'",
        "1",
        ALL,
        Dearer(MARIADB),
    ),
    (
        "a foreign key comes",
        "a int primary key, b int, key (b)",
        "add constraint f foreign key (b) references t (a)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a foreign key goes",
        "a int primary key, b int, key (b), constraint f foreign key (b) references t (a)",
        "drop foreign key f",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a check comes",
        PLAIN,
        "add constraint c check (b > 0)",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a check goes",
        "a int primary key, b int, constraint c check (b > 0)",
        "drop constraint c",
        "1",
        ALL,
        Exactly,
    ),
    (
        "a check is asked no longer",
        "a int primary key, b int, constraint c check (b > 0)",
        "alter check c not enforced",
        "1",
        MY,
        Exactly,
    ),
    (
        "a check is asked again",
        "a int primary key, b int, constraint c check (b > 0) not enforced",
        "alter check c enforced",
        "1",
        MY,
        Exactly,
    ),
    (
        "a check of a column comes",
        PLAIN,
        "modify b int check (b > 0)",
        "1",
        MA,
        Exactly,
    ),
    (
        "a comment of the table",
        PLAIN,
        "comment 'x'",
        "1",
        ALL,
        Exactly,
    ),
    (
        "another row format",
        PLAIN,
        "row_format=compressed",
        "1",
        ALL,
        Exactly,
    ),
    ("statistics", PLAIN, "stats_persistent=0", "1", ALL, Exactly),
    (
        "the collation of a table without texts",
        PLAIN,
        "collate utf8mb4_bin",
        "1",
        ALL,
        Dearer("both"),
    ),
    (
        "a table is parted",
        PLAIN,
        "partition by hash (a) partitions 4",
        "1",
        MY,
        Exactly,
    ),
    (
        "a partition comes",
        "a int primary key, b int | partition by range (a) (partition p0 values less than (10))",
        "add partition (partition p1 values less than (20))",
        "1",
        MY,
        Exactly,
    ),
    (
        "a table keeps its old rows",
        PLAIN,
        "add system versioning",
        "1",
        MA,
        Exactly,
    ),
];

/// The edits between two lists of named things.
fn edits<T: Named + Clone + PartialEq>(from: &[T], to: &[T]) -> Vec<Edit<T>> {
    let find = |all: &[T], name: &str| all.iter().find(|it| it.name() == name).cloned();
    let mut gone: Vec<_> = from
        .iter()
        .filter(|it| find(to, it.name()).is_none())
        .cloned()
        .collect();
    let mut new: Vec<_> = to
        .iter()
        .filter(|it| find(from, it.name()).is_none())
        .cloned()
        .collect();
    let mut all = Vec::new();
    // One that goes and one that comes at once is renamed, in these cases.
    if let ([one], [other]) = (&gone[..], &new[..]) {
        all.push(Edit::Alter {
            from: one.clone(),
            to: other.clone(),
        });
        gone.clear();
        new.clear();
    }
    for other in to {
        if let Some(one) = find(from, other.name())
            && one != *other
        {
            all.push(Edit::Alter {
                from: one,
                to: other.clone(),
            });
        }
    }
    all.extend(gone.into_iter().map(Edit::Drop));
    all.extend(new.into_iter().map(Edit::Add));
    all
}

fn changes(from: &Table, to: &Table) -> Vec<Change> {
    let mut all = Vec::new();
    let table = || to.name.clone();
    macro_rules! of {
        ($kind:ident, $edits:expr) => {
            for edit in $edits {
                all.push(Change::$kind(Of {
                    table: table(),
                    edit,
                }));
            }
        };
    }
    let mut columns = Vec::new();
    for edit in edits(&from.columns, &to.columns) {
        columns.push(match edit {
            Edit::Add(it) => Edit::Add(Box::new(it)),
            Edit::Drop(it) => Edit::Drop(Box::new(it)),
            Edit::Alter { from, to } => Edit::Alter {
                from: Box::new(from),
                to: Box::new(to),
            },
        });
    }
    let names =
        |table: &Table| -> Vec<String> { table.columns.iter().map(|it| it.name.clone()).collect() };
    let same_set = names(from).iter().all(|name| names(to).contains(name));
    if columns.is_empty() && same_set && names(from) != names(to) {
        // The last one moves, in these cases.
        let moved = from.columns.last().unwrap().clone();
        columns.push(Edit::Alter {
            from: Box::new(moved.clone()),
            to: Box::new(moved),
        });
    }
    of!(Column, columns);
    let key = |table: &Table| table.primary_key.clone();
    if key(from) != key(to) {
        of!(PrimaryKey, key(from).into_iter().map(Edit::Drop));
        of!(PrimaryKey, key(to).into_iter().map(Edit::Add));
    }
    of!(Index, edits(&from.indexes, &to.indexes));
    of!(ForeignKey, edits(&from.foreign_keys, &to.foreign_keys));
    of!(Check, edits(&from.checks, &to.checks));
    let whole = |it: &Table| {
        (
            it.options.clone(),
            it.comment.clone(),
            it.partition_by.clone(),
        )
    };
    if whole(from) != whole(to) {
        all.push(Change::Table(Edit::Alter {
            from: Box::new(from.clone()),
            to: Box::new(to.clone()),
        }));
    }
    all
}

struct Bench {
    database: Database,
    driver: Box<dyn Driver>,
    is_mariadb: bool,
}

impl Bench {
    fn make(&mut self, columns: &str, value: &str) {
        let (columns, options) = columns.split_once('|').unwrap_or((columns, ""));
        for sql in [
            "DROP TABLE IF EXISTS t".to_string(),
            format!("CREATE TABLE t ({columns}) {options}"),
            format!("INSERT INTO t (a, b) VALUES (1, '{value}'), (2, '{value}')"),
        ] {
            self.run(&sql).unwrap_or_else(|why| panic!("{sql}: {why}"));
        }
    }

    fn run(&mut self, sql: &str) -> Result<(), String> {
        for statement in split(&*self.driver, sql) {
            try_alone(&mut *self.driver, statement).map_err(|error| error.message().to_string())?;
        }
        Ok(())
    }

    /// The number of the table, which a table that is written anew has another.
    fn number(&mut self) -> String {
        let catalog = match self.is_mariadb {
            true => "innodb_sys_tables",
            false => "innodb_tables",
        };
        let sql = format!(
            "SELECT max(table_id) FROM information_schema.{catalog} WHERE name = '{}/t'",
            self.database.name
        );
        cell(&mut *self.driver, &sql).unwrap_or_default()
    }

    fn catalog(&mut self) -> Catalog {
        self.driver.introspect().unwrap()
    }
}

fn with(alter: &str, more: &str) -> String {
    match alter.strip_prefix("add partition") {
        Some(rest) => format!("ALTER TABLE t {more}, ADD PARTITION {rest}"),
        None if alter.starts_with("partition by") => format!("ALTER TABLE t {more} {alter}"),
        None => format!("ALTER TABLE t {alter}, {more}"),
    }
}

/// All changes of a statement together.
fn whole(bench: &mut Bench, from: &Catalog, to: &Catalog) -> Impact {
    let list = changes(from.table("t").unwrap(), to.table("t").unwrap());
    assert!(!list.is_empty(), "nothing changed");
    let changes = Changes {
        from,
        to,
        list: &list,
        way: Way::Plain,
    };
    let ddl = bench.driver.dialect().ddl().unwrap();
    let mut all = Impact::default();
    for change in &list {
        let one = ddl.impact(change, &changes);
        if (one.lock.blocks, one.work) >= (all.lock.blocks, all.work) {
            all.lock = one.lock;
        }
        all.work = all.work.max(one.work);
        all.risks.extend(one.risks);
    }
    all
}

#[test]
fn what_is_said_of_a_change_is_what_the_server_does() {
    let mut wrong = Vec::new();
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let driver = database.open();
        let mut bench = Bench {
            database,
            driver,
            is_mariadb: variable == MARIADB,
        };
        for (what, columns, alter, value, on, told) in FACTS {
            if !on.contains(&variable) {
                continue;
            }
            let sharp = match told {
                Exactly => true,
                Dearer(server) => *server != variable && *server != "both",
            };
            if let Err(why) = fact(&mut bench, columns, alter, value, sharp) {
                wrong.push(format!("{variable}: {what}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn fact(
    bench: &mut Bench,
    columns: &str,
    alter: &str,
    value: &str,
    sharp: bool,
) -> Result<(), String> {
    bench.make(columns, value);
    let from = bench.catalog();
    let before = bench.number();
    bench.run(&format!("ALTER TABLE t {alter}"))?;
    let is_anew = bench.number() != before;
    let to = bench.catalog();
    let impact = whole(bench, &from, &to);
    let says = format!(
        "{} {:?} {:?}",
        impact.lock.name, impact.lock.blocks, impact.work
    );
    let mut accepts = |more: &str| {
        bench.make(columns, value);
        bench.run(&with(alter, more)).is_ok()
    };
    let instant = accepts("ALGORITHM=INSTANT");
    let online = accepts("ALGORITHM=INPLACE, LOCK=NONE");
    let none = accepts("LOCK=NONE");
    let found =
        format!("instant {instant}, in place {online}, without a lock {none}, anew {is_anew}");
    let holds = match (impact.lock.name, impact.lock.blocks) {
        ("exclusive metadata lock", _) => instant && impact.work == Work::None,
        (_, Blocks::Nothing) => online && (!instant || !sharp),
        _ => accepts("LOCK=SHARED") && (!none || !sharp),
    };
    // What is partitioned has numbers of its own parts.
    let is_parted = alter.contains("partition") || columns.contains("partition");
    let works = match impact.work {
        Work::Rewrite => is_anew || !sharp,
        Work::None | Work::Scan | Work::Build => !is_anew,
    };
    match holds && (works || is_parted) {
        true => Ok(()),
        false => Err(format!("it says {says}; {found}")),
    }
}

#[test]
fn what_is_written_for_a_change_makes_it_while_others_go_on_too() {
    let (mut wrong, mut online) = (Vec::new(), 0);
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let driver = database.open();
        let mut bench = Bench {
            database,
            driver,
            is_mariadb: variable == MARIADB,
        };
        for (what, columns, alter, value, on, _) in FACTS {
            if !on.contains(&variable) {
                continue;
            }
            bench.make(columns, value);
            let from = bench.catalog();
            bench.run(&format!("ALTER TABLE t {alter}")).unwrap();
            let to = bench.catalog();
            let list = changes(from.table("t").unwrap(), to.table("t").unwrap());
            for way in [Way::Plain, Way::Online] {
                bench.make(columns, value);
                let changes = Changes {
                    from: &from,
                    to: &to,
                    list: &list,
                    way,
                };
                let ddl = bench.driver.dialect().ddl().unwrap();
                let acts = ddl.render(&changes).unwrap();
                for act in acts {
                    online += usize::from(act.sql.contains("ALGORITHM="));
                    if let Err(why) = bench.run(&act.sql) {
                        wrong.push(format!("{variable}: {what}: {why}\n{}", act.sql));
                    }
                }
                if bench.catalog() != to {
                    wrong.push(format!("{variable}: {what}: another catalog"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(online > 60, "{online}");
    println!("{online} statements said how they run");
}
