//! What the spec wants of one target: its migrations with their checksums.

use crate::source::Turn;
use crate::spec::{Ask, DECLARED, Declares, Logical, Migration, SQL, Spec, Strategy};
use initium_driver::ddl::SCHEMAS;
use initium_driver::source::STEP;
use initium_driver::sql::form::Sink;
use initium_driver::{Code, Dialect, Digest, Error, History, Result, Source, Text};
use sha2::{Digest as _, Sha256};
use std::fmt::Write;

/// A migration as one target sees it.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub migration: &'a Migration,
    pub up: Up<'a>,
    /// The same as it stands in the file, before variables were replaced.
    pub written: Up<'a>,
    pub checksum: String,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub enum Up<'a> {
    Scripts(&'a [Source]),
    Changes(&'a [Logical]),
}

impl Wanted<'_> {
    /// Whether it is a schema, and not a script.
    pub fn is_declared(&self) -> bool {
        SCHEMAS && self.migration.id == DECLARED
    }

    /// Whether it is done again whenever it says something else.
    pub fn is_repeated(&self) -> bool {
        self.is_declared() || self.migration.turn == Turn::Repeatable
    }

    /// Whether the ledger has no record of it as it is now.
    pub fn is_pending(&self, history: &History) -> bool {
        let record = history.record(&self.migration.id);
        record.is_none_or(|record| self.is_repeated() && record.checksum != self.checksum)
    }
}

/// The migrations of a target, in order; behind them the schema that is declared for it, where that
/// is applied.
pub fn wanted<'a>(spec: &'a Spec, target: &str, dialect: &dyn Dialect) -> Result<Vec<Wanted<'a>>> {
    let mut all = migrations(spec, target, dialect)?;
    if spec.strategy != Strategy::Scripted
        && let Some(declares) = spec.declares(target)
        && dialect.ddl().is_some()
    {
        all.push(Wanted {
            migration: &declares.migration,
            up: Up::Scripts(&[]),
            written: Up::Scripts(&[]),
            checksum: schema(declares, dialect).map_err(|error| error.target(target))?,
        });
    }
    Ok(all)
}

/// Of what a schema says to a database of this kind.
fn schema(declares: &Declares, dialect: &dyn Dialect) -> Result<String> {
    let declared = declares.schemas.of(dialect.names())?;
    let mut sum = Checksum::default();
    sum.add(&serde_json::to_string(&declared.catalog).unwrap_or_default());
    for script in &declared.scripts {
        sum.add("\u{1e}");
        sum.add(&dialect.normal_form(&script.whole()?));
    }
    Ok(sum.finish())
}

fn migrations<'a>(spec: &'a Spec, target: &str, dialect: &dyn Dialect) -> Result<Vec<Wanted<'a>>> {
    spec.migrations
        .iter()
        .filter(|migration| migration.targets.iter().any(|name| name == target))
        // In a folder for several databases some have nothing to do with this one.
        .filter(|it| it.origin.is_none() || it.up.of(dialect.names()).is_some())
        .map(|migration| {
            let up = up(migration, dialect).map_err(|error| {
                error
                    .migration(&migration.id)
                    .target(target)
                    .place(migration.place.clone())
            })?;
            fits(migration, target, dialect)?;
            let written = migration.written.as_ref();
            let written = written.and_then(|it| it.of(dialect.names()));
            let written = written.map_or(up, |it| Up::Scripts(it));
            let checksum = match written {
                Up::Scripts(up) => checksum(up, dialect),
                Up::Changes(list) => Ok(checksum_of(list, dialect)),
            };
            let checksum =
                checksum.map_err(|error| error.migration(&migration.id).target(target))?;
            Ok(Wanted {
                migration,
                up,
                written,
                checksum,
            })
        })
        .collect()
}

fn up<'a>(migration: &'a Migration, dialect: &dyn Dialect) -> Result<Up<'a>> {
    let (names, id) = (dialect.names(), &migration.id);
    let found = match &migration.changes {
        None => migration.up.of(names).map(|up| Up::Scripts(up)),
        Some(changes) => match (dialect.ddl(), changes.of(names)) {
            (Some(_), Some(list)) => Some(Up::Changes(list)),
            _ => {
                let message = format!(
                    "migration '{id}' has changes, and {} has no tables",
                    names[0]
                );
                return Err(Error::new(Code::NotSupported, message).help(
                    "say `target:` with a database that has tables, or write an `up` for this one",
                ));
            }
        },
    };
    found.ok_or_else(|| {
        Error::new(
            Code::ScriptMissing,
            format!("migration '{id}' has no up for {}", names[0]),
        )
        .help(format!(
            "add `{}:` to its `up`, or take it off this target",
            names[0]
        ))
    })
}

/// A step of ours is for databases that are not asked in SQL.
fn fits(migration: &Migration, target: &str, dialect: &dyn Dialect) -> Result<()> {
    let names = dialect.names();
    if names.contains(&"redis") {
        return Ok(());
    }
    let lists = [
        Some(&migration.up),
        migration.down.as_ref(),
        migration.cleanup.as_ref(),
    ];
    let scripts = lists
        .into_iter()
        .flatten()
        .filter_map(|list| list.of(names));
    let checks = migration.verify.of(names).into_iter().flatten();
    let asked = migration.when.as_ref().and_then(|when| match &when.ask {
        Ask::Query(queries) => queries.of(names),
        Ask::Variable { .. } => None,
    });
    let mut all = scripts
        .flatten()
        .chain(checks.map(|check| &check.query))
        .chain(asked);
    let step = |source: &&Source| match &source.text {
        Text::Held(text) => text.trim_start().starts_with(STEP),
        Text::Long(_) => false,
    };
    let Some(source) = all.find(step) else {
        return Ok(());
    };
    let place = source.place(match &source.text {
        Text::Held(text) => text.len() - text.trim_start().len(),
        Text::Long(_) => 0,
    });
    Err(Error::new(
        Code::ScriptMissing,
        format!(
            "migration '{}' has a step for redis, and target '{target}' is {}",
            migration.id, names[0]
        ),
    )
    .help(format!(
        "such steps are for Redis: say `target:` with a Redis target, or write SQL for '{target}'"
    ))
    .migration(&migration.id)
    .target(target)
    .place(place))
}

/// The ledger's digest when nothing is pending, nothing was edited and nothing is unknown.
pub fn expected(wanted: &[Wanted]) -> Digest {
    let mut digest = Digest::default();
    for one in wanted {
        digest.add(&one.migration.id, &one.checksum);
    }
    digest
}

/// The same whether a text is held or read in windows.
fn checksum(sources: &[Source], dialect: &dyn Dialect) -> Result<String> {
    let mut sum = Checksum::default();
    for (n, source) in sources.iter().enumerate() {
        if n > 0 {
            sum.add("\u{1e}");
        }
        match &source.text {
            Text::Held(text) => sum.add(&dialect.normal_form(text)),
            Text::Long(long) => {
                sum.begin();
                dialect.stream_form(&long.whole(), &mut sum)?;
            }
        }
    }
    Ok(sum.finish())
}

/// Over what the spec says, not over the statements that are made of it: those depend on what the
/// database holds, and on the version of this program.
fn checksum_of(list: &[Logical], dialect: &dyn Dialect) -> String {
    let mut sum = Checksum::default();
    for one in list {
        for (n, text) in one.said.split(SQL).enumerate() {
            // Every second one is SQL.
            match n % 2 {
                0 => sum.add(text),
                _ => sum.add(&dialect.normal_form(text)),
            }
            sum.add("\u{1f}");
        }
        sum.add("\u{1e}");
    }
    sum.finish()
}

/// `v1:` and the sha256 in hex. The prefix stays for ever: a later algorithm gets a later number.
pub fn hash(text: &str) -> String {
    let mut sum = Checksum::default();
    sum.add(text);
    sum.finish()
}

/// A hash that grows, and can go back to where its last text began.
#[derive(Default)]
pub(super) struct Checksum {
    now: Sha256,
    begun: Sha256,
}

impl Checksum {
    fn begin(&mut self) {
        self.begun = self.now.clone();
    }

    pub(super) fn finish(self) -> String {
        let mut hex = String::from("v1:");
        for byte in self.now.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

impl Sink for Checksum {
    fn add(&mut self, text: &str) {
        self.now.update(text.as_bytes());
    }

    fn again(&mut self) {
        self.now = self.begun.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::fake::{FakeDialect, Flavour};
    use initium_driver::{Long, Reopen};
    use std::io::{self, Cursor, Read};

    struct Bytes(&'static str);

    impl Reopen for Bytes {
        fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
            Ok(Box::new(Cursor::new(&self.0.as_bytes()[from as usize..])))
        }
    }

    #[test]
    fn a_long_file_has_the_checksum_of_its_text() {
        let text = "create a;\ninsert a\n";
        let long = Long::new("a.sql", text.len() as u64, Bytes(text));
        let dialect = FakeDialect(Flavour::Transactional);
        let sum = |text: Text| {
            let sources = [Source::file("b.sql", "ok"), Source::file("a.sql", text)];
            checksum(&sources, &dialect).expect("read")
        };
        assert_eq!(sum(Text::Long(long)), sum(text.into()));
        assert_ne!(sum(text.into()), sum("create a; insert b".into()));
    }

    #[test]
    fn the_checksum_of_a_text_is_the_same_for_ever() {
        assert_eq!(
            hash("SELECT\u{1f}1"),
            "v1:b099b3f7c660e4269cc37656821093abe8b74509ded32cb8b58fb8498506465c"
        );
    }
}
