//! Whose ledger has which table, and what is asked of it: the same six columns of every tool, so that
//! reading the rows is the same for all of them.

use super::super::Format;
use super::Kind;
use initium_driver::sql::name::TableName;

macro_rules! tools {
    ($($variant:ident = $word:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Tool { $($variant,)* }

        impl Tool {
            pub const ALL: &'static [Tool] = &[$(Tool::$variant,)*];

            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// As flags and reports say it; where its folders can be read, the word of their format.
            pub const fn word(self) -> &'static str {
                match self { $(Tool::$variant => $word,)* }
            }
        }
    };
}

tools! {
    GolangMigrate = "golang-migrate",
    Flyway = "flyway",
    Goose = "goose",
    Dbmate = "dbmate",
    Sqlx = "sqlx",
    Diesel = "diesel",
    Refinery = "refinery",
    Atlas = "atlas",
    Liquibase = "liquibase",
    Sqitch = "sqitch",
    Prisma = "prisma",
    Drizzle = "drizzle",
    NodePgMigrate = "node-pg-migrate",
    Rails = "rails",
    Ecto = "ecto",
    Alembic = "alembic",
    Django = "django",
    Knex = "knex",
    Sequelize = "sequelize",
    EntityFramework = "entity-framework",
}

/// How the tool and its ledger are known, and what the ledger is asked.
pub(super) struct Shape {
    pub tool: Tool,
    /// The table's name, whatever its case.
    pub table: &'static str,
    /// Where it lies in PostgreSQL, where that is not where the connection looks.
    pub schema: Option<&'static str>,
    /// The columns, where several tools have a table of this name: all of them, and no other.
    pub columns: &'static [&'static str],
    /// Absent where its folders are programs, so that nothing of ours is in it.
    pub asks: Option<Asks>,
}

/// In SQL, every one of them; `[name]` is a name that has to stand in quotes.
pub(super) struct Asks {
    version: &'static str,
    title: &'static str,
    /// A path or an author: what it takes beside the version to find the migration.
    file: &'static str,
    standing: &'static str,
    sum: Bytes,
    at: &'static str,
    rest: &'static str,
}

enum Bytes {
    No,
    Text(&'static str),
    /// Asked for in hex.
    Raw(&'static str),
}

const APPLIED: &str = "'applied'";

const fn shape(tool: Tool, table: &'static str, asks: Option<Asks>) -> Shape {
    Shape {
        tool,
        table,
        schema: None,
        columns: &[],
        asks,
    }
}

const fn asks(version: &'static str, at: &'static str, rest: &'static str) -> Asks {
    Asks {
        version,
        title: "NULL",
        file: "NULL",
        standing: APPLIED,
        sum: Bytes::No,
        at,
        rest,
    }
}

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        columns: &["dirty", "version"],
        ..shape(
            Tool::GolangMigrate,
            "schema_migrations",
            Some(Asks {
                standing: "CASE WHEN dirty THEN 'failed' ELSE 'current' END",
                ..asks("version", "NULL", "")
            }),
        )
    },
    shape(
        Tool::Flyway,
        "flyway_schema_history",
        Some(Asks {
            title: "description",
            file: "script",
            standing: "CASE WHEN type = 'DELETE' THEN 'undone' WHEN NOT success THEN 'failed' \
                       WHEN type = 'BASELINE' THEN 'baseline' WHEN type = 'SQL_BASELINE' THEN 'instead' \
                       WHEN type LIKE 'UNDO%' THEN 'undone' ELSE 'applied' END",
            sum: Bytes::Text("checksum"),
            ..asks(
                "version",
                "installed_on",
                "WHERE type <> 'SCHEMA' ORDER BY installed_rank",
            )
        }),
    ),
    shape(
        Tool::Goose,
        "goose_db_version",
        Some(Asks {
            standing: "CASE WHEN is_applied THEN 'applied' ELSE 'undone' END",
            ..asks("version_id", "tstamp", "WHERE version_id <> 0 ORDER BY id")
        }),
    ),
    Shape {
        columns: &["version"],
        ..shape(
            Tool::Dbmate,
            "schema_migrations",
            Some(asks("version", "NULL", "ORDER BY version")),
        )
    },
    shape(
        Tool::Sqlx,
        "_sqlx_migrations",
        Some(Asks {
            title: "description",
            standing: "CASE WHEN success THEN 'applied' ELSE 'failed' END",
            sum: Bytes::Raw("checksum"),
            ..asks("version", "installed_on", "ORDER BY version")
        }),
    ),
    shape(
        Tool::Diesel,
        "__diesel_schema_migrations",
        Some(asks("version", "run_on", "ORDER BY version")),
    ),
    shape(
        Tool::Refinery,
        "refinery_schema_history",
        Some(Asks {
            title: "name",
            sum: Bytes::Text("checksum"),
            ..asks("version", "applied_on", "ORDER BY version")
        }),
    ),
    Shape {
        schema: Some("atlas_schema_revisions"),
        ..shape(
            Tool::Atlas,
            "atlas_schema_revisions",
            Some(Asks {
                title: "description",
                standing: "CASE WHEN type IN (4, 5, 6, 7) THEN 'applied' WHEN type = 1 THEN 'baseline' \
                           WHEN applied < total OR error <> '' THEN 'failed' ELSE 'applied' END",
                sum: Bytes::Text("hash"),
                ..asks(
                    "version",
                    "executed_at",
                    "WHERE version NOT LIKE '.%' ORDER BY version",
                )
            }),
        )
    },
    shape(
        Tool::Liquibase,
        "databasechangelog",
        Some(Asks {
            title: "author",
            file: "filename",
            standing: "CASE WHEN exectype = 'FAILED' THEN 'failed' WHEN exectype = 'SKIPPED' THEN 'undone' \
                       ELSE 'applied' END",
            sum: Bytes::Text("md5sum"),
            ..asks("id", "dateexecuted", "ORDER BY orderexecuted")
        }),
    ),
    Shape {
        schema: Some("sqitch"),
        ..shape(
            Tool::Sqitch,
            "changes",
            Some(Asks {
                sum: Bytes::Text("script_hash"),
                ..asks("[change]", "committed_at", "ORDER BY committed_at")
            }),
        )
    },
    shape(
        Tool::Prisma,
        "_prisma_migrations",
        Some(Asks {
            standing: "CASE WHEN rolled_back_at IS NOT NULL THEN 'undone' WHEN finished_at IS NULL THEN 'failed' \
                       ELSE 'applied' END",
            sum: Bytes::Text("checksum"),
            ..asks("migration_name", "finished_at", "ORDER BY started_at")
        }),
    ),
    Shape {
        schema: Some("drizzle"),
        ..shape(
            Tool::Drizzle,
            "__drizzle_migrations",
            Some(Asks {
                sum: Bytes::Text("hash"),
                ..asks("created_at", "NULL", "ORDER BY created_at")
            }),
        )
    },
    shape(
        Tool::NodePgMigrate,
        "pgmigrations",
        Some(asks("name", "run_on", "ORDER BY id")),
    ),
    // Behind the others of this name: dbmate's is told apart by a table that only Rails has.
    Shape {
        columns: &["version"],
        ..shape(Tool::Rails, "schema_migrations", None)
    },
    Shape {
        columns: &["inserted_at", "version"],
        ..shape(Tool::Ecto, "schema_migrations", None)
    },
    shape(Tool::Alembic, "alembic_version", None),
    shape(Tool::Django, "django_migrations", None),
    shape(Tool::Knex, "knex_migrations", None),
    shape(Tool::Sequelize, "sequelizemeta", None),
    shape(Tool::EntityFramework, "__efmigrationshistory", None),
];

/// Only Rails has it.
pub(super) const OF_RAILS: &str = "ar_internal_metadata";

impl Tool {
    pub fn parse(word: &str) -> Option<Tool> {
        let mut all = Tool::ALL.iter();
        all.find(|one| one.word() == word).copied()
    }

    /// Whose folders these are.
    pub fn of(format: Format) -> Option<Tool> {
        Tool::parse(format.word()).filter(|tool| tool.can_be_read())
    }

    /// Whether its versions are numbers, so that `1` and `001` are one.
    pub fn counts(self) -> bool {
        matches!(
            self,
            Tool::GolangMigrate | Tool::Flyway | Tool::Goose | Tool::Sqlx | Tool::Refinery
        )
    }

    pub fn can_be_read(self) -> bool {
        self.shape().asks.is_some()
    }

    /// Where it lies, if nobody says otherwise.
    pub fn usual(self) -> TableName {
        let shape = self.shape();
        TableName {
            schema: None,
            table: shape.table.into(),
        }
    }

    pub(super) fn shape(self) -> &'static Shape {
        let at = SHAPES.iter().position(|shape| shape.tool == self);
        &SHAPES[at.unwrap_or_default()]
    }
}

/// What its ledger is asked; `None` where nothing of it could be ours.
pub fn question(tool: Tool, table: &TableName, kind: Kind) -> Option<String> {
    let asks = tool.shape().asks.as_ref()?;
    let sum = match (&asks.sum, kind) {
        (Bytes::No, _) => "NULL".into(),
        (Bytes::Text(column), _) => column.to_string(),
        (Bytes::Raw(column), Kind::Postgres) => format!("encode({column}, 'hex')"),
        (Bytes::Raw(column), _) => format!("lower(hex({column}))"),
    };
    let quoted = |text: &str| match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(name) => kind.quoted(name),
        None => text.into(),
    };
    let columns = [
        quoted(asks.version),
        asks.title.into(),
        asks.file.into(),
        asks.standing.into(),
        sum,
        asks.at.into(),
    ];
    let (columns, path) = (columns.join(", "), kind.path(table));
    let text = format!("SELECT {columns} FROM {path} {}", asks.rest);
    Some(text.trim_end().into())
}
