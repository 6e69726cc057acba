//! Everything that names a table or a column reads otherwise once that is renamed. Texts of SQL are
//! read by their words, so a word that means something else in the same text is renamed, too.

use super::mention::{Words, words};
use initium_driver::Name;
use initium_driver::catalog::{Action, Catalog, Of, Part, Table};

pub fn table(catalog: &mut Catalog, from: &Name, to: &Name) {
    let mut new = Words::default();
    new.words.insert(&from.name, &to.name);
    for table in &mut catalog.tables {
        let keys = table.foreign_keys.iter_mut().map(|key| &mut key.references);
        let above = table.partition_of.iter_mut().map(|place| &mut place.parent);
        for name in keys.chain(above).chain(&mut table.inherits) {
            if *name == *from {
                *name = to.clone();
            }
        }
        // A column may be called as its table is: what the table says of itself is left alone.
        for trigger in &mut table.triggers {
            read(&mut trigger.definition, &new);
        }
    }
    code(catalog, &new, &[&from.name]);
}

pub fn column(catalog: &mut Catalog, of: &Name, from: &str, to: &str) {
    let mut new = Words::default();
    new.words.insert(from, to);
    for table in &mut catalog.tables {
        for key in table
            .foreign_keys
            .iter_mut()
            .filter(|it| it.references == *of)
        {
            names(&mut key.referenced, &new);
        }
        if table.name == *of {
            inside(table, &new);
            for trigger in &mut table.triggers {
                read(&mut trigger.definition, &new);
            }
        }
    }
    code(catalog, &new, &[&of.name, from]);
}

/// What a table says of itself.
fn inside(table: &mut Table, new: &Words) {
    for column in &mut table.columns {
        column
            .generated
            .iter_mut()
            .for_each(|it| read(&mut it.expression, new));
    }
    for key in table.primary_key.iter_mut().chain(&mut table.unique) {
        parts(&mut key.parts, new);
        names(&mut key.include, new);
    }
    for key in &mut table.foreign_keys {
        names(&mut key.columns, new);
        for action in [&mut key.on_delete, &mut key.on_update] {
            if let Action::SetNullOf(columns) | Action::SetDefaultOf(columns) = action {
                names(columns, new);
            }
        }
    }
    for index in &mut table.indexes {
        parts(&mut index.parts, new);
        names(&mut index.include, new);
        index.predicate.iter_mut().for_each(|it| read(it, new));
    }
    table
        .checks
        .iter_mut()
        .for_each(|it| read(&mut it.expression, new));
    table
        .exclusions
        .iter_mut()
        .for_each(|it| read(&mut it.definition, new));
    table.partition_by.iter_mut().for_each(|it| read(it, new));
}

fn parts(all: &mut [Part], new: &Words) {
    for part in all {
        match &mut part.of {
            Of::Column(name) => *name = new.name(name).into(),
            Of::Expression(text) => read(text, new),
        }
    }
}

fn names(all: &mut [String], new: &Words) {
    for name in all {
        *name = new.name(name).into();
    }
}

fn read(text: &mut String, new: &Words) {
    *text = new.renamed(text).into_owned();
}

/// Views and routines that have all these words.
fn code(catalog: &mut Catalog, new: &Words, needed: &[&str]) {
    let views = catalog.views.iter_mut().flat_map(|view| {
        let triggers = view.triggers.iter_mut().map(|it| &mut it.definition);
        triggers.chain([&mut view.definition])
    });
    let routines = catalog.routines.iter_mut().map(|it| &mut it.definition);
    for text in views.chain(routines) {
        let found = words(text);
        if needed.iter().all(|word| found.contains(*word)) {
            read(text, new);
        }
    }
}
