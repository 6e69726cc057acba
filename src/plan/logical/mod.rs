//! `changes` of migrations as statements, up and down. What they mean depends on what the database
//! holds, so the catalog is followed from one to the next in memory; SQL between them clouds it.
//! Asks no database: what is there is a fact, how it is spelled is the dialect's.

mod cloud;
mod enums;
pub mod kept;
mod raw;
mod refuse;
mod rest;
mod slice;

pub use kept::Kept;

use crate::diff::{Back, Difference, applied, diff, difference, undo};
use crate::spec::{Logical, Verb};
use cloud::Cloud;
use enums::Enums;
use initium_driver::catalog::{Attribute, Catalog, Sizes, View};
use initium_driver::change::{Change, Changes, Edit, Way};
use initium_driver::ddl::Ddl;
use initium_driver::{Dialect, Error, Name, Result, Statement};
use kept::Part;
use raw::Raw;
use refuse::unknown;
use slice::{settle, slice};

/// What is known of a database while its migrations are planned, one behind the other.
pub struct Ground<'a> {
    dialect: &'a dyn Dialect,
    ddl: &'a dyn Ddl,
    sizes: &'a Sizes,
    catalog: Catalog,
    cloud: Cloud,
    enums: Enums,
}

/// One item, between what was known before and behind it.
struct Step {
    from: Catalog,
    to: Catalog,
    list: Vec<Change>,
    raw: Raw,
}

/// The statements of a migration, by the items that they make, and what they mean.
#[derive(Debug, Default)]
pub struct Made {
    pub parts: Vec<Part>,
    pub difference: Difference,
}

impl<'a> Ground<'a> {
    pub fn new(
        dialect: &'a dyn Dialect,
        ddl: &'a dyn Ddl,
        catalog: &Catalog,
        sizes: &'a Sizes,
    ) -> Ground<'a> {
        Ground {
            dialect,
            ddl,
            sizes,
            catalog: catalog.clone(),
            cloud: Cloud::default(),
            enums: Enums::default(),
        }
    }

    /// SQL that comes before what is made next.
    pub fn sql(&mut self, statements: &[Statement]) {
        statements.iter().for_each(|it| self.cloud.spread(it));
    }

    /// Changes that are applied: they name what the database does not.
    pub fn past(&mut self, list: &[Logical]) {
        list.iter().for_each(|it| self.enums.follow(&it.verb));
    }

    /// Changes that may have been made, and may not.
    pub fn perhaps(&mut self, list: &[Logical]) -> Result<()> {
        for one in list {
            self.names(&one.verb)
                .iter()
                .for_each(|name| self.cloud.hide(name));
            if let Verb::Sql { up, .. } = &one.verb {
                self.cloud.spread_all(up, self.dialect)?;
            }
            self.enums.follow(&one.verb);
        }
        Ok(())
    }

    /// The statements of these items; the ground is as they leave it.
    pub fn make(&mut self, list: &[Logical]) -> Result<Made> {
        let mut made = Made::default();
        let mut rest = list;
        while let Some(first) = rest.first() {
            let of = match &first.verb {
                Verb::Sql { .. } => 1,
                verb => match subject(verb) {
                    Some(name) => {
                        let same = |it: &&Logical| subject(&it.verb) == Some(name);
                        rest.iter().take_while(same).count()
                    }
                    None => 1,
                },
            };
            let (group, behind) = rest.split_at(of);
            match &first.verb {
                Verb::Sql { up, down } => {
                    made.sql(first, up.whole()?.as_ref(), down.as_ref())?;
                    self.cloud.spread_all(up, self.dialect)?;
                }
                _ => self.group(group, &mut made)?,
            }
            rest = behind;
        }
        Ok(made)
    }

    /// Items about one table: those are made together that do not build on each other.
    fn group(&mut self, group: &[Logical], made: &mut Made) -> Result<()> {
        let names: Vec<Name> = group.iter().flat_map(|it| self.names(&it.verb)).collect();
        let before = slice(&self.catalog, &names);
        let mut now = before.clone();
        let mut steps: Vec<Step> = Vec::new();
        for one in group {
            let placed = |error: Error| error.place(one.place.clone());
            let step = self.step(&one.verb, now).map_err(placed)?;
            now = unhinted(step.to.clone());
            self.behind(&one.verb, &step);
            steps.push(step);
        }
        let mut start = 0;
        while start < steps.len() {
            let mut end = start + 1;
            while end < steps.len() && self.together(&steps[start..=end]) {
                end += 1;
            }
            let (items, steps) = (&group[start..end], &steps[start..end]);
            let placed = |error: Error| error.place(items[0].place.clone());
            let found = self.between(steps, way(&items[0].verb)).map_err(placed)?;
            made.add(items, found);
            start = end;
        }
        settle(&mut self.catalog, &before, now);
        Ok(())
    }

    fn step(&self, verb: &Verb, mut from: Catalog) -> Result<Step> {
        let raw = self.raw(verb, &mut from)?;
        let mut to = applied(&raw.list, &from);
        if let Some((_, name)) = &raw.table {
            self.nameless(&mut to, name);
        }
        let mut to = self.ddl.native(to)?;
        hint(&mut to, &raw);
        let list = diff(&from, &to, self.ddl).changes;
        let step = Step {
            from,
            to,
            list,
            raw,
        };
        self.sure(verb, &step)?;
        Ok(step)
    }

    /// Names that a database finds by the name of the table are others behind a rename.
    fn nameless(&self, catalog: &mut Catalog, name: &Name) {
        let Some(table) = catalog.tables.iter_mut().find(|it| it.name == *name) else {
            return;
        };
        let known = table.clone();
        let clear = |name: &mut String| {
            if self.ddl.generated(&known, name) {
                name.clear();
            }
        };
        table
            .primary_key
            .iter_mut()
            .for_each(|it| clear(&mut it.name));
        table.unique.iter_mut().for_each(|it| clear(&mut it.name));
        table
            .foreign_keys
            .iter_mut()
            .for_each(|it| clear(&mut it.name));
        table.checks.iter_mut().for_each(|it| clear(&mut it.name));
    }

    /// Nothing is written from what is not known.
    fn sure(&self, verb: &Verb, step: &Step) -> Result<()> {
        let changes = Changes {
            from: &step.from,
            to: &step.to,
            list: &step.list,
            way: way(verb),
        };
        let back = Changes {
            from: &step.to,
            to: &step.from,
            ..changes
        };
        // The way back is the same list turned round.
        let turned = undo(&step.list, &step.from, &step.to, self.ddl);
        let back = Changes {
            list: &turned,
            ..back
        };
        let rebuilt = |change: &Change| {
            let is_new = matches!(change, Change::Table(Edit::Add(_)));
            !is_new
                && (self.ddl.rebuilds(change, &changes)
                    || turned
                        .iter()
                        .any(|it| it.table() == change.table() && self.ddl.rebuilds(it, &back)))
        };
        for change in &step.list {
            if let Change::View(edit) = change
                && let Some(old) = edit.from()
                && self.cloud.covers(&old.name)
            {
                return Err(unknown("view", &old.name));
            }
            let Some(table) = change.table() else {
                continue;
            };
            // Views that look at a table step aside while it is built anew.
            let looks = |view: &&View| {
                self.cloud.covers(&view.name)
                    && crate::diff::words(&view.definition).contains(&table.name)
            };
            if let Some(view) = step.from.views.iter().find(looks)
                && rebuilt(change)
            {
                return Err(unknown("view", &view.name));
            }
            if !self.cloud.covers(table) {
                continue;
            }
            if rebuilt(change) {
                return Err(unknown("table", table));
            }
        }
        Ok(())
    }

    /// What an item leaves known and unknown.
    fn behind(&mut self, verb: &Verb, step: &Step) {
        match verb {
            Verb::CreateTable(table) => self.cloud.lift(&table.name),
            Verb::CreateView(view) => self.cloud.lift(&view.name),
            Verb::CreateEnum { name, .. } => self.cloud.lift(name),
            Verb::RenameTable { from, to } => {
                match self.cloud.covers(from) {
                    true => self.cloud.hide(to),
                    false => self.cloud.lift(to),
                }
                self.reworded(&[&from.name], step);
            }
            Verb::RenameColumn { table, from, .. } => self.reworded(&[&table.name, from], step),
            _ => {}
        }
        self.enums.follow(verb);
    }

    /// How a database rewrites a text that names what is renamed, only it knows.
    fn reworded(&mut self, named: &[&str], step: &Step) {
        let has = |text: &str| {
            let words = crate::diff::words(text);
            named.iter().all(|word| words.contains(*word))
        };
        for view in &step.from.views {
            let mut triggers = view.triggers.iter();
            if has(&view.definition) || triggers.any(|it| has(&it.definition)) {
                self.cloud.hide(&view.name);
            }
        }
        for table in &step.to.tables {
            if table.triggers.iter().any(|it| has(&it.definition)) {
                self.cloud.hide(&table.name);
            }
        }
    }

    /// Whether it is the same to make them at once.
    fn together(&self, steps: &[Step]) -> bool {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return false;
        };
        let to = goal(steps, last);
        let found = diff(&first.from, &to, self.ddl).changes;
        let mut apart: Vec<&Change> = steps.iter().flat_map(|it| &it.list).collect();
        found.len() == apart.len()
            && found.iter().all(|change| {
                let place = apart.iter().position(|one| *one == change);
                place.map(|at| apart.swap_remove(at)).is_some()
            })
    }

    fn between(&self, steps: &[Step], way: Way) -> Result<Difference> {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(Difference::default());
        };
        let to = goal(steps, last);
        let mut found = difference(&first.from, &to, self.sizes, self.ddl, way)?;
        found.suggestions.clear();
        let replaced = |change: &Change| matches!(change, Change::View(Edit::Alter { .. }));
        if first.list.iter().any(replaced) {
            found.down = self.anew(&to, &first.from, way);
        }
        Ok(found)
    }

    /// The way back to a view that had other columns: those of the new one nobody has told, so it goes.
    fn anew(&self, from: &Catalog, to: &Catalog, way: Way) -> Back {
        let mut from = from.clone();
        for view in &mut from.views {
            if let Some(old) = to.views.iter().find(|it| it.name == view.name)
                && old.definition != view.definition
            {
                view.columns = vec![Attribute {
                    name: String::new(),
                    data_type: String::new(),
                }];
            }
        }
        match difference(&from, to, self.sizes, self.ddl, way) {
            Ok(found) => Back::Acts(found.up),
            Err(error) => Back::None(error.message().into()),
        }
    }

    /// The tables that an item is about.
    fn names(&self, verb: &Verb) -> Vec<Name> {
        match verb {
            Verb::CreateTable(table) | Verb::Add(table, _) => {
                let keys = table.foreign_keys.iter().map(|key| key.references.clone());
                keys.chain([table.name.clone()]).collect()
            }
            Verb::RenameTable { from, to } => vec![from.clone(), to.clone()],
            Verb::DropTable(name)
            | Verb::Drop(name, ..)
            | Verb::RenameColumn { table: name, .. }
            | Verb::AlterColumn { table: name, .. }
            | Verb::Comment { table: name, .. } => vec![name.clone()],
            Verb::CreateView(view) | Verb::ReplaceView(view) => vec![view.name.clone()],
            Verb::DropView(name) => vec![name.clone()],
            Verb::CreateEnum { name, .. }
            | Verb::AddEnumValue { name, .. }
            | Verb::DropEnum(name) => {
                let mut names = self.enums.tables(name);
                names.push(name.clone());
                names
            }
            Verb::Sql { .. } => Vec::new(),
        }
    }
}

/// The table that an item changes, where others may be made with it.
fn subject(verb: &Verb) -> Option<&Name> {
    match verb {
        Verb::Add(table, Way::Plain) => Some(&table.name),
        Verb::Drop(table, _, Way::Plain)
        | Verb::RenameColumn { table, .. }
        | Verb::AlterColumn { table, .. }
        | Verb::Comment { table, .. } => Some(table),
        _ => None,
    }
}

fn way(verb: &Verb) -> Way {
    match verb {
        Verb::Add(_, way) | Verb::Drop(_, _, way) => *way,
        _ => Way::Plain,
    }
}

/// The last catalog, with what it takes to see what was renamed on the way.
fn goal(steps: &[Step], last: &Step) -> Catalog {
    let mut to = last.to.clone();
    steps.iter().for_each(|step| hint(&mut to, &step.raw));
    to
}

fn hint(catalog: &mut Catalog, raw: &Raw) {
    let table = raw.table.as_ref().map(|(_, to)| to);
    let column = raw.column.as_ref().map(|(table, ..)| table);
    let Some(name) = table.or(column) else { return };
    let Some(table) = catalog.tables.iter_mut().find(|it| it.name == *name) else {
        return;
    };
    if let Some((from, _)) = &raw.table {
        table.renamed_from = Some(from.clone());
    }
    if let Some((_, from, to)) = &raw.column {
        let column = table.columns.iter_mut().find(|it| it.name == *to);
        column
            .into_iter()
            .for_each(|it| it.renamed_from = Some(from.clone()));
    }
}

fn unhinted(mut catalog: Catalog) -> Catalog {
    for table in &mut catalog.tables {
        table.renamed_from = None;
        table
            .columns
            .iter_mut()
            .for_each(|it| it.renamed_from = None);
    }
    catalog
}
