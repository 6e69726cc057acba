//! SQLite: one file, one connection, transactional schema changes. The rooms: `open` finds the
//! file, `session` is the connection, `pace` its patience, `execute` runs scripts, `lock` keeps other
//! runs out, `introspect` looks, and `read` reads the texts that it finds; `dialect` and `words` spell,
//! `error` translates, `temporary` finds room. Of changes `ddl` knows: `native` says files in SQLite's
//! `types` and `names`, `render` writes statements, `impact` says what they mean, and `realise` builds
//! what statements say.
//!
//! It never changes the journal mode of a database, and reading never creates a file. Foreign keys
//! are enforced, as the bundled SQLite is built; `?foreign_keys=off` in the URL turns them off.

#![forbid(unsafe_code)]

mod children;
mod ddl;
mod dialect;
mod error;
mod execute;
mod expression;
mod foreign_keys;
mod impact;
mod introspect;
mod lock;
mod names;
mod native;
mod open;
mod pace;
mod read;
mod realise;
mod render;
mod session;
mod split;
mod temporary;
mod types;
mod words;

pub use dialect::SqliteDialect;
pub use expression::FLAVOUR;

use initium_driver::catalog::Sizes;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::{Dialect, Driver, Holder, Locked, Opener, Rows, Run, Script, Stopper};
use initium_driver::sql::ledger::{Ledger, has_table};
use initium_driver::sql::name::TableName;
use initium_driver::sql::split::words;
use initium_driver::{
    Attempt, Catalog, Code, Digest, Error, History, Result, Settings, Statement, Step, Stored,
    Verdict,
};
use lock::FileLock;
use session::SqliteSession;

pub const OPENER: Opener = Opener {
    databases: &["sqlite"],
    open,
    dialect: |_| Box::new(SqliteDialect),
};

struct SqliteDriver {
    session: SqliteSession,
    ledger: Ledger,
    lock: FileLock,
}

fn open(settings: &Settings, run: &Run) -> Result<Box<dyn Driver>> {
    let name = ledger_name(&run.table)?;
    let ledger = Ledger::new(name);
    let target = open::Target::read(settings, run)?;
    let session = SqliteSession::open(target)?;
    let lock = FileLock::beside(session.path(), &ledger.lock_name(""), &run.id);
    Ok(Box::new(SqliteDriver {
        session,
        ledger,
        lock,
    }))
}

/// `main.T`, `t` and `T` are one table in SQLite, so they must be one name and one lock.
fn ledger_name(table: &str) -> Result<TableName> {
    let name = TableName::parse(table)?;
    match name.schema.as_deref() {
        Some(schema) if !schema.eq_ignore_ascii_case("main") => Err(Error::new(
            Code::SettingInvalid,
            format!("the ledger cannot be {table}: a SQLite database has no schema {schema}"),
        )
        .help("give the name of the table alone")),
        _ => Ok(TableName {
            schema: None,
            table: name.table.to_ascii_lowercase(),
        }),
    }
}

impl Driver for SqliteDriver {
    fn dialect(&self) -> &dyn Dialect {
        &SqliteDialect
    }

    fn server(&mut self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        self.appear()?;
        self.ledger.digest(&mut self.session)
    }

    fn history(&mut self) -> Result<History> {
        self.appear()?;
        self.ledger.history(&mut self.session)
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        self.appear()?;
        self.ledger.stored(&mut self.session, id)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        self.appear()?;
        self.ledger.attempts(&mut self.session, limit)
    }

    fn try_lock(&mut self) -> Result<Locked> {
        self.appear()?;
        let answer = self.lock.take()?;
        // Who held it before us may have created the ledger.
        self.ledger.look_again();
        Ok(answer)
    }

    fn unlock(&mut self) -> Result<()> {
        self.lock.free()
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        self.lock.holder()
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        let host = holder.host.as_deref().unwrap_or("its machine");
        Err(Error::new(
            Code::NotSupported,
            "SQLite has no server that could end another process",
        )
        .help(format!(
            "stop process {} on {host}; the lock goes with it",
            holder.session
        )))
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        self.ledger.prepare(&mut self.session)
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        execute::script(&mut self.session, &self.ledger, script)
    }

    /// What SQLite refuses in a transaction may be done twice: it sets something, or it packs the
    /// file. But a second copy finds the file of the first.
    fn verdict(&mut self, _step: &Step, statement: &Statement) -> Result<Verdict> {
        let words = words(&statement.text, &dialect::RULES);
        let word = |n: usize| words.get(n).map_or("", String::as_str);
        let invisible = |why: &str| Verdict::Invisible(why.into());
        Ok(match word(0) {
            "VACUUM" if words.iter().any(|word| word == "INTO") => invisible("it writes a file"),
            "VACUUM" | "PRAGMA" | "ATTACH" | "DETACH" => Verdict::Without { clear: Vec::new() },
            _ => invisible("rows tell nothing of who wrote them"),
        })
    }

    fn stopper(&self) -> Option<Stopper> {
        let handle = self.session.interrupt();
        Some(Box::new(move |_| handle.interrupt()))
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        self.appear()?;
        self.session.question(sql)
    }

    fn own_tables(&self) -> Vec<String> {
        self.ledger.tables().to_vec()
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        self.appear()?;
        has_table(&mut self.session, name)
    }

    fn introspect(&mut self) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("introspect"));
        }
        self.appear()?;
        introspect::catalog(&mut self.session, &self.ledger.tables())
    }

    fn sizes(&mut self) -> Result<Sizes> {
        if !SCHEMAS {
            return Err(missing("sizes"));
        }
        self.appear()?;
        introspect::sizes(&mut self.session, &self.ledger.tables())
    }

    fn realise(&mut self, statements: &[Statement]) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("realise"));
        }
        realise::realise(&self.session, &self.ledger, statements)
    }
}

impl SqliteDriver {
    /// A reader may be here before the file is.
    fn appear(&mut self) -> Result<()> {
        if self.session.appear()? {
            self.ledger.look_again();
        }
        Ok(())
    }
}
