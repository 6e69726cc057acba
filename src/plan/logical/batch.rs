//! Items that are made together: where that is the same as one after the other, the database does less.

use super::Ground;
use super::raw::Raw;
use super::step::Step;
use crate::diff::{Back, Difference, diff, difference};
use crate::spec::{Logical, Verb};
use initium_driver::Result;
use initium_driver::catalog::{Attribute, Catalog, View};
use initium_driver::change::{Change, Changes, Edit, Impact, Way};

impl Ground<'_> {
    /// Whether it is the same to make them at once.
    pub(super) fn together(&self, items: &[Logical], steps: &[Step]) -> bool {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return false;
        };
        // What a table gets at once it can have from the beginning.
        let added = |item: &Logical| matches!(item.verb, Verb::Add(..));
        if let [begin, rest @ ..] = items
            && matches!(begin.verb, Verb::CreateTable(_))
        {
            return rest.iter().all(added);
        }
        let to = goal(steps, last);
        let found = diff(&first.from, &to, self.ddl).changes;
        let mut apart: Vec<&Change> = steps.iter().flat_map(|it| &it.list).collect();
        found.len() == apart.len()
            && found.iter().all(|change| {
                let place = apart.iter().position(|one| *one == change);
                place.map(|at| apart.swap_remove(at)).is_some()
            })
    }

    pub(super) fn between(&self, steps: &[Step], way: Way) -> Result<Difference> {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(Difference::default());
        };
        let to = goal(steps, last);
        let mut found = difference(&first.from, &to, self.sizes, self.ddl, way)?;
        found.suggestions.clear();
        for step in &mut found.steps {
            if self.is_unused(&step.change) {
                step.impact = Impact::default();
            }
        }
        let replaced = |change: &Change| matches!(change, Change::View(Edit::Alter { .. }));
        if first.list.iter().any(replaced) {
            found.down = self.anew(&to, &first.from, way);
        }
        Ok(found)
    }

    /// Whether it is about tables that nobody uses yet.
    fn is_unused(&self, change: &Change) -> bool {
        let other = match change {
            Change::ForeignKey(of) => of.edit.to().map(|key| &key.references),
            _ => None,
        };
        change.table().is_some_and(|name| self.fresh.contains(name))
            && other.is_none_or(|name| self.fresh.contains(name))
    }

    /// The way back to a view that had other columns. What columns the new one has nobody has told, so
    /// it goes, and the old one comes.
    fn anew(&self, from: &Catalog, to: &Catalog, way: Way) -> Back {
        let (mut new, mut old) = (from.clone(), to.clone());
        for view in &mut new.views {
            let is_it = |it: &&mut View| it.name == view.name && it.definition != view.definition;
            if let Some(other) = old.views.iter_mut().find(is_it) {
                view.columns = vec![unlike("new")];
                other.columns = vec![unlike("old")];
            }
        }
        let mut list = diff(&new, &old, self.ddl).changes;
        for change in &mut list {
            if let Change::View(Edit::Drop(view) | Edit::Add(view)) = change {
                let views = from.views.iter().chain(&to.views);
                let mut same = views.filter(|it| it.name == view.name);
                if let Some(it) = same.find(|it| it.definition == view.definition) {
                    view.columns.clone_from(&it.columns);
                }
            }
        }
        let acts = self.ddl.render(&Changes {
            from,
            to,
            list: &list,
            way,
        });
        match acts {
            Ok(acts) => Back::Acts(acts),
            Err(error) => Back::None(error.message().into()),
        }
    }
}

/// A column that no view has.
fn unlike(name: &str) -> Attribute {
    Attribute {
        name: name.into(),
        data_type: String::new(),
    }
}

/// The last catalog, with what it takes to see what was renamed on the way.
fn goal(steps: &[Step], last: &Step) -> Catalog {
    let mut to = last.to.clone();
    steps.iter().for_each(|step| hint(&mut to, &step.raw));
    to
}

pub fn hint(catalog: &mut Catalog, raw: &Raw) {
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

pub fn unhinted(mut catalog: Catalog) -> Catalog {
    for table in &mut catalog.tables {
        table.renamed_from = None;
        table
            .columns
            .iter_mut()
            .for_each(|it| it.renamed_from = None);
    }
    catalog
}
