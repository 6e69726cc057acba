//! What declared files mean on a database: its own words for them. Where only a server can say it
//! they are built in a place that is empty, and taken away again.

use crate::spec::Declared;
use initium_driver::change::{Changes, Way};
use initium_driver::ddl::Ddl;
use initium_driver::{Catalog, Code, Dialect, Driver, Error, Result, Source, Statement};

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

/// `scratch`: another connection, to a database that is empty.
pub fn desired(
    declared: &Declared,
    driver: &mut dyn Driver,
    scratch: Option<&mut dyn Driver>,
) -> Result<Catalog> {
    let dialect = driver.dialect();
    let native = ddl(dialect)?.native(declared.catalog.clone())?;
    if declared.scripts.is_empty() {
        return Ok(native);
    }
    let mut statements = made(&native, dialect)?;
    for script in &declared.scripts {
        statements.extend(dialect.split(script)?);
    }
    built(&statements, driver, scratch)
}

/// What an empty database holds after these statements.
pub fn built(
    statements: &[Statement],
    driver: &mut dyn Driver,
    scratch: Option<&mut dyn Driver>,
) -> Result<Catalog> {
    if let Some(scratch) = scratch {
        return scratch.realise(statements);
    }
    if !driver.dialect().capabilities().transactional_ddl {
        let kind = driver.dialect().names()[0];
        return Err(Error::new(
            Code::ScratchMissing,
            format!("SQL files have to be built somewhere to be compared, and {kind} cannot take that back"),
        )
        .help("name the variable with the URL of an empty database on such a server: --scratch-url-env SCRATCH_URL"));
    }
    driver.realise(statements)
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
