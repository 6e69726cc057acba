//! `inspect`: what a database holds, as schema files, as SQL or for people. Takes no lock and writes
//! nothing but the files that it is asked for.

mod files;

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::diff::{Choice, difference, spare};
use crate::report::{ReportDocument, count, escaped, outline, picture};
use crate::run::{Report, ddl};
use crate::spec;
use argh::{ArgsInfo, FromArgs};
use files::Aim;
use initium_driver::catalog::{Catalog, Sizes};
use initium_driver::change::Way;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Access;
use initium_driver::{Code, Dialect, Error, Result};

/// show what a database holds, as a schema file too
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Inspect {
    /// write it to this file, or to a folder with a file for each table
    #[argh(option, arg_name = "file")]
    out: Option<String>,
    /// only what has such a name (`users`, `app.*`); may be repeated
    #[argh(option, arg_name = "pattern")]
    include: Vec<String>,
    /// nothing that has such a name; may be repeated
    #[argh(option, arg_name = "pattern")]
    exclude: Vec<String>,
    /// only what stands in this schema; may be repeated
    #[argh(option, arg_name = "name")]
    schema: Vec<String>,
    /// write over files that are there
    #[argh(switch)]
    force: bool,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Yaml,
    Json,
    Sql,
    Mermaid,
    Dot,
    Svg,
}

/// The words of `--format` that no other verb has, and the end of a file's name.
const PAGES: &[(&str, Page)] = &[
    ("yaml", Page::Yaml),
    ("json", Page::Json),
    ("sql", Page::Sql),
    ("mermaid", Page::Mermaid),
    ("mmd", Page::Mermaid),
    ("dot", Page::Dot),
    ("svg", Page::Svg),
];

/// Beside those of every verb.
pub const FORMS: &[&str] = &["yaml", "sql", "mermaid", "dot", "svg"];

fn page(word: &str) -> Option<Page> {
    let found = PAGES.iter().find(|(known, _)| *known == word);
    found.map(|(_, page)| *page)
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(()) => 0,
        Err(error) => output.fail("inspect", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<()> {
    if !SCHEMAS {
        return Err(missing("inspect"));
    }
    let args: Inspect = words.parse("inspect")?;
    let asked = common.drawn.or(common.format.as_deref()).and_then(page);
    let aim = args.out.as_deref().map(|path| Aim::of(path, asked));
    let aim = aim.transpose()?;
    if args.force && aim.is_none() {
        return Err(Error::new(Code::Usage, "--force without --out")
            .help("it says that files may be written over"));
    }
    let mut session = Session::open(common, "inspect", Need::ConnectionOnly, Access::Read)?;
    let [connection] = session.connections.as_mut_slice() else {
        let names: Vec<_> = session.connections.iter().map(|it| &*it.target).collect();
        return Err(Error::new(Code::Usage, "inspect shows one database")
            .help(format!("name it with --target: {}", names.join(", "))));
    };
    let target = connection.target.clone();
    let mut catalog = connection
        .driver
        .introspect()
        .map_err(|error| error.target(&target))?;
    let choice = Choice {
        include: args.include,
        exclude: args.exclude,
        schemas: args.schema,
    };
    let before = catalog != Catalog::default();
    choice.narrow(&mut catalog);
    if before && catalog == Catalog::default() {
        return Err(nothing(&choice).target(&target));
    }
    let dialect = connection.driver.dialect();
    let tables = catalog.tables.len();
    let report = ReportDocument::new("inspect", &Report::default(), None);
    match aim {
        None => match asked {
            None => output.show(&report, || outline(&catalog)),
            Some(page) => output.exactly(&written(catalog, page, dialect)?),
        },
        Some(aim) => {
            let path = aim.path().to_string();
            let overwrite = args.force.into();
            match aim {
                Aim::File(path, page) => {
                    files::write(&[(path, written(catalog, page, dialect)?)], overwrite)?;
                }
                Aim::Folder(path) => files::folder(&path, bare(catalog, dialect), overwrite)?,
            }
            let what = count(tables, "table");
            output.show(&report, || format!("wrote {what} to {path}\n"));
        }
    }
    Ok(())
}

/// Without what the database finds itself, where this build knows what that is.
fn bare(mut catalog: Catalog, dialect: &dyn Dialect) -> Catalog {
    if let Some(ddl) = dialect.ddl() {
        spare(&mut catalog, ddl);
    }
    catalog
}

fn written(catalog: Catalog, page: Page, dialect: &dyn Dialect) -> Result<String> {
    match page {
        Page::Yaml => spec::yaml(&bare(catalog, dialect)),
        Page::Json => spec::json(&bare(catalog, dialect)).map(escaped),
        Page::Mermaid => Ok(picture::mermaid(&catalog)),
        Page::Dot => Ok(picture::dot(&catalog)),
        Page::Svg => Ok(picture::svg(&catalog)),
        Page::Sql => {
            let (empty, none) = (Catalog::default(), Sizes::new());
            let ddl = ddl(dialect)?;
            Ok(difference(&empty, &catalog, &none, ddl, Way::Plain)?.script())
        }
    }
}

/// An answer without anything would look like an empty database.
fn nothing(choice: &Choice) -> Error {
    let error = Error::new(
        Code::Usage,
        "the database holds nothing of what is asked for",
    );
    error.help(match choice.schemas.is_empty() {
        true => "`*` does not reach over the dot of a schema: `users`, `app.*`, `*.*`",
        false => {
            "what stands in the connection's own schema has none in its name: leave --schema out"
        }
    })
}
