//! What holds of every picture, whatever the catalog is.

use super::{hostile, samples, shop};
use initium::report::picture::{self, Picture, Row};
use initium_driver::catalog::{Catalog, Index, Name, Partition, Table, View};
use initium_driver::change::{Change, Edit, Impact, Of};

fn all() -> Vec<(&'static str, Catalog)> {
    vec![
        ("empty", Catalog::default()),
        ("shop", shop::before()),
        ("thirty", samples::thirty()),
        ("many", samples::many(200)),
        ("hostile", hostile::catalog()),
    ]
}

fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("shop", shop::page()),
        ("same", hostile::same()),
        ("hostile", hostile::page()),
        ("large", hostile::large()),
    ]
}

fn drawings() -> Vec<(String, String)> {
    let catalogs = all();
    let drawn = catalogs
        .iter()
        .map(|(name, catalog)| (format!("{name}.svg"), picture::svg(catalog)));
    let pages = pages();
    let pages = pages
        .into_iter()
        .map(|(name, page)| (format!("{name}.html"), page));
    drawn.chain(pages).collect()
}

/// Elements that hold none.
const VOID: &[&str] = &["!DOCTYPE", "meta", "input", "br"];

/// Reads it as strictly as XML is read: every element is closed, every sign that is markup is meant
/// so. Returns the elements and the values of all attributes called `id`.
fn read(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut open, mut elements, mut ids): (Vec<String>, Vec<String>, Vec<String>) =
        Default::default();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        if open.last().is_none_or(|it| it != "style") && rest[..at].contains('>') {
            return Err(format!("a stray > in {:?}", &rest[..at]));
        }
        let tag = &rest[at + 1..];
        let mut quoted = false;
        let end = tag.find(|c: char| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = end.ok_or("a tag without an end")?;
        let (inner, behind) = (&tag[..end], &tag[end + 1..]);
        rest = behind;
        if inner.contains('<') {
            return Err(format!("a tag in a tag: {inner:?}"));
        }
        if let Some(name) = inner.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes another"));
            }
            continue;
        }
        let name = inner
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default()
            .to_string();
        if let Some(id) = inner.split(" id=\"").nth(1) {
            ids.push(id.split('"').next().unwrap_or_default().to_string());
        }
        elements.push(name.clone());
        if !inner.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    match open.pop() {
        Some(left) => Err(format!("<{left}> stays open")),
        None => Ok((elements, ids)),
    }
}

#[test]
fn no_name_becomes_markup() {
    let known = [
        "!DOCTYPE", "a", "bdi", "body", "circle", "code", "desc", "details", "div", "footer", "g",
        "h1", "h2", "h3", "head", "header", "html", "input", "label", "li", "main", "meta", "ol",
        "p", "path", "pre", "rect", "section", "span", "strong", "style", "summary", "svg", "text",
        "title", "ul",
    ];
    for (name, text) in drawings() {
        let (elements, ids) = read(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        for element in elements {
            assert!(known.contains(&element.as_str()), "{name} has <{element}>");
        }
        let mut sorted = ids.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len(), "{name} has an id twice");
        for part in text.split("href=\"").skip(1) {
            let target = part.split('"').next().unwrap();
            let id = target
                .strip_prefix('#')
                .expect("an address of somebody else");
            assert!(
                ids.iter().any(|it| it == id),
                "{name}: {target} is not there"
            );
        }
    }
    assert!(read("<a><b></a></b>").is_err());
    assert!(read("<p>1 > 0</p>").is_err());
    assert!(read("<p>").is_err());
}

#[test]
fn nothing_invisible_comes_through() {
    let odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c)
    };
    for (name, text) in drawings() {
        assert!(!text.contains(odd), "{name}");
    }
    for (name, catalog) in all() {
        assert!(!picture::mermaid(&catalog).contains(odd), "{name}");
        assert!(!picture::dot(&catalog).contains(odd), "{name}");
    }
}

#[test]
fn a_page_asks_nobody_and_runs_nothing() {
    for (name, text) in drawings() {
        for word in [
            "<script",
            "javascript:",
            "url(",
            "@import",
            "<link",
            "<img",
            "<iframe",
        ] {
            assert!(!text.to_lowercase().contains(word), "{name} has {word}");
        }
        let addresses = text.matches("http").count();
        let own =
            text.matches("http://www.w3.org/2000/svg").count() + text.matches("http-equiv").count();
        assert_eq!(addresses, own, "{name}");
        // The policy forbids them.
        assert!(!text.contains(" style=\""), "{name}");
    }
}

#[test]
fn the_same_catalog_gives_the_same_bytes() {
    for (name, catalog) in all() {
        assert_eq!(
            picture::svg(&catalog),
            picture::svg(&catalog.clone()),
            "{name}"
        );
    }
}

#[test]
fn every_table_column_and_key_is_there() {
    let catalog = samples::thirty();
    let (svg, mermaid, dot) = (
        picture::svg(&catalog),
        picture::mermaid(&catalog),
        picture::dot(&catalog),
    );
    for table in &catalog.tables {
        let name = &table.name.name;
        assert!(svg.contains(&format!(">{name}</text>")), "{name}");
        assert!(mermaid.contains(&format!("\n  {name} {{\n")), "{name}");
        assert!(dot.contains(&format!("<B>{name}</B>")), "{name}");
        for column in &table.columns {
            let name = &column.name;
            assert!(svg.contains(&format!(">{name}</text>")), "{name}");
            assert!(mermaid.contains(&format!(" {name}")), "{name}");
            assert!(dot.contains(&format!(">{name}</TD>")), "{name}");
        }
    }
    let keys: usize = catalog
        .tables
        .iter()
        .map(|table| table.foreign_keys.len())
        .sum();
    assert_eq!(svg.matches("<g class=\"link\">").count(), keys);
    assert_eq!(mermaid.matches("--o").count(), keys);
    assert_eq!(dot.matches(" -> ").count(), keys);
    // An order has at most one invoice.
    assert!(
        mermaid.contains("orders ||--o| invoices : \"order_id\""),
        "{mermaid}"
    );
    assert!(
        mermaid.contains("categories |o--o{ categories"),
        "{mermaid}"
    );
}

#[test]
fn partitions_are_one_with_their_table() {
    let mut catalog = samples::catalog(&[
        "events: id bigint pk, at timestamptz",
        "notes: id bigint pk, event_id bigint -> events_2",
    ]);
    for (name, parent) in [
        ("events_1", "events"),
        ("events_2", "events"),
        ("events_2_a", "events_2"),
    ] {
        catalog.tables.push(Table {
            name: Name::new(name),
            partition_of: Some(Partition {
                parent: Name::new(parent),
                bound: "DEFAULT".into(),
            }),
            ..Table::default()
        });
    }
    let svg = picture::svg(&catalog);
    assert_eq!(svg.matches("<g class=\"card").count(), 2, "{svg}");
    assert!(svg.contains("3 partitions"), "{svg}");
    assert!(!svg.contains("elsewhere\""), "{svg}");
    // One that goes in a circle ends, too.
    let circle = |name: &str, of: &str| Table {
        name: Name::new(name),
        partition_of: Some(Partition {
            parent: Name::new(of),
            bound: String::new(),
        }),
        ..Table::default()
    };
    catalog.tables = vec![circle("a", "b"), circle("b", "a")];
    assert!(picture::svg(&catalog).contains("0 tables"));
}

fn page(from: &Catalog, to: &Catalog, changes: &[Change]) -> String {
    let row = |change| Row {
        change,
        description: "a change".into(),
        statements: Vec::new(),
        impact: Impact::default(),
        rows: None,
        reverse: None,
    };
    picture::html(&Picture {
        title: "t",
        from,
        to,
        rows: changes.iter().map(row).collect(),
    })
}

#[test]
fn what_changed_is_told_by_a_word_and_a_sign_and_not_by_colour_alone() {
    let page = shop::page();
    for part in [
        ">+ new</text>",
        ">~ changed</text>",
        ">− dropped</text>",
        "class=\"line dropped\"",
        "class=\"line added\"",
        "class=\"line changed\"",
        ">int → bigint</text>",
        "class=\"column gone\"",
        "<span class=\"sign added\" role=\"img\" aria-label=\"adds\">+</span>",
        "Loses data:",
        "rewrites about 1,254,000 rows",
        "blocks writes <code>SHARE ROW EXCLUSIVE</code>",
        "undone without its data",
        "cannot be undone",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // The row of the dropped column stands where it was: between its neighbours.
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    let fax = at(">fax</text>");
    assert!(at(">email</text>") < fax && fax < at(">country</text>"));
}

#[test]
fn a_renamed_table_and_column_show_both_names() {
    let from = samples::catalog(&[
        "people: id int pk, mail text",
        "notes: id int pk, person_id int -> people",
    ]);
    let to = samples::catalog(&[
        "notes: id int pk, person_id int -> users",
        "users: id int pk, email text",
    ]);
    let table = |catalog: &Catalog, name: &str| catalog.table(name).unwrap().clone();
    let column = |catalog: &Catalog, of: &str, name: &str| {
        Box::new(table(catalog, of).column(name).unwrap().clone())
    };
    let changes = [
        Change::Table(Edit::Alter {
            from: Box::new(table(&from, "people")),
            to: Box::new(table(&to, "users")),
        }),
        Change::Column(Of {
            table: "users".into(),
            edit: Edit::Alter {
                from: column(&from, "people", "mail"),
                to: column(&to, "users", "email"),
            },
        }),
        // A key that is dropped knows its table by the old name.
        Change::ForeignKey(Of {
            table: "notes".into(),
            edit: Edit::Drop(table(&from, "notes").foreign_keys[0].clone()),
        }),
    ];
    let page = page(&from, &to, &changes);
    assert!(page.contains(">people → users</text>"), "{page}");
    assert!(page.contains(">mail → email</text>"), "{page}");
    assert!(!page.contains("elsewhere\""), "{page}");
}

#[test]
fn a_table_that_is_made_anew_is_drawn_once() {
    let from = samples::catalog(&["a: id int pk"]);
    let to = samples::catalog(&["a: id text pk"]);
    let table = |catalog: &Catalog| Box::new(catalog.table("a").unwrap().clone());
    for changes in [
        [
            Change::Table(Edit::Drop(table(&from))),
            Change::Table(Edit::Add(table(&to))),
        ],
        [
            Change::Table(Edit::Add(table(&to))),
            Change::Table(Edit::Drop(table(&from))),
        ],
    ] {
        let page = page(&from, &to, &changes);
        assert_eq!(page.matches("<g class=\"card").count(), 1, "{page}");
        assert!(page.contains(">~ changed</text>"), "{page}");
    }
}

#[test]
fn of_many_tables_only_those_near_a_change_are_drawn() {
    let page = hostile::large();
    let drawn = page.matches("<g class=\"card").count();
    assert!((4..40).contains(&drawn), "{drawn}");
    assert!(page.contains("not drawn"), "{page}");
    assert!(page.contains(">… "), "of neighbours only the keys");
}

#[test]
fn a_thousand_tables_are_drawn() {
    let catalog = samples::many(1000);
    let svg = picture::svg(&catalog);
    assert_eq!(svg.matches("<g class=\"card").count(), 1000);
}

#[test]
fn an_index_of_a_materialized_view_changes_the_view() {
    let mut to = Catalog::default();
    to.views.push(View {
        name: Name::new("totals"),
        materialized: true,
        definition: "SELECT 1".into(),
        ..View::default()
    });
    let change = Change::Index(Of {
        table: "totals".into(),
        edit: Edit::Add(Index {
            name: "totals_idx".into(),
            ..Index::default()
        }),
    });
    let page = page(&to.clone(), &to, &[change]);
    assert!(page.contains(">~ changed</text>"), "{page}");
}
