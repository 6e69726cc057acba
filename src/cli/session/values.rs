//! The values of variables: what the line says, else what the environment says. Must never tell one.

use super::super::arguments::{Common, nearest};
use super::super::connection::variable;
use crate::plan::{Unset, fill};
use crate::spec::{Secrecy, Spec, Variable};
use initium_driver::{Code, Dialect, Error, Result};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Verbs that run nothing and show no text: a gate must not need the secrets of a migration.
const WITHOUT: &[&str] = &[
    "status", "check", "wait", "history", "unlock", "diff", "inspect",
];

/// The spec with values in the place of variables, as these databases spell them.
pub fn valued(
    spec: Rc<Spec>,
    common: &Common,
    verb: &str,
    targets: &[(&str, &dyn Dialect)],
) -> Result<Rc<Spec>> {
    let given = given(&spec, common)?;
    let value = |name: &str, declared: &Variable| {
        let said = given.get(name).map(|value| value.to_string());
        // An empty one is none.
        said.or_else(|| variable(declared.env.as_ref()?))
    };
    let unset = match WITHOUT.contains(&verb) {
        true => Unset::Kept,
        false => Unset::Refused,
    };
    Ok(match fill(&spec, targets, &value, unset)? {
        Some(filled) => Rc::new(filled),
        None => spec,
    })
}

/// What `--var` says, of variables that are declared and no secrets.
fn given<'c>(spec: &Spec, common: &'c Common) -> Result<BTreeMap<&'c str, &'c str>> {
    let declared = spec
        .migrations
        .iter()
        .filter_map(|one| one.variables.as_ref());
    let declared: Vec<_> = declared.flat_map(|all| all.iter()).collect();
    let mut given = BTreeMap::new();
    for word in &common.var {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Error::new(Code::Usage, "--var wants NAME=VALUE")
                .help("for instance --var schema_name=app"));
        };
        let mut same = declared
            .iter()
            .filter(|(known, _)| *known == name)
            .peekable();
        if same.peek().is_none() {
            let message = format!("--var: the spec declares no variable '{name}'");
            let known: Vec<_> = declared.iter().map(|(name, _)| name.as_str()).collect();
            let error = Error::new(Code::Usage, message);
            return Err(match nearest(name, &known) {
                Some(near) => error.help(format!("did you mean '{near}'?")),
                None => error.help("declare it by `variables:` in the spec"),
            });
        }
        if same.any(|(_, variable)| variable.secrecy == Secrecy::Sensitive) {
            let message =
                format!("--var: the variable '{name}' is a secret, and others see a command line");
            return Err(Error::new(Code::Usage, message)
                .help("give it by the variable of the environment that its `env:` names"));
        }
        if given.insert(name, value).is_some() {
            return Err(Error::new(
                Code::Usage,
                format!("--var says '{name}' twice"),
            ));
        }
    }
    Ok(given)
}
