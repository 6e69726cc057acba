//! A catalog as a file could say it, made by chance.

use crate::chance::Chance;
use crate::kinds::{self, Family, Keyed, Kind, quoted};
use initium_driver::catalog::{
    Action, Body, Catalog, Check, Column, ForeignKey, Generated, Identity, Index, Key, Name,
    Numbers, Part, Sequence, Serves, Sort, Storage, Table, Trigger, Type, View,
};

pub struct Maker {
    pub chance: Chance,
    pub kind: &'static str,
    next: usize,
}

impl Maker {
    pub fn new(kind: &'static str, chance: Chance) -> Maker {
        Maker {
            chance,
            kind,
            next: 0,
        }
    }

    pub fn is_mysql(&self) -> bool {
        matches!(self.kind, "mysql" | "mariadb")
    }

    /// One that nothing else has, now and then one that needs its quotes.
    pub fn name(&mut self, of: &str) -> String {
        self.next += 1;
        let n = self.next;
        match self.chance.below(24) {
            0 => format!("{of} {n}"),
            1 => format!("Order{n}"),
            2 => format!("ä{of}{n}"),
            3 => format!("select_{n}"),
            _ => format!("{of}{n}"),
        }
    }

    /// A name, or none: then the database finds one.
    pub fn maybe_name(&mut self, of: &str) -> String {
        match self.chance.one_in(2) {
            true => self.name(of),
            false => String::new(),
        }
    }

    pub fn quoted(&self, name: &str) -> String {
        quoted(self.kind, name)
    }

    pub fn kind_of(&self, column: &Column) -> Option<&'static Kind> {
        let all = kinds::of(self.kind);
        all.iter().find(|kind| kind.of == column.data_type)
    }

    pub fn catalog(&mut self) -> Catalog {
        let mut catalog = Catalog::default();
        if self.kind == "postgres" && self.chance.one_in(2) {
            catalog.types.push(self.enumeration());
        }
        if self.kind == "postgres" && self.chance.one_in(4) {
            catalog.sequences.push(self.sequence());
        }
        for _ in 0..1 + self.chance.below(3) {
            let table = self.table(&catalog);
            catalog.tables.push(table);
        }
        for _ in 0..self.chance.below(5).saturating_sub(2) {
            let view = self.view(&catalog);
            catalog.views.push(view);
        }
        catalog
    }

    pub fn enumeration(&mut self) -> Type {
        Type {
            name: Name::new(self.name("mood")),
            comment: None,
            body: Body::Enum(vec!["sad".into(), "ok".into(), "it's".into()]),
        }
    }

    pub fn sequence(&mut self) -> Sequence {
        Sequence {
            name: Name::new(self.name("numbers")),
            numbers: Numbers {
                increment: self.chance.one_in(2).then_some(5),
                start: self.chance.one_in(2).then_some(100),
                ..Numbers::default()
            },
            ..Sequence::default()
        }
    }

    pub fn table(&mut self, catalog: &Catalog) -> Table {
        let mut table = Table {
            name: Name::new(self.name("t")),
            comment: self.comment(),
            columns: vec![self.id()],
            ..Table::default()
        };
        table.primary_key = Some(Key {
            name: match self.kind {
                "postgres" => self.maybe_name("pk"),
                _ => String::new(),
            },
            parts: vec![Part::column("id")],
            ..Key::default()
        });
        for _ in 0..1 + self.chance.below(5) {
            let column = self.column(catalog);
            table.columns.push(column);
        }
        for _ in 0..self.chance.below(4) {
            self.part(&mut table, catalog);
        }
        if self.kind == "sqlite" && self.chance.one_in(6) {
            table.options.insert("without_rowid".into(), "true".into());
            table.columns[0].identity = None;
        }
        table
    }

    fn comment(&mut self) -> Option<String> {
        let some = self.kind != "sqlite" && self.chance.one_in(4);
        some.then(|| format!("it's {}", self.chance.below(9)))
    }

    fn id(&mut self) -> Column {
        let data_type = match self.kind {
            "postgres" => *self.chance.of(&["integer", "bigint"]),
            "sqlite" => "INTEGER",
            _ => *self.chance.of(&["int", "bigint"]),
        };
        let serves = match self.kind {
            "postgres" => *self
                .chance
                .of(&[Serves::Always, Serves::ByDefault, Serves::Serial]),
            _ => Serves::ByDefault,
        };
        Column {
            name: "id".into(),
            data_type: data_type.into(),
            identity: self.chance.one_in(2).then(|| Identity::new(serves)),
            ..Column::default()
        }
    }

    pub fn column(&mut self, catalog: &Catalog) -> Column {
        let name = self.name("c");
        if let Some(Type { name: of, .. }) = catalog.types.first()
            && self.chance.one_in(5)
        {
            return Column {
                name,
                data_type: self.quoted(&of.name),
                nullable: true,
                ..Column::default()
            };
        }
        let kind = self.chance.of(kinds::of(self.kind));
        let default = (!kind.defaults.is_empty() && self.chance.one_in(3))
            .then(|| (*self.chance.of(kind.defaults)).to_string());
        let collation = (kind.family == Family::Text && self.chance.one_in(8)).then(|| {
            match self.kind {
                "postgres" => "C",
                "sqlite" => "NOCASE",
                _ => "utf8mb4_bin",
            }
            .to_string()
        });
        Column {
            name,
            data_type: kind.of.into(),
            nullable: self.chance.below(3) > 0,
            default,
            collation,
            comment: self.comment(),
            ..Column::default()
        }
    }

    fn some(&mut self, table: &Table, fits: &dyn Fn(&Column, &Kind) -> bool) -> Option<String> {
        let all: Vec<_> = table
            .columns
            .iter()
            .filter(|column| {
                let kind = self.kind_of(column);
                column.name != "id" && kind.is_some_and(|kind| fits(column, kind))
            })
            .map(|column| column.name.clone())
            .collect();
        (!all.is_empty()).then(|| self.chance.of(&all).clone())
    }

    /// Columns of which an index can be made, each once.
    fn keys(&mut self, table: &Table, most: usize) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for _ in 0..1 + self.chance.below(most) {
            let found = self.some(table, &|column, kind| {
                kind.keyed == Keyed::Yes && column.generated.is_none()
            });
            if let Some(name) = found
                && !parts.iter().any(|part| part.name() == Some(&name))
            {
                parts.push(Part::column(name));
            }
        }
        parts
    }

    /// Adds a constraint, an index, a trigger or a column that is computed.
    pub fn part(&mut self, table: &mut Table, catalog: &Catalog) {
        match self.chance.below(8) {
            0 => {
                let parts = self.keys(table, 2);
                let name = self.maybe_name("uq");
                // Twice the same is once to a server.
                let is_new = table.unique.iter().all(|key| key.parts != parts);
                if !parts.is_empty() && is_new {
                    table.unique.push(Key {
                        name,
                        parts,
                        ..Key::default()
                    });
                }
            }
            1 | 2 => self.index(table),
            3 => {
                if let Some(expression) = self.check(table) {
                    let name = self.maybe_name("ck");
                    table.checks.push(Check {
                        name,
                        expression,
                        ..Check::default()
                    });
                }
            }
            4 | 5 => self.foreign_key(table, catalog),
            6 => self.generated(table),
            _ => self.trigger(table),
        }
    }

    fn index(&mut self, table: &mut Table) {
        let mut parts = self.keys(table, 3);
        if parts.is_empty() {
            return;
        }
        for part in &mut parts {
            if self.chance.one_in(4) {
                part.sort = Sort::Down;
            }
        }
        let plain =
            |_: &Column, kind: &Kind| kind.family == Family::Text && kind.keyed == Keyed::Yes;
        if self.kind != "mariadb"
            && self.chance.one_in(4)
            && let Some(name) = self.some(table, &plain)
        {
            let text = format!("lower({})", self.quoted(&name));
            parts = vec![Part::expression(text)];
        }
        let mut predicate = None;
        if !self.is_mysql() && self.chance.one_in(3) {
            predicate = self.check(table);
        }
        let name = self.name("ix");
        table.indexes.push(Index {
            name,
            parts,
            unique: self.chance.one_in(6),
            predicate,
            ..Index::default()
        });
    }

    /// What holds of most rows.
    fn check(&mut self, table: &Table) -> Option<String> {
        let family = *self.chance.of(&[Family::Number, Family::Text]);
        // MySQL lets no check ask what a key may change.
        let is_key = |name: &String| {
            let mut keys = table.foreign_keys.iter();
            keys.any(|key| key.columns.contains(name))
        };
        let own = |column: &Column, kind: &Kind| {
            kind.family == family && column.generated.is_none() && !is_key(&column.name)
        };
        let name = self.some(table, &own)?;
        let name = self.quoted(&name);
        Some(match family {
            Family::Number => match self.chance.below(5) {
                0 => format!("{name} > -50000"),
                1 => format!("{name} <> 77"),
                2 => format!("{name} IS NULL OR {name} >= -1 AND {name} < 1000000"),
                3 => format!("{name} BETWEEN -2 AND 40000"),
                _ => format!("NOT ({name} = 13)"),
            },
            _ => match self.chance.below(5) {
                0 => format!("{name} <> 'zzz'"),
                1 => format!("{name} IN ('a', 'B', 'it''s', '', '10')"),
                2 => format!("{name} NOT LIKE 'q%'"),
                3 => format!("lower({name}) <> 'x' AND {name} IS NOT NULL"),
                _ => format!("{name} IS NOT NULL OR 1 = 1"),
            },
        })
    }

    fn foreign_key(&mut self, table: &mut Table, catalog: &Catalog) {
        let targets: Vec<_> = catalog
            .tables
            .iter()
            .filter(|to| {
                let key = to.primary_key.as_ref().map(|key| &key.parts[..]);
                matches!(key, Some([part]) if part.name() == Some("id")) && to.name != table.name
            })
            .collect();
        if targets.is_empty() {
            return;
        }
        let to = *self.chance.of(&targets);
        let column = Column {
            name: self.name("ref"),
            data_type: to.columns[0].data_type.clone(),
            nullable: true,
            ..Column::default()
        };
        let actions = [
            Action::NoAction,
            Action::Cascade,
            Action::SetNull,
            Action::NoAction,
        ];
        table.foreign_keys.push(ForeignKey {
            name: self.maybe_name("fk"),
            columns: vec![column.name.clone()],
            references: to.name.clone(),
            referenced: match self.chance.one_in(2) {
                true => vec!["id".into()],
                false => Vec::new(),
            },
            on_delete: self.chance.of(&actions).clone(),
            on_update: match self.chance.one_in(3) {
                true => Action::Cascade,
                false => Action::NoAction,
            },
            ..ForeignKey::default()
        });
        table.columns.push(column);
    }

    fn generated(&mut self, table: &mut Table) {
        let own = |column: &Column, kind: &Kind| {
            let wide = ["smallint", "integer", "int", "INTEGER"].contains(&kind.of);
            let word = kind.of.to_ascii_lowercase().starts_with("varchar(20");
            let is_free = !table
                .foreign_keys
                .iter()
                .any(|key| key.columns.contains(&column.name));
            is_free && column.generated.is_none() && column.default.is_none() && (wide || word)
        };
        let Some(name) = self.some(table, &own) else {
            return;
        };
        let text = table
            .column(&name)
            .is_some_and(|c| c.data_type.to_ascii_lowercase().contains("char"));
        let of = self.quoted(&name);
        let (expression, data_type) = match (text, self.kind) {
            (true, "postgres") => (format!("upper({of})"), "text"),
            (true, "sqlite") => (format!("upper({of})"), "TEXT"),
            (true, _) => (format!("upper({of})"), "varchar(50)"),
            (false, "sqlite") => (format!("{of} + 1"), "BIGINT"),
            (false, _) => (format!("{of} + 1"), "bigint"),
        };
        let storage = match (self.kind, self.chance.one_in(2)) {
            ("postgres", _) | (_, true) => Storage::Stored,
            _ => Storage::Virtual,
        };
        let column = Column {
            name: self.name("g"),
            data_type: data_type.into(),
            nullable: true,
            generated: Some(Generated {
                expression,
                storage,
            }),
            ..Column::default()
        };
        table.columns.push(column);
    }

    fn trigger(&mut self, table: &mut Table) {
        // One that follows another says so.
        if !table.triggers.is_empty() {
            return;
        }
        let name = self.name("tr");
        let (own, on) = (self.quoted(&name), self.quoted(&table.name.name));
        let definition = match self.kind {
            "sqlite" => format!("CREATE TRIGGER {own} AFTER DELETE ON {on} BEGIN SELECT 1; END"),
            "mysql" | "mariadb" => {
                format!("CREATE TRIGGER {own} BEFORE DELETE ON {on} FOR EACH ROW SET @x = 1")
            }
            _ => return,
        };
        table.triggers.push(Trigger {
            name,
            definition,
            ..Trigger::default()
        });
    }

    pub fn view(&mut self, catalog: &Catalog) -> View {
        let table = self.chance.of(&catalog.tables);
        let mut columns: Vec<_> = vec![self.quoted("id")];
        for column in &table.columns[1..] {
            if self.chance.one_in(2) {
                columns.push(self.quoted(&column.name));
            }
        }
        let definition = format!(
            "SELECT {} FROM {}",
            columns.join(", "),
            self.quoted(&table.name.name)
        );
        View {
            name: Name::new(self.name("v")),
            materialized: self.kind == "postgres" && self.chance.one_in(4),
            definition,
            ..View::default()
        }
    }
}
