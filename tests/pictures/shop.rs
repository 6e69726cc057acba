//! A small shop before and after a release, and the changes between: one of each kind that a picture
//! shows.

use super::samples::catalog;
use initium::report::picture::{Picture, Row};
use initium_driver::catalog::{Action, Catalog, Column, Index, Part, Table};
use initium_driver::change::{Blocks, Change, Edit, Impact, Lock, Of, Threat, Work};

pub fn before() -> Catalog {
    catalog(&[
        "customers: id bigint pk, email text unique, fax text null, country char(2)",
        "coupons: id int pk, code text unique",
        "orders: id int pk, customer_id bigint -> customers, coupon_id int -> coupons null, total numeric(10,2), placed_at timestamptz",
        "order_items: order_id bigint pk -> orders, product_id bigint pk -> products, count int",
        "products: id bigint pk, name text, price numeric(10,2), replaced_by bigint -> products null",
    ])
}

pub fn after() -> Catalog {
    let mut catalog = catalog(&[
        "customers: id bigint pk, email text unique, country char(2), locale text null",
        "orders: id bigint pk, customer_id bigint -> customers, total numeric(12,2), placed_at timestamptz",
        "order_items: order_id bigint pk -> orders, product_id bigint pk -> products, count int",
        "payments: id bigint pk, order_id bigint -> orders, amount numeric(12,2), paid_at timestamptz null",
        "products: id bigint pk, name text, price numeric(10,2), replaced_by bigint -> products null",
    ]);
    let items = named(&mut catalog, "order_items");
    items.foreign_keys[0].on_delete = Action::Cascade;
    let products = named(&mut catalog, "products");
    products.indexes.push(Index {
        name: "products_name_idx".into(),
        parts: vec![Part::expression("lower(name)")],
        ..Index::default()
    });
    catalog
}

fn named<'a>(catalog: &'a mut Catalog, name: &str) -> &'a mut Table {
    let table = catalog.tables.iter_mut().find(|table| table.name.is(name));
    table.unwrap()
}

fn column(catalog: &Catalog, table: &str, name: &str) -> Box<Column> {
    Box::new(catalog.table(table).unwrap().column(name).unwrap().clone())
}

pub fn changes() -> Vec<Change> {
    let (from, to) = (before(), after());
    let table = |catalog: &Catalog, name: &str| Box::new(catalog.table(name).unwrap().clone());
    let alter = |of: &str, name: &str| {
        let edit = Edit::Alter {
            from: column(&from, of, name),
            to: column(&to, of, name),
        };
        Change::Column(Of {
            table: of.into(),
            edit,
        })
    };
    let key = |catalog: &Catalog, of: &str, at: usize| {
        catalog.table(of).unwrap().foreign_keys[at].clone()
    };
    vec![
        Change::ForeignKey(Of {
            table: "orders".into(),
            edit: Edit::Drop(key(&from, "orders", 1)),
        }),
        alter("orders", "id"),
        alter("orders", "total"),
        Change::Column(Of {
            table: "orders".into(),
            edit: Edit::Drop(column(&from, "orders", "coupon_id")),
        }),
        Change::Column(Of {
            table: "customers".into(),
            edit: Edit::Add(column(&to, "customers", "locale")),
        }),
        Change::Column(Of {
            table: "customers".into(),
            edit: Edit::Drop(column(&from, "customers", "fax")),
        }),
        Change::Table(Edit::Drop(table(&from, "coupons"))),
        Change::Table(Edit::Add(table(&to, "payments"))),
        Change::ForeignKey(Of {
            table: "order_items".into(),
            edit: Edit::Alter {
                from: key(&from, "order_items", 0),
                to: key(&to, "order_items", 0),
            },
        }),
        Change::Index(Of {
            table: "products".into(),
            edit: Edit::Add(to.table("products").unwrap().indexes[0].clone()),
        }),
    ]
}

fn impact(blocks: Blocks, name: &'static str, work: Work) -> Impact {
    Impact {
        lock: Lock { blocks, name },
        work,
        risks: Vec::new(),
    }
}

/// What it is, its statements, what it means, how many rows there are, and what undoes it.
type Told = (
    &'static str,
    &'static [&'static str],
    Impact,
    Option<u64>,
    Option<&'static [&'static str]>,
);

pub fn rows(changes: &[Change]) -> Vec<Row<'_>> {
    let all = |work| impact(Blocks::Everything, "ACCESS EXCLUSIVE", work);
    let told: Vec<Told> = vec![
        (
            "drop foreign key orders_coupon_id_fkey of orders",
            &["ALTER TABLE orders DROP CONSTRAINT orders_coupon_id_fkey"],
            all(Work::None),
            Some(1_254_000),
            Some(&[
                "ALTER TABLE orders ADD CONSTRAINT orders_coupon_id_fkey FOREIGN KEY (coupon_id) REFERENCES coupons (id)",
            ]),
        ),
        (
            "alter column orders.id: integer becomes bigint",
            &[
                "ALTER TABLE orders ALTER COLUMN id TYPE bigint,\n  ALTER COLUMN total TYPE numeric(12,2)",
            ],
            all(Work::Rewrite),
            Some(1_254_000),
            Some(&["ALTER TABLE orders ALTER COLUMN id TYPE int"]),
        ),
        (
            "alter column orders.total: numeric(10,2) becomes numeric(12,2)",
            &[],
            all(Work::None),
            Some(1_254_000),
            Some(&[]),
        ),
        (
            "drop column orders.coupon_id",
            &["ALTER TABLE orders DROP COLUMN coupon_id"],
            all(Work::None)
                .risk(Threat::Loss, "the values of orders.coupon_id are gone")
                .risk(
                    Threat::Clients,
                    "a program that reads orders.coupon_id fails",
                ),
            Some(1_254_000),
            Some(&["ALTER TABLE orders ADD COLUMN coupon_id int"]),
        ),
        (
            "add column customers.locale",
            &["ALTER TABLE customers ADD COLUMN locale text"],
            all(Work::None),
            Some(84_112),
            Some(&["ALTER TABLE customers DROP COLUMN locale"]),
        ),
        (
            "drop column customers.fax",
            &["ALTER TABLE customers DROP COLUMN fax"],
            all(Work::None).risk(Threat::Loss, "the values of customers.fax are gone"),
            Some(84_112),
            None,
        ),
        (
            "drop table coupons",
            &["DROP TABLE coupons"],
            all(Work::None).risk(Threat::Loss, "the table and its rows are gone"),
            Some(310),
            Some(&[
                "CREATE TABLE coupons (\n  id int PRIMARY KEY,\n  code text NOT NULL UNIQUE\n)",
            ]),
        ),
        (
            "create table payments",
            &[
                "CREATE TABLE payments (\n  id bigint PRIMARY KEY,\n  order_id bigint NOT NULL REFERENCES orders (id),\n  amount numeric(12,2) NOT NULL,\n  paid_at timestamptz\n)",
            ],
            impact(Blocks::Nothing, "", Work::None),
            None,
            Some(&["DROP TABLE payments"]),
        ),
        (
            "alter foreign key order_items_order_id_fkey of order_items: on delete cascade",
            &[
                "ALTER TABLE order_items DROP CONSTRAINT order_items_order_id_fkey",
                "ALTER TABLE order_items ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE",
            ],
            impact(Blocks::Writes, "SHARE ROW EXCLUSIVE", Work::Scan),
            Some(4_870_221),
            Some(&["ALTER TABLE order_items DROP CONSTRAINT order_items_order_id_fkey"]),
        ),
        (
            "create index products_name_idx on products",
            &["CREATE INDEX CONCURRENTLY products_name_idx ON products (lower(name))"],
            impact(Blocks::Changes, "SHARE UPDATE EXCLUSIVE", Work::Build),
            Some(9_800),
            Some(&["DROP INDEX CONCURRENTLY products_name_idx"]),
        ),
    ];
    let texts = |all: &[&str]| all.iter().map(|text| text.to_string()).collect();
    let mut rows = Vec::new();
    for (change, (description, statements, impact, count, reverse)) in changes.iter().zip(told) {
        rows.push(Row {
            change,
            description: description.into(),
            statements: texts(statements),
            impact,
            rows: count,
            reverse: reverse.map(texts),
        });
    }
    rows
}

pub fn page() -> String {
    let (from, to, changes) = (before(), after(), changes());
    initium::report::picture::html(&Picture {
        title: "Release 42: payments",
        from: &from,
        to: &to,
        rows: rows(&changes),
    })
}
