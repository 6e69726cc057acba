//! Changes as PostgreSQL's statements. One kind of object per file; what one ALTER TABLE can make
//! together is one. Pure; what the server cannot do is refused with what to do instead.

mod alter;
mod column;
mod constraint;
mod domain;
mod index;
mod inherited;
mod object;
mod rebuild;
mod restore;
mod routine;
mod sequence;
mod table;
mod trigger;
mod types;
mod using;
mod view;

pub use index::holds;
pub use rebuild::is_used_at_once;
pub use routine::signature;
pub use types::growth;
pub use using::{Family, family, plain};

use crate::spell::path;
use initium_driver::catalog::{Catalog, Name, Table};
use initium_driver::change::{Act, Change, Changes, Way};
use initium_driver::error::{Code, Error, Result};

pub fn render(changes: &Changes, major: u16) -> Result<Vec<Act>> {
    let mut writer = Writer {
        changes,
        major,
        at: 0,
        drafts: Vec::new(),
        late: Vec::new(),
        gone: Vec::new(),
        back: Vec::new(),
        anew: Vec::new(),
        unchecked: false,
    };
    for (at, change) in changes.list.iter().enumerate() {
        writer.at = at;
        writer.change(change)?;
    }
    writer.drafts.append(&mut writer.late);
    if writer.unchecked {
        writer.say("RESET check_function_bodies");
    }
    Ok(writer.drafts.into_iter().map(Draft::act).collect())
}

struct Writer<'a> {
    changes: &'a Changes<'a>,
    major: u16,
    /// The place of the change that is written.
    at: usize,
    drafts: Vec<Draft>,
    /// What comes when all else is there.
    late: Vec<Draft>,
    /// Parts of tables that went before their time, and those that came back.
    gone: Vec<(Name, String)>,
    back: Vec<(Name, String)>,
    /// Columns that were made anew already, because they held another one fast.
    anew: Vec<(Name, String)>,
    /// The server was told not to look into the bodies of routines.
    unchecked: bool,
}

/// A statement that may still grow.
struct Draft {
    head: String,
    /// Of an ALTER TABLE that takes several.
    actions: Vec<String>,
    changes: Vec<usize>,
}

impl Draft {
    fn act(self) -> Act {
        let sql = match self.actions.as_slice() {
            [] => self.head,
            [one] => format!("{} {one}", self.head),
            all => format!("{}\n    {}", self.head, all.join(",\n    ")),
        };
        Act {
            sql,
            changes: self.changes,
        }
    }
}

impl Writer<'_> {
    fn change(&mut self, change: &Change) -> Result<()> {
        match change {
            Change::Schema(edit) => self.schema(edit),
            Change::Extension(edit) => self.extension(edit),
            Change::Type(edit) => self.type_of(edit),
            Change::Sequence(edit) => self.sequence(edit),
            Change::Table(edit) => self.table(edit),
            Change::Column(of) => self.column(of),
            Change::PrimaryKey(of) => self.key(of, constraint::PRIMARY),
            Change::Unique(of) => self.key(of, constraint::UNIQUE),
            Change::ForeignKey(of) => self.foreign_key(of),
            Change::Check(of) => self.check(of),
            Change::Exclusion(of) => self.exclusion(of),
            Change::Index(of) => self.index(of),
            Change::Trigger(of) => self.trigger(of),
            Change::View(edit) => self.view(edit),
            Change::Routine(edit) => self.routine(edit),
        }
    }

    /// A statement of its own.
    fn say(&mut self, sql: impl Into<String>) {
        let draft = self.draft(sql.into());
        self.drafts.push(draft);
    }

    /// A statement behind all others.
    fn say_late(&mut self, sql: impl Into<String>) {
        let draft = self.draft(sql.into());
        self.late.push(draft);
    }

    fn draft(&self, head: String) -> Draft {
        Draft {
            head,
            actions: Vec::new(),
            changes: vec![self.at],
        }
    }

    /// An action of an ALTER TABLE; it joins the one before where that is of the same table.
    fn alter(&mut self, table: &Name, action: impl Into<String>) {
        let head = format!("ALTER TABLE {}", path(table));
        let action = action.into();
        if let Some(last) = self.drafts.last_mut()
            && last.head == head
            && !last.actions.is_empty()
        {
            last.actions.push(action);
            if !last.changes.contains(&self.at) {
                last.changes.push(self.at);
            }
            return;
        }
        let mut draft = self.draft(head);
        draft.actions.push(action);
        self.drafts.push(draft);
    }

    /// An ALTER TABLE that stands alone.
    fn alter_alone(&mut self, table: &Name, action: impl AsRef<str>) {
        self.say(format!("ALTER TABLE {} {}", path(table), action.as_ref()));
    }

    /// What the table is called when this change runs.
    fn now(&self, table: &Name) -> Name {
        self.changes.now(self.at, table).clone()
    }

    fn is_online(&self) -> bool {
        self.changes.way == Way::Online
    }

    /// The table as it was, by the name it has in the end.
    fn before(&self, table: &Name) -> Option<&Table> {
        let renamed = self.changes.list.iter().filter_map(Change::renamed);
        let mut renamed = renamed.filter(|(_, new)| *new == table);
        let old = renamed.next().map_or(table, |(old, _)| old);
        find(self.changes.from, old)
    }

    fn after(&self, table: &Name) -> Option<&Table> {
        find(self.changes.to, table)
    }
}

fn find<'a>(catalog: &'a Catalog, name: &Name) -> Option<&'a Table> {
    let at = catalog
        .tables
        .binary_search_by(|table| table.name.cmp(name));
    match at {
        Ok(at) => catalog.tables.get(at),
        // A file's catalog may stand in the order of the file.
        Err(_) => catalog.tables.iter().find(|table| table.name == *name),
    }
}

fn refused(what: impl Into<String>, help: &str) -> Error {
    Error::new(Code::NotSupported, what).help(help)
}
