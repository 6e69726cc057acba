//! What an empty database would hold after some statements: they run in a transaction, in a schema
//! that nobody else sees, and everything is taken back. What they name by its schema is found under
//! that name: what stands there is called otherwise meanwhile, for this transaction alone.

use crate::copy;
use crate::execute::again;
use crate::grammar::RULES;
use crate::introspect::{self, Asked};
use crate::message::Owner;
use crate::session::Link;
use crate::spell;
use crate::transaction::Transaction;
use initium_driver::catalog::{Catalog, Name};
use initium_driver::driver::Rows;
use initium_driver::error::{At, Code, Error, Result};
use initium_driver::source::{Effect, Statement};
use initium_driver::sql::split::words;

/// What stands there: the own schema, this session, all schemas, all extensions and where they are.
const STANDING: &str = "SELECT pg_catalog.current_schema(), pg_catalog.pg_backend_pid();\n\
     SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n \
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema';\n\
     SELECT x.extname, n.nspname, x.extrelocatable, n.nspname = ANY (pg_catalog.current_schemas(false)) \
     FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace";

#[derive(Default)]
struct Standing {
    own: Option<String>,
    session: String,
    schemas: Vec<(String, String)>,
    extensions: Vec<Extension>,
}

struct Extension {
    name: String,
    schema: String,
    can_move: bool,
    is_on_path: bool,
}

pub fn realise(link: &mut Link, asked: &Asked, statements: &[Statement]) -> Result<Catalog> {
    statements
        .iter()
        .enumerate()
        .try_for_each(|(n, it)| may_run(n, it))?;
    let standing = standing(link)?;
    let stage = Stage::new(&standing, statements);
    let besides: Vec<String> = standing.schemas.iter().map(|(id, _)| id.clone()).collect();
    let limits = link.local_limits();
    let mut transaction = Transaction::begin(link, None);
    transaction
        .set_up(&format!("{limits};\n{}", stage.set_up.join(";\n")))
        .map_err(no_place)?;
    for (n, statement) in statements.iter().enumerate() {
        let at = At {
            statement: n,
            ..At::default()
        };
        if copy::command(statement).is_some() || is_there(statement, &standing) {
            continue;
        }
        match &statement.more {
            Some(stretch) => again(&mut transaction, stretch, at)?,
            None => {
                let owner = Owner::Script {
                    part: 0,
                    statement: n,
                };
                transaction.push(owner, &plainly(&statement.text))?;
            }
        }
    }
    let asked = Asked {
        besides: &besides,
        ..*asked
    };
    let mut catalog = transaction.look(|link| {
        link.rows(&stage.path)?;
        stands_alone(link, &besides)?;
        introspect::inside(link, &asked)
    })?;
    stage.extensions(&mut catalog, &standing);
    Ok(catalog)
}

/// No transaction holds these, or they end it.
fn may_run(n: usize, statement: &Statement) -> Result<()> {
    let is_concurrent = || {
        words(&statement.text, &RULES)
            .iter()
            .any(|it| it == "CONCURRENTLY")
    };
    let help = match statement.effect {
        Effect::Control => "leave it out: the statements are one transaction",
        Effect::Alone if !is_concurrent() => {
            "leave it out of what declares the schema: no transaction can hold it"
        }
        _ => return Ok(()),
    };
    let at = At {
        statement: n,
        ..At::default()
    };
    let what = format!("this cannot be tried: {}", statement.head());
    Err(Error::new(Code::NotSupported, what).help(help).at(at))
}

/// Nobody waits for what is built here.
fn plainly(text: &str) -> String {
    let pieces = spell::pieces(text);
    // Only among the first words does it say how.
    let mut solid = 0;
    let mut all = String::with_capacity(text.len());
    for (word, piece) in pieces {
        solid += usize::from(!piece.trim().is_empty());
        let is_how = word.as_deref() == Some("concurrently") && !piece.starts_with('"');
        let is_end = is_how
            && text
                .trim_end()
                .trim_end_matches(';')
                .trim_end()
                .ends_with(piece);
        if !(is_how && (solid <= 8 || is_end)) {
            all.push_str(piece);
        }
    }
    all
}

/// An extension that is installed: what it would bring is there.
fn is_there(statement: &Statement, standing: &Standing) -> bool {
    made(statement).is_some_and(|name| standing.extensions.iter().any(|it| it.name == name))
}

/// The extension that a statement makes.
fn made(statement: &Statement) -> Option<String> {
    let pieces = spell::pieces(&statement.text);
    let mut words = pieces.into_iter().filter_map(|(word, _)| word);
    let is_it = words.next()? == "create" && words.next()? == "extension";
    let mut rest = words.filter(|it| !matches!(it.as_str(), "if" | "not" | "exists"));
    rest.next().filter(|_| is_it)
}

fn standing(link: &mut Link) -> Result<Standing> {
    let answers = link.rows(STANDING)?;
    let cell = |row: &[Option<String>], n: usize| row.get(n).cloned().flatten();
    let rows = |n: usize| {
        answers
            .get(n)
            .map(|it: &Rows| it.rows.as_slice())
            .unwrap_or_default()
    };
    let mut found = Standing::default();
    for row in rows(0) {
        (found.own, found.session) = (cell(row, 0), cell(row, 1).unwrap_or_default());
    }
    found.schemas = rows(1)
        .iter()
        .filter_map(|row| Some((cell(row, 0)?, cell(row, 1)?)))
        .collect();
    let extension = |row: &Vec<Option<String>>| {
        Some(Extension {
            name: cell(row, 0)?,
            schema: cell(row, 1)?,
            can_move: cell(row, 2).as_deref() == Some("t"),
            is_on_path: cell(row, 3).as_deref() == Some("t"),
        })
    };
    found.extensions = rows(2).iter().filter_map(extension).collect();
    Ok(found)
}

struct Stage {
    set_up: Vec<String>,
    /// The search path: the place itself, and where extensions stand.
    path: String,
    /// Extensions that the statements make.
    made: Vec<String>,
}

impl Stage {
    fn new(standing: &Standing, statements: &[Statement]) -> Stage {
        let hidden: Vec<&str> = standing
            .schemas
            .iter()
            .map(|(_, name)| name.as_str())
            .filter(|name| statements.iter().any(|it| names_schema(&it.text, name)))
            .collect();
        let away = |name: &str| {
            let at = hidden.iter().position(|it| *it == name)?;
            Some(format!("initium_away_{}_{at}", standing.session))
        };
        let own = standing.own.as_deref().filter(|own| hidden.contains(own));
        let place = match own {
            Some(own) => own.to_string(),
            None => format!("initium_scratch_{}", standing.session),
        };
        let mut set_up = Vec::new();
        for name in &hidden {
            let other = away(name).unwrap_or_default();
            set_up.push(format!(
                "ALTER SCHEMA {} RENAME TO {other}",
                spell::name(name)
            ));
        }
        set_up.push(format!("CREATE SCHEMA {}", spell::name(&place)));
        // Every database has it.
        if place != "public" && hidden.contains(&"public") {
            set_up.push("CREATE SCHEMA public".into());
        }
        let mut path = vec![spell::name(&place)];
        for it in standing.extensions.iter().filter(|it| it.is_on_path) {
            let is_back = it.schema == place || it.schema == "public";
            let schema = match away(&it.schema) {
                Some(_) if it.can_move && is_back => {
                    let (name, schema) = (spell::name(&it.name), spell::name(&it.schema));
                    set_up.push(format!("ALTER EXTENSION {name} SET SCHEMA {schema}"));
                    it.schema.clone()
                }
                Some(other) => other,
                None => it.schema.clone(),
            };
            let schema = spell::name(&schema);
            if !path.contains(&schema) {
                path.push(schema);
            }
        }
        let path = format!("SET LOCAL search_path TO {}", path.join(", "));
        set_up.push(path.clone());
        Stage {
            set_up,
            path,
            made: statements.iter().filter_map(made).collect(),
        }
    }

    /// Those that the statements make, where they would make them.
    fn extensions(&self, catalog: &mut Catalog, standing: &Standing) {
        catalog.extensions.retain(|it| self.made.contains(&it.name));
        for it in &mut catalog.extensions {
            let was = standing.extensions.iter().find(|was| was.name == it.name);
            if let Some(was) = was {
                let schema = Some(was.schema.clone());
                it.schema = schema.filter(|_| Some(&was.schema) != standing.own.as_ref());
            }
        }
    }
}

/// Whether a text names something by this schema, or the schema itself.
fn names_schema(text: &str, schema: &str) -> bool {
    if !text.contains(schema) {
        return false;
    }
    let pieces = spell::pieces(text);
    let solid: Vec<_> = pieces
        .iter()
        .filter(|(_, piece)| !piece.trim().is_empty())
        .collect();
    let is_it = |word: &Option<String>| word.as_deref() == Some(schema);
    solid.windows(2).any(|two| {
        let before = two[0].0.as_deref();
        is_it(&two[0].0) && two[1].1 == "."
            || is_it(&two[1].0) && matches!(before, Some("schema" | "exists" | "authorization"))
    })
}

/// What the statements use has to be made by them, or to come with an extension.
fn stands_alone(link: &mut Link, besides: &[String]) -> Result<()> {
    if besides.is_empty() {
        return Ok(());
    }
    let ids = besides.join(", ");
    let of = |class: &str, name: &str, schema: &str| {
        format!(
            "SELECT n.nspname, o.{name} FROM pg_catalog.pg_depend d JOIN pg_catalog.{class} o ON o.oid = d.refobjid \
             JOIN pg_catalog.pg_namespace n ON n.oid = o.{schema} \
             WHERE d.refclassid = 'pg_catalog.{class}'::pg_catalog.regclass AND n.oid IN ({ids}) \
             AND d.deptype IN ('n', 'a') AND d.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = d.refclassid \
             AND x.objid = o.oid AND x.deptype = 'e')"
        )
    };
    let question = format!(
        "{} UNION ALL {} UNION ALL {} LIMIT 1",
        of("pg_class", "relname", "relnamespace"),
        of("pg_proc", "proname", "pronamespace"),
        of("pg_type", "typname", "typnamespace")
    );
    let answers = link.rows(&question)?;
    let row = answers.first().and_then(|rows| rows.rows.first());
    match row.map(Vec::as_slice) {
        Some([Some(schema), Some(name)]) => Err(Error::new(
            Code::StatementFailed,
            format!(
                "the statements use {}, which they do not make",
                Name::within(schema, name)
            ),
        )
        .help("declare it, too: what stands in this database does not count")),
        _ => Ok(()),
    }
}

/// The statements need a place, and there is none.
fn no_place(error: Error) -> Error {
    let state = error.server_said().state.clone();
    match state.as_deref() {
        Some("42501" | "25006") => Error::new(
            Code::ScratchMissing,
            format!(
                "there is no place to try the statements: {}",
                error.message()
            ),
        )
        .help("name a database in which this role may make a schema")
        .server(error.server_said().clone()),
        _ => error,
    }
}
