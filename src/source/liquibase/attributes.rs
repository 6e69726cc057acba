//! What stands behind `--changeset`: `author:id` and attributes.

use super::super::atlas::unescaped;
use super::super::{Turn, Within};
use super::{Refused, not_kept};

/// Databases as Liquibase calls them, and as we do.
const DATABASES: &[(&str, &str)] = &[
    ("postgresql", "postgres"),
    ("mysql", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlite", "sqlite"),
];
/// Those that it knows too.
const OTHERS: &[&str] = &[
    "oracle",
    "mssql",
    "h2",
    "hsqldb",
    "db2",
    "db2z",
    "derby",
    "firebird",
    "informix",
    "ingres",
    "cockroachdb",
    "snowflake",
    "sybase",
    "asany",
    "edb",
    "vertica",
    "redshift",
    "bigquery",
];

/// Attributes that are only known by what they are without being said.
const REFUSED: &[(&str, &str)] = &[
    ("runalways", "false"),
    ("failonerror", "true"),
    ("runwith", "jdbc"),
];

#[derive(Default)]
pub struct Attributes {
    pub author: String,
    pub id: String,
    pub within: Within,
    pub turn: Turn,
    pub tags: Vec<String>,
    /// For every database where it says nothing.
    pub databases: Option<Vec<&'static str>>,
    pub path: Option<String>,
    pub delimiter: Option<String>,
    /// Of what takes it back: the other one is not for that.
    pub back: Option<String>,
    pub ignored: bool,
}

/// `logicalFilePath` of the first line.
pub fn path(line: &str) -> Option<String> {
    let at = line.to_ascii_lowercase().find("logicalfilepath:")?;
    let rest = &line[at + "logicalfilepath:".len()..];
    rest.split_whitespace().next().map(str::to_string)
}

impl Attributes {
    pub fn parse(header: &str) -> Refused<Attributes> {
        let wrong = || format!("`--changeset {header}` does not say `author:id`");
        let (author, rest) = until(header, ':').ok_or_else(wrong)?;
        let (id, mut rest) = until(rest, ' ').unwrap_or((rest, ""));
        if author.trim().is_empty() || id.is_empty() || id.starts_with(char::is_whitespace) {
            return Err(wrong());
        }
        let mut all = Attributes {
            author: author.trim().into(),
            id: id.into(),
            ..Attributes::default()
        };
        while !rest.trim().is_empty() {
            let said = rest.trim_start();
            let (key, behind) = said.split_once(':').ok_or_else(|| not_kept(said.trim()))?;
            let (value, behind) = until(behind, ' ').unwrap_or((behind, ""));
            all.set(key, value)?;
            rest = behind;
        }
        Ok(all)
    }

    fn set(&mut self, key: &str, value: &str) -> Refused<()> {
        let refuse = || Err(not_kept(&format!("{key}:{value}")));
        let small = key.to_ascii_lowercase();
        match small.as_str() {
            "splitstatements" | "stripcomments" | "rollbacksplitstatements" => {}
            "runintransaction" => match value {
                "true" => self.within = Within::Transaction,
                "false" => self.within = Within::Nothing,
                _ => return refuse(),
            },
            "runonchange" => match value {
                "true" => self.turn = Turn::Repeatable,
                "false" => {}
                _ => return refuse(),
            },
            "ignore" => match value {
                "true" => self.ignored = true,
                "false" => {}
                _ => return refuse(),
            },
            "context" | "contextfilter" | "labels" => {
                for tag in value.split(',').map(str::trim) {
                    let sign = |c: char| c.is_alphanumeric() || "_-.".contains(c);
                    if tag.is_empty() || !tag.chars().all(sign) {
                        return refuse();
                    }
                    self.tags.push(tag.into());
                }
            }
            "dbms" => match databases(value) {
                Some(databases) => self.databases = Some(databases),
                None => return refuse(),
            },
            "logicalfilepath" => self.path = Some(value.into()),
            "enddelimiter" | "rollbackenddelimiter" if value == ";" => {}
            "enddelimiter" | "rollbackenddelimiter" => match unescaped(value) {
                delimiter if is_pattern(&delimiter) => return refuse(),
                delimiter if small == "enddelimiter" => self.delimiter = Some(delimiter),
                delimiter => self.back = Some(delimiter),
            },
            _ => match REFUSED.iter().find(|(known, _)| *known == small) {
                Some((_, fine)) if value.eq_ignore_ascii_case(fine) => {}
                _ => return refuse(),
            },
        }
        Ok(())
    }
}

/// Liquibase takes a delimiter for a pattern; only one that means itself is kept.
fn is_pattern(delimiter: &str) -> bool {
    delimiter.is_empty() || delimiter.contains(['\\', '*', '+', '?', '[', '(', '^', '|', '.'])
}

/// What stands before the sign, or in quotes, and what behind it.
fn until(text: &str, sign: char) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = quoted.split_once('"')?;
        return match rest.strip_prefix(sign) {
            Some(rest) => Some((value, rest)),
            None if sign == ' ' => Some((value, rest)),
            None => None,
        };
    }
    match sign {
        ' ' => text.split_once(char::is_whitespace),
        _ => text.split_once(sign),
    }
}

fn databases(value: &str) -> Option<Vec<&'static str>> {
    let ours = |name: &str| DATABASES.iter().find(|(theirs, _)| *theirs == name);
    let (mut named, mut without) = (Vec::new(), Vec::new());
    let mut only = false;
    for word in value.split(',') {
        let word = word.trim().to_ascii_lowercase();
        let (name, list) = match word.strip_prefix('!') {
            Some(name) => (name, &mut without),
            None => {
                only = true;
                (word.as_str(), &mut named)
            }
        };
        match ours(name) {
            Some((_, ours)) => list.push(*ours),
            None if name == "all" => list.extend(DATABASES.iter().map(|(_, ours)| *ours)),
            None if name == "none" || OTHERS.contains(&name) => {}
            None => return None,
        }
    }
    if !only {
        named = DATABASES.iter().map(|(_, ours)| *ours).collect();
    }
    named.retain(|name| !without.contains(name));
    Some(named)
}
