//! How each target is reached, and where its ledger is. Asks no server.

use super::super::arguments::Common;
use super::super::connection::{Targets, settings};
use crate::spec::{Spec, Target};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Result, Run, Settings};

/// One target of a run.
pub struct Reach {
    pub target: String,
    pub settings: Settings,
    pub run: Run,
    /// Where its ledger is kept, if not in itself.
    pub ledger: Option<(Settings, Run)>,
}

impl Reach {
    pub fn of(
        target: &Target,
        spec: &Spec,
        targets: Targets,
        common: &Common,
        run: &Run,
    ) -> Result<Reach> {
        let (name, prefix) = (&target.name, prefix(common, target)?);
        let ledger = target.history.as_ref().filter(|keeper| *keeper != name);
        let ledger = ledger.map(|keeper| kept(name, keeper, spec, common, run));
        Ok(Reach {
            target: name.clone(),
            settings: settings(target, common, targets)?,
            run: Run {
                prefix,
                ..run.clone()
            },
            ledger: ledger.transpose()?,
        })
    }

    /// One database of many.
    pub fn one(target: &Target, settings: Settings, common: &Common, run: &Run) -> Result<Reach> {
        if target.history.is_some() {
            return Err(Error::new(
                Code::TargetsInvalid,
                "the databases of a list keep their ledgers themselves, and this target says `history:`",
            )
            .help("take `history:` off the target; in one table their ledgers would be one")
            .target(&target.name));
        }
        Ok(Reach {
            target: target.name.clone(),
            settings,
            run: Run {
                prefix: prefix(common, target)?,
                ..run.clone()
            },
            ledger: None,
        })
    }
}

/// A table of its own beside that of the target which keeps it.
fn kept(
    name: &str,
    keeper: &str,
    spec: &Spec,
    common: &Common,
    run: &Run,
) -> Result<(Settings, Run)> {
    let Some(found) = spec.targets.iter().find(|target| target.name == *keeper) else {
        return Err(Error::new(
            Code::UnknownTarget,
            format!("`history` of target '{name}' names '{keeper}', which the spec has not"),
        )
        .help("name a target of the spec, or leave `history` out")
        .target(name));
    };
    // Connection flags are about the target that was chosen, never about this one.
    let settings = settings(found, common, Targets::Several).map_err(|e| e.target(keeper))?;
    let table = TableName::parse(&run.table)?;
    let table = TableName {
        table: format!("{}_{name}", table.table),
        ..table
    };
    let run = Run {
        table: table.to_string(),
        prefix: prefix(common, found)?,
        ..run.clone()
    };
    Ok((settings, run))
}

/// What the names of the ledger's keys begin with: the flag, or what the target says.
fn prefix(common: &Common, target: &Target) -> Result<String> {
    let sign = |c: char| c.is_ascii_alphanumeric() || ":_.-".contains(c);
    match (&common.prefix, &target.prefix) {
        (Some(given), _) if given.len() > 100 || !given.chars().all(sign) => Err(Error::new(
            Code::SettingInvalid,
            "--prefix may hold letters, digits and :_.- and be 100 signs long",
        )
        .help("for instance --prefix shop:")),
        (Some(given), _) => Ok(given.clone()),
        (None, said) => Ok(said.clone().unwrap_or_default()),
    }
}
