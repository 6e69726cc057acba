//! `import`: takes over what another tool's ledger says.

use super::arguments::{Common, Words};
use super::output::{LOOK, Output, Yes, agree};
use super::session::{Need, Session};
use super::values::listed;
use crate::plan::{Beside, Lenience};
use crate::report::{ImportDocument, imported};
use crate::run::{Failure, Taken, Wish, accepted, import, preview_import};
use crate::source::ledger::Tool;
use crate::source::{SOURCES, missing};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Result};

/// take over what another tool's ledger says: record as applied what it applied
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Import {
    /// the tool, where there are ledgers of several
    #[argh(option, arg_name = "tool")]
    from: Option<String>,
    /// its table, where that is not the usual one
    #[argh(option, arg_name = "table")]
    ledger: Option<String>,
    /// leave out what it applied and no file is there of
    #[argh(switch)]
    allow_missing: bool,
    /// take files that were edited since for what was applied
    #[argh(switch)]
    accept_edited: bool,
    /// show what would be recorded and write nothing
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
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("import", &error),
    }
}

/// Of a flag whose value is a tool.
pub fn tool(flag: &str, word: &str) -> Result<Tool> {
    Tool::parse(word).ok_or_else(|| {
        Error::new(Code::SettingInvalid, format!("{flag} names no tool")).help(listed(Tool::WORDS))
    })
}

fn wish(args: &Import) -> Result<Wish> {
    let allowed = |flag| match flag {
        true => Beside::Allow,
        false => Beside::Refuse,
    };
    Ok(Wish {
        from: args
            .from
            .as_deref()
            .map(|word| tool("--from", word))
            .transpose()?,
        ledger: args.ledger.as_deref().map(TableName::parse).transpose()?,
        lenience: Lenience {
            missing: allowed(args.allow_missing),
            edited: allowed(args.accept_edited),
        },
    })
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    if !SOURCES {
        return Err(missing("import"));
    }
    let args: Import = words.parse("import")?;
    let wish = wish(&args)?;
    if args.dry_run {
        let mut session = Session::open(common, "import", Need::Spec, Access::Read)?;
        let all = session.run(|spec, connections, _| preview_import(spec, connections, &wish))?;
        return Ok(told(
            output,
            &all,
            Shown::Not,
            "preview",
            accepted(&all).err(),
        ));
    }
    let mut session = Session::open(common, "import", Need::Spec, Access::Write)?;
    session.because(reason(&args));
    let (mut seen, mut shown) = (Vec::new(), Shown::Not);
    let mut consent = |all: &[Taken]| {
        seen = all.to_vec();
        // What is refused is told as that.
        if accepted(all).is_err() {
            return Ok(());
        }
        let yes = Yes::from(args.yes);
        if yes == Yes::Ask {
            output.aside(&imported(all));
            shown = Shown::Already;
        }
        agree(yes, "recording this", LOOK)
    };
    let outcomes = session
        .run(|spec, connections, context| import(spec, connections, &wish, context, &mut consent));
    let (outcome, error) = match outcomes {
        Ok(report) if report.done.is_empty() => ("nothing", None),
        Ok(_) => ("done", None),
        Err(Failure { error, .. }) => ("failed", Some(error)),
    };
    Ok(told(output, &seen, shown, outcome, error))
}

/// What was let pass is kept beside what a person says of it.
fn reason(args: &Import) -> Option<String> {
    let flags = [
        (args.allow_missing, "--allow-missing"),
        (args.accept_edited, "--accept-edited"),
    ];
    let mut all: Vec<String> = args.reason.iter().cloned().collect();
    let given = flags.iter().filter(|(given, _)| *given);
    all.extend(given.map(|(_, flag)| format!("with {flag}")));
    (!all.is_empty()).then(|| all.join("; "))
}

/// Whether people have seen the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Not,
    Already,
}

fn told(
    output: &Output,
    all: &[Taken],
    shown: Shown,
    outcome: &'static str,
    error: Option<Error>,
) -> i32 {
    let document = ImportDocument::new(all, outcome, error.as_ref());
    let text = || {
        let end = match outcome {
            "preview" => "nothing was written\n",
            "nothing" => "nothing to import\n",
            "done" => "recorded\n",
            _ => "",
        };
        match shown {
            Shown::Not => imported(all) + end,
            Shown::Already => end.into(),
        }
    };
    match error {
        None => {
            output.show(&document, text);
            0
        }
        Some(error) => output.failed(&error, &document, text),
    }
}
