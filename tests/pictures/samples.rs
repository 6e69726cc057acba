//! Catalogs of many sizes. The large ones are made by a rule, so they are the same on every machine.

use initium_driver::catalog::{
    Attribute, Catalog, Column, ForeignKey, Key, Name, Part, Table, View,
};

/// `"orders: id bigint pk, user_id bigint -> users, note text null"`
pub fn table(text: &str) -> Table {
    let (name, columns) = text.split_once(": ").unwrap_or((text, ""));
    let mut table = Table {
        name: Name::parse(name).unwrap(),
        ..Table::default()
    };
    let mut primary = Vec::new();
    for column in columns.split(", ").filter(|column| !column.is_empty()) {
        let mut words = column.split(' ');
        let (name, data_type) = (words.next().unwrap(), words.next().unwrap());
        let rest: Vec<&str> = words.collect();
        table.columns.push(Column {
            name: name.into(),
            data_type: data_type.into(),
            nullable: rest.contains(&"null"),
            ..Column::default()
        });
        if rest.contains(&"pk") {
            primary.push(Part::column(name));
        }
        if rest.contains(&"unique") {
            table.unique.push(Key {
                parts: vec![Part::column(name)],
                ..Key::default()
            });
        }
        if let Some(at) = rest.iter().position(|word| *word == "->") {
            table.foreign_keys.push(ForeignKey {
                name: format!("{}_{name}_fkey", table.name.name),
                columns: vec![name.into()],
                references: Name::parse(rest[at + 1]).unwrap(),
                referenced: vec!["id".into()],
                ..ForeignKey::default()
            });
        }
    }
    if !primary.is_empty() {
        table.primary_key = Some(Key {
            parts: primary,
            ..Key::default()
        });
    }
    table
}

pub fn catalog(tables: &[&str]) -> Catalog {
    let mut catalog = Catalog {
        tables: tables.iter().map(|text| table(text)).collect(),
        ..Catalog::default()
    };
    catalog.sort();
    catalog
}

/// What a shop of some age has.
pub fn thirty() -> Catalog {
    let mut catalog = catalog(&[
        "countries: id int pk, code char(2) unique, name text",
        "currencies: id int pk, code char(3) unique, digits smallint",
        "users: id bigint pk, email text unique, name text null, country_id int -> countries null, created_at timestamptz",
        "sessions: id uuid pk, user_id bigint -> users, expires_at timestamptz",
        "roles: id int pk, name text unique",
        "user_roles: user_id bigint pk -> users, role_id int pk -> roles",
        "permissions: id int pk, name text unique",
        "role_permissions: role_id int pk -> roles, permission_id int pk -> permissions",
        "addresses: id bigint pk, user_id bigint -> users, country_id int -> countries, street text, city text, zip text null",
        "categories: id int pk, parent_id int -> categories null, name text",
        "brands: id int pk, name text, country_id int -> countries null",
        "products: id bigint pk, category_id int -> categories, brand_id int -> brands null, name text, description text null, active boolean",
        "variants: id bigint pk, product_id bigint -> products, sku text unique, weight_g int null",
        "prices: id bigint pk, variant_id bigint -> variants, currency_id int -> currencies, amount numeric(12,2), valid_from date",
        "warehouses: id int pk, country_id int -> countries, name text",
        "stock: variant_id bigint pk -> variants, warehouse_id int pk -> warehouses, count int",
        "carts: id bigint pk, user_id bigint -> users null, currency_id int -> currencies",
        "cart_items: cart_id bigint pk -> carts, variant_id bigint pk -> variants, count int",
        "orders: id bigint pk, user_id bigint -> users, billing_id bigint -> addresses, shipping_id bigint -> addresses, currency_id int -> currencies, state order_state, placed_at timestamptz",
        "order_items: id bigint pk, order_id bigint -> orders, variant_id bigint -> variants, price_id bigint -> prices null, count int",
        "payments: id bigint pk, order_id bigint -> orders, provider_id int -> payment_providers, amount numeric(12,2), paid_at timestamptz null",
        "payment_providers: id int pk, name text",
        "refunds: id bigint pk, payment_id bigint -> payments, reason text null",
        "shipments: id bigint pk, order_id bigint -> orders, warehouse_id int -> warehouses, carrier_id int -> carriers, sent_at timestamptz null",
        "carriers: id int pk, name text",
        "shipment_items: shipment_id bigint pk -> shipments, order_item_id bigint pk -> order_items, count int",
        "reviews: id bigint pk, product_id bigint -> products, user_id bigint -> users, stars smallint, text text null",
        "invoices: id bigint pk, order_id bigint unique -> orders, number text unique, issued_at date",
        "settings: name text pk, value jsonb",
        "audit_log: id bigint pk, at timestamptz, actor text, what jsonb",
    ]);
    catalog.views.push(View {
        name: Name::new("open_orders"),
        definition: "SELECT 1".into(),
        columns: ["id", "user_id", "total"].map(shown).into(),
        ..View::default()
    });
    catalog
}

/// Parts of an enterprise: each has a table that many refer to, and some refer to other parts.
pub fn many(count: usize) -> Catalog {
    const PARTS: &[&str] = &[
        "account",
        "billing",
        "catalog",
        "crm",
        "delivery",
        "event",
        "finance",
        "hr",
        "identity",
        "inventory",
        "mail",
        "media",
        "order",
        "partner",
        "report",
        "support",
    ];
    const THINGS: &[&str] = &[
        "item", "entry", "note", "rule", "version", "state", "tag", "link", "batch", "job",
        "limit", "contact", "document", "alias", "quota", "snapshot",
    ];
    let mut seed = 17_u64;
    let mut chance = |of: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % of
    };
    let mut names: Vec<String> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    for at in 0..count {
        let part = at % PARTS.len();
        let round = at / PARTS.len();
        let name = match round {
            0 => format!("{}s", PARTS[part]),
            _ => format!(
                "{}_{}{}",
                PARTS[part],
                THINGS[(round - 1) % THINGS.len()],
                round / 17
            ),
        };
        let mut columns = vec!["id bigint pk".to_string()];
        let mut refer = |to: &str, null: bool| {
            let column = format!("{to}_id bigint -> {to}{}", if null { " null" } else { "" });
            if !columns.contains(&column) && to != name {
                columns.push(column);
            }
        };
        if round > 0 && chance(8) > 0 {
            refer(&format!("{}s", PARTS[part]), chance(3) == 0);
        }
        if round > 1 && chance(3) == 0 {
            let other = at - PARTS.len() * (1 + chance(round - 1));
            refer(&names[other], chance(2) == 0);
        }
        if round > 0 && chance(6) == 0 {
            refer(&format!("{}s", PARTS[chance(PARTS.len())]), true);
        }
        for extra in 0..2 + chance(9) {
            let words = [
                "name text",
                "state varchar(20)",
                "amount numeric(12,2) null",
                "created_at timestamptz",
                "payload jsonb null",
                "position int",
                "active boolean",
                "updated_at timestamptz null",
                "hash bytea null",
                "locale char(5)",
                "kind smallint",
            ];
            columns.push(words[(extra + at) % words.len()].to_string());
        }
        texts.push(format!("{name}: {}", columns.join(", ")));
        names.push(name);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    catalog(&texts)
}

/// A column of a view.
pub fn shown(name: &str) -> Attribute {
    Attribute {
        name: name.into(),
        data_type: "bigint".into(),
    }
}
