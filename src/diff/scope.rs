//! What a comparison is about: the schemas that the declared side speaks of, without what somebody
//! said to leave alone.

use crate::spec::{Declared, Kinds, Spec};
use initium_driver::catalog::{Named, Table};
use initium_driver::{Catalog, Name};
use std::collections::BTreeSet;

/// Patterns of names: `tmp_*`, `audit.*`, `users.legacy_*`. With a dot it is an object of a schema, or
/// a part of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub ignored: Vec<String>,
    pub kinds: Kinds,
}

impl Scope {
    /// What the spec and the files say together.
    pub fn of(spec: &Spec, declared: &Declared) -> Scope {
        Scope {
            ignored: spec
                .ignore
                .iter()
                .chain(&declared.ignore)
                .cloned()
                .collect(),
            kinds: declared.kinds,
        }
    }

    /// Leaves in both what the comparison is about.
    pub fn narrow(&self, live: &mut Catalog, declared: &mut Catalog) {
        let spoken = spoken(declared);
        live.schemas.retain(|schema| spoken.contains(&schema.name));
        let here = |name: &Name| name.schema.as_ref().is_none_or(|it| spoken.contains(it));
        live.types.retain(|it| here(&it.name));
        live.sequences.retain(|it| here(&it.name));
        live.tables.retain(|it| here(&it.name));
        live.views.retain(|it| here(&it.name));
        live.routines.retain(|it| here(&it.name));
        for catalog in [live, declared] {
            self.leave(catalog);
        }
    }

    /// All of a catalog but that.
    pub fn leave(&self, catalog: &mut Catalog) {
        if self.kinds == Kinds::Tables {
            let tables = std::mem::take(&mut catalog.tables);
            *catalog = Catalog {
                tables,
                ..Catalog::default()
            };
            catalog.tables.iter_mut().for_each(|it| it.triggers.clear());
        }
        if self.ignored.is_empty() {
            return;
        }
        let about = |name: &Name| !self.ignores(name);
        catalog.schemas.retain(|it| !self.ignores_plain(&it.name));
        catalog
            .extensions
            .retain(|it| !self.ignores_plain(&it.name));
        catalog.types.retain(|it| about(&it.name));
        catalog.sequences.retain(|it| about(&it.name));
        catalog.tables.retain(|it| about(&it.name));
        catalog.views.retain(|it| about(&it.name));
        catalog.routines.retain(|it| about(&it.name));
        for table in &mut catalog.tables {
            self.parts(table);
        }
    }

    fn parts(&self, table: &mut Table) {
        let patterns: Vec<_> = self
            .ignored
            .iter()
            .filter_map(|pattern| pattern.rsplit_once('.'))
            .filter(|(of, _)| fits(of, &table.name.to_string()) || fits(of, &table.name.name))
            .map(|(_, part)| part)
            .collect();
        if patterns.is_empty() {
            return;
        }
        fn keep<T: Named>(all: &mut Vec<T>, patterns: &[&str]) {
            all.retain(|one| !patterns.iter().any(|pattern| fits(pattern, one.name())));
        }
        keep(&mut table.columns, &patterns);
        keep(&mut table.unique, &patterns);
        keep(&mut table.foreign_keys, &patterns);
        keep(&mut table.checks, &patterns);
        keep(&mut table.exclusions, &patterns);
        keep(&mut table.indexes, &patterns);
        keep(&mut table.triggers, &patterns);
    }

    pub(super) fn ignores(&self, name: &Name) -> bool {
        let whole = name.to_string();
        self.ignored.iter().any(|pattern| match &name.schema {
            Some(_) => fits(pattern, &whole),
            None => !pattern.contains('.') && fits(pattern, &name.name),
        })
    }

    fn ignores_plain(&self, name: &str) -> bool {
        let patterns = self.ignored.iter();
        patterns
            .filter(|it| !it.contains('.'))
            .any(|it| fits(it, name))
    }
}

/// The schemas that a catalog speaks of, beside the connection's own.
fn spoken(catalog: &Catalog) -> BTreeSet<String> {
    let names = catalog
        .types
        .iter()
        .map(|it| &it.name)
        .chain(catalog.sequences.iter().map(|it| &it.name))
        .chain(catalog.tables.iter().map(|it| &it.name))
        .chain(catalog.views.iter().map(|it| &it.name))
        .chain(catalog.routines.iter().map(|it| &it.name));
    let schemas = catalog.schemas.iter().map(|it| it.name.clone());
    names
        .filter_map(|it| it.schema.clone())
        .chain(schemas)
        .collect()
}

/// `*` is any text, `?` any one sign.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and how far it reached.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some('?') => (p, t) = (p + 1, t + 1),
            Some(sign) if *sign == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, reach)) => {
                    star = Some((at, reach + 1));
                    (p, t) = (at + 1, reach + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|sign| *sign == '*')
}
