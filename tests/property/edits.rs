//! Random edits of a catalog. What is dropped takes along what mentions it; what is renamed is
//! renamed everywhere, and says so by a hint.

use crate::kinds;
use crate::maker::Maker;
use initium_driver::catalog::{Body, Catalog, Column, Of, Table};

impl Maker {
    pub fn edit(&mut self, catalog: &mut Catalog) {
        if catalog.tables.is_empty() {
            let table = self.table(catalog);
            catalog.tables.push(table);
            return;
        }
        let at = self.chance.below(catalog.tables.len());
        match self.chance.below(20) {
            0 | 1 => {
                let table = self.table(catalog);
                catalog.tables.push(table);
            }
            2 => self.drop_table(catalog, at),
            3 => self.rename_table(catalog, at),
            4..=6 => {
                let column = self.column(catalog);
                let columns = &mut catalog.tables[at].columns;
                let place = match self.is_mysql() && self.chance.one_in(2) {
                    true => 1 + self.chance.below(columns.len()),
                    false => columns.len(),
                };
                columns.insert(place, column);
            }
            7 | 8 => self.drop_column(catalog, at),
            9 => self.rename_column(catalog, at),
            10..=12 => self.alter_column(&mut catalog.tables[at]),
            13 | 14 => {
                let mut table = catalog.tables[at].clone();
                let before = Catalog {
                    tables: catalog.tables[..at].to_vec(),
                    ..Catalog::default()
                };
                self.part(&mut table, &before);
                catalog.tables[at] = table;
            }
            15 | 16 => self.drop_part(&mut catalog.tables[at]),
            17 => {
                catalog.tables[at].comment = match self.kind {
                    "sqlite" => None,
                    _ => self.chance.one_in(2).then(|| "another".into()),
                }
            }
            18 => {
                if self.chance.one_in(2) {
                    let view = self.view(catalog);
                    catalog.views.push(view);
                } else {
                    catalog.views.pop();
                }
            }
            _ => {
                if let Some(Body::Enum(values)) = catalog.types.first_mut().map(|t| &mut t.body) {
                    let place = self.chance.below(values.len() + 1);
                    values.insert(place, format!("value{}", self.chance.below(1000)));
                }
            }
        }
    }

    fn mentions(&self, text: &str, name: &str) -> bool {
        text.contains(&self.quoted(name))
    }

    fn drop_table(&mut self, catalog: &mut Catalog, at: usize) {
        let gone = catalog.tables.remove(at).name;
        for table in &mut catalog.tables {
            table.foreign_keys.retain(|key| key.references != gone);
        }
        let quoted = self.quoted(&gone.name);
        catalog
            .views
            .retain(|view| !view.definition.contains(&quoted));
    }

    fn rename_table(&mut self, catalog: &mut Catalog, at: usize) {
        let new = self.name("t");
        let table = &mut catalog.tables[at];
        let old = std::mem::replace(&mut table.name.name, new.clone());
        if table.renamed_from.is_none() {
            table.renamed_from = Some(initium_driver::Name::new(old.clone()));
        }
        let (from, to) = (self.quoted(&old), self.quoted(&new));
        for trigger in &mut table.triggers {
            trigger.definition = trigger.definition.replace(&from, &to);
        }
        for table in &mut catalog.tables {
            for key in &mut table.foreign_keys {
                if key.references.name == old {
                    key.references.name = new.clone();
                }
            }
        }
        for view in &mut catalog.views {
            view.definition = view.definition.replace(&from, &to);
        }
    }

    fn some_column(&mut self, table: &Table) -> Option<usize> {
        (table.columns.len() > 1).then(|| 1 + self.chance.below(table.columns.len() - 1))
    }

    fn drop_column(&mut self, catalog: &mut Catalog, at: usize) {
        let Some(place) = self.some_column(&catalog.tables[at]) else {
            return;
        };
        let mut gone = vec![catalog.tables[at].columns[place].name.clone()];
        let table = &mut catalog.tables[at];
        for column in &table.columns {
            if let Some(generated) = &column.generated
                && self.mentions(&generated.expression, &gone[0])
            {
                gone.push(column.name.clone());
            }
        }
        let is_gone = |name: &str| gone.iter().any(|own| own == name);
        let mentions = |text: &str| gone.iter().any(|name| self.mentions(text, name));
        let of = |part: &initium_driver::catalog::Part| match &part.of {
            Of::Column(name) => is_gone(name),
            Of::Expression(text) => mentions(text),
        };
        table.columns.retain(|column| !is_gone(&column.name));
        table.unique.retain(|key| !key.parts.iter().any(of));
        table.checks.retain(|check| !mentions(&check.expression));
        table
            .foreign_keys
            .retain(|key| !key.columns.iter().any(|name| is_gone(name)));
        table.indexes.retain(|index| {
            !index.parts.iter().any(of)
                && !index.predicate.as_ref().is_some_and(|text| mentions(text))
        });
        catalog.views.retain(|view| !mentions(&view.definition));
    }

    fn rename_column(&mut self, catalog: &mut Catalog, at: usize) {
        let Some(place) = self.some_column(&catalog.tables[at]) else {
            return;
        };
        let new = self.name("c");
        let column = &mut catalog.tables[at].columns[place];
        let old = std::mem::replace(&mut column.name, new.clone());
        if column.renamed_from.is_none() {
            column.renamed_from = Some(old.clone());
        }
        let (from, to) = (self.quoted(&old), self.quoted(&new));
        let replace = |text: &mut String| *text = text.replace(&from, &to);
        let table = &mut catalog.tables[at];
        for column in &mut table.columns {
            if let Some(generated) = &mut column.generated {
                replace(&mut generated.expression);
            }
        }
        let keys = table.unique.iter_mut().flat_map(|key| &mut key.parts);
        for part in keys.chain(table.indexes.iter_mut().flat_map(|index| &mut index.parts)) {
            match &mut part.of {
                Of::Column(name) if *name == old => *name = new.clone(),
                Of::Column(_) => {}
                Of::Expression(text) => replace(text),
            }
        }
        table
            .checks
            .iter_mut()
            .for_each(|check| replace(&mut check.expression));
        table
            .indexes
            .iter_mut()
            .filter_map(|index| index.predicate.as_mut())
            .for_each(replace);
        for key in &mut table.foreign_keys {
            for name in key.columns.iter_mut().filter(|name| **name == old) {
                *name = new.clone();
            }
        }
        catalog
            .views
            .iter_mut()
            .for_each(|view| replace(&mut view.definition));
    }

    fn alter_column(&mut self, table: &mut Table) {
        let Some(place) = self.some_column(table) else {
            return;
        };
        let name = table.columns[place].name.clone();
        let is_used = self.is_used(table, &name);
        let kind = self.kind_of(&table.columns[place]);
        // A key may have to make it NULL.
        let is_key = table
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(&name));
        let Column { generated, .. } = &table.columns[place];
        let is_plain = generated.is_none() && !is_used;
        let column = &mut table.columns[place];
        match (self.chance.below(4), kind) {
            // To something of its own family.
            (0 | 1, Some(kind)) if is_plain => {
                let all: Vec<_> = kinds::of(self.kind)
                    .iter()
                    .filter(|other| {
                        other.family == kind.family && kind.family != kinds::Family::Other
                    })
                    .collect();
                if !all.is_empty() {
                    column.data_type = self.chance.of(&all).of.into();
                    column.default = None;
                    column.collation = None;
                }
            }
            (2, _) if column.generated.is_none() && !is_key => column.nullable = !column.nullable,
            (3, Some(kind)) if column.generated.is_none() && !kind.defaults.is_empty() => {
                column.default = match self.chance.one_in(3) {
                    true => None,
                    false => Some((*self.chance.of(kind.defaults)).to_string()),
                };
            }
            _ => {
                column.comment = match self.kind {
                    "sqlite" => None,
                    _ => self.chance.one_in(2).then(|| "it's new".into()),
                }
            }
        }
    }

    /// Whether another part would stand in the way of another type.
    fn is_used(&self, table: &Table, name: &str) -> bool {
        let parts = table.unique.iter().flat_map(|key| &key.parts);
        let mut parts = parts.chain(table.indexes.iter().flat_map(|index| &index.parts));
        let texts = table
            .checks
            .iter()
            .map(|check| &check.expression)
            .chain(
                table
                    .indexes
                    .iter()
                    .filter_map(|index| index.predicate.as_ref()),
            )
            .chain(
                table
                    .columns
                    .iter()
                    .filter_map(|c| c.generated.as_ref().map(|g| &g.expression)),
            );
        parts.any(|part| match &part.of {
            Of::Column(own) => own == name,
            Of::Expression(text) => self.mentions(text, name),
        }) || texts.into_iter().any(|text| self.mentions(text, name))
            || table
                .foreign_keys
                .iter()
                .any(|key| key.columns.iter().any(|own| own == name))
    }

    fn drop_part(&mut self, table: &mut Table) {
        match self.chance.below(5) {
            0 => drop(table.unique.pop()),
            1 => drop(table.indexes.pop()),
            2 => drop(table.checks.pop()),
            3 => drop(table.foreign_keys.pop()),
            _ => drop(table.triggers.pop()),
        }
    }
}

/// Hints speak of what stood there before; of what came later they say nothing.
pub fn true_hints(from: &Catalog, to: &mut Catalog) {
    for table in &mut to.tables {
        let old = table.renamed_from.as_ref().unwrap_or(&table.name);
        let Some(before) = from.tables.iter().find(|one| one.name == *old) else {
            table.renamed_from = None;
            table
                .columns
                .iter_mut()
                .for_each(|column| column.renamed_from = None);
            continue;
        };
        for column in &mut table.columns {
            column
                .renamed_from
                .take_if(|old| before.column(old).is_none());
        }
    }
}
