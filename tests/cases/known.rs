//! Schemas that people know: what is told of them, written into an empty database, is told the same
//! there; a schema file that is written of it differs in nothing; and what their statements would make
//! is told without making it. (Catches what real schemas say and no single case does.)

use super::play::{changes, filed, render};
use super::stage::{Stage, run, seen};
use initium_driver::{Catalog, Source};
use std::path::Path;

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/schemas")
        .join(folder);
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

pub fn every_schema(folder: &str, kind: &'static str, variable: &str) {
    let Some(mut stage) = Stage::of(kind, variable) else {
        return;
    };
    let only = std::env::var("CASE").unwrap_or_default();
    let mut wrong = Vec::new();
    for (name, sql) in files(folder).into_iter().filter(|it| it.0.contains(&only)) {
        if let Err(why) = played(&mut stage, &sql) {
            wrong.push(format!("--- {name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn played(stage: &mut Stage, sql: &str) -> Result<(), String> {
    stage.clear();
    let mut one = stage.one.open();
    let source = Source::file("schema.sql", sql);
    let statements = one.dialect().split(&source).map_err(|e| format!("{e:?}"))?;
    let together = one.dialect().capabilities().transactional_ddl;
    let catalog = match together {
        true => run(&mut *one, sql)
            .map_err(|e| format!("{e:?}"))
            .and_then(|()| seen(&mut *one)),
        // In one session: dumps turn checks off for what follows.
        false => one.realise(&statements).map_err(|e| format!("{e:?}")),
    }?;
    filed(&*one, &catalog)?;
    let mut fresh = stage.third.open();
    let list = changes(&*fresh, &Catalog::default(), &catalog);
    let all =
        render(&*fresh, &Catalog::default(), &catalog, &list).map_err(|e| format!("{e:?}"))?;
    run(&mut *fresh, &all).map_err(|e| format!("{e:?}\n{all}"))?;
    let again = seen(&mut *fresh)?;
    if again != catalog {
        return Err(format!("told otherwise\n{}", differs(&catalog, &again)));
    }
    if !together {
        return Ok(());
    }
    // The same without making it: where nothing stands, and where all of it stands already.
    let mut empty = stage.other.open();
    let before = seen(&mut *empty)?;
    for (place, driver) in [
        ("an empty database", &mut empty),
        ("the database itself", &mut one),
    ] {
        let realised = driver
            .realise(&statements)
            .map_err(|e| format!("realised in {place}: {e:?}"))?;
        if realised != catalog {
            let lines = differs(&catalog, &realised);
            return Err(format!("realised otherwise in {place}\n{lines}"));
        }
    }
    match seen(&mut *empty)? == before && seen(&mut *one)? == catalog {
        true => Ok(()),
        false => Err("it left something behind".into()),
    }
}

/// The lines that only one of them has.
fn differs(one: &Catalog, other: &Catalog) -> String {
    let [one, other] = [one, other].map(|it| format!("{it:#?}"));
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let cut = |lines: &[&str]| {
        lines
            .iter()
            .skip(start.saturating_sub(12))
            .take(30)
            .copied()
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!("{}\nagainst\n{}", cut(&one), cut(&other))
}
