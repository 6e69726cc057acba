//! The specs that a command line names, read once.

use super::super::arguments::Common;
use super::Need;
use crate::spec::{DEFAULT_TARGET, Input, LARGEST_SPEC, Spec, Target, load, load_alone};
use initium_driver::{Code, Error, Result};
use std::io::Read;
use std::rc::Rc;

/// The spec, and the targets that are asked for.
pub fn read(common: &Common, need: Need) -> Result<(Rc<Spec>, Vec<Target>)> {
    let spec = spec(common, need)?;
    let chosen = chosen(common, &spec)?;
    Ok((spec, chosen))
}

/// The spec; a call for one database of many has it already.
pub fn spec(common: &Common, need: Need) -> Result<Rc<Spec>> {
    if let Some(spec) = &common.known {
        return Ok(Rc::clone(spec));
    }
    if common.spec.is_empty() {
        if need != Need::ConnectionOnly {
            return Err(Error::new(Code::Usage, "no spec is given")
                .help("use --spec FILE (or INITIUM_SPEC), `-` for standard input; `initium migrate new` writes one"));
        }
        return Ok(Rc::new(Spec {
            targets: vec![Target {
                name: DEFAULT_TARGET.into(),
                ..Target::default()
            }],
            ..Spec::default()
        }));
    }
    let twice = common
        .spec
        .iter()
        .enumerate()
        .find(|(n, path)| common.spec[..*n].contains(path));
    if let Some((_, path)) = twice {
        return Err(Error::new(
            Code::Usage,
            format!("the spec '{path}' is given twice"),
        ));
    }
    let inputs = common
        .spec
        .iter()
        .map(|path| input(path))
        .collect::<Result<Vec<_>>>()?;
    let spec = match need {
        Need::JudgedSpec => load(&inputs),
        Need::Spec | Need::ConnectionOnly => load_alone(&inputs),
    };
    spec.map(Rc::new)
}

/// The targets of a spec that a command line is about.
pub fn chosen(common: &Common, spec: &Spec) -> Result<Vec<Target>> {
    if common.target.is_empty() {
        return Ok(spec.targets.clone());
    }
    common
        .target
        .iter()
        .map(|name| {
            let found = spec.targets.iter().find(|t| t.name == *name);
            found.cloned().ok_or_else(|| {
                let known = spec
                    .targets
                    .iter()
                    .map(|t| t.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                Error::new(
                    Code::UnknownTarget,
                    format!("the spec has no target '{name}'"),
                )
                .help(format!("it has: {known}"))
            })
        })
        .collect()
}

fn input(path: &str) -> Result<Input> {
    if path != "-" {
        return Ok(Input::File(path.into()));
    }
    let mut text = Vec::new();
    // Somebody else's endless output must not become our memory; what is too long is told by `load`.
    std::io::stdin()
        .lock()
        .take(LARGEST_SPEC + 1)
        .read_to_end(&mut text)
        .map_err(|e| {
            Error::new(
                Code::FileUnreadable,
                format!("cannot read the spec from standard input: {e}"),
            )
        })?;
    Ok(Input::Stdin(text))
}
