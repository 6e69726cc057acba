//! What a change means on servers from 14 to 18, which do not differ in it: which lock it takes, what it does to the rows,
//! and what it may lose, refuse or break. Pure. Where it is not sure it is a risk.

mod column;
mod kinds;
mod object;
mod part;

use initium_driver::catalog::{Catalog, Name, Table};
use initium_driver::change::{Blocks, Change, Changes, Edit, Impact, Lock, Way, Work};

const fn lock(blocks: Blocks, name: &'static str) -> Lock {
    Lock { blocks, name }
}

pub const ACCESS_EXCLUSIVE: Lock = lock(Blocks::Everything, "ACCESS EXCLUSIVE");
pub const SHARE_ROW_EXCLUSIVE: Lock = lock(Blocks::Writes, "SHARE ROW EXCLUSIVE");
pub const SHARE: Lock = lock(Blocks::Writes, "SHARE");
pub const SHARE_UPDATE_EXCLUSIVE: Lock = lock(Blocks::Changes, "SHARE UPDATE EXCLUSIVE");

pub fn of(lock: Lock, work: Work) -> Impact {
    Impact {
        lock,
        work,
        risks: Vec::new(),
    }
}

pub fn impact(change: &Change, changes: &Changes) -> Impact {
    let scene = Scene { changes };
    // What nobody knows yet nobody waits for.
    if let Some(table) = change.table()
        && !matches!(change, Change::Table(_))
        && scene.is_new(table)
    {
        return scene.on_new(change);
    }
    match change {
        Change::Schema(edit) => object::schema(edit),
        Change::Extension(edit) => object::extension(edit),
        Change::Type(edit) => scene.type_of(edit),
        Change::Sequence(edit) => object::sequence(edit),
        Change::Table(edit) => scene.table(edit),
        Change::Column(of) => scene.column(of),
        Change::PrimaryKey(of) | Change::Unique(of) => scene.key(of),
        Change::ForeignKey(of) => scene.foreign_key(of),
        Change::Check(of) => scene.check(of),
        Change::Exclusion(of) => scene.exclusion(of),
        Change::Index(of) => scene.index(of),
        Change::Trigger(of) => part::trigger(of),
        Change::View(edit) => scene.view(edit),
        Change::Routine(edit) => scene.routine(edit),
    }
}

pub struct Scene<'a> {
    pub changes: &'a Changes<'a>,
}

impl Scene<'_> {
    pub fn is_online(&self) -> bool {
        self.changes.way == Way::Online
    }

    fn is_new(&self, table: &Name) -> bool {
        self.changes.list.iter().any(|change| match change {
            Change::Table(Edit::Add(new)) => new.name == *table,
            Change::View(Edit::Add(new)) => new.name == *table,
            _ => false,
        })
    }

    /// A foreign key of a new table is the other table's business, too.
    fn on_new(&self, change: &Change) -> Impact {
        match change {
            Change::ForeignKey(key)
                if key.edit.to().is_some_and(|it| !self.is_new(&it.references)) =>
            {
                of(SHARE_ROW_EXCLUSIVE, Work::None)
            }
            _ => Impact::default(),
        }
    }

    /// The table as it was, by the name that it has in the end.
    pub fn before(&self, table: &Name) -> Option<&Table> {
        let renamed = self.changes.list.iter().filter_map(Change::renamed);
        let mut renamed = renamed.filter(|(_, new)| *new == table);
        let old = renamed.next().map_or(table, |(old, _)| old);
        find(self.changes.from, old)
    }
}

fn find<'a>(catalog: &'a Catalog, name: &Name) -> Option<&'a Table> {
    match catalog.tables.binary_search_by(|it| it.name.cmp(name)) {
        Ok(at) => catalog.tables.get(at),
        Err(_) => catalog.tables.iter().find(|it| it.name == *name),
    }
}
