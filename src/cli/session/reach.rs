//! How each target is reached, and where its ledger is. Asks no server.

use super::super::arguments::Common;
use super::super::connection::{Targets, settings};
use crate::spec::{Spec, Target};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Host, Result, Run, Settings};

/// One target of a run.
pub struct Reach {
    pub target: String,
    pub settings: Settings,
    pub run: Run,
    /// Where its ledger is kept, if not in itself.
    pub ledger: Option<(Settings, Run)>,
}

impl Reach {
    /// Where its lock is taken first: kind, server, database and ledger. Not the user, nor an option,
    /// for two specs may differ in these.
    pub fn address(&self) -> String {
        let (settings, run) = match &self.ledger {
            Some((settings, run)) => (settings, run),
            None => (&self.settings, &self.run),
        };
        let hosts: Vec<_> = settings.hosts.iter().map(Host::shown).collect();
        let name = settings.name.as_deref().unwrap_or_default();
        let (kind, ledger) = (&settings.database, format!("{}{}", run.prefix, run.table));
        [kind.as_str(), &hosts.join(","), name, &ledger].join(" ")
    }

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use initium_driver::driver::Access;
    use initium_driver::{Limits, Secret};

    fn target(name: &str, url: &str) -> Target {
        Target {
            name: name.into(),
            url: Some(url.into()),
            ..Target::default()
        }
    }

    fn run() -> Run {
        Run {
            id: "run".into(),
            table: "ops.initium_migrate".into(),
            prefix: String::new(),
            limits: Limits::default(),
            access: Access::Read,
            pulse: Default::default(),
        }
    }

    fn reach(target: &Target, all: &[&Target], common: &Common) -> Result<Reach> {
        let spec = Spec {
            targets: all.iter().map(|target| (*target).clone()).collect(),
            ..Spec::default()
        };
        Reach::of(target, &spec, Targets::Several, common, &run())
    }

    #[test]
    fn a_ledger_that_is_kept_elsewhere_has_a_table_of_its_own_there() {
        let app = target("app", "sqlite:app.db");
        let cache = Target {
            history: Some("app".into()),
            prefix: Some("shop:".into()),
            ..target("my-cache", "sqlite:cache.db")
        };
        let found = reach(&cache, &[&app, &cache], &Common::default()).unwrap();
        assert_eq!(
            (found.run.table.as_str(), found.run.prefix.as_str()),
            ("ops.initium_migrate", "shop:")
        );
        let (settings, kept) = found.ledger.as_ref().unwrap();
        assert_eq!(settings.name.as_deref(), Some("app.db"));
        assert_eq!(kept.table, "ops.\"initium_migrate_my-cache\"");
        // The lock that comes first is the ledger's.
        assert!(found.address().contains("app.db"), "{}", found.address());
        let lost = reach(&cache, &[&cache], &Common::default()).err().unwrap();
        assert_eq!(lost.code(), Code::UnknownTarget);
        let one = Reach::one(&cache, settings.clone(), &Common::default(), &run());
        assert_eq!(one.err().unwrap().code(), Code::TargetsInvalid);
    }

    #[test]
    fn a_flag_beats_the_prefix_of_the_spec_and_is_checked() {
        let cache = Target {
            prefix: Some("shop:".into()),
            ..target("cache", "sqlite:cache.db")
        };
        let mut common = Common::default();
        common.flags.prefix = Some("other.".into());
        assert_eq!(
            reach(&cache, &[&cache], &common).unwrap().run.prefix,
            "other."
        );
        for wrong in ["a b", "{x}", "é", &"x".repeat(101)] {
            common.flags.prefix = Some(wrong.into());
            let error = reach(&cache, &[&cache], &common).err().unwrap();
            assert_eq!(error.code(), Code::SettingInvalid, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_the_same_whoever_connects_and_whatever_the_target_is_called() {
        let mut one = reach(&target("a", "sqlite:x.db"), &[], &Common::default()).unwrap();
        let address = one.address();
        one.target = "b".into();
        one.settings.user = Some("somebody".into());
        one.settings.password = Some(Secret::new("hunter2"));
        assert_eq!(one.address(), address);
        one.run.table = "another".into();
        assert_ne!(one.address(), address);
    }
}
