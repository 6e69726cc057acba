//! Tables as a whole, types, sequences, views, routines, schemas and extensions.

use super::{ACCESS_EXCLUSIVE, SHARE, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Scene, of};
use crate::render::{growth, is_used_at_once, signature};
use initium_driver::catalog::{
    Attribute, Body, Extension, Routine, Schema, Sequence, Table, Type, View,
};
use initium_driver::change::{Change, Edit, Impact, Threat, Work};

fn gone(impact: Impact, what: String) -> Impact {
    impact.risk(Threat::Clients, format!("programs that use {what} fail"))
}

fn nothing() -> Impact {
    Impact::default()
}

pub fn schema(edit: &Edit<Schema>) -> Impact {
    match edit {
        Edit::Drop(it) => gone(nothing(), format!("schema {}", it.name)),
        Edit::Alter { from, to } if from.name != to.name => {
            gone(nothing(), format!("schema {}", from.name))
        }
        _ => nothing(),
    }
}

pub fn extension(edit: &Edit<Extension>) -> Impact {
    match edit {
        Edit::Drop(it) => gone(nothing(), format!("extension {}", it.name)),
        Edit::Alter { from, to } if to.schema.is_some() && from.schema != to.schema => gone(
            nothing(),
            format!("extension {} in its old schema", from.name),
        ),
        _ => nothing(),
    }
}

pub fn sequence(edit: &Edit<Sequence>) -> Impact {
    match edit {
        Edit::Drop(it) => gone(nothing(), format!("sequence {}", it.name)),
        Edit::Alter { from, to } if from.name != to.name => {
            gone(nothing(), format!("sequence {}", from.name))
        }
        Edit::Alter { from, to }
            if from.numbers != to.numbers || from.data_type != to.data_type =>
        {
            nothing().risk(
                Threat::Refusal,
                format!(
                    "the next number of {} where it is out of its new range",
                    to.name
                ),
            )
        }
        _ => nothing(),
    }
}

impl Scene<'_> {
    pub fn table(&self, edit: &Edit<Box<Table>>) -> Impact {
        match edit {
            Edit::Add(table) if table.partition_of.is_some() => of(ACCESS_EXCLUSIVE, Work::None),
            Edit::Add(table) => {
                let is_old = |name| !self.is_new(name);
                let refers = table.foreign_keys.iter().any(|key| is_old(&key.references));
                match refers {
                    true => of(SHARE_ROW_EXCLUSIVE, Work::None),
                    false => nothing(),
                }
            }
            Edit::Drop(table) => gone(
                of(ACCESS_EXCLUSIVE, Work::None)
                    .risk(Threat::Loss, format!("the rows of {} are gone", table.name)),
                format!("table {}", table.name),
            ),
            Edit::Alter { from, to } => self.table_altered(from, to),
        }
    }

    fn table_altered(&self, from: &Table, to: &Table) -> Impact {
        let mut impact = of(SHARE_UPDATE_EXCLUSIVE, Work::None);
        let strong = of(ACCESS_EXCLUSIVE, Work::None).lock;
        let differs = |key: &str| from.options.get(key) != to.options.get(key);
        if from.name != to.name {
            impact.lock = strong;
            impact = gone(impact, format!("table {}", from.name));
        }
        if ["unlogged", "tablespace", "access_method"]
            .into_iter()
            .any(differs)
        {
            impact.lock = strong;
            impact.work = Work::Rewrite;
        }
        if differs("unlogged") && to.options.contains_key("unlogged") {
            impact = impact.risk(
                Threat::Loss,
                format!("a crash of the server empties {}", to.name),
            );
        }
        if differs("replica_identity") || from.inherits != to.inherits {
            impact.lock = strong;
        }
        if from.partition_of != to.partition_of {
            if let Some(old) = &from.partition_of {
                if !self.is_online() {
                    impact.lock = strong;
                }
                let what = format!(
                    "who asks {} no longer finds the rows of {}",
                    old.parent, to.name
                );
                impact = impact.risk(Threat::Clients, what);
            }
            if let Some(new) = &to.partition_of {
                impact.lock = strong;
                impact.work = impact.work.max(Work::Scan);
                let what = format!("rows of {} that have no place in {}", to.name, new.parent);
                impact = impact.risk(Threat::Refusal, what);
            }
        }
        for lost in from.inherits.iter().filter(|it| !to.inherits.contains(it)) {
            let what = format!("who asks {lost} no longer finds the rows of {}", to.name);
            impact = impact.risk(Threat::Clients, what);
        }
        impact
    }

    pub fn type_of(&self, edit: &Edit<Type>) -> Impact {
        let (from, to) = match edit {
            Edit::Add(_) => return nothing(),
            Edit::Drop(it) => return gone(nothing(), format!("type {}", it.name)),
            Edit::Alter { from, to } => (from, to),
        };
        match (&from.body, &to.body) {
            (one, other) if one == other => nothing(),
            (Body::Enum(one), Body::Enum(other)) if growth(one, other).is_some() => {
                let mut new = growth(one, other).unwrap_or_default().into_iter();
                match new.any(|(value, _)| is_used_at_once(self.changes, &to.name, &value)) {
                    true => of(ACCESS_EXCLUSIVE, Work::Rewrite),
                    false => nothing(),
                }
            }
            (Body::Enum(one), Body::Enum(other)) => {
                let lost: Vec<_> = one
                    .iter()
                    .filter(|it| !other.contains(it))
                    .cloned()
                    .collect();
                let impact = of(ACCESS_EXCLUSIVE, Work::Rewrite);
                match lost.is_empty() {
                    true => impact.risk(
                        Threat::Loss,
                        format!("the values of {} sort otherwise", to.name),
                    ),
                    false => impact.risk(
                        Threat::Refusal,
                        format!(
                            "rows and statements with {} of {}",
                            lost.join(", "),
                            to.name
                        ),
                    ),
                }
            }
            (Body::Composite(one), Body::Composite(other)) => attributes(one, other, to),
            (
                Body::Domain {
                    data_type,
                    not_null,
                    checks,
                    collation,
                    ..
                },
                Body::Domain {
                    data_type: other_type,
                    not_null: wanted,
                    checks: wanted_checks,
                    collation: wanted_collation,
                    ..
                },
            ) if (data_type, collation) == (other_type, wanted_collation) => {
                let is_asked = !not_null && *wanted
                    || wanted_checks.iter().any(|it| {
                        !it.not_valid
                            && !checks
                                .iter()
                                .any(|was| was.expression == it.expression && !was.not_valid)
                    });
                let is_stricter = is_asked
                    || wanted_checks
                        .iter()
                        .any(|it| !checks.iter().any(|was| was.expression == it.expression));
                let impact = match is_asked {
                    true => of(SHARE, Work::Scan),
                    false => nothing(),
                };
                match is_stricter {
                    true => impact.risk(
                        Threat::Refusal,
                        format!("rows and statements whose value {} does not take", to.name),
                    ),
                    false => impact,
                }
            }
            _ => of(ACCESS_EXCLUSIVE, Work::Rewrite)
                .risk(
                    Threat::Loss,
                    format!("the values of {} are made anew from their texts", to.name),
                )
                .risk(
                    Threat::Refusal,
                    format!("values that {} does not take", to.name),
                ),
        }
    }

    pub fn view(&self, edit: &Edit<Box<View>>) -> Impact {
        let comes_back = |view: &View| {
            self.changes.list.iter().any(|change| match change {
                Change::View(Edit::Add(new)) => new.name == view.name,
                _ => false,
            })
        };
        match edit {
            // The rows are asked for once more.
            Edit::Add(view) if view.materialized => Impact {
                work: Work::Build,
                ..nothing()
            },
            Edit::Add(_) => nothing(),
            Edit::Drop(view) => {
                let impact = of(ACCESS_EXCLUSIVE, Work::None);
                let new = self.changes.to.views.iter().find(|it| it.name == view.name);
                // It is not gone longer than the transaction, as long as it shows what it showed.
                let shows = new.is_some_and(|new| {
                    view.columns.iter().all(|it| {
                        new.columns.is_empty()
                            || new.columns.iter().any(|other| other.name == it.name)
                    })
                });
                match comes_back(view) && shows {
                    true => impact,
                    false => gone(impact, format!("view {}", view.name)),
                }
            }
            Edit::Alter { .. } => of(ACCESS_EXCLUSIVE, Work::None),
        }
    }

    pub fn routine(&self, edit: &Edit<Routine>) -> Impact {
        match edit {
            Edit::Drop(it) => gone(nothing(), format!("{}({})", it.name, it.arguments)),
            Edit::Alter { from, to }
                if signature(&from.definition) != signature(&to.definition) =>
            {
                gone(
                    nothing(),
                    format!("{}({}) as it was", from.name, from.arguments),
                )
            }
            _ => nothing(),
        }
    }
}

fn attributes(one: &[Attribute], other: &[Attribute], to: &Type) -> Impact {
    let mut impact = of(ACCESS_EXCLUSIVE, Work::None);
    for it in one {
        match other.iter().find(|new| new.name == it.name) {
            None => {
                impact = gone(
                    impact.risk(
                        Threat::Loss,
                        format!("the values of {} in {} are gone", it.name, to.name),
                    ),
                    format!("{} of {}", it.name, to.name),
                );
            }
            Some(new) if new.data_type != it.data_type => {
                impact = gone(
                    impact,
                    format!("{} of {} as {}", it.name, to.name, it.data_type),
                );
            }
            Some(_) => {}
        }
    }
    if one.len() < other.len() {
        impact = impact.risk(
            Threat::Clients,
            format!(
                "statements that write {} as ROW(...) have too few values",
                to.name
            ),
        );
    }
    impact
}
