//! The question about the objects of a statement, as one expression that gives one JSON object. The
//! server answers it inside the row of the intent, so it costs no round trip. It must never fail where
//! the statement itself would not: only views that everybody may read.
//!
//! Each table is asked for by an equality of its own: MariaDB opens only that one then, and not all
//! of the database. Values are short digests. Names go in hexadecimal, because MariaDB does not quote
//! the keys of JSON_OBJECTAGG; that is used because GROUP_CONCAT cuts at a setting of the session.

use super::aim::{Aim, Kind, Object};
use crate::dialect::Family;
use crate::words::literal;

/// Keys: the number of the object, a letter for the kind of part, its name, maybe a part of it.
/// Beside them `@d` the database, `@s` the session, `@t` the time.
pub fn expression(family: Family, aim: &Aim, database: &str) -> String {
    let mut rows = vec![
        format!("SELECT '@d' AS k, COALESCE(HEX({database}), '') AS v"),
        "SELECT '@s', CAST(CONNECTION_ID() AS CHAR)".into(),
        "SELECT '@t', CAST(UNIX_TIMESTAMP() AS CHAR)".into(),
    ];
    for (n, object) in aim.objects.iter().enumerate() {
        let ask = Ask {
            family,
            n,
            schema: match &object.schema {
                Some(schema) => literal(schema),
                None => database.into(),
            },
            name: literal(&object.name),
            dropped: aim.act == super::aim::Act::Drop,
        };
        ask.object(object, database, &mut rows);
    }
    format!(
        "(SELECT JSON_OBJECTAGG(q.k, q.v) FROM ({}) q)",
        rows.join(" UNION ALL ")
    )
}

struct Ask {
    family: Family,
    n: usize,
    /// As expressions.
    schema: String,
    name: String,
    dropped: bool,
}

/// A digest of columns; QUOTE keeps NULL apart from texts, and one column from the next.
fn digest(columns: &[&str]) -> String {
    let quoted: Vec<_> = columns.iter().map(|c| format!("QUOTE({c})")).collect();
    format!("LEFT(SHA2(CONCAT_WS(',', {}), 256), 12)", quoted.join(", "))
}

impl Ask {
    /// A row per row of a view of the catalog.
    fn row(&self, letter: char, names: &[&str], value: &str, from: &str) -> String {
        let names: String = names
            .iter()
            .map(|name| format!(", '.', HEX({name})"))
            .collect();
        format!(
            "SELECT CONCAT('{}{letter}'{names}), COALESCE({value}, '') FROM information_schema.{from}",
            self.n
        )
    }

    fn at(&self, view: &str, schema: &str, name: &str) -> String {
        format!(
            "{view} WHERE {schema} = {} AND {name} = {}",
            self.schema, self.name
        )
    }

    fn object(&self, object: &Object, database: &str, rows: &mut Vec<String>) {
        match &object.kind {
            Kind::Table => rows.push(self.table()),
            Kind::WholeTable => {
                rows.push(self.table());
                self.parts(rows);
            }
            Kind::View => {
                let of = [
                    "view_definition",
                    "check_option",
                    "definer",
                    "security_type",
                ];
                let from = self.at("views", "table_schema", "table_name");
                rows.push(self.row('E', &[], &digest(&of), &from));
            }
            Kind::Routine(kind) => self.routine(kind, rows),
            Kind::Event => {
                let of = [
                    "event_definition",
                    "event_type",
                    "execute_at",
                    "interval_value",
                    "interval_field",
                    "sql_mode",
                    "starts",
                    "ends",
                    "status",
                    "on_completion",
                    "event_comment",
                    "definer",
                    "time_zone",
                ];
                let from = self.at("events", "event_schema", "event_name");
                rows.push(self.row('E', &[], &digest(&of), &from));
            }
            Kind::Trigger(table) => {
                let mut from = self.at("triggers", "trigger_schema", "trigger_name");
                if let Some((schema, table)) = table {
                    let schema = schema.as_ref().map_or(database.into(), |s| literal(s));
                    let table = literal(table);
                    from += &format!(
                        " AND event_object_schema = {schema} AND event_object_table = {table}"
                    );
                }
                rows.push(self.row('E', &[], &digest(&TRIGGER), &from));
            }
            Kind::Database => {
                let of = ["default_character_set_name", "default_collation_name"];
                let from = format!("schemata WHERE schema_name = {}", self.name);
                rows.push(self.row('E', &[], &digest(&of), &from));
                if self.dropped {
                    let from = format!("tables WHERE table_schema = {}", self.name);
                    rows.push(self.row('N', &[], "CAST(COUNT(*) AS CHAR)", &from));
                }
            }
            Kind::User => {
                let from = format!("user_privileges WHERE grantee = {}", self.name);
                rows.push(
                    self.row('E', &[], "CAST(MIN(1) AS CHAR)", &from) + " HAVING COUNT(*) > 0",
                );
                // Who sees nobody else sees nothing of this user either.
                rows.push(self.row(
                    'S',
                    &[],
                    "IF(COUNT(DISTINCT grantee) > 1, 'all', 'own')",
                    "user_privileges",
                ));
            }
        }
    }

    /// What a table is as a whole, attribute by attribute, and the time of its last change.
    fn table(&self) -> String {
        let of = [
            "table_type",
            "engine",
            "row_format",
            "table_collation",
            "create_options",
            "table_comment",
        ];
        let of: Vec<_> = of.iter().map(|column| digest(&[column])).collect();
        let value = format!(
            "CONCAT_WS('.', {}, COALESCE(UNIX_TIMESTAMP(create_time), 0))",
            of.join(", ")
        );
        let from = self.at("tables", "table_schema", "table_name");
        self.row('T', &[], &value, &from)
    }

    fn parts(&self, rows: &mut Vec<String>) {
        let maria = self.family == Family::MariaDb;
        let here = |view: &str| self.at(view, "table_schema", "table_name");
        let of = [
            "column_type",
            "is_nullable",
            "column_default",
            "extra",
            "generation_expression",
            "column_comment",
            "collation_name",
        ];
        rows.push(self.row('C', &["column_name"], &digest(&of), &here("columns")));
        // The order by itself: one new column in the middle is one change, not many.
        let place = "CONV(LEFT(SHA2(CONCAT(ordinal_position, ':', column_name), 256), 15), 16, 10)";
        let order = format!("CAST(BIT_XOR({place}) AS CHAR)");
        rows.push(self.row('O', &[], &order, &here("columns")));
        let (part, visible) = match maria {
            true => ("column_name", "NULL"),
            false => ("COALESCE(column_name, expression)", "is_visible"),
        };
        let of = [
            "non_unique",
            "seq_in_index",
            "collation",
            "sub_part",
            "index_type",
            "index_comment",
            visible,
        ];
        rows.push(self.row(
            'I',
            &["index_name", part],
            &digest(&of),
            &here("statistics"),
        ));
        let of = ["ordinal_position", "referenced_column_name"];
        let from = here("key_column_usage") + " AND referenced_table_name IS NOT NULL";
        rows.push(self.row(
            'K',
            &["constraint_name", "column_name"],
            &digest(&of),
            &from,
        ));
        let of = [
            "unique_constraint_schema",
            // Its own name changes with it.
            "NULLIF(referenced_table_name, table_name)",
            "match_option",
            "update_rule",
            "delete_rule",
        ];
        let from = self.at("referential_constraints", "constraint_schema", "table_name");
        rows.push(self.row('R', &["constraint_name"], &digest(&of), &from));
        rows.push(match maria {
            true => self.row(
                'X',
                &["constraint_name"],
                &digest(&["check_clause"]),
                &self.at("check_constraints", "constraint_schema", "table_name"),
            ),
            false => self.row(
                'X',
                &["constraint_name"],
                &digest(&["check_clause", "enforced"]),
                &(here(
                    "table_constraints JOIN information_schema.check_constraints \
                     USING (constraint_schema, constraint_name)",
                ) + " AND constraint_type = 'CHECK'"),
            ),
        });
        let from = self.at("triggers", "event_object_schema", "event_object_table");
        rows.push(self.row('G', &["trigger_name"], &digest(&TRIGGER), &from));
        let of = [
            "partition_method",
            "partition_expression",
            "partition_description",
            "subpartition_method",
            "subpartition_expression",
            "partition_comment",
        ];
        let names = ["partition_name", "COALESCE(subpartition_name, '')"];
        let from = here("partitions") + " AND partition_name IS NOT NULL";
        rows.push(self.row('P', &names, &digest(&of), &from));
    }

    fn routine(&self, kind: &str, rows: &mut Vec<String>) {
        let of = [
            "routine_definition",
            "dtd_identifier",
            "is_deterministic",
            "sql_data_access",
            "security_type",
            "sql_mode",
            "routine_comment",
            "definer",
        ];
        let kind = format!(" AND routine_type = '{kind}'");
        let from = self.at("routines", "routine_schema", "routine_name") + &kind;
        rows.push(self.row('E', &[], &digest(&of), &from));
        if kind.contains("PACKAGE") {
            return;
        }
        let of = ["parameter_mode", "parameter_name", "dtd_identifier"];
        let from = self.at("parameters", "specific_schema", "specific_name") + &kind;
        rows.push(self.row('A', &["ordinal_position"], &digest(&of), &from));
    }
}

const TRIGGER: [&str; 5] = [
    "event_manipulation",
    "action_timing",
    "action_statement",
    "sql_mode",
    "definer",
];
