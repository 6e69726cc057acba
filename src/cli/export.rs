//! `export`: writes another tool's ledger from ours.

use super::arguments::{Common, Words};
use super::import::tool;
use super::output::{LOOK, Output, Yes, agree};
use super::session::{Need, Session};
use super::values::listed;
use crate::report::ExportDocument;
use crate::run::{Given, export, preview_export};
use crate::source::ledger::{Tool, can_write};
use crate::source::{SOURCES, missing};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Result};

/// write another tool's ledger from this one, so that it can take over
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Export {
    /// the tool: golang-migrate, flyway, dbmate or sqlx
    #[argh(option, arg_name = "tool")]
    to: String,
    /// its table, where that is not the usual one
    #[argh(option, arg_name = "table")]
    ledger: Option<String>,
    /// print the statements and write nothing
    #[argh(switch)]
    dry_run: bool,
    /// why; kept in the log
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(document) => {
            output.show(&document, || document.text());
            0
        }
        Err(error) => output.fail("export", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<ExportDocument> {
    if !SOURCES {
        return Err(missing("export"));
    }
    let args: Export = words.parse("export")?;
    let to = tool("--to", &args.to)?;
    if !can_write(to) {
        let able = Tool::ALL.iter().filter(|tool| can_write(**tool));
        let able: Vec<_> = able.map(|tool| tool.word()).collect();
        let message = format!("a ledger of {} is not written here", to.word());
        return Err(
            Error::new(Code::SettingInvalid, message).help(format!("--to is {}", listed(&able)))
        );
    }
    let table = args.ledger.as_deref().map(TableName::parse).transpose()?;
    if args.dry_run {
        let mut session = Session::open(common, "export", Need::Spec, Access::Read)?;
        let all = session
            .run(|spec, connections, _| preview_export(spec, connections, to, table.as_ref()))?;
        return Ok(ExportDocument::new(&all, "preview"));
    }
    let mut session = Session::open(common, "export", Need::Spec, Access::Write)?;
    session.because(args.reason);
    let mut consent = |all: &[Given]| {
        let rows: usize = all.iter().map(|one| one.written.rows.len()).sum();
        let question = format!("writing {rows} rows for {}", to.word());
        agree(Yes::from(args.yes), &question, LOOK)
    };
    let all = session.run(|spec, connections, context| {
        export(spec, connections, to, table.as_ref(), context, &mut consent)
    })?;
    let nothing = all.iter().all(|one| one.statements().next().is_none());
    let outcome = if nothing { "nothing" } else { "done" };
    Ok(ExportDocument::new(&all, outcome))
}
