//! The ledgers of nine more tools, with rows as the tools wrote them: what is applied there is known
//! here. (Catches a question that a server does not understand, and a name that is no longer found.)

use super::output::{described, schema};
use super::support::{Database, of};
use serde_json::Value;

/// One that has the first of two migrations.
struct Theirs {
    tool: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// Where its names and types are understood.
    kinds: &'static [&'static str],
    statements: &'static [&'static str],
    ids: [&'static str; 2],
    checksum: &'static str,
}

const ALL: &[&str] = &["postgres", "mysql", "mariadb", "sqlite"];
const USERS: &str = "create table users (id integer primary key, name varchar(40));\n";
const TWO: &str = "create table two (n int);\n";

const TOOLS: &[Theirs] = &[
    Theirs {
        tool: "sqlx",
        files: &[
            ("20240101000001_create_users.sql", USERS),
            ("20240101000002_two.sql", TWO),
        ],
        kinds: &["postgres"],
        statements: &[
            "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, \
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
             execution_time bigint NOT NULL)",
            "INSERT INTO _sqlx_migrations VALUES (20240101000001, 'create users', now(), TRUE, \
             '\\x6be9314c765b2710330220741b61e0ccb626d76dc3e7339a5347ac0320ea4159ef0132d47b3ea3824531db47444115a6', 4024539)",
        ],
        ids: ["20240101000001_create_users", "20240101000002_two"],
        checksum: "same",
    },
    Theirs {
        tool: "sqlx",
        files: &[
            ("20240101000001_create_users.sql", USERS),
            ("20240101000002_two.sql", TWO),
        ],
        kinds: &["mysql", "mariadb", "sqlite"],
        statements: &[
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
             checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
            "INSERT INTO _sqlx_migrations VALUES (20240101000001, 'create users', CURRENT_TIMESTAMP, TRUE, \
             X'6be9314c765b2710330220741b61e0ccb626d76dc3e7339a5347ac0320ea4159ef0132d47b3ea3824531db47444115a6', 4024539)",
        ],
        ids: ["20240101000001_create_users", "20240101000002_two"],
        checksum: "same",
    },
    Theirs {
        tool: "diesel",
        files: &[
            ("2024-01-01-000001_users/up.sql", USERS),
            ("2024-01-01-000001_users/down.sql", "drop table users;\n"),
            ("2024-01-01-000002_two/up.sql", TWO),
            ("2024-01-01-000002_two/down.sql", "drop table two;\n"),
        ],
        kinds: ALL,
        statements: &[
            "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('20240101000001')",
        ],
        ids: ["2024-01-01-000001_users", "2024-01-01-000002_two"],
        checksum: "not_kept",
    },
    Theirs {
        tool: "refinery",
        files: &[("V1__create_users.sql", USERS), ("V2__two.sql", TWO)],
        kinds: ALL,
        statements: &[
            "CREATE TABLE refinery_schema_history (version integer PRIMARY KEY, name VARCHAR(255), \
             applied_on VARCHAR(255), checksum VARCHAR(255))",
            "INSERT INTO refinery_schema_history VALUES \
             (1, 'create_users', '2026-11-22T07:11:11.563516301Z', '17807970397578179536')",
        ],
        ids: ["V1__create_users", "V2__two"],
        checksum: "same",
    },
    Theirs {
        tool: "atlas",
        files: &[
            ("20240101000001_create_users.sql", USERS),
            ("20240101000002_two.sql", TWO),
        ],
        kinds: ALL,
        statements: &[
            "CREATE TABLE atlas_schema_revisions (version varchar(255) PRIMARY KEY, description varchar(255) NOT NULL, \
             type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, \
             executed_at timestamp NOT NULL, execution_time bigint NOT NULL, error text, error_stmt text, \
             hash varchar(255) NOT NULL, partial_hashes text, operator_version varchar(255) NOT NULL)",
            "INSERT INTO atlas_schema_revisions VALUES \
             ('.atlas_cloud_identifier', 'b3c5', 2, 0, 0, '2026-11-22 07:27:09', 0, NULL, NULL, '', NULL, 'v0'), \
             ('20240101000001', 'create_users', 2, 1, 1, '2026-11-22 07:27:09', 2529722, NULL, NULL, 'abc', NULL, 'v0')",
        ],
        ids: ["20240101000001_create_users", "20240101000002_two"],
        // Without an atlas.sum nothing says what the file should be.
        checksum: "not_checked",
    },
    Theirs {
        tool: "liquibase",
        files: &[(
            "all.sql",
            "--liquibase formatted sql\n--changeset ann:1\ncreate table users (id integer primary key);\n\
             --changeset ann:2\ncreate table two (n int);\n",
        )],
        kinds: ALL,
        statements: &[
            "CREATE TABLE DATABASECHANGELOG (ID varchar(255) NOT NULL, AUTHOR varchar(255) NOT NULL, \
             FILENAME varchar(255) NOT NULL, DATEEXECUTED timestamp NOT NULL, ORDEREXECUTED integer NOT NULL, \
             EXECTYPE varchar(10) NOT NULL, MD5SUM varchar(35), DESCRIPTION varchar(255), TAG varchar(255))",
            "INSERT INTO DATABASECHANGELOG VALUES ('1', 'ann', 'db/all.sql', '2026-11-22 07:00:00', 1, 'EXECUTED', \
             '9:b88716fd120c2b9e2bade8ae70802c7c', 'sql', NULL)",
        ],
        ids: ["all-ann-1", "all-ann-2"],
        checksum: "same",
    },
    Theirs {
        tool: "sqitch",
        files: &[
            (
                "sqitch.plan",
                "%syntax-version=1.0.0\n%project=shop\n\nusers 2024-01-01T00:00:00Z Ann <ann@example.com> # users\n\
                 two [users] 2024-01-02T00:00:00Z Ann <ann@example.com> # two\n",
            ),
            ("deploy/users.sql", USERS),
            ("deploy/two.sql", TWO),
        ],
        kinds: &["postgres"],
        statements: &[
            "CREATE SCHEMA sqitch",
            "CREATE TABLE sqitch.changes (change_id text PRIMARY KEY, script_hash text, change text NOT NULL, \
             project text NOT NULL, committed_at timestamptz NOT NULL DEFAULT clock_timestamp())",
            "INSERT INTO sqitch.changes VALUES ('c1', 'fe518a5e5a1c5ef4261e12220c83e7218ba9dfb1', 'users', 'shop')",
        ],
        ids: ["users", "two"],
        checksum: "same",
    },
    Theirs {
        tool: "prisma",
        files: &[
            ("migration_lock.toml", "provider = \"postgresql\"\n"),
            (
                "20240101000000_users/migration.sql",
                "create table users (n int);",
            ),
            ("20240102000000_two/migration.sql", TWO),
        ],
        kinds: ALL,
        statements: &[
            "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, \
             finished_at TIMESTAMP NULL, migration_name VARCHAR(255) NOT NULL, logs TEXT, \
             rolled_back_at TIMESTAMP NULL, started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
             applied_steps_count INTEGER NOT NULL DEFAULT 0)",
            "INSERT INTO _prisma_migrations VALUES \
             ('a', 'b', NULL, '20240101000000_users', NULL, '2026-11-22 07:00:01', '2026-11-22 07:00:00', 0), \
             ('c', '24d5366b63af10c1037a1bc4d379f67115ad64900291e173c3d4dd3711f16721', '2026-11-22 07:00:03', '20240101000000_users', NULL, NULL, '2026-11-22 07:00:02', 1)",
        ],
        ids: ["20240101000000_users", "20240102000000_two"],
        checksum: "same",
    },
    Theirs {
        tool: "drizzle",
        files: DRIZZLE,
        kinds: &["postgres"],
        statements: &[
            "CREATE SCHEMA drizzle",
            "CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)",
            "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES \
             ('24d5366b63af10c1037a1bc4d379f67115ad64900291e173c3d4dd3711f16721', 1704067200000)",
        ],
        ids: ["0000_users", "0001_two"],
        checksum: "same",
    },
    Theirs {
        tool: "drizzle",
        files: DRIZZLE,
        kinds: &["mysql", "mariadb", "sqlite"],
        statements: &[
            "CREATE TABLE __drizzle_migrations (id integer PRIMARY KEY, hash text NOT NULL, created_at bigint)",
            "INSERT INTO __drizzle_migrations VALUES \
             (1, '24d5366b63af10c1037a1bc4d379f67115ad64900291e173c3d4dd3711f16721', 1704067200000)",
        ],
        ids: ["0000_users", "0001_two"],
        checksum: "same",
    },
    Theirs {
        tool: "node-pg-migrate",
        files: &[
            (
                "1704067200000_users.sql",
                "-- Up Migration\ncreate table users (n int);\n-- Down Migration\ndrop table users;\n",
            ),
            (
                "1704067201000_two.sql",
                "-- Up Migration\ncreate table two (n int);\n-- Down Migration\ndrop table two;\n",
            ),
        ],
        kinds: &["postgres"],
        statements: &[
            "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)",
            "INSERT INTO pgmigrations (name, run_on) VALUES ('1704067200000_users', now())",
        ],
        ids: ["1704067200000_users", "1704067201000_two"],
        checksum: "not_kept",
    },
];

const DRIZZLE: &[(&str, &str)] = &[
    (
        "meta/_journal.json",
        "{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [\
         {\"idx\": 0, \"version\": \"7\", \"when\": 1704067200000, \"tag\": \"0000_users\", \"breakpoints\": true}, \
         {\"idx\": 1, \"version\": \"7\", \"when\": 1704067201000, \"tag\": \"0001_two\", \"breakpoints\": true}]}",
    ),
    ("0000_users.sql", "create table users (n int);"),
    ("0001_two.sql", "create table two (n int);"),
];

fn run(db: &Database, arguments: &[&str], status: i32) -> super::support::Ran {
    let arguments = [&["migrate"], arguments, &["--dir", "m"]].concat();
    db.initium(&arguments).exits(status)
}

#[test]
fn what_each_tool_applied_is_known_and_the_rest_is_applied_here() {
    let schema = schema();
    for one in TOOLS {
        for db in one.kinds.iter().flat_map(|kind| of(kind)) {
            let at = format!("{} on {}", one.tool, db.kind);
            for (name, text) in one.files {
                db.folder.write(&format!("m/{name}"), text);
            }
            for statement in one.statements.iter().chain(&["CREATE TABLE users (n int)"]) {
                db.statement(statement);
            }
            let format = ["--source-format", one.tool, "--format", "json"];
            let json = |arguments: &[&str], status| {
                described(&schema, &run(&db, &[arguments, &format].concat(), status))
            };
            let refused = json(&["apply"], 4);
            assert_eq!(refused["error"]["code"], "foreign-ledger", "{at}");
            let told = json(&["import", "--yes"], 0);
            assert_eq!(told["targets"][0]["from"], one.tool);
            let versions = told["targets"][0]["versions"].as_array().unwrap().clone();
            let shown: Vec<(&Value, &Value)> = versions
                .iter()
                .map(|one| (&one["id"], &one["becomes"]))
                .collect();
            let [first, second] = one.ids.map(Value::from);
            let becomes = ["applied", "pending"].map(Value::from);
            assert_eq!(
                shown,
                [(&first, &becomes[0]), (&second, &becomes[1])],
                "{at}"
            );
            assert_eq!(versions[0]["checksum"], one.checksum, "{at}");
            json(&["apply"], 0);
            assert_eq!(db.ask("SELECT count(*) FROM two"), "0", "{at}");
            json(&["check"], 0);
        }
    }
}
