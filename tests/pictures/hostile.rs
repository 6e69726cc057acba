//! Names that are markup, that read backwards, that are very long; and diffs that are empty or large.

use super::samples;
use initium::report::picture::{self, Picture, Row};
use initium_driver::catalog::{Catalog, Column, ForeignKey, Key, Name, Part, Table, View};
use initium_driver::change::{Blocks, Change, Edit, Impact, Lock, Of, Threat, Work};

pub const NAMES: &[&str] = &[
    "<script>alert(1)</script>",
    "a\"b'c&d\\e`f",
    "</style></svg><img src=x onerror=alert(1)>",
    "order by % 1; --",
    "\u{202e}drawkcab",
    "tab\tline\nend\u{0}\u{1b}[31m",
    "Größe 表 جدول \u{1f600}",
    "pk",
    "class",
    "1st",
    "***bold*** _under_ ~~gone~~",
    "{\"a\": [1]}",
    "]]>",
    "&lt;b&gt;",
    "direction LR",
];

pub fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let long = "very_long_name_".repeat(20);
    let mut before = None;
    for name in NAMES.iter().copied().chain([long.as_str()]) {
        let column = |name: &str, data_type: &str| Column {
            name: name.into(),
            data_type: data_type.into(),
            comment: Some(name.into()),
            ..Column::default()
        };
        let mut table = Table {
            name: Name::within("public", name),
            comment: Some(name.into()),
            columns: vec![column(name, "character varying(255)"), column("b", name)],
            primary_key: Some(Key {
                parts: vec![Part::column(name)],
                ..Key::default()
            }),
            ..Table::default()
        };
        if let Some(to) = before.replace(table.name.clone()) {
            table.foreign_keys.push(ForeignKey {
                name: name.into(),
                columns: vec![name.into()],
                references: to,
                ..ForeignKey::default()
            });
        }
        catalog.views.push(View {
            name: Name::new(format!("view {name}")),
            definition: name.into(),
            columns: vec![super::samples::shown(name)],
            comment: Some(name.into()),
            ..View::default()
        });
        catalog.tables.push(table);
    }
    catalog.tables[0].foreign_keys.push(ForeignKey {
        columns: vec!["b".into()],
        references: Name::new("<nowhere>"),
        ..ForeignKey::default()
    });
    catalog.tables.push(Table {
        name: Name::new("no columns"),
        ..Table::default()
    });
    catalog.sort();
    catalog
}

fn row(change: &Change) -> Row<'_> {
    let name = change.table().map(Name::to_string).unwrap_or_default();
    Row {
        change,
        description: format!("drop {name}"),
        statements: vec![format!("DROP TABLE {name};\n-- <b>{name}</b>")],
        impact: Impact {
            lock: Lock {
                blocks: Blocks::Everything,
                name: "ACCESS <EXCLUSIVE>",
            },
            work: Work::Rewrite,
            risks: Vec::new(),
        }
        .risk(Threat::Clients, format!("{name} is gone"))
        .risk(Threat::Refusal, "rows without <it> are refused")
        .risk(Threat::Speed, "an index is gone"),
        rows: Some(1),
        reverse: Some(vec![format!("CREATE TABLE {name} ()")]),
    }
}

/// Everything is dropped, and everything has a name of that kind.
pub fn page() -> String {
    let (from, to) = (catalog(), Catalog::default());
    let mut changes: Vec<Change> = Vec::new();
    for view in &from.views {
        changes.push(Change::View(Edit::Drop(Box::new(view.clone()))));
    }
    for table in &from.tables {
        changes.push(Change::Table(Edit::Drop(Box::new(table.clone()))));
    }
    picture::html(&Picture {
        title: NAMES[0],
        from: &from,
        to: &to,
        rows: changes.iter().map(row).collect(),
    })
}

pub fn same() -> String {
    let catalog = samples::thirty();
    picture::html(&Picture {
        title: "Nothing to do",
        from: &catalog,
        to: &catalog,
        rows: Vec::new(),
    })
}

/// Few changes among 200 tables, and one with every change there is on a table.
pub fn large() -> String {
    let from = samples::many(200);
    let mut to = from.clone();
    let mut changes = Vec::new();
    for at in [20, 70, 150] {
        let table = &mut to.tables[at];
        let column = Column {
            name: "added".into(),
            data_type: "text".into(),
            nullable: true,
            ..Column::default()
        };
        table.columns.push(column.clone());
        changes.push(Change::Column(Of {
            table: table.name.clone(),
            edit: Edit::Add(Box::new(column)),
        }));
    }
    let gone = to.tables.remove(100);
    changes.push(Change::Table(Edit::Drop(Box::new(gone))));
    picture::html(&Picture {
        title: "Four changes among two hundred tables",
        from: &from,
        to: &to,
        rows: changes.iter().map(row).collect(),
    })
}
