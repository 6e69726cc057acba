//! Enums, composite types, ranges and domains.

use super::rebuild::is_used_at_once;
use super::{Writer, domain, refused};
use crate::spell::{self, path, text};
use initium_driver::catalog::{Attribute, Body, Type};
use initium_driver::change::Edit;
use initium_driver::error::Result;

pub fn body(it: &Type) -> String {
    match &it.body {
        Body::Enum(values) => {
            let values: Vec<_> = values.iter().map(|it| text(it)).collect();
            format!("TYPE {} AS ENUM ({})", path(&it.name), values.join(", "))
        }
        Body::Composite(all) => {
            let all: Vec<_> = all.iter().map(attribute).collect();
            let lines = match all.is_empty() {
                true => "()".into(),
                false => format!("(\n    {}\n)", all.join(",\n    ")),
            };
            format!("TYPE {} AS {lines}", path(&it.name))
        }
        Body::Other(definition) => format!("TYPE {} AS {definition}", path(&it.name)),
        Body::Domain { .. } => domain::create(it),
    }
}

fn attribute(it: &Attribute) -> String {
    format!("{} {}", spell::name(&it.name), it.data_type)
}

/// The values that come, each with its place among the others; `None` where one goes or moves.
pub fn growth(from: &[String], to: &[String]) -> Option<Vec<(String, String)>> {
    let mut old = from.iter().peekable();
    let mut all = Vec::new();
    for (n, value) in to.iter().enumerate() {
        if old.next_if(|it| *it == value).is_some() {
            continue;
        }
        if from.contains(value) {
            return None;
        }
        let place = match (old.peek(), n.checked_sub(1).and_then(|n| to.get(n))) {
            (None, _) => String::new(),
            (Some(_), Some(before)) => format!(" AFTER {}", text(before)),
            (Some(next), None) => format!(" BEFORE {}", text(next)),
        };
        all.push((value.clone(), place));
    }
    old.peek().is_none().then_some(all)
}

impl Writer<'_> {
    pub fn type_of(&mut self, edit: &Edit<Type>) -> Result<()> {
        match edit {
            Edit::Add(it) => {
                self.say(format!("CREATE {}", body(it)));
                self.type_comments(None, it);
            }
            Edit::Drop(it) => {
                let kind = domain::kind(it);
                self.say(format!("DROP {kind} {}", path(&it.name)));
            }
            Edit::Alter { from, to } => {
                match (&from.body, &to.body) {
                    (one, other) if one == other => {}
                    (Body::Enum(one), Body::Enum(other)) => match growth(one, other) {
                        // Where it cannot be made anew the value has to be committed first, as the
                        // server will say.
                        Some(values)
                            if self.may_rebuild(from).is_err()
                                || !values
                                    .iter()
                                    .any(|it| is_used_at_once(self.changes, &to.name, &it.0)) =>
                        {
                            for (value, place) in values {
                                let (name, value) = (path(&to.name), text(&value));
                                self.say(format!("ALTER TYPE {name} ADD VALUE {value}{place}"));
                            }
                        }
                        _ => self.rebuild(from, to)?,
                    },
                    (Body::Composite(one), Body::Composite(other)) => {
                        self.composite(to, one, other)?;
                    }
                    (Body::Domain { .. }, Body::Domain { .. }) if !domain::is_other(from, to) => {
                        self.domain(from, to);
                    }
                    _ => self.rebuild(from, to)?,
                }
                self.type_comments(Some(from), to);
            }
        }
        Ok(())
    }

    pub fn type_comments(&mut self, from: Option<&Type>, to: &Type) {
        let old = from.and_then(|it| it.comment.as_ref());
        if old != to.comment.as_ref() {
            let words = spell::comment(to.comment.as_deref());
            let name = path(&to.name);
            self.say(format!("COMMENT ON {} {name} IS {words}", domain::kind(to)));
        }
        self.domain_comments(from, to);
    }

    fn composite(&mut self, to: &Type, one: &[Attribute], other: &[Attribute]) -> Result<()> {
        let find = |all: &[Attribute], name: &str| all.iter().find(|it| it.name == name).cloned();
        let kept = one.iter().filter(|it| find(other, &it.name).is_some());
        let fresh = other.iter().filter(|it| find(one, &it.name).is_none());
        let order = kept
            .map(|it| &it.name)
            .chain(fresh.clone().map(|it| &it.name));
        if !order.eq(other.iter().map(|it| &it.name)) {
            return Err(refused(
                format!(
                    "the attributes of type {} cannot change their order",
                    to.name
                ),
                "a new attribute stands behind all others",
            ));
        }
        let mut actions = Vec::new();
        for gone in one.iter().filter(|it| find(other, &it.name).is_none()) {
            actions.push(format!("DROP ATTRIBUTE {}", spell::name(&gone.name)));
        }
        for it in other {
            let name = spell::name(&it.name);
            match find(one, &it.name) {
                None => actions.push(format!("ADD ATTRIBUTE {name} {}", it.data_type)),
                Some(was) if was.data_type != it.data_type => {
                    if let Some((table, column)) = self.users(&to.name).first() {
                        return Err(refused(
                            format!(
                                "attribute {} of type {} cannot change its type: column {}.{} holds such values",
                                it.name, to.name, table.name, column.name
                            ),
                            "make a new type, change the column to it, and drop the old type",
                        ));
                    }
                    actions.push(format!("ALTER ATTRIBUTE {name} TYPE {}", it.data_type));
                }
                Some(_) => {}
            }
        }
        self.say(format!(
            "ALTER TYPE {} {}",
            path(&to.name),
            actions.join(", ")
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::growth;

    fn list(text: &str) -> Vec<String> {
        text.split(' ').map(String::from).collect()
    }

    #[test]
    fn a_value_comes_where_it_belongs() {
        let found = |one: &str, other: &str| {
            let all = growth(&list(one), &list(other))?;
            Some(
                all.into_iter()
                    .map(|(value, place)| value + &place)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(found("a b", "a b c d"), Some(vec!["c".into(), "d".into()]));
        assert_eq!(found("a c", "a b c"), Some(vec!["b AFTER 'a'".into()]));
        assert_eq!(
            found("c", "a b c"),
            Some(vec!["a BEFORE 'c'".into(), "b AFTER 'a'".into()])
        );
        assert_eq!(found("a b", "b a"), None);
        assert_eq!(found("a b", "a"), None);
        assert_eq!(found("a b", "a c"), None);
    }
}
