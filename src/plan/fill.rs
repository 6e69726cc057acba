//! Puts values where migrations say `${NAME}`, once it is known which databases they are for. What is
//! hashed, and kept of `up`, stays what the file says: a checksum does not depend on values.

use crate::spec::{
    Ask, Callback, Check, Migration, PerDatabase, Secrecy, Spec, Variable, Variables, Verb,
};
use initium_driver::sql::variables::{Value, filled, mentioned};
use initium_driver::{Code, Dialect, Error, Result, Source};
use std::cell::Cell;
use std::sync::Arc;

/// What somebody gives for a variable, if anything.
pub type Given<'v> = &'v dyn Fn(&str, &Variable) -> Option<String>;

/// What becomes of a migration whose variables have no values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// It is an error.
    Refused,
    /// It stays as it is: nobody runs it.
    Kept,
}

/// The spec for these databases; nothing where no variables are declared.
pub fn fill(
    spec: &Spec,
    targets: &[(&str, &dyn Dialect)],
    given: Given,
    unset: Unset,
) -> Result<Option<Spec>> {
    // Callbacks have theirs from a file that gives its migrations the same, or has none.
    let declared = spec.migrations.iter().any(|one| one.variables.is_some());
    if !declared && spec.callbacks.iter().all(|one| one.variables.is_none()) {
        return Ok(None);
    }
    let mut spec = spec.clone();
    let mut errors = Vec::new();
    for migration in &mut spec.migrations {
        let mut dialects: Vec<&dyn Dialect> = Vec::new();
        for (target, dialect) in targets {
            let mine = migration.targets.iter().any(|name| name == target);
            let known = dialects.iter().any(|one| one.names() == dialect.names());
            if mine && !known {
                dialects.push(*dialect);
            }
        }
        for callback in migration.before.iter_mut().chain(&mut migration.after) {
            match called(callback, &dialects, given) {
                Ok((filled, Secrecy::Sensitive)) => {
                    *callback = filled;
                    migration.secrecy = Secrecy::Sensitive;
                }
                Ok((filled, Secrecy::Open)) => *callback = filled,
                Err(error) if unset == Unset::Kept && error.code() == Code::VariableUnset => {}
                Err(error) => errors.push(error.migration(&migration.id)),
            }
        }
        let Some(variables) = migration.variables.clone() else {
            continue;
        };
        let one = One {
            variables,
            given,
            secrecy: Cell::new(migration.secrecy),
        };
        match one.migration(migration, &dialects) {
            Ok(Some(made)) => *migration = made,
            Ok(None) => {}
            Err(error) if unset == Unset::Kept && error.code() == Code::VariableUnset => {}
            Err(error) => errors.push(one.discreet(error).migration(&migration.id)),
        }
    }
    for callback in &mut spec.callbacks {
        let mine =
            |(target, _): &&(&str, &dyn Dialect)| callback.targets.iter().any(|it| it == target);
        let dialects: Vec<_> = targets.iter().filter(mine).map(|(_, it)| *it).collect();
        match called(callback, &dialects, given) {
            Ok((made, _)) => *callback = made,
            Err(error) if unset == Unset::Kept && error.code() == Code::VariableUnset => {}
            Err(error) => errors.push(error),
        }
    }
    let mut errors = errors.into_iter();
    match errors.next() {
        Some(first) => Err(first.also(errors.collect())),
        None => Ok(Some(spec)),
    }
}

/// A callback with its values, and whether one of them is a secret.
fn called(
    callback: &Callback,
    dialects: &[&dyn Dialect],
    given: Given,
) -> Result<(Callback, Secrecy)> {
    let (Some(variables), false) = (callback.variables.clone(), dialects.is_empty()) else {
        return Ok((callback.clone(), Secrecy::Open));
    };
    let one = One {
        variables,
        given,
        secrecy: Cell::new(Secrecy::Open),
    };
    let list = |list: &Vec<Source>, dialect: &dyn Dialect| one.sources(list, dialect);
    let script = each(&callback.script, dialects, &list).map_err(|error| one.discreet(error))?;
    let made = Callback {
        script,
        secrecy: one.secrecy.get(),
        variables: None,
        ..callback.clone()
    };
    Ok((made, one.secrecy.get()))
}

/// A migration that nobody filled cannot be run.
pub(super) fn unfilled(migration: &Migration) -> Error {
    let message = format!(
        "variables of migration '{}' have no values here",
        migration.id
    );
    Error::new(Code::VariableUnset, message)
        .help("give them with --var NAME=VALUE, by `env:` or by `default:`")
        .migration(&migration.id)
        .place(migration.place.clone())
}

struct One<'v> {
    variables: Arc<Variables>,
    given: Given<'v>,
    /// Sensitive once a secret was put in.
    secrecy: Cell<Secrecy>,
}

impl One<'_> {
    fn migration(
        &self,
        migration: &Migration,
        dialects: &[&dyn Dialect],
    ) -> Result<Option<Migration>> {
        if dialects.is_empty() {
            return Ok(None);
        }
        let list = |list: &Vec<Source>, dialect: &dyn Dialect| self.sources(list, dialect);
        let scripts = |it: &Option<_>| it.as_ref().map(|it| each(it, dialects, &list)).transpose();
        let one = |source: &Source, dialect: &dyn Dialect| self.source(source, dialect);
        let checks = |checks: &Vec<Check>, dialect: &dyn Dialect| {
            let one = |check: &Check| {
                Ok(Check {
                    query: self.source(&check.query, dialect)?,
                    ..check.clone()
                })
            };
            checks.iter().map(one).collect::<Result<Vec<_>>>()
        };
        let mut made = migration.clone();
        for dialect in dialects {
            self.changes(migration, *dialect)?;
        }
        if migration.changes.is_none() {
            made.up = each(&migration.up, dialects, &list)?;
            made.written = Some(migration.up.clone());
        }
        made.down = scripts(&migration.down)?;
        made.cleanup = scripts(&migration.cleanup)?;
        made.verify = each(&migration.verify, dialects, &checks)?;
        if let Some(when) = &mut made.when
            && let Ask::Query(query) = &when.ask
        {
            when.ask = Ask::Query(each(query, dialects, &one)?);
        }
        made.secrecy = self.secrecy.get();
        made.variables = None;
        Ok(Some(made))
    }

    /// What changes mean is known by what they say, so they are not said by variables.
    fn changes(&self, migration: &Migration, dialect: &dyn Dialect) -> Result<()> {
        let list = migration.changes.as_ref();
        let list = list.and_then(|it| it.of(dialect.names()));
        for item in list.into_iter().flatten() {
            let Verb::Sql { up, down } = &item.verb else {
                continue;
            };
            for source in std::iter::once(up).chain(down) {
                if mentioned(source)? {
                    let message = "variables are not for the SQL among changes";
                    return Err(Error::new(Code::VariableMisplaced, message)
                        .help("put that SQL into a migration of its own, as `up`")
                        .place(source.place(0)));
                }
            }
        }
        Ok(())
    }

    fn source(&self, source: &Source, dialect: &dyn Dialect) -> Result<Source> {
        let mut all = self.sources(std::slice::from_ref(source), dialect)?;
        Ok(all.pop().unwrap_or_else(|| source.clone()))
    }

    fn sources(&self, sources: &[Source], dialect: &dyn Dialect) -> Result<Vec<Source>> {
        match dialect.spelling() {
            Some(spelling) => filled(sources, spelling, &|name| self.value(name)),
            None => {
                for source in sources {
                    if mentioned(source)? {
                        let message = format!(
                            "variables are for SQL, and this is for {}",
                            dialect.names()[0]
                        );
                        return Err(Error::new(Code::VariableMisplaced, message)
                            .help("write the value, or put this migration into a spec without `variables:`")
                            .place(source.place(0)));
                    }
                }
                Ok(sources.to_vec())
            }
        }
    }

    fn value(&self, name: &str) -> Result<Value> {
        let Some(variable) = self.variables.get(name) else {
            let known: Vec<_> = self.variables.keys().map(String::as_str).collect();
            let message = format!("the variable '{name}' is not declared");
            return Err(Error::new(Code::VariableUnset, message).help(format!(
                "`variables:` of this file has {}; write ${{{{{name}}}}} for the signs as they are",
                known.join(", ")
            )));
        };
        if variable.secrecy == Secrecy::Sensitive {
            self.secrecy.set(Secrecy::Sensitive);
        }
        let given = (self.given)(name, variable).or_else(|| variable.default.clone());
        let text = given.ok_or_else(|| {
            let message = format!("the variable '{name}' has no value");
            let by = match (&variable.env, variable.secrecy) {
                (Some(env), Secrecy::Sensitive) => format!("set {env} in the environment"),
                (Some(env), Secrecy::Open) => {
                    format!("set {env} in the environment, or give --var {name}=VALUE")
                }
                (None, Secrecy::Sensitive) => {
                    "it is a secret: say by `env:` which variable of the environment holds it"
                        .into()
                }
                (None, Secrecy::Open) => format!("give --var {name}=VALUE, or a `default:`"),
            };
            Error::new(Code::VariableUnset, message).help(by)
        })?;
        let bound = variable.bound;
        Ok(Value { bound, text })
    }

    /// An excerpt is a line of the script.
    fn discreet(&self, error: Error) -> Error {
        match self.secrecy.get() {
            Secrecy::Open => error,
            Secrecy::Sensitive => {
                let message = error.message().to_string();
                error.reworded(message)
            }
        }
    }
}

/// For each of these databases, what is meant for it and made of it.
fn each<T: Clone>(
    it: &PerDatabase<T>,
    dialects: &[&dyn Dialect],
    make: &dyn Fn(&T, &dyn Dialect) -> Result<T>,
) -> Result<PerDatabase<T>> {
    let mut all = Vec::new();
    for dialect in dialects {
        let names = dialect.names();
        if let Some(meant) = it.of(names) {
            all.push((names[0].to_string(), make(meant, *dialect)?));
        }
    }
    Ok(PerDatabase::Each(all))
}
