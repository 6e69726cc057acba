//! Catalogs, and what makes one out of nothing.

use initium_driver::Driver;
use initium_driver::catalog::{Catalog, View};
use initium_driver::change::{Change, Changes, Edit, Of, Way};

/// The statements that make a catalog out of nothing, tables in the order of their names.
pub fn anew(driver: &dyn Driver, catalog: &Catalog) -> Vec<String> {
    let mut list: Vec<Change> = Vec::new();
    let sequences = catalog.sequences.iter().cloned();
    list.extend(sequences.map(|it| Change::Sequence(Edit::Add(it))));
    // Foreign keys last: they may lead in circles.
    let mut keys = Vec::new();
    for table in &catalog.tables {
        let mut table = table.clone();
        for key in std::mem::take(&mut table.foreign_keys) {
            keys.push(Change::ForeignKey(Of {
                table: table.name.clone(),
                edit: Edit::Add(key),
            }));
        }
        list.push(Change::Table(Edit::Add(Box::new(table))));
    }
    list.extend(keys);
    let routines = catalog.routines.iter().cloned();
    list.extend(routines.map(|it| Change::Routine(Edit::Add(it))));
    // A view comes behind those that its query names.
    let mut views = catalog.views.clone();
    while !views.is_empty() {
        let names: Vec<_> = views
            .iter()
            .map(|it| format!("`{}`", it.name.name))
            .collect();
        let is_free = |it: &View| {
            let own = format!("`{}`", it.name.name);
            !names
                .iter()
                .any(|name| *name != own && it.definition.contains(name))
        };
        let at = views.iter().position(is_free).unwrap();
        list.push(Change::View(Edit::Add(Box::new(views.remove(at)))));
    }
    let changes = Changes {
        from: &Catalog::default(),
        to: catalog,
        list: &list,
        way: Way::Plain,
    };
    let ddl = driver.dialect().ddl().unwrap();
    let acts = ddl.render(&changes).unwrap();
    acts.into_iter().map(|act| act.sql).collect()
}

/// What is there, which is in the database's own words already.
pub fn seen(driver: &mut dyn Driver) -> Catalog {
    let catalog = driver.introspect().unwrap();
    let native = driver.dialect().ddl().unwrap().native(catalog.clone());
    assert_eq!(native.unwrap(), catalog);
    catalog
}
