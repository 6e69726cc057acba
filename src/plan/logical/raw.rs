//! What one item of `changes` makes of a catalog, as changes between two. It judges whether the item
//! fits what is known; what a database makes of it is said by its dialect later.

use super::Ground;
use super::enums::grown;
use super::found::{column, free, fresh};
use super::refuse::{impossible, missing, taken};
use super::rest::{check, foreign_key, goes_with, index, unique};
use crate::spec::{Gone, Verb};
use initium_driver::catalog::{Body, Catalog, Column, Type};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::ddl::Enums as Kept;
use initium_driver::{Name, Result, Table};

/// Changes, and what is called otherwise behind them.
#[derive(Debug, Default)]
pub struct Raw {
    pub list: Vec<Change>,
    pub table: Option<(Name, Name)>,
    pub column: Option<(Name, String, String)>,
}

impl From<Vec<Change>> for Raw {
    fn from(list: Vec<Change>) -> Raw {
        Raw {
            list,
            ..Raw::default()
        }
    }
}

fn alter<T>(from: &T, to: T) -> Edit<Box<T>>
where
    T: Clone,
{
    Edit::Alter {
        from: Box::new(from.clone()),
        to: Box::new(to),
    }
}

impl Ground<'_> {
    /// `now` may get a table that nobody knows, as far as the item speaks of it.
    pub(super) fn raw(&self, verb: &Verb, now: &mut Catalog) -> Result<Raw> {
        Ok(match verb {
            Verb::CreateTable(table) => self.create(table, now)?.into(),
            Verb::DropTable(name) => self.drop_table(name, now)?.into(),
            Verb::RenameTable { from, to } => self.rename_table(from, to, now)?,
            Verb::Add(parts, _) => self.add(parts, now)?.into(),
            Verb::Drop(name, gone, _) => {
                let table = self.table(name, now)?;
                self.gone(table, gone, now)?.into()
            }
            Verb::RenameColumn { table, from, to } => {
                let found = self.guessed(table, &[from], now)?;
                let column = column(found, from)?;
                free(found, to)?;
                let edit = alter(
                    column,
                    Column {
                        name: to.clone(),
                        ..column.clone()
                    },
                );
                Raw {
                    list: vec![of_column(table, edit)],
                    column: Some((table.clone(), from.clone(), to.clone())),
                    table: None,
                }
            }
            Verb::AlterColumn {
                table,
                column: wanted,
                keys,
            } => {
                let found = self.table(table, now)?;
                let old = column(found, &wanted.name)?;
                let mut list = Vec::new();
                let mut new = altered(old, wanted, keys);
                if keys.iter().any(|key| key == "type") {
                    list = self.enums.left(found, old, self.ddl)?;
                    self.said(&mut new);
                }
                list.push(of_column(table, alter(old, new)));
                list.into()
            }
            Verb::CreateView(view) => {
                self.is_free(&view.name, now)?;
                now.views.retain(|one| one.name != view.name);
                vec![Change::View(Edit::Add(view.clone()))].into()
            }
            Verb::ReplaceView(view) => {
                let old = self.view(&view.name, now)?;
                vec![Change::View(alter(old, (**view).clone()))].into()
            }
            Verb::DropView(name) => {
                let old = self.view(name, now)?;
                vec![Change::View(Edit::Drop(Box::new(old.clone())))].into()
            }
            Verb::CreateEnum { name, values } => self.create_enum(name, values, now)?.into(),
            Verb::AddEnumValue { name, value, spot } => match self.ddl.enums() {
                Kept::Types => {
                    let old = self.named(name, now)?;
                    let Body::Enum(values) = &old.body else {
                        return Err(missing("enum", &name.to_string()));
                    };
                    let values = grown(name, values, value, spot)?;
                    let to = Type {
                        body: Body::Enum(values),
                        ..old.clone()
                    };
                    let from = old.clone();
                    vec![Change::Type(Edit::Alter { from, to })].into()
                }
                Kept::Columns => {
                    let values = grown(name, self.enums.known(name)?, value, spot)?;
                    for table in self.enums.tables(name) {
                        self.table(&table, now)?;
                    }
                    self.enums.changed(name, &values, now, self.ddl)?.into()
                }
            },
            Verb::DropEnum(name) => match self.ddl.enums() {
                Kept::Types => {
                    let old = self.named(name, now)?.clone();
                    vec![Change::Type(Edit::Drop(old))].into()
                }
                Kept::Columns => {
                    self.enums.unused(name)?;
                    Raw::default()
                }
            },
            Verb::Comment {
                table,
                column: None,
                text,
            } => {
                let old = self.table(table, now)?;
                let new = Table {
                    comment: text.clone(),
                    ..old.clone()
                };
                vec![Change::Table(alter(old, new))].into()
            }
            Verb::Comment {
                table,
                column: Some(name),
                text,
            } => {
                let old = column(self.table(table, now)?, name)?;
                let new = Column {
                    comment: text.clone(),
                    ..old.clone()
                };
                vec![of_column(table, alter(old, new))].into()
            }
            Verb::Sql { .. } => Raw::default(),
        })
    }

    fn create(&self, table: &Table, now: &mut Catalog) -> Result<Vec<Change>> {
        self.is_free(&table.name, now)?;
        self.leads(table, now)?;
        now.tables.retain(|one| one.name != table.name);
        let mut table = Box::new(table.clone());
        table.columns.iter_mut().for_each(|it| self.said(it));
        Ok(vec![Change::Table(Edit::Add(table))])
    }

    fn drop_table(&self, name: &Name, now: &Catalog) -> Result<Vec<Change>> {
        let table = self.table(name, now)?;
        let others = now.tables.iter().filter(|one| one.name != *name);
        for other in others {
            if let Some(key) = other.foreign_keys.iter().find(|it| it.references == *name) {
                let columns = key.columns.join(", ");
                let other = &other.name;
                return Err(impossible(format!(
                    "a foreign key of {other} over {columns} leads to table {name}"
                ))
                .help("say `drop_foreign_key` before it"));
            }
        }
        Ok(vec![Change::Table(Edit::Drop(Box::new(table.clone())))])
    }

    fn rename_table(&self, from: &Name, to: &Name, now: &mut Catalog) -> Result<Raw> {
        self.is_free(to, now)?;
        let old = self.guessed(from, &[], now)?;
        let new = Table {
            name: to.clone(),
            ..old.clone()
        };
        Ok(Raw {
            list: vec![Change::Table(alter(old, new))],
            table: Some((from.clone(), to.clone())),
            column: None,
        })
    }

    /// The parts, where the table has no such ones.
    fn add(&self, parts: &Table, now: &mut Catalog) -> Result<Vec<Change>> {
        let name = &parts.name;
        self.leads(parts, now)?;
        let mut spoken: Vec<&String> = Vec::new();
        let keys = parts.primary_key.iter().chain(&parts.unique);
        let lists = keys.map(|key| &key.parts);
        for part in lists
            .chain(parts.indexes.iter().map(|it| &it.parts))
            .flatten()
        {
            if let initium_driver::catalog::Of::Column(column) = &part.of {
                spoken.push(column);
            }
        }
        spoken.extend(parts.foreign_keys.iter().flat_map(|key| &key.columns));
        spoken.retain(|column| parts.column(column).is_none());
        let mut seen = std::collections::BTreeSet::new();
        spoken.retain(|column| seen.insert(*column));
        let table = self.guessed(name, &spoken, now)?;
        for name in spoken {
            column(table, name)?;
        }
        let mut list = Vec::new();
        for column in &parts.columns {
            free(table, &column.name)?;
            let mut column = Box::new(column.clone());
            self.said(&mut column);
            list.push(of_column(name, Edit::Add(column)));
        }
        if let Some(key) = &parts.primary_key {
            if table.primary_key.is_some() {
                return Err(taken("primary key of", &name.to_string()));
            }
            // A key column takes no NULL; said here, it takes some again when the key goes.
            let of_key = key.parts.iter().filter_map(|part| part.name());
            for old in of_key
                .filter_map(|name| table.column(name))
                .filter(|it| it.nullable)
            {
                let new = Column {
                    nullable: false,
                    ..old.clone()
                };
                list.push(of_column(name, alter(old, new)));
            }
            list.push(Change::PrimaryKey(added(name, key)));
        }
        for key in &parts.unique {
            fresh(&table.unique, key, "unique constraint", name)?;
            list.push(Change::Unique(added(name, key)));
        }
        for key in &parts.foreign_keys {
            fresh(&table.foreign_keys, key, "foreign key", name)?;
            list.push(Change::ForeignKey(added(name, key)));
        }
        for check in &parts.checks {
            fresh(&table.checks, check, "check", name)?;
            list.push(Change::Check(added(name, check)));
        }
        for index in &parts.indexes {
            fresh(&table.indexes, index, "index", name)?;
            list.push(Change::Index(added(name, index)));
        }
        Ok(list)
    }

    fn gone(&self, table: &Table, gone: &Gone, now: &Catalog) -> Result<Vec<Change>> {
        Ok(match gone {
            Gone::Column(name) => {
                let old = column(table, name)?;
                let mut list = goes_with(name, table, now)?;
                list.push(of_column(&table.name, Edit::Drop(Box::new(old.clone()))));
                list
            }
            Gone::PrimaryKey => match &table.primary_key {
                Some(key) => vec![Change::PrimaryKey(Of {
                    table: table.name.clone(),
                    edit: Edit::Drop(key.clone()),
                })],
                None => return Err(missing("primary key of", &table.name.to_string())),
            },
            Gone::Unique(which) => vec![unique(table, which)?],
            Gone::ForeignKey(which) => vec![foreign_key(table, which)?],
            Gone::Check(which) => vec![check(table, which, self.ddl)?],
            Gone::Index(which) => vec![index(table, which)?],
        })
    }

    fn create_enum(
        &self,
        name: &Name,
        values: &[String],
        now: &mut Catalog,
    ) -> Result<Vec<Change>> {
        if self.ddl.enums() == Kept::Columns {
            return match self.enums.is_known(name) {
                true => Err(taken("enum", &name.to_string())),
                false => Ok(Vec::new()),
            };
        }
        if !self.cloud.covers(name) && now.types.iter().any(|it| it.name == *name) {
            return Err(taken("type", &name.to_string()));
        }
        now.types.retain(|it| it.name != *name);
        Ok(vec![Change::Type(Edit::Add(Type {
            name: name.clone(),
            comment: None,
            body: Body::Enum(values.to_vec()),
        }))])
    }
}

fn of_column(table: &Name, edit: Edit<Box<Column>>) -> Change {
    Change::Column(Of {
        table: table.clone(),
        edit,
    })
}

fn added<T: Clone>(table: &Name, part: &T) -> Of<T> {
    Of {
        table: table.clone(),
        edit: Edit::Add(part.clone()),
    }
}

/// What the keys speak of, as it is wanted.
fn altered(old: &Column, wanted: &Column, keys: &[String]) -> Column {
    let mut new = old.clone();
    for key in keys {
        match key.as_str() {
            "type" => new.data_type.clone_from(&wanted.data_type),
            "nullable" => new.nullable = wanted.nullable,
            "default" => new.default.clone_from(&wanted.default),
            "identity" => new.identity.clone_from(&wanted.identity),
            "generated" => new.generated.clone_from(&wanted.generated),
            "charset" => new.charset.clone_from(&wanted.charset),
            "collation" => new.collation.clone_from(&wanted.collation),
            "on_update" => new.on_update.clone_from(&wanted.on_update),
            "invisible" => new.invisible = wanted.invisible,
            _ => new.comment.clone_from(&wanted.comment),
        }
    }
    new
}
