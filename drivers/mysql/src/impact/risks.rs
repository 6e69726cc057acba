//! What a change may lose, refuse or break. One line each, with the name of what it is about.

use super::cost::Scene;
use super::kind::{Fit, fit};
use crate::collation::charset;
use crate::types::is_text;
use initium_driver::catalog::{Named, Storage};
use initium_driver::change::{Change, Edit, Impact, Of, Threat};
use initium_driver::{Column, Index, Table};

pub fn risks(impact: Impact, change: &Change, scene: &Scene) -> Impact {
    match change {
        Change::Table(edit) => table(impact, edit),
        Change::Column(of) => column(impact, of, scene),
        Change::PrimaryKey(of) => match &of.edit {
            Edit::Drop(_) => impact.risk(
                Threat::Speed,
                format!("{} has no primary key then", of.table),
            ),
            Edit::Add(_) => impact.risk(
                Threat::Refusal,
                format!(
                    "rows of {} that are alike in the new key, or NULL in it",
                    of.table
                ),
            ),
            Edit::Alter { .. } => impact,
        },
        Change::Index(of) => index(impact, of),
        Change::ForeignKey(of) => match &of.edit {
            Edit::Add(it) => impact.risk(
                Threat::Refusal,
                format!("rows of {} without a row of {}", of.table, it.references),
            ),
            _ => impact,
        },
        Change::Check(of) => match &of.edit {
            Edit::Add(it) | Edit::Alter { to: it, .. } if !it.not_enforced => {
                let what = format!(
                    "rows of {} for which {} does not hold",
                    of.table, it.expression
                );
                impact.risk(Threat::Refusal, what)
            }
            _ => impact,
        },
        Change::Trigger(of) => gone(
            impact,
            &of.edit,
            "what the trigger",
            "did is done no longer",
        ),
        Change::View(Edit::Drop(it)) => used(impact, &it.name.to_string()),
        Change::Routine(Edit::Drop(it)) => used(impact, &it.name.to_string()),
        Change::Routine(Edit::Alter { to, .. }) => impact.risk(
            Threat::Clients,
            format!(
                "{} is gone for a moment: it is dropped and made anew",
                to.name
            ),
        ),
        Change::Sequence(Edit::Drop(it)) => used(impact, &it.name.to_string()),
        _ => impact,
    }
}

fn used(impact: Impact, name: &str) -> Impact {
    impact.risk(Threat::Clients, format!("what uses {name} fails"))
}

fn gone<T: Named>(impact: Impact, edit: &Edit<T>, before: &str, behind: &str) -> Impact {
    match edit {
        Edit::Drop(it) => impact.risk(Threat::Clients, format!("{before} {} {behind}", it.name())),
        _ => impact,
    }
}

fn table(impact: Impact, edit: &Edit<Box<Table>>) -> Impact {
    let (from, to) = match edit {
        Edit::Add(_) => return impact,
        Edit::Drop(it) => {
            let name = it.name.to_string();
            return used(
                impact.risk(Threat::Loss, format!("all rows of {name}")),
                &name,
            );
        }
        Edit::Alter { from, to } => (from, to),
    };
    let mut impact = impact;
    if from.name != to.name {
        impact = used(impact, &from.name.to_string());
    }
    let differs = |name: &str| from.options.get(name) != to.options.get(name);
    if differs("engine") {
        impact = impact.risk(
            Threat::Clients,
            format!("{} keeps its rows otherwise: transactions, locks and foreign keys are the engine's", to.name),
        );
    }
    if differs("system_versioning") && from.options.contains_key("system_versioning") {
        impact = impact.risk(
            Threat::Loss,
            format!("the old versions of the rows of {}", to.name),
        );
    }
    if differs("collation") {
        let texts = to
            .columns
            .iter()
            .filter(|it| is_text(&it.data_type) && it.collation.is_none());
        if texts.count() > 0 {
            let collation = |it: &Table| it.options.get("collation").cloned().unwrap_or_default();
            impact = recoded(
                impact,
                &to.name.to_string(),
                &collation(from),
                &collation(to),
            );
        }
    }
    let keeps = |from: &str, to: &str| crate::render::table::appended(from, to).is_some();
    match (&from.partition_by, &to.partition_by) {
        (Some(from), Some(to)) if from == to || keeps(from, to) => impact,
        (_, Some(_)) => impact.risk(
            Threat::Refusal,
            format!("rows of {} for which there is no partition", to.name),
        ),
        _ => impact,
    }
}

fn index(impact: Impact, of: &Of<Index>) -> Impact {
    match &of.edit {
        Edit::Add(it) if it.unique => impact.risk(
            Threat::Refusal,
            format!("rows of {} that are alike in {}", of.table, it.name),
        ),
        Edit::Drop(it) => impact.risk(Threat::Speed, format!("queries that use {}", it.name)),
        Edit::Alter { from, to } if to.invisible && !from.invisible => {
            impact.risk(Threat::Speed, format!("queries that use {}", to.name))
        }
        _ => impact,
    }
}

fn column(impact: Impact, of: &Of<Box<Column>>, scene: &Scene) -> Impact {
    let named = |it: &Column| format!("{}.{}", of.table, it.name);
    match &of.edit {
        Edit::Add(it) => {
            let is_given = it.nullable
                || it.default.is_some()
                || it.generated.is_some()
                || it.identity.is_some();
            match is_given {
                true => impact,
                false => impact.risk(
                    Threat::Refusal,
                    format!(
                        "new rows that do not say {}; those that stand there get an empty value",
                        named(it)
                    ),
                ),
            }
        }
        Edit::Drop(it) => {
            let impact = match it.generated.is_some() {
                true => impact,
                false => impact.risk(Threat::Loss, format!("all values of {}", named(it))),
            };
            used(impact, &named(it))
        }
        Edit::Alter { from, to } => altered(impact, from, to, &named(to), scene),
    }
}

fn altered(impact: Impact, from: &Column, to: &Column, name: &str, scene: &Scene) -> Impact {
    let mut impact = impact;
    if from.name != to.name {
        let old = name.replacen(&to.name, &from.name, 1);
        impact = used(impact, &old);
    }
    impact = match fit(&from.data_type, &to.data_type) {
        Fit::All => impact,
        Fit::Shown => impact.risk(
            Threat::Clients,
            format!("{name} is shown or sorted otherwise as {}", to.data_type),
        ),
        Fit::Refused => impact.risk(
            Threat::Refusal,
            format!(
                "values of {name} that do not fit {}; where sql_mode is not strict they are cut",
                to.data_type
            ),
        ),
        Fit::Lost => impact.risk(
            Threat::Loss,
            format!("values of {name} may become others as {}", to.data_type),
        ),
    };
    if is_text(&from.data_type) && is_text(&to.data_type) {
        let (one, other) = (scene.collated_before(from), scene.collated_after(to));
        impact = recoded(impact, name, one, other);
    }
    if from.nullable && !to.nullable {
        impact = impact.risk(Threat::Refusal, format!("rows whose {name} is NULL"));
    }
    let is_given = |it: &Column| it.nullable || it.default.is_some() || it.identity.is_some();
    if is_given(from) && !is_given(to) && !from.nullable && to.generated.is_none() {
        impact = impact.risk(Threat::Refusal, format!("new rows that do not say {name}"));
    }
    if to.identity.is_some() && from.identity.is_none() {
        impact = impact.risk(
            Threat::Loss,
            format!("a row whose {name} is 0 gets another number"),
        );
    }
    if to.invisible && !from.invisible {
        impact = impact.risk(Threat::Clients, format!("SELECT * shows {name} no longer"));
    }
    if from == to {
        impact = impact.risk(
            Threat::Clients,
            format!("SELECT *, and INSERT without names, find {name} at another place"),
        );
    }
    computed(impact, from, to, name)
}

fn computed(impact: Impact, from: &Column, to: &Column, name: &str) -> Impact {
    match (&from.generated, &to.generated) {
        (None, Some(_)) => impact.risk(
            Threat::Loss,
            format!("all values of {name}: they are computed then"),
        ),
        (Some(one), None) if one.storage == Storage::Virtual => impact.risk(
            Threat::Loss,
            format!("all values of {name}: they were never kept"),
        ),
        (Some(_), None) => impact.risk(Threat::Clients, format!("{name} is computed no longer")),
        (Some(one), Some(other)) if one.expression != other.expression => {
            impact.risk(Threat::Clients, format!("{name} has other values"))
        }
        _ => impact,
    }
}

/// Another character set or another order. What is not known is the database's own.
fn recoded(impact: Impact, name: &str, from: &str, to: &str) -> Impact {
    if from == to {
        return impact;
    }
    let (one, other) = (charset(from), charset(to));
    let is_more = other == "utf8mb4" || one == "ascii" || one == other;
    match is_more {
        true => impact.risk(
            Threat::Clients,
            format!(
                "{name} is compared and sorted otherwise; what must be unique may no longer be"
            ),
        ),
        false => impact.risk(
            Threat::Loss,
            format!("characters of {name} that the new character set does not have"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Family, MySql};

    fn column(data_type: &str) -> Column {
        Column {
            name: "c".into(),
            data_type: data_type.into(),
            nullable: true,
            ..Column::default()
        }
    }

    fn kinds(from: Column, to: Column) -> Vec<Threat> {
        let table = Table::default();
        let scene = Scene {
            from: &table,
            to: &table,
            dialect: &MySql::offline(Family::MySql),
            key_changes: false,
        };
        let change = Change::Column(Of {
            table: "t".into(),
            edit: Edit::Alter {
                from: Box::new(from),
                to: Box::new(to),
            },
        });
        let found = risks(Impact::default(), &change, &scene);
        found.risks.iter().map(|it| it.kind).collect()
    }

    #[test]
    fn what_was_called_safe_and_is_not_is_a_risk() {
        for (from, to, expected) in [
            ("int", "float", vec![Threat::Loss]),
            ("bigint", "double", vec![Threat::Loss]),
            ("double", "decimal(30,10)", vec![Threat::Loss]),
            ("int", "bigint", vec![]),
            ("varchar(10)", "varchar(20)", vec![]),
            ("varchar(20)", "varchar(10)", vec![Threat::Refusal]),
            ("enum('a','b')", "enum('a')", vec![Threat::Loss]),
        ] {
            assert_eq!(kinds(column(from), column(to)), expected, "{from} to {to}");
        }
        let not_null = Column {
            nullable: false,
            ..column("int")
        };
        assert_eq!(kinds(column("int"), not_null), [Threat::Refusal]);
    }
}
