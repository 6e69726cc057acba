//! The specs that a command line names, read once.

use super::super::arguments::Common;
use super::super::values::listed;
use super::Need;
use crate::source::Format;
use crate::spec::{
    DEFAULT_TARGET, Input, LARGEST_SPEC, Spec, Sums, Target, load_judged, load_with,
};
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
    if common.spec.is_empty() && common.dir.is_empty() && need == Need::ConnectionOnly {
        return Ok(Rc::new(Spec {
            targets: vec![Target {
                name: DEFAULT_TARGET.into(),
                ..Target::default()
            }],
            ..Spec::default()
        }));
    }
    let inputs = inputs(common)?;
    let sums = match common.require_sum {
        true => Sums::Required,
        false => Sums::Compared,
    };
    let spec = match need {
        Need::JudgedSpec => load_judged(&inputs, sums),
        Need::Spec | Need::ConnectionOnly => load_with(&inputs, sums),
    };
    spec.map(Rc::new)
}

/// What is to be read.
pub fn inputs(common: &Common) -> Result<Vec<Input>> {
    if common.spec.is_empty() && common.dir.is_empty() {
        return Err(Error::new(Code::Usage, "no spec is given")
            .help("use --spec FILE (or INITIUM_SPEC), `-` for standard input, or --dir FOLDER for migrations of another tool; `initium migrate new` writes a spec"));
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
    let mut inputs = common
        .spec
        .iter()
        .map(|path| input(path))
        .collect::<Result<Vec<_>>>()?;
    inputs.extend(dirs(common)?);
    Ok(inputs)
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

/// Folders that are given beside a spec or in the place of one.
pub fn dirs(common: &Common) -> Result<Vec<Input>> {
    let unknown = |_| {
        Error::new(Code::SettingInvalid, "--source-format names no tool")
            .help(listed(Format::WORDS))
    };
    let format = common.source_format.as_deref();
    let format = format.map(|word| Format::parse(word).ok_or(()).map_err(unknown));
    let format = format.transpose()?;
    let folder = |path: &String| Input::Folder {
        path: path.into(),
        format,
    };
    Ok(common.dir.iter().map(folder).collect())
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
