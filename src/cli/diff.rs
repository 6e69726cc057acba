//! `diff`: what lies between two schemas: a live one, declared files, what migrations leave. Writes to
//! no database; with `--write` it writes the next migration.

use super::arguments::{Common, Words};
use super::new;
use super::output::Output;
use super::session::{Need, Session, aside, limits, scratch_settings, spec};
use crate::connect;
use crate::diff::Scope;
use crate::report::picture::{Picture, Row, html};
use crate::report::{DiffDocument, DiffTarget, difference as text};
use crate::run::{Compared, Ground, Here, Look, Wanted, between, ddl, declared, replayed};
use crate::spec::{DEFAULT_TARGET, Input, Kinds, Schemas, Spec, schemas};
use argh::{ArgsInfo, FromArgs};
use initium_driver::catalog::Sizes;
use initium_driver::change::Way;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Access;
use initium_driver::{Catalog, Code, Dialect, Driver, Error, Result, Settings};

/// show what lies between two schemas
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Diff {
    /// where it begins: live (default), migrations, or schema files; may be repeated
    #[argh(option, arg_name = "side")]
    from: Vec<String>,
    /// where it should end: schema files (default: those of the spec), live, or migrations; may be
    /// repeated
    #[argh(option, arg_name = "side")]
    to: Vec<String>,
    /// exit 3 where they differ
    #[argh(switch)]
    check: bool,
    /// write the statements as a migration of this name into the spec
    #[argh(option, arg_name = "name")]
    write: Option<String>,
    /// use the ways that do not lock others out, where there are any
    #[argh(switch)]
    online: bool,
    /// leave out what has such a name: tmp_*, audit.*, users.legacy_*; may be repeated
    #[argh(option, arg_name = "pattern")]
    exclude: Vec<String>,
}

/// One end of a comparison.
enum Side {
    Live,
    Migrations,
    Files(Schemas),
    /// The files that the spec names for the target.
    Spec,
}

/// Beside those of every verb.
pub const FORMS: &[&str] = &["sql", "html"];

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("diff", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    if !SCHEMAS {
        return Err(missing("diff"));
    }
    let args: Diff = words.parse("diff")?;
    let need = match common.spec.is_empty() && common.dir.is_empty() {
        true => Need::ConnectionOnly,
        false => Need::Spec,
    };
    let spec = spec(common, need)?;
    let from = side(&args.from, "--from", || Ok(Side::Live))?;
    let to = side(&args.to, "--to", || match spec.declares.is_empty() {
        false => Ok(Side::Spec),
        true => Err(
            Error::new(Code::Usage, "nothing says where the schema should go")
                .help("give schema files with --to, or say `schemas:` in the spec"),
        ),
    })?;
    let found = match (&from, &to) {
        (Side::Live, _) | (_, Side::Live) => online(common, &spec, need, (&from, &to), &args)?,
        // What migrations leave is built by the server that is there, unless another place is named.
        (Side::Migrations, _) | (_, Side::Migrations) if common.scratch_url_env.is_none() => {
            match online(common, &spec, need, (&from, &to), &args) {
                Err(error) if error.code() == Code::ConnectionMissing => {
                    vec![offline(common, &spec, (&from, &to), &args)?]
                }
                answer => answer?,
            }
        }
        _ => vec![offline(common, &spec, (&from, &to), &args)?],
    };
    show(found, common, &args, output)
}

/// A difference and whose it is.
struct Found {
    target: String,
    database: String,
    seen: Compared,
}

fn show(found: Vec<Found>, common: &Common, args: &Diff, output: &Output) -> Result<i32> {
    if let Some(name) = &args.write {
        return written(found, name, common, output);
    }
    let differs = found.iter().find(|one| !one.seen.difference.is_empty());
    let error = differs.filter(|_| args.check).map(|one| {
        let n = one.seen.difference.steps.len();
        Error::new(
            Code::Drift,
            format!("the schema differs: {} to {}", n, one.target),
        )
        .target(&one.target)
        .help("look at the changes above; `diff --write NAME` writes them as a migration")
    });
    let targets = found
        .iter()
        .map(|one| DiffTarget::new(&one.target, &one.database, &one.seen.difference))
        .collect();
    let document = DiffDocument::new("diff", targets, error.as_ref());
    let shown = || {
        let all = found
            .iter()
            .map(|one| text(&one.target, &one.seen.difference));
        all.collect::<String>()
    };
    if let Some(word) = common.drawn {
        for one in &found {
            output.exactly(&match word {
                "html" => page(one),
                _ => one.seen.difference.script(),
            });
        }
        return match error {
            Some(error) => Err(error),
            None => Ok(0),
        };
    }
    match &error {
        None => {
            output.show(&document, shown);
            Ok(0)
        }
        Some(error) => Ok(output.failed(error, &document, shown)),
    }
}

/// A page that needs nothing else.
fn page(one: &Found) -> String {
    let Compared {
        from,
        to,
        difference,
    } = &one.seen;
    let rows = difference.steps.iter().enumerate().map(|(n, step)| Row {
        change: &step.change,
        description: step.what.clone(),
        statements: difference.statements(n).map(String::from).collect(),
        impact: step.impact.clone(),
        rows: step.rows,
        reverse: difference.back_of(n),
    });
    html(&Picture {
        title: &format!("{}: {}", one.target, one.database),
        from,
        to,
        rows: rows.collect(),
    })
}

/// The next migration of the spec.
fn written(found: Vec<Found>, name: &str, common: &Common, output: &Output) -> Result<i32> {
    let mut found = found
        .into_iter()
        .filter(|one| !one.seen.difference.is_empty());
    let (one, more) = (found.next(), found.next());
    let Some(one) = one else {
        output.print("no changes: nothing is written\n");
        return Ok(0);
    };
    if let Some(more) = more {
        return Err(Error::new(
            Code::Usage,
            format!(
                "targets '{}' and '{}' differ, and a migration is for one",
                one.target, more.target
            ),
        )
        .help("choose one with --target"));
    }
    let body = new::Body {
        up: one.seen.difference.script(),
        down: one.seen.difference.script_down(),
    };
    new::add(common, name, Some(&body), output)
}

fn side(given: &[String], flag: &str, default: impl Fn() -> Result<Side>) -> Result<Side> {
    match given {
        [] => default(),
        [one] if one == "live" => Ok(Side::Live),
        [one] if one == "migrations" => Ok(Side::Migrations),
        paths if paths.iter().any(|it| it == "live" || it == "migrations") => Err(Error::new(
            Code::Usage,
            format!("{flag} is live, migrations, or files, and one of them only"),
        )),
        paths => {
            let inputs: Vec<_> = paths.iter().map(|path| Input::File(path.into())).collect();
            Ok(Side::Files(schemas(&inputs)?))
        }
    }
}

/// What a side says to a database of this kind, and what a comparison with it is about. The live one
/// is asked by whoever has a connection.
fn wanted(
    side: &Side,
    spec: &Spec,
    target: &str,
    dialect: &dyn Dialect,
    scope: &mut Scope,
) -> Result<Wanted> {
    let said = match side {
        Side::Live => return Ok(Wanted::Live(Catalog::default())),
        Side::Migrations => return replayed(spec, target, dialect),
        Side::Files(files) => files.of(dialect.names())?,
        Side::Spec => match spec.declares(target) {
            Some(declares) => declares.schemas.of(dialect.names())?,
            None => {
                return Err(Error::new(
                    Code::Usage,
                    format!("the spec declares no schema for target '{target}'"),
                )
                .help("leave it out with --target, or say `schemas:` for it"));
            }
        },
    };
    scope.ignored.extend(said.ignore.iter().cloned());
    if said.kinds == Kinds::Tables {
        scope.kinds = Kinds::Tables;
    }
    declared(said, dialect)
}

fn scope(spec: &Spec, args: &Diff) -> Scope {
    Scope {
        ignored: spec.ignore.iter().chain(&args.exclude).cloned().collect(),
        kinds: Kinds::All,
    }
}

fn online(
    common: &Common,
    spec: &Spec,
    need: Need,
    (from, to): (&Side, &Side),
    args: &Diff,
) -> Result<Vec<Found>> {
    let mut session = Session::open(common, "diff", need, Access::Read)?;
    let mut all = Vec::new();
    for connection in &mut session.connections {
        let target = connection.target.clone();
        let driver = connection.driver.as_mut();
        let database = driver.dialect().names()[0];
        let mut scope = scope(spec, args);
        let mut end = |side: &Side| match side {
            Side::Live => {
                ddl(driver.dialect())?;
                driver.introspect().map(Wanted::Live)
            }
            side => wanted(side, spec, &target, driver.dialect(), &mut scope),
        };
        let named = |e: Error| e.target(&target);
        // Files first: to read them takes more room than a catalog that waits.
        let (from, to) = match from {
            Side::Live => {
                let to = end(to).map_err(named)?;
                (end(from).map_err(named)?, to)
            }
            from => (end(from).map_err(named)?, end(to).map_err(named)?),
        };
        let sizes = driver.sizes().map_err(named)?;
        let mut scratch = scratch(common, spec, database)?;
        let ground = Ground {
            here: Here::Driver(driver),
            scratch: scratch.as_mut().map(|it| it.as_mut() as _),
        };
        all.push(Found {
            database: database.into(),
            seen: compare((from, to), ground, &scope, &sizes, args).map_err(named)?,
            target,
        });
    }
    Ok(all)
}

/// Neither side is a server.
fn offline(common: &Common, spec: &Spec, (from, to): (&Side, &Side), args: &Diff) -> Result<Found> {
    let target = spec.targets.first();
    let said = target.and_then(|target| target.database.clone());
    let database = common.database.clone().or(said).ok_or_else(|| {
        Error::new(
            Code::ConnectionMissing,
            "nothing says what kind of database this is",
        )
        .help("use --database postgres, mysql, mariadb or sqlite")
    })?;
    let dialect = connect::dialect(&database)?;
    let target = target.map_or(DEFAULT_TARGET, |target| &target.name);
    let mut scope = scope(spec, args);
    let mut end = |side: &Side| wanted(side, spec, target, dialect.as_ref(), &mut scope);
    let (from, to) = (end(from)?, end(to)?);
    let mut scratch = scratch(common, spec, &database)?;
    let ground = Ground {
        here: Here::Dialect(dialect.as_ref()),
        scratch: scratch.as_mut().map(|it| it.as_mut() as _),
    };
    Ok(Found {
        target: target.into(),
        seen: compare((from, to), ground, &scope, &Sizes::new(), args)?,
        database,
    })
}

fn compare(
    (from, to): (Wanted, Wanted),
    mut ground: Ground,
    scope: &Scope,
    sizes: &Sizes,
    args: &Diff,
) -> Result<Compared> {
    let way = match args.online {
        true => Way::Online,
        false => Way::Plain,
    };
    between(from, to, &mut ground, &Look { scope, sizes, way })
}

/// A place where SQL can be built: what the flag names, or for SQLite the memory.
pub fn scratch(common: &Common, spec: &Spec, database: &str) -> Result<Option<Box<dyn Driver>>> {
    let settings = match &common.scratch_url_env {
        Some(name) => scratch_settings(name)?,
        None if database == "sqlite" => Settings::parse("sqlite::memory:", "the scratch database")?,
        None => return Ok(None),
    };
    if settings.database != database {
        return Err(Error::new(
            Code::DatabaseMismatch,
            format!(
                "the scratch database is {}, and the schema is for {database}",
                settings.database
            ),
        ));
    }
    aside(
        &settings,
        common,
        spec,
        limits::patience(common)?,
        Access::Write,
    )
    .map(Some)
}
