//! The catalog of real servers: what it costs, who may ask, what is not told, and what statements would
//! make of an empty database. How each kind of object is told is in `tests/cases`, where it is made
//! from nothing out of what was told.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::catalog::{anew, seen};
use bench::{Database, alone, each, open, proxy, ready, split};
use initium_driver::catalog::{Catalog, Kind, Storage};
use initium_driver::{Code, Secret, Settings};

/// One of each kind that both families have.
const EVERYTHING: &str = "\
CREATE TABLE parent (id int unsigned NOT NULL AUTO_INCREMENT, code char(3) NOT NULL, PRIMARY KEY (id), UNIQUE KEY (code)) COMMENT='it''s a \"parent\"';
CREATE TABLE child (
  id bigint unsigned NOT NULL AUTO_INCREMENT, a int(5) zerofill, b tinyint(1) DEFAULT 1, c decimal(10,2) unsigned DEFAULT '1.50',
  d float(7,3), e double DEFAULT 1e10, f bit(3) DEFAULT b'101', g char(8) DEFAULT 'a''b\\\\c\"', h varchar(20) CHARACTER SET ascii DEFAULT 'x',
  i varchar(20) COLLATE utf8mb4_bin NOT NULL DEFAULT '', j text, js json, en enum('a','b''c','d,e') DEFAULT 'a', st set('x','y') DEFAULT 'x,y',
  dt datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), ts timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ti time(2), ye year, da date DEFAULT '2020-01-01', bi binary(4) DEFAULT 'ab', vb varbinary(10) NOT NULL DEFAULT x'003F07', bl blob, po point NOT NULL,
  gv int AS (a + 1) VIRTUAL, gs varchar(40) AS (concat(i, '\\'')) STORED, ex int DEFAULT (1 + 2), parent_id int unsigned, inv int INVISIBLE,
  PRIMARY KEY (id), KEY pre (j(10), i), UNIQUE KEY u (i), KEY de (a DESC, b), FULLTEXT KEY ft (j), SPATIAL KEY sp (po), KEY hs (a) COMMENT 'idx',
  CONSTRAINT fk1 FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT chk CHECK (a > 0)
) COMMENT 'tab' ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 AUTO_INCREMENT=1000;
CREATE TABLE parted (id int NOT NULL, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2000) COMMENT 'x', PARTITION pm VALUES LESS THAN MAXVALUE);
CREATE VIEW v AS SELECT p.id, 'it''s' AS word FROM parent p;
CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN length(concat(a, 'it''s', \"\\\\\"));
CREATE PROCEDURE p(IN a int, OUT b int) SET b = a;
CREATE TRIGGER one BEFORE INSERT ON parent FOR EACH ROW SET NEW.code = 'it''s';
CREATE TRIGGER another BEFORE INSERT ON parent FOR EACH ROW BEGIN SET NEW.code = upper(NEW.code); END";

#[test]
fn what_is_told_of_one_makes_another_that_tells_the_same() {
    each(|database| {
        let mut driver = database.open();
        alone(&mut *driver, EVERYTHING);
        let told = seen(&mut *driver);
        let other = Database::new(match driver.server().contains("MariaDB") {
            true => bench::MARIADB,
            false => bench::MYSQL,
        })
        .unwrap();
        let mut second = other.open();
        for sql in anew(&*driver, &told) {
            alone(&mut *second, &sql);
        }
        assert_eq!(seen(&mut *second), told);
    });
}

#[test]
fn a_catalog_is_told_as_it_was_meant() {
    each(|database| {
        let mut driver = database.open();
        alone(&mut *driver, EVERYTHING);
        let told = seen(&mut *driver);
        let child = told.table("child").unwrap();
        let default = |name: &str| {
            child
                .column(name)
                .unwrap()
                .default
                .clone()
                .unwrap_or_default()
        };
        for (column, expected) in [
            ("b", "1"),
            ("c", "1.50"),
            ("f", "b'101'"),
            ("g", "'a''b\\\\c\"'"),
            ("h", "'x'"),
            ("i", "''"),
            ("dt", "CURRENT_TIMESTAMP(3)"),
            ("da", "'2020-01-01'"),
            ("bi", "'ab'"),
            ("vb", "0x003F07"),
            ("ex", "1 + 2"),
            ("a", ""),
        ] {
            assert_eq!(default(column), expected, "{column}");
        }
        assert_eq!(child.column("js").unwrap().data_type, "json");
        assert_eq!(
            child.column("a").unwrap().data_type,
            "int(5) unsigned zerofill"
        );
        assert_eq!(
            child.column("h").unwrap().collation.as_deref(),
            Some("ascii_general_ci")
        );
        let generated = |name: &str| child.column(name).unwrap().generated.clone().unwrap();
        assert_eq!(generated("gv").storage, Storage::Virtual);
        assert_eq!(generated("gs").expression, "concat(`i`,'''')");
        assert!(child.column("inv").unwrap().invisible);
        let names: Vec<_> = child.indexes.iter().map(|it| it.name.as_str()).collect();
        // The one that the foreign key needs bears its name.
        assert_eq!(names, ["de", "fk1", "ft", "hs", "pre", "sp", "u"]);
        assert_eq!(child.comment.as_deref(), Some("tab"));
        let parent = told.table("parent").unwrap();
        let triggers: Vec<_> = parent
            .triggers
            .iter()
            .map(|it| it.definition.as_str())
            .collect();
        assert_eq!(
            triggers,
            [
                "CREATE TRIGGER `one` BEFORE INSERT ON `parent` FOR EACH ROW SET NEW.code = 'it''s'",
                "CREATE TRIGGER `another` BEFORE INSERT ON `parent` FOR EACH ROW FOLLOWS `one` BEGIN SET NEW.code = upper(NEW.code); END",
            ]
        );
        let parted = told.table("parted").unwrap();
        assert_eq!(
            parted.partition_by.as_deref(),
            Some(
                "RANGE (year(`d`)) (PARTITION `p0` VALUES LESS THAN (2000) COMMENT = 'x', PARTITION `pm` VALUES LESS THAN MAXVALUE)"
            )
        );
        let view = &told.views[0];
        assert_eq!(
            view.definition,
            "select `p`.`id` AS `id`,'it''s' AS `word` from `parent` `p`"
        );
        assert!(view.options.is_empty(), "{:?}", view.options);
        let function = told
            .routines
            .iter()
            .find(|it| it.kind == Kind::Function)
            .unwrap();
        assert!(
            function
                .definition
                .starts_with("CREATE FUNCTION `f`(a int) RETURNS int")
        );
        assert!(
            function
                .definition
                .ends_with("RETURN length(concat(a, 'it''s', \"\\\\\"))")
        );
    });
}

#[test]
fn a_catalog_costs_five_round_trips_whatever_its_size() {
    each(|database| {
        let (settings, counted) = proxy::through(&database.settings);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        alone(&mut *driver, EVERYTHING);
        for n in 0..20 {
            alone(
                &mut *driver,
                &format!("CREATE VIEW w{n} AS SELECT {n} AS n"),
            );
        }
        counted.trips();
        let catalog = driver.introspect().unwrap();
        assert_eq!(catalog.views.len(), 21);
        assert_eq!(counted.trips(), 5);
        driver.sizes().unwrap();
        assert_eq!(counted.trips(), 1, "the sizes");
        // And a packet is one statement again.
        assert!(driver.query("SELECT 1; SELECT 2").is_err());
    });
}

#[test]
fn the_ledger_is_no_part_of_the_catalog() {
    each(|database| {
        let mut driver = ready(&database.settings);
        assert_eq!(driver.introspect().unwrap(), Catalog::default());
        assert!(driver.sizes().unwrap().is_empty());
        alone(
            &mut *driver,
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        );
        let names: Vec<_> = driver.sizes().unwrap().into_keys().collect();
        assert_eq!(names, ["t".into()]);
    });
}

fn role(database: &Database, name: &str, rights: &str) -> Settings {
    let user = format!("{name}_{}", database.name);
    database.sql(&[
        &format!("CREATE USER {user} IDENTIFIED BY 'secret-word'"),
        &format!("GRANT {rights} ON {}.* TO {user}", database.name),
    ]);
    Settings {
        user: Some(user),
        password: Some(Secret::new("secret-word")),
        ..database.settings.clone()
    }
}

#[test]
fn who_may_only_read_sees_the_tables_and_is_told_what_the_texts_need() {
    each(|database| {
        let mut driver = database.open();
        alone(
            &mut *driver,
            "CREATE TABLE t (a int NOT NULL, b varbinary(4) DEFAULT x'07', PRIMARY KEY (a), CHECK (a > 1)); \
             CREATE TABLE u (a int, FOREIGN KEY (a) REFERENCES t (a))",
        );
        let settings = role(database, "s", "SELECT");
        let mut reader = open(&settings, "initium_migrate").unwrap();
        assert_eq!(seen(&mut *reader).tables, seen(&mut *driver).tables);
        alone(&mut *driver, "CREATE VIEW v AS SELECT a FROM t");
        let error = reader.introspect().unwrap_err();
        assert!(
            error.help_text().unwrap_or_default().contains("SHOW VIEW"),
            "{error:?}"
        );
        let settings = role(database, "v", "SELECT, SHOW VIEW");
        let mut reader = open(&settings, "initium_migrate").unwrap();
        assert_eq!(reader.introspect().unwrap().views.len(), 1);
        database.sql(&[
            &format!("DROP USER s_{}", database.name),
            &format!("DROP USER v_{}", database.name),
        ]);
    });
}

#[test]
fn a_database_of_any_name_is_left_out_of_its_texts() {
    each(|database| {
        let admin = &database.settings;
        for name in ["odd-`name", "t"] {
            let whole = format!("{}_{name}", database.name);
            let quoted = format!("`{}`", whole.replace('`', "``"));
            database.sql(&[&format!("CREATE DATABASE {quoted}")]);
            let settings = Settings {
                name: Some(whole),
                ..admin.clone()
            };
            let mut driver = open(&settings, "initium_migrate").unwrap();
            alone(
                &mut *driver,
                &format!("CREATE TABLE t (a int); CREATE VIEW v AS SELECT t.a FROM {quoted}.t"),
            );
            let told = seen(&mut *driver);
            assert_eq!(told.views[0].definition, "select `t`.`a` AS `a` from `t`");
            drop(driver);
            database.sql(&[&format!("DROP DATABASE {quoted}")]);
        }
    });
}

#[test]
fn what_an_empty_database_would_hold_is_told_and_gone() {
    each(|database| {
        let mut driver = database.open();
        let statements = split(&*driver, EVERYTHING);
        let told = driver.realise(&statements).unwrap();
        assert_eq!(
            (told.tables.len(), told.views.len(), told.routines.len()),
            (3, 1, 2)
        );
        assert_eq!(driver.introspect().unwrap(), Catalog::default());
        // Foreign keys are asked again.
        let asked = driver.query("SELECT @@foreign_key_checks").unwrap();
        assert_eq!(asked.first(), Some("1"));
        // Of what fails nothing stays either.
        let statements = split(&*driver, "CREATE TABLE a (a int); CREATE TABLE a (b int)");
        let error = driver.realise(&statements).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed);
        assert_eq!(driver.introspect().unwrap(), Catalog::default());
    });
}

#[test]
fn what_stands_in_a_database_is_never_dropped_to_make_room() {
    each(|database| {
        let mut driver = database.open();
        alone(&mut *driver, "CREATE TABLE mine (a int)");
        let statements = split(&*driver, "CREATE TABLE other (a int)");
        let error = driver.realise(&statements).unwrap_err();
        assert_eq!(error.code(), Code::ScratchMissing);
        assert!(error.message().contains("the table mine"), "{error:?}");
        alone(&mut *driver, "DROP TABLE mine");
        for outside in [
            "USE mysql",
            "CREATE DATABASE x",
            "DROP SCHEMA x",
            "CREATE USER x",
            "GRANT SELECT ON *.* TO x",
            "SET GLOBAL max_connections = 1",
        ] {
            let error = driver.realise(&split(&*driver, outside)).unwrap_err();
            assert_eq!(error.code(), Code::NotSupported, "{outside}");
        }
        let harmless = "SET foreign_key_checks = 0; CREATE TABLE user (role int); CREATE TABLE a (b int, FOREIGN KEY (b) REFERENCES c (b)); CREATE TABLE c (b int PRIMARY KEY)";
        let told = driver.realise(&split(&*driver, harmless)).unwrap();
        assert_eq!(told.tables.len(), 3);
    });
}
