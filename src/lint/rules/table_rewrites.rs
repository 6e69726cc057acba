//! Statements whose work it is to write a table anew.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Tongue, What};

pub static RULE: Rule = Rule {
    id: "table-rewrites",
    title: "the whole table is written anew",
    severity: Severity::Error,
    about: About::Wait,
    databases: EVERY,
    why: "VACUUM FULL, CLUSTER, SET LOGGED, SET TABLESPACE and SET ACCESS METHOD write every row anew under ACCESS EXCLUSIVE; another ENGINE copies the table; VACUUM of SQLite writes the whole file anew while nobody else gets at it. It takes as much room again.",
    instead: "a plain VACUUM makes room for new rows; pg_repack or pg_squeeze, gh-ost or pt-online-schema-change do it beside those who work",
    others: &["squawk:prefer-repack"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let table = sight.old_table();
    match &sight.act.what {
        What::Upkeep {
            word: word @ ("VACUUM" | "CLUSTER"),
            full,
            ..
        } if *full || *word == "CLUSTER" => {
            let severity = match sight.is(Tongue::Sqlite) {
                true => Severity::Warning,
                false => Severity::Error,
            };
            let what = table.map_or("the database".into(), |table| table.to_string());
            let message = format!("nobody gets at {what} while it is written anew");
            out.push(sight.found(message).severity(severity));
        }
        What::Option { name, .. } => {
            let Some(table) = table else {
                return;
            };
            let postgres = ["LOGGED", "UNLOGGED", "TABLESPACE", "ACCESS METHOD"];
            if sight.is(Tongue::Postgres) && postgres.contains(&name.as_str()) {
                out.push(sight.found(format!("nobody gets at {table} while it is written anew")));
            } else if sight.ground.tongue.is_mysql() && name == "ENGINE" && !sight.is_guarded() {
                let message =
                    format!("nobody can write to {table} if it is copied to another engine");
                out.push(sight.found(message));
            }
        }
        _ => {}
    }
}
