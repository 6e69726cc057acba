//! One case, played on a server.

use super::file::{Case, writes};
use super::stage::{Stage, run, seen};
use initium::diff::{applied, described, diff, spare, undo};
use initium::spec::{Input, schemas_alone, yaml};
use initium_driver::catalog::{Catalog, Name};
use initium_driver::change::{Change, Changes, Edit, Way};
use initium_driver::{Driver, Error};

/// The statements up and down, where they were found.
pub type Found = Option<(String, String)>;

pub fn case(stage: &mut Stage, case: &Case) -> Result<Found, String> {
    stage.clear();
    let is_for_another = case.only.as_deref().is_some_and(|only| only != stage.kind)
        || case.since.is_some_and(|since| stage.version < since);
    match (played(stage, case), is_for_another) {
        (Ok(_), true) => Err("it holds here, and should not".into()),
        (Err(_), true) => Ok(None),
        (answer, false) => answer,
    }
}

fn played(stage: &Stage, case: &Case) -> Result<Found, String> {
    let mut one = stage.one.open();
    let mut other = stage.other.open();
    run(&mut *one, &case.current).map_err(|e| format!("current: {e:?}"))?;
    run(&mut *other, &case.desired).map_err(|e| format!("desired: {e:?}"))?;
    let (from, mut to) = (seen(&mut *one)?, seen(&mut *other)?);
    filed(&*one, &from)?;
    filed(&*one, &to)?;
    hint(&mut to, case);
    let changes = changes(&*one, &from, &to);
    in_memory(&*one, &changes, &from, &to)?;
    let up = match (render(&*one, &from, &to, &changes), &case.refused) {
        (Ok(up), None) => up,
        (Err(error), Some(words)) => {
            return match format!("{error:?}").contains(words.as_str()) {
                true => Ok(None),
                false => Err(format!("refused otherwise: {error:?}")),
            };
        }
        (Err(error), None) => return Err(format!("up: {error:?}")),
        (Ok(up), Some(_)) => return Err(format!("it is not refused:\n{up}")),
    };
    run(&mut *one, &up).map_err(|e| format!("{e:?}\n{up}"))?;
    nothing(&mut *one, &to, "up").map_err(|why| format!("{why}\n{up}"))?;
    let back = undo(&changes, &from, &to, one.dialect().ddl().unwrap());
    let down = match (render(&*one, &to, &from, &back), case.one_way) {
        (Ok(down), false) => down,
        (Err(_), true) => String::new(),
        (Err(error), false) => return Err(format!("down: {error:?}")),
        (Ok(down), true) => return Err(format!("there is a way back:\n{down}")),
    };
    if !case.one_way {
        run(&mut *one, &down).map_err(|e| format!("{e:?}\n{down}"))?;
        nothing(&mut *one, &from, "down").map_err(|why| format!("{why}\n{down}"))?;
        let again = seen(&mut *one)?;
        if sorted(&again, &*one) != sorted(&from, &*one) {
            return Err(format!("not as it was:\n{from:#?}\n{again:#?}\n{down}"));
        }
    }
    anew(stage, &to)?;
    if !writes() && (up.trim() != case.up.trim() || down.trim() != case.down.trim()) {
        return Err(format!("other statements\nup:\n{up}\ndown:\n{down}"));
    }
    Ok(Some((up, down)))
}

/// A file that is written of a catalog is read as that catalog, and means it without the names that
/// the database finds itself.
pub fn filed(driver: &dyn Driver, found: &Catalog) -> Result<(), String> {
    let ddl = driver.dialect().ddl().unwrap();
    let again = |text: &str| {
        let files = schemas_alone(&[Input::Stdin(text.as_bytes().to_vec())]);
        let declared = files.and_then(|files| files.of(driver.dialect().names()));
        match declared {
            Ok(declared) => Ok(declared.catalog),
            Err(error) => Err(format!("its file is refused: {error:?}\n{text}")),
        }
    };
    let text = yaml(found).unwrap();
    if again(&text)? != *found {
        return Err(format!("its file says something else:\n{text}"));
    }
    let mut bare = found.clone();
    spare(&mut bare, ddl);
    let text = yaml(&bare).unwrap();
    let native = ddl.native(again(&text)?);
    let native = native.map_err(|e| format!("its file is no schema: {e:?}\n{text}"))?;
    let left = changes(driver, found, &native);
    let list: Vec<_> = left.iter().map(described).collect();
    match left.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "its file would change {list:#?}\n{left:#?}\n{text}"
        )),
    }
}

/// The changes, made to the catalog alone, lead from the one to the other.
fn in_memory(
    driver: &dyn Driver,
    list: &[Change],
    from: &Catalog,
    to: &Catalog,
) -> Result<(), String> {
    let found = applied(list, from);
    let wanted = unhinted(to);
    let left = changes(driver, &found, &wanted);
    // A column comes last until the server puts it elsewhere.
    let moved =
        |change: &Change| matches!(change, Change::Column(of) if of.edit.from() == of.edit.to());
    let left: Vec<_> = left.iter().filter(|change| !moved(change)).collect();
    if !left.is_empty() {
        return Err(format!("in memory it leaves {left:#?}"));
    }
    let is_renamed = |change: &Change| match change {
        Change::Column(of) => matches!(&of.edit, Edit::Alter { from, to } if from.name != to.name),
        change => change.renamed().is_some(),
    };
    // What is read by words is spelled otherwise by a server; where there is nothing to do, SQLite
    // keeps two texts that mean the same.
    if list.is_empty() || list.iter().any(is_renamed) || in_order(&found) == in_order(&wanted) {
        return Ok(());
    }
    Err(format!(
        "in memory it is otherwise:\n{found:#?}\n{wanted:#?}"
    ))
}

/// The order of parts is nobody's wish.
fn in_order(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for table in &mut catalog.tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.unique.sort_by_key(|it| format!("{it:?}"));
        table.foreign_keys.sort_by_key(|it| format!("{it:?}"));
        table.checks.sort_by_key(|it| format!("{it:?}"));
        table.exclusions.sort_by_key(|it| format!("{it:?}"));
        table.indexes.sort_by_key(|it| format!("{it:?}"));
        table.triggers.sort_by_key(|it| format!("{it:?}"));
    }
    catalog
}

fn unhinted(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for table in &mut catalog.tables {
        table.renamed_from = None;
        table.columns.iter_mut().for_each(|c| c.renamed_from = None);
    }
    catalog
}

/// The same catalog, made from nothing out of itself.
fn anew(stage: &Stage, to: &Catalog) -> Result<(), String> {
    let mut fresh = stage.third.open();
    let empty = seen(&mut *fresh)?;
    let changes = changes(&*fresh, &empty, to);
    let all = render(&*fresh, &empty, to, &changes).map_err(|e| format!("anew: {e:?}"))?;
    run(&mut *fresh, &all).map_err(|e| format!("anew: {e:?}\n{all}"))?;
    nothing(&mut *fresh, to, "made anew").map_err(|why| format!("{why}\n{all}"))
}

pub fn changes(driver: &dyn Driver, from: &Catalog, to: &Catalog) -> Vec<Change> {
    diff(from, to, driver.dialect().ddl().unwrap()).changes
}

pub fn render(
    driver: &dyn Driver,
    from: &Catalog,
    to: &Catalog,
    list: &[Change],
) -> Result<String, Error> {
    let changes = Changes {
        from,
        to,
        list,
        way: Way::Plain,
    };
    let acts = driver.dialect().ddl().unwrap().render(&changes)?;
    Ok(acts.iter().map(|act| format!("{};\n", act.sql)).collect())
}

/// Nothing is left to do.
fn nothing(driver: &mut dyn Driver, wanted: &Catalog, what: &str) -> Result<(), String> {
    let found = seen(driver)?;
    let left = changes(driver, &found, &unhinted(wanted));
    let list: Vec<_> = left.iter().map(described).collect();
    match left.is_empty() {
        true => Ok(()),
        false => Err(format!("{what} leaves {list:#?}\n{left:#?}")),
    }
}

/// Where the place of a column cannot be chosen it does not count.
fn sorted(catalog: &Catalog, driver: &dyn Driver) -> Catalog {
    let mut catalog = catalog.clone();
    if !driver.dialect().ddl().unwrap().habits().column_order {
        for table in &mut catalog.tables {
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
    }
    catalog
}

fn hint(catalog: &mut Catalog, case: &Case) {
    for (new, old) in &case.renamed {
        let (table, column) = match new.split_once('.') {
            Some((table, column)) => (table, Some(column)),
            None => (new.as_str(), None),
        };
        let table = catalog
            .tables
            .iter_mut()
            .find(|it| it.name.is(table))
            .unwrap();
        match column {
            None => table.renamed_from = Some(Name::new(old)),
            Some(column) => {
                let mut columns = table.columns.iter_mut();
                columns.find(|it| it.name == column).unwrap().renamed_from = Some(old.clone());
            }
        }
    }
}
