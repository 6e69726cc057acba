//! A primary key that counts up in 32 bits or less.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{What, base};

pub static RULE: Rule = Rule {
    id: "small-primary-key",
    title: "a primary key runs out of numbers",
    severity: Severity::Notice,
    about: About::Design,
    databases: SERVERS,
    why: "A 32-bit number ends at 2,147,483,647 and then every INSERT fails; to change the type later writes the table anew.",
    instead: "bigint: the four bytes more are lost in alignment mostly",
    others: &[
        "squawk:prefer-bigint-over-int",
        "squawk:prefer-bigint-over-smallint",
    ],
    check,
};

const SMALL: &[&str] = &[
    "int",
    "int2",
    "int4",
    "integer",
    "smallint",
    "mediumint",
    "tinyint",
    "int unsigned",
    "serial",
    "serial4",
    "smallserial",
    "serial2",
];

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let key = sight.primary_key();
    // A key of several columns counts something else.
    let [name] = key.as_slice() else {
        return;
    };
    let What::CreateTable(table) = &sight.act.what else {
        return;
    };
    for (_, column) in table.columns().filter(|(_, column)| column.name == *name) {
        let small = base(column.data_type);
        // In MySQL serial is a bigint.
        let serial = sight.ground.tongue.is_mysql() && small == "serial";
        if SMALL.contains(&small.as_str()) && !serial {
            let wide = match small.contains("serial") {
                true => "bigserial",
                false if small.contains("unsigned") => "bigint unsigned",
                false => "bigint",
            };
            let found = sight
                .found(format!("{name} ends at the largest {small}"))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, wide)]));
        }
    }
}
