//! Columns.

use super::kinds::turn;
use super::{ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Scene, of};
use crate::spell;
use initium_driver::catalog::{Body, Column, Name, Serves, Storage, Table};
use initium_driver::change::{Edit, Impact, Of, Threat, Work};

/// Functions whose value is one for the whole statement; of others nobody knows.
const STEADY: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "current_database",
    "current_schema",
    "current_user",
    "session_user",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "upper",
    "lower",
    "length",
    "md5",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "date_trunc",
    "timezone",
    "to_char",
    "jsonb_build_object",
    "json_build_object",
    "jsonb_build_array",
    "json_build_array",
    "numeric",
    "varchar",
    "char",
    "timestamp",
    "timestamptz",
    "interval",
    "bit",
    "varying",
    "time",
    "decimal",
    "extract",
    "and",
    "or",
    "not",
    "in",
    "array",
    "row",
    "cast",
];

/// Whether one value does for all rows.
fn is_steady(expression: &str) -> bool {
    let pieces = spell::pieces(expression);
    let solid: Vec<_> = pieces
        .iter()
        .filter(|(_, piece)| !piece.trim().is_empty())
        .collect();
    solid.windows(2).all(|two| match (&two[0].0, two[1].1) {
        (Some(word), "(") => STEADY.contains(&word.as_str()),
        _ => true,
    })
}

/// Functions that have an answer for every value.
const TOTAL: &[&str] = &[
    "lower",
    "upper",
    "coalesce",
    "length",
    "char_length",
    "concat",
    "nullif",
];

/// Whether it is known to have a value for every row: nothing in it can be too big, or nothing at all.
pub fn is_total(expression: &str) -> bool {
    let pieces = spell::pieces(expression);
    let solid: Vec<_> = pieces
        .iter()
        .filter(|(_, piece)| !piece.trim().is_empty())
        .collect();
    let is_fit = |piece: &str| {
        matches!(piece, "(" | ")" | "," | "|" | ":") || piece.starts_with(['\'', '"'])
    };
    solid.windows(2).all(|two| match (&two[0].0, two[1].1) {
        (Some(word), "(") => TOTAL.contains(&word.as_str()),
        (None, "text") if two[0].1 == ":" => true,
        (None, _) if two[0].1 == ":" => two[1].1 == ":",
        _ => true,
    }) && solid
        .iter()
        .all(|(word, piece)| word.is_some() || is_fit(piece))
}

impl Scene<'_> {
    pub fn column(&self, change: &Of<Box<Column>>) -> Impact {
        let table = &change.table;
        match &change.edit {
            Edit::Add(column) => self.column_added(table, column),
            Edit::Drop(column) => of(ACCESS_EXCLUSIVE, Work::None)
                .risk(
                    Threat::Loss,
                    format!("the values of {} are gone", name(table, column)),
                )
                .risk(
                    Threat::Clients,
                    format!("programs that use {} fail", name(table, column)),
                ),
            Edit::Alter { from, to } => self.column_altered(table, from, to),
        }
    }

    fn column_added(&self, table: &Name, column: &Column) -> Impact {
        let is_stored = column
            .generated
            .as_ref()
            .is_some_and(|it| it.storage == Storage::Stored);
        let is_volatile = column.default.as_ref().is_some_and(|it| !is_steady(it));
        let rewrites = is_stored
            || is_volatile
            || column.identity.is_some()
            || self.is_constrained(&column.data_type);
        let work = match rewrites {
            true => Work::Rewrite,
            false => Work::None,
        };
        let impact = of(ACCESS_EXCLUSIVE, work);
        let has_value = column.default.is_some() || column.identity.is_some();
        if let Some(computed) = &column.generated {
            return match column.nullable && is_total(&computed.expression) {
                true => impact,
                false => impact.risk(
                    Threat::Refusal,
                    format!("rows for which {} cannot be computed", name(table, column)),
                ),
            };
        }
        match column.nullable || has_value {
            true => impact,
            false => impact.risk(
                Threat::Refusal,
                format!(
                    "rows that stand there, and inserts that do not know it: {} must not be empty and has no default",
                    name(table, column)
                ),
            ),
        }
    }

    /// A domain that asks its values, which the server does row by row.
    fn is_constrained(&self, data_type: &str) -> bool {
        let plain = data_type.trim_end_matches("[]");
        let mut types = self.changes.to.types.iter().chain(&self.changes.from.types);
        types.any(|it| match &it.body {
            Body::Domain {
                not_null, checks, ..
            } => spell::path(&it.name) == plain && (*not_null || !checks.is_empty()),
            _ => false,
        })
    }

    fn column_altered(&self, table: &Name, from: &Column, to: &Column) -> Impact {
        let what = name(table, to);
        let bare = |column: &Column| Column {
            comment: None,
            renamed_from: None,
            ..column.clone()
        };
        if bare(from) == bare(to) {
            return of(SHARE_UPDATE_EXCLUSIVE, Work::None);
        }
        let was_later = from
            .not_null
            .as_ref()
            .filter(|it| it.not_valid && !it.name.is_empty());
        let asked = Column {
            not_null: to.not_null.clone(),
            ..bare(from)
        };
        if was_later.is_some() && asked == bare(to) {
            return of(SHARE_UPDATE_EXCLUSIVE, Work::Scan)
                .risk(Threat::Refusal, format!("rows in which {what} is empty"));
        }
        let mut impact = of(ACCESS_EXCLUSIVE, Work::None);
        if from.name != to.name {
            impact = impact.risk(
                Threat::Clients,
                format!("programs that use {} fail", name(table, from)),
            );
        }
        if from.data_type != to.data_type {
            impact = turn(&from.data_type, &to.data_type).onto(
                impact,
                &what,
                &from.data_type,
                &to.data_type,
            );
            if self.is_constrained(&to.data_type) {
                impact.work = Work::Rewrite;
            }
            if self
                .before(table)
                .is_some_and(|it| is_checked(it, &from.name))
            {
                impact.work = impact.work.max(Work::Scan);
            }
            if self
                .before(table)
                .is_some_and(|it| is_source(it, &from.name))
            {
                impact.work = Work::Rewrite;
            }
        }
        if from.collation != to.collation
            && self
                .before(table)
                .is_some_and(|it| is_indexed(it, &from.name))
        {
            impact.work = impact.work.max(Work::Build);
        }
        impact = self.computed(impact, &what, from, to);
        impact = self.filled(impact, table, from, to);
        served(impact, &what, from, to)
    }

    fn computed(&self, impact: Impact, what: &str, from: &Column, to: &Column) -> Impact {
        let rewrite = |mut impact: Impact| {
            impact.work = Work::Rewrite;
            impact
        };
        let lost = format!("the values of {what} are gone");
        match (&from.generated, &to.generated) {
            (None, Some(_)) => rewrite(impact).risk(Threat::Loss, lost).risk(
                Threat::Refusal,
                format!("statements that write {what}: it is computed"),
            ),
            (Some(one), None) if one.storage == Storage::Virtual => impact.risk(Threat::Loss, lost),
            (Some(one), Some(other)) if one != other => {
                let impact = match other.storage {
                    Storage::Stored => rewrite(impact),
                    Storage::Virtual => impact,
                };
                match one.expression == other.expression {
                    true => impact,
                    false => {
                        impact.risk(Threat::Loss, format!("the values of {what} are other ones"))
                    }
                }
            }
            _ => impact,
        }
    }

    fn filled(&self, mut impact: Impact, table: &Name, from: &Column, to: &Column) -> Impact {
        let what = name(table, to);
        let was_asked = !from.nullable && !from.not_null.as_ref().is_some_and(|it| it.not_valid);
        let later = to.not_null.as_ref().is_some_and(|it| it.not_valid);
        if was_asked || to.nullable {
            return impact;
        }
        // A check that holds already says the same.
        let is_known = self
            .before(table)
            .is_some_and(|it| says_full(it, &from.name));
        if !is_known && !later {
            impact.work = impact.work.max(Work::Scan);
        }
        impact.risk(
            Threat::Refusal,
            format!("rows and statements in which {what} is empty"),
        )
    }
}

fn served(impact: Impact, what: &str, from: &Column, to: &Column) -> Impact {
    let gives = |column: &Column| {
        column.default.is_some() || column.identity.is_some() || column.generated.is_some()
    };
    let always = |column: &Column| {
        column
            .identity
            .as_ref()
            .is_some_and(|it| it.serves == Serves::Always)
    };
    let impact = match gives(from) && !gives(to) && !to.nullable {
        true => impact.risk(
            Threat::Refusal,
            format!("statements that leave {what} out: it has no default any more"),
        ),
        false => impact,
    };
    match always(to) && !always(from) {
        true => impact.risk(
            Threat::Refusal,
            format!("statements that give {what} a value: the database numbers it"),
        ),
        false => impact,
    }
}

fn name(table: &Name, column: &Column) -> String {
    format!("{table}.{}", column.name)
}

fn is_checked(table: &Table, column: &str) -> bool {
    table
        .checks
        .iter()
        .any(|it| spell::mentions(&it.expression, column))
}

/// Whether values that are kept are computed from it.
fn is_source(table: &Table, column: &str) -> bool {
    let computed = table.columns.iter().filter_map(|it| it.generated.as_ref());
    computed
        .filter(|it| it.storage == Storage::Stored)
        .any(|it| spell::mentions(&it.expression, column))
}

fn is_indexed(table: &Table, column: &str) -> bool {
    let keys = table.primary_key.iter().chain(&table.unique);
    keys.into_iter()
        .any(|it| it.parts.iter().any(|part| part.name() == Some(column)))
        || table
            .indexes
            .iter()
            .any(|it| crate::render::holds(it, column))
        || table
            .exclusions
            .iter()
            .any(|it| spell::mentions(&it.definition, column))
}

fn says_full(table: &Table, column: &str) -> bool {
    let wanted = format!("{} IS NOT NULL", spell::name(column));
    let says = |text: &str| {
        spell::bare(text)
            .split(" AND ")
            .any(|part| spell::bare(part) == wanted)
            && !text.contains(" OR ")
    };
    let mut checks = table
        .checks
        .iter()
        .filter(|it| !it.not_valid && !it.not_enforced);
    checks.any(|it| says(&it.expression))
}

#[cfg(test)]
mod tests {
    use super::{is_steady, is_total};

    #[test]
    fn what_may_have_no_value_is_not_called_safe() {
        for text in [
            "a",
            "lower(a)",
            "a || '-'::text",
            "COALESCE(\"B\", ''::text)",
        ] {
            assert!(is_total(text), "{text}");
        }
        for text in ["a + 1", "a::integer", "to_date(a, 'x')", "-a", "a / b"] {
            assert!(!is_total(text), "{text}");
        }
    }

    #[test]
    fn a_value_for_all_rows_is_told_from_one_for_each() {
        for text in [
            "7",
            "'f(x)'::text",
            "now()",
            "CURRENT_TIMESTAMP",
            "'{}'::jsonb",
            "(1 + 2)",
            "'1'::numeric(5,2)",
        ] {
            assert!(is_steady(text), "{text}");
        }
        for text in [
            "random()",
            "gen_random_uuid()",
            "nextval('s'::regclass)",
            "clock_timestamp()",
            "my.f(1)",
            "f (2)",
        ] {
            assert!(!is_steady(text), "{text}");
        }
    }
}
