//! The parts of all files to one spec: targets united, defaults agreed, migrations in order, ids
//! unique. Reads no file and changes no migration but for its targets.

use super::build::{Draft, Part, Said};
use super::callbacks;
use super::declares;
use super::model::{
    DEFAULT_TARGET, Defaults, Lint, Migration, Placed, Policy, Spec, Strategy, Target, TargetsQuery,
};
use super::sources;
use super::sum::Sums;
use super::text::shown;
use super::tongue;
use super::wording::hint;
use initium_driver::ddl::SCHEMAS;
use initium_driver::{Code, Error};
use std::collections::HashMap;
use std::time::Duration;

pub(super) fn merge(parts: Vec<Part>, sums: Sums) -> Result<Spec, Vec<Error>> {
    let mut errors = Vec::new();
    let mut targets: Vec<Said<Target>> = Vec::new();
    let (mut lock, mut statement, mut query) = (None, None, None);
    let mut lint = None;
    let (mut strategy, mut policy) = (None, None);
    let mut called = Vec::new();
    let (mut drafts, mut declared, mut folders) = (Vec::new(), Vec::new(), Vec::new());
    for mut part in parts {
        for target in part.targets {
            match targets
                .iter()
                .find(|known| known.what.name == target.what.name)
            {
                None => targets.push(target),
                Some(known) if known.what == target.what => {}
                Some(known) => errors.push(differs(
                    &target,
                    known,
                    &format!("target {}", shown(&target.what.name)),
                )),
            }
        }
        agree(&mut lock, part.lock_timeout, "'lock_timeout'", &mut errors);
        agree(
            &mut statement,
            part.statement_timeout,
            "'statement_timeout'",
            &mut errors,
        );
        agree(
            &mut query,
            part.targets_query,
            "'targets_query'",
            &mut errors,
        );
        agree(&mut lint, part.lint, "'lint'", &mut errors);
        drafts.extend(part.migrations);
        agree(
            &mut strategy,
            part.declares.strategy.take(),
            "'strategy'",
            &mut errors,
        );
        agree(
            &mut policy,
            part.declares.policy.take(),
            "'on_breaking_change'",
            &mut errors,
        );
        declared.push(part.declares);
        folders.extend(part.sources);
        called.extend(part.callbacks);
    }
    ledgers(&targets, &mut errors);
    let mut targets: Vec<Target> = targets.into_iter().map(|said| said.what).collect();
    if targets.is_empty() {
        targets.push(Target {
            name: DEFAULT_TARGET.into(),
            ..Target::default()
        });
    }
    unique(&drafts, &mut errors);
    known(query.as_ref(), &targets, &mut errors);
    let migrations = drafts
        .into_iter()
        .map(|draft| settle(draft, &targets, &mut errors))
        .collect();
    let strategy = strategy.map(|said: Said<Strategy>| said.what);
    let mut spec = Spec {
        targets,
        migrations,
        on_breaking_change: policy.map(|said: Said<Policy>| said.what),
        ..Spec::default()
    };
    sources::settle(folders, sums, &mut spec, &mut errors);
    callbacks::settle(called, &mut spec, &mut errors);
    since(lint.as_ref(), &spec.migrations, &mut errors);
    // With nothing else to make the schema, the declaration does.
    spec.strategy = strategy.unwrap_or(match spec.migrations.is_empty() {
        true => Strategy::Declarative,
        false => Strategy::Scripted,
    });
    if SCHEMAS {
        declares::settle(declared, &mut spec, &mut errors);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Spec {
        targets_query: query.map(|said| said.what),
        lint: lint.map(|said: Said<Lint>| said.what).unwrap_or_default(),
        defaults: Defaults {
            lock_timeout: lock.map(|said: Said<Duration>| said.what),
            statement_timeout: statement.map(|said: Said<Duration>| said.what),
        },
        ..spec
    })
}

fn differs<T>(here: &Said<T>, there: &Said<T>, what: &str) -> Error {
    let there = there.shown();
    let message = format!(
        "{what} is defined differently at {} and at {there}",
        here.shown()
    );
    let help = "say it once, or the same in both files";
    here.error(Code::SpecInvalid, message).help(help)
}

fn agree<'d, T: PartialEq>(
    known: &mut Option<Said<'d, T>>,
    said: Option<Said<'d, T>>,
    what: &str,
    errors: &mut Vec<Error>,
) {
    match (known.as_ref(), said) {
        (Some(known), Some(said)) if known.what != said.what => {
            errors.push(differs(&said, known, what));
        }
        (None, said) => *known = said,
        _ => {}
    }
}

/// The target that a `targets_query` names is one of them.
fn known(query: Option<&Said<TargetsQuery>>, targets: &[Target], errors: &mut Vec<Error>) {
    let names = || targets.iter().map(|target| target.name.as_str());
    if let Some(said) = query
        && let Some(name) = said.what.target.as_deref()
        && !names().any(|known| known == name)
    {
        let message = format!("unknown target {} in 'targets_query'", shown(name));
        let error = said.error(Code::UnknownTarget, message);
        errors.push(error.help(hint(name, names())));
    }
}

/// The migration from which on lints are asked for is one of the spec.
fn since(lint: Option<&Said<Lint>>, migrations: &[Migration], errors: &mut Vec<Error>) {
    let ids = || migrations.iter().map(|one| one.id.as_str());
    if let Some(said) = lint
        && let Some(Placed { what: id, place }) = &said.what.since
        && !ids().any(|known| known == id)
    {
        let message = format!("unknown migration {} in 'since' of 'lint'", shown(id));
        let error = Error::new(Code::UnknownMigration, message).place(place.clone());
        errors.push(error.help(hint(id, ids())));
    }
}

/// Where the ledgers of targets are: in one that is there, and only one step away, so that nobody has
/// to search for them.
fn ledgers(targets: &[Said<Target>], errors: &mut Vec<Error>) {
    let names = || targets.iter().map(|said| said.what.name.as_str());
    for said in targets {
        let (target, name) = (&said.what, shown(&said.what.name));
        if let (Some(database), Some(_)) = (&target.database, &target.prefix)
            && database != "redis"
        {
            let message = format!("'prefix' of target {name} is for redis, and it is {database}");
            let help = "the ledger of other databases is a table: name it with `--table`";
            errors.push(said.error(Code::SpecInvalid, message).help(help));
        }
        let Some(history) = target.history.as_deref() else {
            continue;
        };
        let keeper = targets.iter().find(|other| other.what.name == history);
        let error = match keeper.map(|other| &other.what) {
            None => {
                let message = format!(
                    "unknown target {} in 'history' of target {name}",
                    shown(history)
                );
                let error = said.error(Code::UnknownTarget, message);
                error.help(hint(history, names()))
            }
            Some(keeper) if keeper.name == target.name => {
                let message = format!("'history' of target {name} is the target itself");
                let error = said.error(Code::SpecInvalid, message);
                error.help("leave it out: a target keeps its own ledger unless it says otherwise")
            }
            Some(Target {
                history: Some(next),
                ..
            }) => {
                let message = format!(
                    "'history' of target {name} is {}, which keeps its own ledger in {}",
                    shown(history),
                    shown(next)
                );
                let error = said.error(Code::SpecInvalid, message);
                error.help(
                    "name the target where the ledger shall be: it is looked for in one place only",
                )
            }
            Some(_) => continue,
        };
        errors.push(error);
    }
}

fn unique(drafts: &[Draft], errors: &mut Vec<Error>) {
    let mut known: HashMap<&str, &Said<Migration>> = HashMap::new();
    for draft in drafts {
        let here = &draft.migration;
        let id = here.what.id.as_str();
        let Some(first) = known.get(id) else {
            known.insert(id, here);
            continue;
        };
        let message = format!(
            "two migrations have the id {}: at {} and at {}",
            shown(id),
            first.shown(),
            here.shown()
        );
        let error = here.error(Code::DuplicateId, message).migration(id);
        errors.push(error.help(format!(
            "an id is a slug of the name unless `id:` says otherwise; give one of them another, such as `id: {}-2`",
            id.get(..190).unwrap_or(id)
        )));
    }
}

/// Gives a migration the targets it acts on.
fn settle(draft: Draft, targets: &[Target], errors: &mut Vec<Error>) -> Migration {
    let names = || targets.iter().map(|target| target.name.as_str());
    for asked in &draft.targets {
        if !names().any(|name| name == asked.what) {
            let message = format!("unknown target {}", shown(&asked.what));
            let error = asked
                .error(Code::UnknownTarget, message)
                .migration(&draft.migration.what.id);
            errors.push(error.help(hint(&asked.what, names())));
        }
    }
    if draft.targets.is_empty() && targets.len() > 1 {
        let name = shown(&draft.migration.what.name);
        let message =
            format!("missing key 'target' in migration {name}: the spec has several targets");
        let error = draft
            .migration
            .error(Code::SpecInvalid, message)
            .migration(&draft.migration.what.id);
        let known: Vec<_> = names().collect();
        errors.push(error.help(format!(
            "add `target:` with one or more of {}",
            known.join(", ")
        )));
    }
    let mut migration = draft.migration.what;
    migration.targets = match draft.targets.is_empty() {
        true => names().map(str::to_string).collect(),
        false => draft.targets.into_iter().map(|asked| asked.what).collect(),
    };
    for part in &draft.parts {
        let met = targets
            .iter()
            .filter(|target| migration.targets.contains(&target.name))
            .filter_map(|target| Some((target, target.database.as_deref()?)))
            .find_map(|(target, database)| tongue::met(part, &target.name, database));
        errors.extend(met.map(|error| error.migration(&migration.id)));
    }
    migration
}
