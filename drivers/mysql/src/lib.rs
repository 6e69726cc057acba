//! MySQL and MariaDB behind the contract of `initium-driver`: one driver, told apart by what the
//! server calls itself.
//!
//! Bottom up: `socket`, `packets`, `bytes` and `answer` are the protocol, `login` gets in with it,
//! `connect` finds the server, `wire` speaks to it, `told` hears what it says of the session; `error`
//! gives trouble its code; `words` spells the ledger; `session` is one connection and its settings;
//! `execute`, `query`, `lock`, `blockers` and `introspect` use it, `stop`
//! ends what it runs; `dialect` with `split`, `body`, `effect` and `types`, and `trace`, are pure. Nothing here decides, logs, prints, retries or
//! reconnects.

#![forbid(unsafe_code)]

mod address;
mod answer;
mod blockers;
mod body;
mod bytes;
mod collation;
mod connect;
mod ddl;
mod defaults;
mod dialect;
mod effect;
mod error;
mod execute;
mod expression;
mod impact;
mod introspect;
mod lock;
mod login;
mod native;
mod packets;
mod query;
mod read;
mod reading;
mod realise;
mod render;
mod session;
mod settings;
mod spelled;
mod split;
mod stop;
mod told;
mod trace;
mod types;
mod wire;
mod words;

use connect::Connected;
pub use dialect::{Family, MySql};
use execute::Work;
use initium_driver::catalog::Sizes;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Stopper;
use initium_driver::sql::ledger::{Ledger, has_table};
use initium_driver::sql::name::{Longest, TableName};
use initium_driver::{
    Attempt, Catalog, Code, Dialect, Digest, Driver, Error, History, Holder, Host, Locked, Opener,
    Result, Rows, Run, Script, Settings, Statement, Step, Stored, Verdict,
};
use initium_socket::{Address, Place};
use login::Login;
use session::Session;
use trace::Trace;

/// The driver, as `connect` knows it.
pub const OPENER: Opener = Opener {
    databases: &["mysql", "mariadb"],
    open,
    dialect: offline,
};

fn offline(database: &str) -> Box<dyn Dialect> {
    Box::new(MySql::offline(match database {
        "mariadb" => Family::MariaDb,
        _ => Family::MySql,
    }))
}

/// Names are stored in three bytes a sign, which some signs do not fit.
fn ledger_name(table: &str) -> Result<TableName> {
    let name = TableName::parse(table)?.within(Longest::Characters(64))?;
    let sign = name.to_string().chars().find(|c| *c > '\u{ffff}');
    match sign {
        None => Ok(name),
        Some(sign) => Err(Error::new(
            Code::SettingInvalid,
            format!(
                "no name of MySQL or MariaDB holds the character U+{:04X}",
                sign as u32
            ),
        )
        .help("give --table a name without it")),
    }
}

/// The handshake and nothing more.
fn open(settings: &Settings, run: &Run) -> Result<Box<dyn Driver>> {
    let mut target = address::target(settings, run.limits.connect, run.access)?;
    target.pulse = run.pulse;
    let mut table = ledger_name(&run.table)?;
    // Always with its database, so that a script's USE cannot lead it away.
    table.schema.get_or_insert_with(|| target.database.clone());
    let login = Login {
        user: settings.user.as_deref().unwrap_or_default(),
        database: &target.database,
        run: &run.id,
    };
    let Connected { wire, place } = connect::open(&target, &login)?;
    // MariaDB 10 says 5.5.5- first, because clients took 10 for nonsense; a service may leave its
    // name out. The lock asks for the name (`Session::is`).
    let version = wire.version();
    let number = version
        .split('.')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    let family = match version.to_ascii_lowercase().contains("mariadb")
        || version.starts_with("5.5.5-")
        || number.is_some_and(|number| number >= 11)
    {
        true => Family::MariaDb,
        false => Family::MySql,
    };
    if settings.database == "mariadb" && family == Family::MySql {
        return Err(Error::new(
            Code::DatabaseMismatch,
            format!("{} is MySQL {version}, not MariaDB", settings.shown()),
        )
        .help("write mysql where it says mariadb; mysql means both"));
    }
    let dialect = MySql::new(family, wire.plain_backslashes()).at(family, version);
    let ledger = Ledger::new(table);
    let lock = lock::name(&ledger.lock_name(&target.database));
    let mut session = Session::new(wire, dialect, target.database, run.limits);
    session.one_node = target.one_node;
    session.place = place.shown();
    Ok(Box::new(MySqlDriver {
        lock,
        session,
        settings: found(settings, &place),
        run: run.id.clone(),
        ledger,
    }))
}

/// Settings that lead to this server and to no other.
fn found(settings: &Settings, place: &Place) -> Settings {
    let mut settings = settings.clone();
    settings.hosts = match &place.address {
        Address::Socket(path) => vec![Host::new(path, None)],
        Address::Tcp { host, port } => vec![Host {
            address: place.found_at.clone(),
            ..Host::new(host, Some(*port))
        }],
    };
    settings.password = place.password.clone();
    settings.tls.mode = Some(place.mode);
    settings
        .options
        .retain(|(key, _)| key != "target_session_attrs");
    settings
}

struct MySqlDriver {
    session: Session,
    ledger: Ledger,
    lock: String,
    /// For a second login, to end what runs here.
    settings: Settings,
    run: String,
}

impl Driver for MySqlDriver {
    fn dialect(&self) -> &dyn Dialect {
        &self.session.dialect
    }

    fn server(&mut self) -> String {
        if self.session.version.is_none() {
            let answer = self
                .session
                .question("SELECT VERSION()")
                .unwrap_or_default();
            self.session.is(answer.first().map(String::from));
        }
        let version = self.session.version.as_deref().unwrap_or("?");
        match self.session.dialect.family() {
            Family::MariaDb => format!("MariaDB {}", version.split('-').next().unwrap_or(version)),
            Family::MySql => format!("MySQL {version}"),
        }
    }

    fn encryption(&self) -> Option<String> {
        self.session.wire.encryption()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        self.ledger.digest(&mut self.session)
    }

    fn history(&mut self) -> Result<History> {
        self.ledger.history(&mut self.session)
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        self.ledger.stored(&mut self.session, id)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        self.ledger.attempts(&mut self.session, limit)
    }

    fn try_lock(&mut self) -> Result<Locked> {
        self.ledger.look_again();
        lock::try_lock(&mut self.session, &self.lock)
    }

    fn unlock(&mut self) -> Result<()> {
        lock::unlock(&mut self.session, &self.lock)
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        lock::holder(&mut self.session, &self.lock)
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        lock::end(&mut self.session, holder)
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        self.ledger.prepare(&mut self.session)
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        Work {
            session: &mut self.session,
            ledger: &self.ledger,
        }
        .execute(script)
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        let dialect = self.session.dialect.clone();
        let Some(trace) = Trace::of(&dialect, &statement.text, step.catalog.as_deref()) else {
            return Ok(Verdict::Invisible(
                "what it does leaves no trace in the catalog".into(),
            ));
        };
        let now = self.session.question(&trace.question(&dialect))?;
        Ok(trace.verdict(now.first().unwrap_or_default()))
    }

    fn blockers(&mut self, statement: &Statement) -> Result<Vec<Holder>> {
        Ok(blockers::blockers(&mut self.session, &statement.text))
    }

    fn stopper(&self) -> Option<Stopper> {
        let (settings, run) = (self.settings.clone(), self.run.clone());
        let session = self.session.wire.id();
        Some(Box::new(move |limit| {
            stop::stop(&settings, &run, session, limit);
        }))
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        query::query(&mut self.session, sql)
    }

    fn own_tables(&self) -> Vec<String> {
        self.ledger.tables().to_vec()
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        has_table(&mut self.session, name)
    }

    fn introspect(&mut self) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("introspect"));
        }
        introspect::introspect(&mut self.session, &self.ledger.tables())
    }

    fn realise(&mut self, statements: &[Statement]) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("realise"));
        }
        realise::realise(&mut self.session, &self.ledger, statements)
    }

    fn sizes(&mut self) -> Result<Sizes> {
        if !SCHEMAS {
            return Err(missing("sizes"));
        }
        introspect::sizes(&mut self.session, &self.ledger.tables())
    }
}
