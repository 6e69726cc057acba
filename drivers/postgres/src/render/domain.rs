//! Domains.

use super::Writer;
use super::constraint::check;
use crate::spell::{self, path};
use initium_driver::catalog::{Body, Check, Type};

pub fn kind(it: &Type) -> &'static str {
    match it.body {
        Body::Domain { .. } => "DOMAIN",
        _ => "TYPE",
    }
}

pub fn create(it: &Type) -> String {
    let Body::Domain {
        data_type,
        not_null,
        default,
        collation,
        checks,
    } = &it.body
    else {
        return String::new();
    };
    let mut text = format!("DOMAIN {} AS {data_type}", path(&it.name));
    if let Some(collation) = collation {
        text.push_str(&format!(" COLLATE {}", spell::collation(collation)));
    }
    if let Some(default) = default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if *not_null {
        text.push_str(" NOT NULL");
    }
    for one in checks.iter().filter(|it| !it.not_valid) {
        text.push_str(&format!("\n    {}", check(one)));
    }
    text
}

/// Whether it is another type behind the same name.
pub fn is_other(from: &Type, to: &Type) -> bool {
    let told = |it: &Type| match &it.body {
        Body::Domain {
            data_type,
            collation,
            ..
        } => Some((data_type.clone(), collation.clone())),
        _ => None,
    };
    told(from) != told(to)
}

fn checks(it: &Type) -> &[Check] {
    match &it.body {
        Body::Domain { checks, .. } => checks,
        _ => &[],
    }
}

impl Writer<'_> {
    pub fn domain(&mut self, from: &Type, to: &Type) {
        let name = path(&to.name);
        let mut say = |action: String| self.say(format!("ALTER DOMAIN {name} {action}"));
        let (old, new) = (checks(from), checks(to));
        for gone in old
            .iter()
            .filter(|it| !new.iter().any(|other| other.name == it.name))
        {
            say(format!("DROP CONSTRAINT {}", spell::name(&gone.name)));
        }
        if let (
            Body::Domain {
                not_null, default, ..
            },
            Body::Domain {
                not_null: wanted,
                default: wanted_default,
                ..
            },
        ) = (&from.body, &to.body)
        {
            if default != wanted_default {
                say(match wanted_default {
                    Some(default) => format!("SET DEFAULT {default}"),
                    None => "DROP DEFAULT".into(),
                });
            }
            match (not_null, wanted) {
                (false, true) => say("SET NOT NULL".into()),
                (true, false) => say("DROP NOT NULL".into()),
                _ => {}
            }
        }
        for it in new {
            match old.iter().find(|was| was.name == it.name) {
                None => say(format!("ADD {}", check(it))),
                Some(was) if was.expression != it.expression || !was.not_valid && it.not_valid => {
                    say(format!("DROP CONSTRAINT {}", spell::name(&it.name)));
                    say(format!("ADD {}", check(it)));
                }
                Some(was) if was.not_valid && !it.not_valid => {
                    say(format!("VALIDATE CONSTRAINT {}", spell::name(&it.name)));
                }
                Some(_) => {}
            }
        }
    }

    pub fn domain_comments(&mut self, from: Option<&Type>, to: &Type) {
        let name = path(&to.name);
        if from.is_none() {
            for later in checks(to).iter().filter(|it| it.not_valid) {
                self.say(format!("ALTER DOMAIN {name} ADD {}", check(later)));
            }
        }
        for it in checks(to).iter().filter(|it| !it.name.is_empty()) {
            let was = from.map(checks).unwrap_or_default();
            let was = was.iter().find(|was| was.name == it.name);
            // One that was made anew has lost it.
            let old = was.filter(|was| was.expression == it.expression);
            if old.and_then(|was| was.comment.as_ref()) != it.comment.as_ref() {
                let words = spell::comment(it.comment.as_deref());
                let own = spell::name(&it.name);
                self.say(format!(
                    "COMMENT ON CONSTRAINT {own} ON DOMAIN {name} IS {words}"
                ));
            }
        }
    }
}
