//! Keys, foreign keys, checks and exclusions.

use super::inherited::by_itself;
use super::{Writer, index};
use crate::spell::{self, names, path};
use initium_driver::catalog::{Action, Check, Deferrable, Exclusion, ForeignKey, Key, Name, Table};
use initium_driver::change::{Edit, Of};
use initium_driver::error::Result;

pub const PRIMARY: &str = "PRIMARY KEY";
pub const UNIQUE: &str = "UNIQUE";

fn named(name: &str) -> String {
    match name {
        "" => String::new(),
        name => format!("CONSTRAINT {} ", spell::name(name)),
    }
}

fn deferrable(when: Option<Deferrable>) -> &'static str {
    match when {
        None => "",
        Some(Deferrable::Immediate) => " DEFERRABLE",
        Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

pub fn key(key: &Key, kind: &str) -> String {
    let mut text = format!("{}{kind}", named(&key.name));
    if key.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    text.push_str(&format!(" ({})", index::parts(&key.parts)));
    if !key.include.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", names(&key.include)));
    }
    text + deferrable(key.deferrable)
}

pub fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!(
        "{}FOREIGN KEY ({}) REFERENCES {}",
        named(&key.name),
        names(&key.columns),
        path(&key.references)
    );
    if !key.referenced.is_empty() {
        text.push_str(&format!(" ({})", names(&key.referenced)));
    }
    if key.match_full {
        text.push_str(" MATCH FULL");
    }
    for (word, action) in [("UPDATE", &key.on_update), ("DELETE", &key.on_delete)] {
        if !action.is_ordinary() {
            text.push_str(&format!(" ON {word} {}", action.words()));
        }
        if let Action::SetNullOf(columns) | Action::SetDefaultOf(columns) = action {
            text.push_str(&format!(" ({})", names(columns)));
        }
    }
    text.push_str(deferrable(key.deferrable));
    text.push_str(later(key.not_valid, key.not_enforced));
    text
}

pub fn check(check: &Check) -> String {
    let inherit = if check.no_inherit { " NO INHERIT" } else { "" };
    format!(
        "{}CHECK {}{inherit}{}",
        named(&check.name),
        spell::wrapped(&check.expression),
        later(check.not_valid, check.not_enforced)
    )
}

fn later(not_valid: bool, not_enforced: bool) -> &'static str {
    match (not_valid, not_enforced) {
        (_, true) => " NOT ENFORCED",
        (true, _) => " NOT VALID",
        _ => "",
    }
}

pub fn exclusion(it: &Exclusion) -> String {
    format!("{}EXCLUDE {}", named(&it.name), it.definition)
}

/// What stands in CREATE TABLE, and what only ALTER TABLE can add.
pub fn lines(table: &Table) -> (Vec<String>, Vec<String>) {
    let mut lines = Vec::new();
    lines.extend(table.primary_key.as_ref().map(|it| key(it, PRIMARY)));
    lines.extend(table.unique.iter().map(|it| key(it, UNIQUE)));
    let (checks, checks_later): (Vec<_>, Vec<_>) =
        table.checks.iter().partition(|it| !it.not_valid);
    lines.extend(checks.into_iter().map(check));
    lines.extend(table.exclusions.iter().map(exclusion));
    let (keys, keys_later): (Vec<_>, Vec<_>) =
        table.foreign_keys.iter().partition(|it| !it.not_valid);
    lines.extend(keys.into_iter().map(foreign_key));
    let later = checks_later.into_iter().map(check);
    (
        lines,
        later
            .chain(keys_later.into_iter().map(foreign_key))
            .collect(),
    )
}

/// The comments of everything in a table that has a name of its own there.
pub fn comments(table: &Table) -> Vec<(&str, &str)> {
    let keys = table.primary_key.iter().chain(&table.unique);
    let keys = keys.map(|it| (&it.name, &it.comment));
    let foreign = table.foreign_keys.iter().map(|it| (&it.name, &it.comment));
    let checks = table.checks.iter().map(|it| (&it.name, &it.comment));
    let exclusions = table.exclusions.iter().map(|it| (&it.name, &it.comment));
    let all = keys.chain(foreign).chain(checks).chain(exclusions);
    all.filter_map(|(name, comment)| Some((name.as_str(), comment.as_deref()?)))
        .collect()
}

impl Writer<'_> {
    pub fn key(&mut self, of: &Of<Key>, kind: &'static str) -> Result<()> {
        let same = |table: &Table| {
            let keys = table.primary_key.iter().chain(&table.unique);
            let this = of.edit.from().or(of.edit.to());
            this.is_some_and(|this| keys.into_iter().any(|it| it.parts == this.parts))
        };
        if by_itself(self, of, same) {
            return Ok(());
        }
        match &of.edit {
            Edit::Add(it) if self.is_online() && !self.is_parted(&of.table) => {
                self.key_online(of, it, kind)
            }
            edit => self.constraint(of, edit, &|it| key(it, kind), &|it| (&it.name, &it.comment)),
        }
        Ok(())
    }

    /// The index is built first, while others go on writing.
    fn key_online(&mut self, of: &Of<Key>, it: &Key, kind: &str) {
        let table = self.now(&of.table);
        let label = if kind == PRIMARY { "pkey" } else { "key" };
        let name = match it.name.as_str() {
            "" => {
                let columns =
                    crate::naming::addition(it.parts.iter().filter_map(|part| part.name()));
                let columns = (kind != PRIMARY).then_some(columns);
                crate::naming::object(&table.name, columns.as_deref(), label)
            }
            name => name.into(),
        };
        let index = initium_driver::catalog::Index {
            name: name.clone(),
            parts: it.parts.clone(),
            unique: true,
            include: it.include.clone(),
            nulls_not_distinct: it.nulls_not_distinct,
            ..Default::default()
        };
        self.say(index::create(&table, &index, " CONCURRENTLY"));
        let name = spell::name(&name);
        self.alter(
            &table,
            format!(
                "ADD CONSTRAINT {name} {kind} USING INDEX {name}{}",
                deferrable(it.deferrable)
            ),
        );
        self.constraint_comment(&table, &it.name, it.comment.as_deref());
    }

    /// Whether it is the head of partitions: nothing is built concurrently there.
    pub fn is_parted(&self, table: &Name) -> bool {
        self.after(table)
            .is_some_and(|it| it.partition_by.is_some())
    }

    pub fn foreign_key(&mut self, of: &Of<ForeignKey>) -> Result<()> {
        let same = |table: &Table| {
            let this = of.edit.from().or(of.edit.to());
            let is = |it: &ForeignKey| {
                this.is_some_and(|this| {
                    (&it.columns, &it.references) == (&this.columns, &this.references)
                })
            };
            table.foreign_keys.iter().any(is)
        };
        if by_itself(self, of, same) {
            return Ok(());
        }
        if let Edit::Add(it) = &of.edit
            && self.is_online()
            && !it.not_valid
            && !it.not_enforced
            && !self.is_parted(&of.table)
        {
            let later = ForeignKey {
                not_valid: true,
                ..it.clone()
            };
            let name = self.key_name(of, it);
            self.validated_later(
                of,
                &later.name,
                &foreign_key(&later),
                name,
                it.comment.as_deref(),
            );
            return Ok(());
        }
        if let Edit::Alter { from, to } = &of.edit {
            let table = self.now(&of.table);
            let name = spell::name(&to.name);
            self.rename_constraint(&table, &from.name, &to.name);
            if from.deferrable != to.deferrable {
                let when = match to.deferrable {
                    None => " NOT DEFERRABLE",
                    Some(Deferrable::Immediate) => " DEFERRABLE INITIALLY IMMEDIATE",
                    when => deferrable(when),
                };
                self.alter(&table, format!("ALTER CONSTRAINT {name}{when}"));
            }
            if from.not_enforced != to.not_enforced {
                let word = if to.not_enforced {
                    "NOT ENFORCED"
                } else {
                    "ENFORCED"
                };
                self.alter(&table, format!("ALTER CONSTRAINT {name} {word}"));
            }
            if from.not_valid && !to.not_valid && !to.not_enforced {
                self.alter_alone(&table, format!("VALIDATE CONSTRAINT {name}"));
            } else if to.not_valid && !from.not_valid {
                self.alter(&table, format!("DROP CONSTRAINT {name}"));
                self.alter(&table, format!("ADD {}", foreign_key(to)));
                self.constraint_comment(&table, &to.name, to.comment.as_deref());
                return Ok(());
            }
            if from.comment != to.comment {
                self.constraint_comment_always(&table, &to.name, to.comment.as_deref());
            }
            return Ok(());
        }
        self.constraint(of, &of.edit, &foreign_key, &|it| (&it.name, &it.comment));
        Ok(())
    }

    fn key_name(&self, of: &Of<ForeignKey>, it: &ForeignKey) -> String {
        match it.name.as_str() {
            "" => {
                let columns = crate::naming::addition(it.columns.iter().map(String::as_str));
                crate::naming::object(&of.table.name, Some(&columns), "fkey")
            }
            name => name.into(),
        }
    }

    /// New rows are asked at once, those that stand there while others go on writing.
    fn validated_later<T>(
        &mut self,
        of: &Of<T>,
        told: &str,
        definition: &str,
        name: String,
        comment: Option<&str>,
    ) {
        let table = self.now(&of.table);
        let head = match told {
            "" => format!("CONSTRAINT {} ", spell::name(&name)),
            _ => String::new(),
        };
        self.alter_alone(&table, format!("ADD {head}{definition}"));
        self.alter_alone(
            &table,
            format!("VALIDATE CONSTRAINT {}", spell::name(&name)),
        );
        self.constraint_comment(&table, &name, comment);
    }

    pub fn check(&mut self, of: &Of<Check>) -> Result<()> {
        let same = |table: &Table| {
            let this = of.edit.from().or(of.edit.to());
            let is = |it: &Check| this.is_some_and(|this| it.expression == this.expression);
            table.checks.iter().any(is)
        };
        if by_itself(self, of, same) {
            return Ok(());
        }
        match &of.edit {
            Edit::Add(it)
                if self.is_online() && !it.not_valid && !it.not_enforced && !it.name.is_empty() =>
            {
                let later = Check {
                    not_valid: true,
                    ..it.clone()
                };
                self.validated_later(
                    of,
                    &it.name,
                    &check(&later),
                    it.name.clone(),
                    it.comment.as_deref(),
                );
            }
            // A check cannot be told to be enforced, and none is forgotten to hold.
            Edit::Alter { from, to }
                if from.not_enforced != to.not_enforced || to.not_valid && !from.not_valid =>
            {
                let table = self.now(&of.table);
                self.alter(
                    &table,
                    format!("DROP CONSTRAINT {}", spell::name(&from.name)),
                );
                self.alter(&table, format!("ADD {}", check(to)));
                self.constraint_comment(&table, &to.name, to.comment.as_deref());
            }
            Edit::Alter { from, to } => {
                let table = self.now(&of.table);
                self.rename_constraint(&table, &from.name, &to.name);
                if from.not_valid && !to.not_valid {
                    let name = spell::name(&to.name);
                    self.alter_alone(&table, format!("VALIDATE CONSTRAINT {name}"));
                }
                if from.comment != to.comment {
                    self.constraint_comment_always(&table, &to.name, to.comment.as_deref());
                }
            }
            edit => self.constraint(of, edit, &check, &|it| (&it.name, &it.comment)),
        }
        Ok(())
    }

    pub fn exclusion(&mut self, of: &Of<Exclusion>) -> Result<()> {
        self.constraint(of, &of.edit, &exclusion, &|it| (&it.name, &it.comment));
        Ok(())
    }

    fn constraint<T>(
        &mut self,
        of: &Of<T>,
        edit: &Edit<T>,
        definition: &dyn Fn(&T) -> String,
        told: &dyn for<'a> Fn(&'a T) -> (&'a String, &'a Option<String>),
    ) {
        let table = self.now(&of.table);
        match edit {
            Edit::Add(it) => {
                self.alter(&table, format!("ADD {}", definition(it)));
                let (name, comment) = told(it);
                self.constraint_comment(&table, name, comment.as_deref());
            }
            Edit::Drop(it) => {
                let name = told(it).0;
                if !self.gone.contains(&(table.clone(), name.clone())) {
                    let name = spell::name(name);
                    self.alter(&table, format!("DROP CONSTRAINT {name}"));
                }
            }
            Edit::Alter { from, to } => {
                let ((old, was), (new, is)) = (told(from), told(to));
                self.rename_constraint(&table, old, new);
                if was != is {
                    self.constraint_comment_always(&table, new, is.as_deref());
                }
            }
        }
    }

    fn rename_constraint(&mut self, table: &Name, old: &str, new: &str) {
        if old != new && !new.is_empty() {
            let (old, new) = (spell::name(old), spell::name(new));
            self.alter_alone(table, format!("RENAME CONSTRAINT {old} TO {new}"));
        }
    }

    pub fn constraint_comment(&mut self, table: &Name, name: &str, comment: Option<&str>) {
        if comment.is_some() && !name.is_empty() {
            self.constraint_comment_always(table, name, comment);
        }
    }

    fn constraint_comment_always(&mut self, table: &Name, name: &str, comment: Option<&str>) {
        self.say(format!(
            "COMMENT ON CONSTRAINT {} ON {} IS {}",
            spell::name(name),
            path(table),
            spell::comment(comment)
        ));
    }
}
