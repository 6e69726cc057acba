//! Functions, procedures and aggregates, as their CREATE.

use super::row::Row;
use super::{Asked, Found, NAME, described};
use crate::words::quote;
use initium_driver::catalog::{Kind, Routine};

/// An aggregate has no CREATE that the server would print.
fn aggregate() -> String {
    let operator = "(SELECT pg_catalog.format('OPERATOR(%I.%s)', l.nspname, z.oprname) \
         FROM pg_catalog.pg_operator z JOIN pg_catalog.pg_namespace l ON l.oid = z.oprnamespace \
         WHERE z.oid = g.aggsortop)";
    let function = |label: &str, column: &str| {
        format!("CASE WHEN g.{column} <> 0 THEN '{label} = ' || g.{column}::pg_catalog.regproc END")
    };
    let parts = [
        function("SFUNC", "aggtransfn"),
        "'STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL)".into(),
        "CASE WHEN g.aggtransspace <> 0 THEN 'SSPACE = ' || g.aggtransspace END".into(),
        function("FINALFUNC", "aggfinalfn"),
        "CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END".into(),
        function("COMBINEFUNC", "aggcombinefn"),
        function("SERIALFUNC", "aggserialfn"),
        function("DESERIALFUNC", "aggdeserialfn"),
        "'INITCOND = ' || pg_catalog.quote_literal(g.agginitval)".into(),
        function("MSFUNC", "aggmtransfn"),
        function("MINVFUNC", "aggminvtransfn"),
        "CASE WHEN g.aggmtransfn <> 0 THEN 'MSTYPE = ' || pg_catalog.format_type(g.aggmtranstype, NULL) END".into(),
        function("MFINALFUNC", "aggmfinalfn"),
        "'MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval)".into(),
        format!("'SORTOP = ' || {operator}"),
        "CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END".into(),
        "CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END".into(),
    ];
    format!(
        "pg_catalog.concat('CREATE OR REPLACE AGGREGATE ', \
         CASE WHEN n.nspname IS DISTINCT FROM pg_catalog.current_schema() THEN pg_catalog.quote_ident(n.nspname) || '.' END, \
         pg_catalog.quote_ident(p.proname), '(', \
         CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_catalog.pg_get_function_arguments(p.oid) END, \
         E') (\\n    ', pg_catalog.concat_ws(E',\\n    ', {}), E'\\n)')",
        parts.join(", ")
    )
}

pub fn routines(asked: &Asked) -> String {
    format!(
        "SELECT {NAME}, p.proname, CASE WHEN g.aggkind <> 'n' THEN pg_catalog.pg_get_function_identity_arguments(p.oid) \
         ELSE pg_catalog.oidvectortypes(p.proargtypes) END, p.prokind, \
         CASE WHEN p.prokind = 'a' THEN {} ELSE pg_catalog.pg_get_functiondef(p.oid) END, d.description \
         FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace {} \
         LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid \
         WHERE {} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x \
         WHERE x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND x.objid = p.oid AND x.deptype IN ('e', 'i'))",
        aggregate(),
        described("pg_proc", "p.oid", "0", "d"),
        asked.schemas(),
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let name = row.name(0);
    let kind = match row.get(3) {
        Some("p") => Kind::Procedure,
        Some("a") => Kind::Aggregate,
        _ => Kind::Function,
    };
    let mut definition = row.text(4);
    // The server names the schema always, and this one has to be the connection's own wherever the
    // text runs.
    if name.schema.is_none() {
        definition = without_schema(&definition, &found.own);
    }
    found.catalog.routines.push(Routine {
        name,
        arguments: row.text(2),
        kind,
        definition: definition.trim_end().into(),
        comment: row.maybe(5),
    });
}

fn without_schema(definition: &str, schema: &str) -> String {
    for kind in ["FUNCTION", "PROCEDURE"] {
        let head = format!("CREATE OR REPLACE {kind} ");
        let Some(rest) = definition.strip_prefix(&head) else {
            continue;
        };
        let plain = rest
            .strip_prefix(schema)
            .and_then(|rest| rest.strip_prefix('.'));
        let quoted = rest
            .strip_prefix(&quote(schema))
            .and_then(|rest| rest.strip_prefix('.'));
        if let Some(rest) = quoted.or(plain) {
            return head + rest;
        }
    }
    definition.to_string()
}
