//! What declared files mean on a database: its own words for them. Where only a server can say it
//! they are built in a place that is empty, and taken away again.

use crate::diff::{Difference, Scope, difference};
use crate::plan::{Facts, Seen, replay, wanted};
use crate::spec::{Declared, Spec};
use initium_driver::catalog::Sizes;
use initium_driver::change::{Changes, Way};
use initium_driver::ddl::Ddl;
use initium_driver::{Catalog, Code, Dialect, Driver, Error, History, Result, Source, Statement};

/// How its catalog is spelled, of a database that has one.
pub fn ddl(dialect: &dyn Dialect) -> Result<&dyn Ddl> {
    dialect.ddl().ok_or_else(|| {
        Error::new(
            Code::NotSupported,
            format!("{} has no schema to compare", dialect.names()[0]),
        )
        .help("leave this target out with --target")
    })
}

/// A side of a comparison.
pub enum Wanted {
    /// What a server told.
    Live(Catalog),
    /// What files say, in the words of the database as far as they are known without one.
    Files(Catalog),
    /// What builds it where nothing stands.
    Sql(Vec<Statement>),
}

/// What files declare.
pub fn declared(declared: Declared, dialect: &dyn Dialect) -> Result<Wanted> {
    let native = ddl(dialect)?.native(declared.catalog)?;
    if declared.scripts.is_empty() {
        return Ok(Wanted::Files(native));
    }
    let mut statements = made(&native, dialect)?;
    for script in &declared.scripts {
        statements.extend(dialect.split(script)?);
    }
    Ok(Wanted::Sql(statements))
}

/// What the migrations of a target leave, one after the other.
pub fn replayed(spec: &Spec, target: &str, dialect: &dyn Dialect) -> Result<Wanted> {
    ddl(dialect)?;
    let (history, empty, sizes) = (History::default(), Catalog::default(), Sizes::new());
    let facts = Facts {
        target,
        dialect,
        history: &history,
        verdicts: &[],
        wanted: wanted(spec, target, dialect)?,
        seen: Seen::Held {
            catalog: &empty,
            sizes: &sizes,
        },
        difference: None,
    };
    Ok(Wanted::Sql(replay(&facts)?))
}

/// Where statements can be built and taken away again.
pub struct Ground<'a> {
    pub here: Here<'a>,
    /// Another connection, to an empty database.
    pub scratch: Option<&'a mut dyn Driver>,
}

/// What a comparison is made with.
pub enum Here<'a> {
    Driver(&'a mut dyn Driver),
    /// No server is asked.
    Dialect(&'a dyn Dialect),
}

impl Ground<'_> {
    pub fn dialect(&self) -> &dyn Dialect {
        match &self.here {
            Here::Driver(driver) => driver.dialect(),
            Here::Dialect(dialect) => *dialect,
        }
    }

    /// What an empty database holds after these statements.
    pub fn build(&mut self, statements: &[Statement]) -> Result<Catalog> {
        match (&mut self.scratch, &mut self.here) {
            (Some(place), _) => place.realise(statements),
            (None, Here::Driver(place)) if place.dialect().capabilities().transactional_ddl => {
                place.realise(statements)
            }
            (None, _) => Err(Error::new(
                Code::ScratchMissing,
                "nothing says where SQL can be built to be compared",
            )
            .help("name the variable with the URL of an empty database of this kind: --scratch-url-env SCRATCH_URL")),
        }
    }

    /// The catalog of a side, and whether a server would say it otherwise.
    fn end(&mut self, wanted: Wanted) -> Result<(Catalog, bool)> {
        Ok(match wanted {
            Wanted::Live(catalog) => (catalog, false),
            Wanted::Files(catalog) => (catalog, true),
            Wanted::Sql(statements) => (self.build(&statements)?, false),
        })
    }

    /// What files say in the words of a server, with their hints. `None` where nothing can be built.
    fn told(&mut self, known: &Catalog) -> Option<Catalog> {
        let statements = made(known, self.dialect()).ok()?;
        let mut told = self.build(&statements).ok()?;
        for table in &mut told.tables {
            let Some(said) = known.tables.iter().find(|it| it.name == table.name) else {
                continue;
            };
            table.renamed_from.clone_from(&said.renamed_from);
            for column in &mut table.columns {
                let hint = said.column(&column.name).map(|it| &it.renamed_from);
                column.renamed_from = hint.cloned().flatten();
            }
        }
        Some(told)
    }
}

/// What a comparison is about.
pub struct Look<'a> {
    pub scope: &'a Scope,
    pub sizes: &'a Sizes,
    pub way: Way,
}

/// Both ends, as they were compared, and what lies between them.
#[derive(Default)]
pub struct Compared {
    pub from: Catalog,
    pub to: Catalog,
    pub difference: Difference,
}

/// What lies between two sides. Where it looks like something, and a side is known by its files
/// alone, a server is asked what that side is in its own words: a check that it writes otherwise
/// is no change.
pub fn between(from: Wanted, to: Wanted, ground: &mut Ground, look: &Look) -> Result<Compared> {
    let (mut from, is_loose) = ground.end(from)?;
    let (mut to, to_is_loose) = ground.end(to)?;
    look.scope.narrow(&mut from, &mut to);
    let mut found = compared(&from, &to, ground, look)?;
    let mut is_told = false;
    if !found.is_empty() {
        for (catalog, is_loose) in [(&mut from, is_loose), (&mut to, to_is_loose)] {
            if let Some(told) = is_loose.then(|| ground.told(catalog)).flatten() {
                *catalog = told;
                is_told = true;
            }
        }
    }
    if is_told {
        drop(found);
        look.scope.narrow(&mut from, &mut to);
        found = compared(&from, &to, ground, look)?;
    }
    Ok(Compared {
        from,
        to,
        difference: found,
    })
}

fn compared(from: &Catalog, to: &Catalog, ground: &Ground, look: &Look) -> Result<Difference> {
    difference(from, to, look.sizes, ddl(ground.dialect())?, look.way)
}

/// The statements that make a catalog out of nothing.
fn made(catalog: &Catalog, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    let (empty, ddl) = (Catalog::default(), ddl(dialect)?);
    let list = crate::diff::diff(&empty, catalog, ddl).changes;
    let acts = ddl.render(&Changes {
        from: &empty,
        to: catalog,
        list: &list,
        way: Way::Plain,
    })?;
    let mut statements = Vec::new();
    for act in acts {
        statements.extend(dialect.split(&Source::file("the declared tables", act.sql))?);
    }
    Ok(statements)
}
