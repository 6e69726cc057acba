//! What declared files mean on a database: its own words for them. Where only a server can say it
//! they are built in a place that is empty, and taken away again.

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

/// A side of a comparison: known, or what these statements build.
pub enum Wanted {
    Known(Box<Catalog>),
    Built(Vec<Statement>),
}

/// What files declare.
pub fn declared(declared: &Declared, dialect: &dyn Dialect) -> Result<Wanted> {
    let native = ddl(dialect)?.native(declared.catalog.clone())?;
    if declared.scripts.is_empty() {
        return Ok(Wanted::Known(Box::new(native)));
    }
    let mut statements = made(&native, dialect)?;
    for script in &declared.scripts {
        statements.extend(dialect.split(script)?);
    }
    Ok(Wanted::Built(statements))
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
    Ok(Wanted::Built(replay(&facts)?))
}

/// The catalog; what has to be built is built in `scratch`, or by a server that takes it back.
pub fn catalog(
    wanted: Wanted,
    driver: Option<&mut dyn Driver>,
    scratch: Option<&mut dyn Driver>,
) -> Result<Catalog> {
    let statements = match wanted {
        Wanted::Known(catalog) => return Ok(*catalog),
        Wanted::Built(statements) => statements,
    };
    match (scratch, driver) {
        (Some(place), _) => place.realise(&statements),
        (None, Some(place)) if place.dialect().capabilities().transactional_ddl => {
            place.realise(&statements)
        }
        (None, _) => Err(Error::new(
            Code::ScratchMissing,
            "SQL has to be built somewhere to be compared, and no such place is known",
        )
        .help("name the variable with the URL of an empty database of this kind: --scratch-url-env SCRATCH_URL")),
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
