//! Reading commands and what they see: catches a read that writes, a right too many, and a lock or
//! a type that the server names differently.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::catalog::Part as Key;
use initium_driver::ddl::Ddl;
use initium_driver::driver::{Driver, Part, Script};
use initium_driver::error::Code;
use initium_postgres::Postgres;
use servers::{alone, apply, ask, each, ids, open, split};

#[test]
fn a_role_that_may_only_select_reads_the_ledger() {
    each(|database| {
        let mut driver = database.ready();
        let role = format!("{}_reader", database.name());
        apply(&mut *driver, "m", "CREATE TABLE a (n int)").unwrap();
        let text = format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'secret' IN ROLE pg_read_all_data; \
             ALTER ROLE {role} SET default_transaction_read_only = on"
        );
        alone(&mut *driver, &text).unwrap();
        let mut settings = database.settings.clone();
        settings.user = Some(role.clone());
        settings.password = Some(initium_driver::secret::Secret::new("secret"));
        let mut reader = open(&settings).unwrap();
        assert_eq!(reader.digest().unwrap().unwrap().count, 1);
        assert_eq!(ids(&mut *reader), ["m"]);
        assert_eq!(reader.attempts(9).unwrap().len(), 1);
        assert_eq!(reader.introspect().unwrap().tables.len(), 1);
        assert!(reader.holder().unwrap().is_some());
        drop(reader);
        let text = format!("REVOKE pg_read_all_data FROM {role}; ALTER ROLE {role} RESET ALL");
        alone(&mut *driver, &text).unwrap();
        let mut stranger = open(&settings).unwrap();
        let error = stranger.digest().unwrap_err();
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        assert!(
            error
                .help_text()
                .unwrap()
                .contains(&format!("TO \"{role}\""))
        );
        let grant = format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}");
        alone(&mut *driver, &grant).unwrap();
        stranger.digest().unwrap();
        stranger.prepare_ledger().unwrap();
        let error = apply(&mut *stranger, "n", "SELECT 1").unwrap_err();
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        assert_eq!(error.failed_at(), None);
        // What it says to run is enough.
        let help = error.help_text().unwrap().to_string();
        alone(&mut *driver, help.split_once('\n').unwrap().1).unwrap();
        apply(&mut *stranger, "n", "SELECT 1").unwrap();
        drop(stranger);
    });
}

#[test]
fn a_question_never_writes() {
    each(|database| {
        let mut driver = database.ready();
        alone(&mut *driver, "CREATE TABLE a (n int)").unwrap();
        for text in [
            "INSERT INTO a VALUES (1)",
            "SET TRANSACTION READ WRITE; INSERT INTO a VALUES (1)",
            "COMMIT; INSERT INTO a VALUES (1)",
            "SELECT set_config('transaction_read_only', 'off', true); INSERT INTO a VALUES (1)",
            "CREATE TABLE b (n int)",
            "SELECT 1; ROLLBACK; INSERT INTO a VALUES (1); SELECT 1",
        ] {
            let error = driver.query(text).unwrap_err();
            assert_eq!(error.code(), Code::StatementFailed, "{text}: {error}");
            assert_eq!(ask(&mut *driver, "SELECT count(*) FROM a"), "0", "{text}");
        }
        let rows = driver
            .query("SELECT 1 AS x; SELECT 2 AS y, NULL AS z -- and no more")
            .unwrap();
        assert_eq!(rows.columns, ["y", "z"]);
        assert_eq!(rows.rows, [[Some("2".to_string()), None]]);
        assert_eq!(driver.query("SET work_mem = 64").unwrap().columns, [""; 0]);
    });
}

#[test]
fn the_catalog_shows_every_schema_but_the_servers() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE z (id bigint PRIMARY KEY, \"Na me\" varchar(9) NOT NULL DEFAULT 'x''y', \
             gone int); ALTER TABLE z DROP COLUMN gone; CREATE SCHEMA ops; \
             CREATE TABLE ops.a (t timestamptz(3), n numeric(5)); \
             CREATE UNIQUE INDEX i ON z (lower(\"Na me\"), id); CREATE TEMP TABLE mine (n int); \
             CREATE TABLE nothing ()",
        )
        .unwrap();
        let catalog = driver.introspect().unwrap();
        let names: Vec<_> = catalog.tables.iter().map(|t| t.name.to_string()).collect();
        assert_eq!(names, ["nothing", "z", "ops.a"]);
        let z = catalog.table("z").unwrap();
        assert_eq!(z.columns.len(), 2);
        assert_eq!(
            z.columns[1].default.as_deref(),
            Some("'x''y'::character varying")
        );
        let key = z.primary_key.as_ref().unwrap();
        assert_eq!(key.parts, [Key::column("id")]);
        let i = z.indexes.iter().find(|i| i.name == "i").unwrap();
        assert!(i.unique);
        let expression = Key::expression("lower(\"Na me\"::text)");
        assert_eq!(i.parts, [expression, Key::column("id")]);
        let mut other = open(&database.with("search_path", "ops")).unwrap();
        let catalog = other.introspect().unwrap();
        let names: Vec<_> = catalog.tables.iter().map(|t| t.name.to_string()).collect();
        assert_eq!(names[..2], ["a", "public.nothing"], "{names:?}");
    });
}

#[test]
fn a_canonical_type_is_what_the_server_prints() {
    each(|database| {
        let mut driver = database.open();
        for written in [
            "int",
            "INT4",
            "int8",
            "int2",
            "bool",
            "float",
            "float(10)",
            "float8",
            "decimal",
            "decimal(10)",
            "numeric( 10 , 2 )",
            "varchar",
            "varchar(20)",
            "char",
            "char(3)",
            "text",
            "character varying(7)",
            "timestamptz",
            "timestamptz(3)",
            "timestamp",
            "time(2)",
            "timetz",
            "timestamp (3) with time zone",
            "bit",
            "bit(3)",
            "varbit(5)",
            "uuid",
            "jsonb",
            "int[]",
            "varchar(4) ARRAY",
            "bytea",
            "interval",
            "inet",
            "date",
            "serial",
            "bigserial",
        ] {
            let text = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (c {written})");
            alone(&mut *driver, &text).unwrap();
            let catalog = driver.introspect().unwrap();
            let seen = &catalog.tables[0].columns[0].data_type;
            assert_eq!(&Postgres::OLDEST.canonical(written), seen, "{written}");
            assert_eq!(&Postgres::OLDEST.canonical(seen), seen, "{written}");
        }
    });
}

/// The strongest lock that this session holds on what was there before.
const STRONGEST: &str = "CREATE TABLE public.seen AS SELECT mode FROM pg_locks l \
    JOIN public.there c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() \
    ORDER BY array_position('{AccessShareLock,RowShareLock,RowExclusiveLock,\
    ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}', \
    mode) DESC LIMIT 1";

#[test]
fn a_lock_is_the_one_the_server_takes() {
    each(|database| {
        let mut driver = database.ready();
        let there = "CREATE TABLE x_p (id int PRIMARY KEY); CREATE TABLE x_t (id int, p int, s text); \
            ALTER TABLE x_t ADD CONSTRAINT x_c CHECK (id > 0) NOT VALID; CREATE INDEX x_i ON x_t (id); \
            CREATE MATERIALIZED VIEW x_m AS SELECT 1 AS n; CREATE UNIQUE INDEX ON x_m (n); \
            CREATE TABLE x_part (d int) PARTITION BY LIST (d); CREATE FUNCTION f() RETURNS trigger \
            LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; \
            CREATE TABLE there AS SELECT oid FROM pg_class WHERE relname ~ '^x_'";
        alone(&mut *driver, there).unwrap();
        for text in [
            "ALTER TABLE x_t ADD COLUMN q int",
            "ALTER TABLE x_t ALTER COLUMN s TYPE varchar(9)",
            "ALTER TABLE x_t VALIDATE CONSTRAINT x_c",
            "ALTER TABLE x_t ALTER COLUMN s SET STATISTICS 200",
            "ALTER TABLE x_t ADD CONSTRAINT x_f FOREIGN KEY (p) REFERENCES x_p (id) NOT VALID",
            "ALTER TABLE x_t DISABLE TRIGGER ALL",
            "ALTER INDEX x_i RENAME TO x_j",
            "CREATE INDEX x_k ON x_t (p)",
            "CREATE TRIGGER x_g BEFORE INSERT ON x_t FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE TABLE x_part1 PARTITION OF x_part FOR VALUES IN (1)",
            "CREATE STATISTICS x_s ON id, p FROM x_t",
            "COMMENT ON TABLE x_t IS 'x'",
            "REFRESH MATERIALIZED VIEW x_m",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY x_m",
            "TRUNCATE x_t",
            "DROP INDEX x_i",
            "REINDEX TABLE x_t",
            "LOCK TABLE x_t IN SHARE ROW EXCLUSIVE MODE",
            "ANALYZE x_t",
            "INSERT INTO x_t VALUES (1)",
            "UPDATE x_t SET p = 1",
            "WITH d AS (DELETE FROM x_t RETURNING 1) SELECT * FROM d",
            "SELECT * FROM x_t FOR NO KEY UPDATE",
            "SELECT * FROM x_t",
        ] {
            // What is left over stands in the same transaction and is undone with it.
            let mut statements = split(&*driver, text);
            let expected = statements[0].lock.map(|lock| lock.replace(' ', ""));
            statements.extend(split(&*driver, STRONGEST));
            statements.extend(split(
                &*driver,
                "DO $$ BEGIN RAISE '%', (SELECT mode FROM public.seen); END $$",
            ));
            let script = Script::Together(vec![Part {
                statements,
                entries: vec![],
            }]);
            let error = driver.execute(&script).unwrap_err();
            assert_eq!(
                error.failed_at().map(|at| at.statement),
                Some(2),
                "{text}: {error}"
            );
            let seen = error
                .message()
                .trim_end_matches("Lock")
                .to_ascii_uppercase();
            assert_eq!(Some(seen), expected, "{text}");
        }
    });
}

#[test]
fn a_lock_that_somebody_holds_is_a_lock_timeout() {
    each(|database| {
        let mut driver = database.ready();
        alone(&mut *driver, "CREATE TABLE a (n int)").unwrap();
        let settings = database.settings.clone();
        let (begun, wait) = std::sync::mpsc::channel();
        let blocker = std::thread::spawn(move || {
            let mut other = open(&settings).unwrap();
            begun.send(()).unwrap();
            apply_quietly(&mut *other);
        });
        wait.recv().unwrap();
        while ask(
            &mut *driver,
            "SELECT count(*) FROM pg_locks WHERE relation = 'a'::regclass AND granted AND pid <> pg_backend_pid()",
        ) == "0"
        {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let error = apply(&mut *driver, "m", "SELECT 1; ALTER TABLE a ADD x int").unwrap_err();
        assert_eq!(error.code(), Code::LockTimeout, "{error}");
        assert_eq!(error.failed_at().map(|at| at.statement), Some(1));
        blocker.join().unwrap();
    });
}

/// Reads the table for three seconds.
fn apply_quietly(driver: &mut dyn Driver) {
    driver
        .query("SELECT count(*) FROM a; SELECT pg_sleep(3)")
        .unwrap();
}
