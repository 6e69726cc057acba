//! What declared files mean on a database: its own words for them. Where only a server can say it
//! they are built in a place that is empty, and taken away again.

use crate::diff::Difference;
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
pub struct Wanted {
    /// As far as it is known without a server.
    pub known: Option<Box<Catalog>>,
    /// What builds it where nothing stands; absent where there is nothing to build.
    pub built: Option<Vec<Statement>>,
}

impl Wanted {
    /// What a server told.
    pub fn live(catalog: Catalog) -> Wanted {
        Wanted {
            known: Some(Box::new(catalog)),
            built: None,
        }
    }
}

/// What files declare.
pub fn declared(declared: &Declared, dialect: &dyn Dialect) -> Result<Wanted> {
    let native = ddl(dialect)?.native(declared.catalog.clone())?;
    let mut statements = made(&native, dialect)?;
    for script in &declared.scripts {
        statements.extend(dialect.split(script)?);
    }
    Ok(Wanted {
        known: declared.scripts.is_empty().then(|| Box::new(native)),
        built: Some(statements),
    })
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
    Ok(Wanted {
        known: None,
        built: Some(replay(&facts)?),
    })
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

    /// The catalog of a side; what is known is not built.
    pub fn catalog(&mut self, wanted: &Wanted) -> Result<Catalog> {
        match (&wanted.known, &wanted.built) {
            (Some(known), _) => Ok(*known.clone()),
            (None, statements) => self.build(statements.as_deref().unwrap_or_default()),
        }
    }

    /// The same in the words of a server, with the hints of files. `None` where it is a server's
    /// already, and where nothing can be built here.
    pub fn told(&mut self, wanted: &Wanted) -> Option<Catalog> {
        let (known, statements) = (wanted.known.as_ref()?, wanted.built.as_ref()?);
        let mut told = self.build(statements).ok()?;
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

/// What lies between two sides. Where it looks like something, and a side is known by its files
/// alone, a server is asked what that side is in its own words: a check that it writes otherwise
/// is no change.
pub fn between(
    (from, to): (&Wanted, &Wanted),
    ground: &mut Ground,
    compare: &mut dyn FnMut(Catalog, Catalog, &dyn Dialect) -> Result<Difference>,
) -> Result<Difference> {
    let (old, new) = (ground.catalog(from)?, ground.catalog(to)?);
    let found = compare(old.clone(), new.clone(), ground.dialect())?;
    if found.is_empty() {
        return Ok(found);
    }
    match (ground.told(from), ground.told(to)) {
        (None, None) => Ok(found),
        (from, to) => compare(from.unwrap_or(old), to.unwrap_or(new), ground.dialect()),
    }
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
