//! Changes of a few members of a JSON text; all other bytes stay.

use crate::bulk::json::{Member, begin, checked, members};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

type Path = Vec<String>;

#[derive(Clone, Debug)]
pub struct Edits {
    /// Values as they are written: a number keeps its digits.
    set: Vec<(Path, String)>,
    unset: Vec<Path>,
    /// The last word of the path becomes another one.
    rename: Vec<(Path, String)>,
}

impl Edits {
    pub fn new(
        set: BTreeMap<String, Box<RawValue>>,
        unset: Vec<String>,
        rename: BTreeMap<String, String>,
    ) -> Result<Edits, String> {
        if set.is_empty() && unset.is_empty() && rename.is_empty() {
            return Err("it sets nothing, takes off nothing and renames nothing".into());
        }
        let mut edits = Edits {
            set: Vec::new(),
            unset: Vec::new(),
            rename: Vec::new(),
        };
        for (text, value) in set {
            if value.get().starts_with(['{', '[']) {
                return Err(format!("{text:?} is set to more than one value"));
            }
            edits.set.push((path(&text)?, value.get().into()));
        }
        for text in unset {
            edits.unset.push(path(&text)?);
        }
        for (text, name) in rename {
            edits.rename.push((path(&text)?, name));
        }
        edits.distinct()?;
        Ok(edits)
    }

    /// Where one change is inside another, the next run would change it again.
    fn distinct(&self) -> Result<(), String> {
        let mut all: Vec<Path> = self.set.iter().map(|(path, _)| path.clone()).collect();
        all.extend(self.unset.iter().cloned());
        for (old, name) in &self.rename {
            all.extend([old.clone(), beside(old, name)]);
        }
        all.sort();
        let inside = |pair: &&[Path]| pair[1].starts_with(&pair[0]);
        match all.windows(2).find(inside) {
            Some(pair) => Err(format!("{:?} is named twice", pair[1].join("."))),
            None => Ok(()),
        }
    }

    /// The text with its changes; `None` if it has them already.
    pub fn apply(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let mut text = checked(bytes)?.to_string();
        let mut changed = false;
        for (path, name) in &self.rename {
            changed |= rename(&mut text, path, name)?;
        }
        for (path, value) in &self.set {
            changed |= set(&mut text, path, value)?;
        }
        for path in &self.unset {
            changed |= unset(&mut text, path)?;
        }
        Ok(changed.then(|| text.into_bytes()))
    }
}

fn path(text: &str) -> Result<Path, String> {
    let mut path = vec![String::new()];
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        let sign = match sign {
            '.' => {
                path.push(String::new());
                continue;
            }
            '\\' => signs
                .next()
                .ok_or_else(|| format!("nothing follows the last \\ of {text:?}"))?,
            sign => sign,
        };
        if let Some(word) = path.last_mut() {
            word.push(sign);
        }
    }
    if path.iter().any(String::is_empty) {
        return Err(format!("a word of the path {text:?} is empty"));
    }
    Ok(path)
}

fn beside(path: &Path, name: &str) -> Path {
    let mut other = path.clone();
    other.pop();
    other.push(name.into());
    other
}

/// How far a path leads: the members of the last object, which of them it is if it is there, and
/// the words that lead nowhere.
struct Found<'a> {
    open: usize,
    members: Vec<Member>,
    index: Option<usize>,
    missing: &'a [String],
}

fn find<'a>(text: &str, path: &'a Path) -> Result<Found<'a>, String> {
    let mut open = begin(text);
    for (depth, word) in path.iter().enumerate() {
        let Some(members) = members(text, open)? else {
            return Err(match depth {
                0 => "it is no JSON object".to_string(),
                depth => format!("{:?} in it is no object", path[..depth].join(".")),
            });
        };
        let mut all = (0..members.len()).filter(|index| members[*index].name == *word);
        let index = all.next();
        if all.next().is_some() {
            return Err(format!("it has {:?} twice", path[..=depth].join(".")));
        }
        match index {
            Some(index) if depth + 1 < path.len() => open = members[index].value.start,
            index => {
                let missing = if index.is_some() { &[] } else { &path[depth..] };
                return Ok(Found {
                    open,
                    members,
                    index,
                    missing,
                });
            }
        }
    }
    Err("a path has no words".into())
}

fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

/// Numbers are compared as they are written: read as numbers, long ones lose digits.
fn same(now: &str, value: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (read(now), read(value)) {
        (Some(Value::Number(_)), _) | (None, _) => now == value,
        (now, value) => now == value,
    }
}

fn set(text: &mut String, path: &Path, value: &str) -> Result<bool, String> {
    let found = find(text, path)?;
    if let Some(index) = found.index {
        let place = found.members[index].value.clone();
        if same(&text[place.clone()], value) {
            return Ok(false);
        }
        text.replace_range(place, value);
        return Ok(true);
    }
    let mut made = value.to_string();
    for (depth, word) in found.missing.iter().enumerate().rev() {
        made = format!("{}:{made}", quote(word));
        if depth > 0 {
            made = format!("{{{made}}}");
        }
    }
    match found.members.last() {
        Some(last) => text.insert_str(last.value.end, &format!(",{made}")),
        None => text.insert_str(found.open + 1, &made),
    }
    Ok(true)
}

fn unset(text: &mut String, path: &Path) -> Result<bool, String> {
    let found = find(text, path)?;
    let Some(index) = found.index else {
        return Ok(false);
    };
    let members = &found.members;
    let member = &members[index];
    let place = match (index.checked_sub(1), members.get(index + 1)) {
        (Some(before), _) => members[before].value.end..member.value.end,
        (None, Some(next)) => member.key.start..next.key.start,
        (None, None) => member.key.start..member.value.end,
    };
    text.replace_range(place, "");
    Ok(true)
}

fn rename(text: &mut String, path: &Path, name: &str) -> Result<bool, String> {
    let found = find(text, path)?;
    let Some(index) = found.index else {
        return Ok(false);
    };
    let member = &found.members[index];
    if let Some(other) = found.members.iter().find(|other| other.name == name) {
        if text[other.value.clone()] != text[member.value.clone()] {
            return Err(format!("it has both {:?} and {name:?}", path.join(".")));
        }
        return unset(text, path);
    }
    text.replace_range(member.key.clone(), &quote(name));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edits(value: Value) -> Result<Edits, String> {
        let read = |key: &str| value.get(key).cloned().unwrap_or(json!({}));
        let unset = value.get("unset").cloned().unwrap_or(json!([]));
        Edits::new(
            serde_json::from_value(read("set")).expect("a map"),
            serde_json::from_value(unset).expect("a list"),
            serde_json::from_value(read("rename")).expect("a map"),
        )
    }

    fn applied(edit: Value, text: &str) -> Result<Option<String>, String> {
        let edits = edits(edit)?;
        let done = edits.apply(text.as_bytes())?;
        if let Some(done) = &done {
            assert_eq!(
                edits.apply(done),
                Ok(None),
                "a second time changes something"
            );
        }
        Ok(done.map(|bytes| String::from_utf8(bytes).expect("text")))
    }

    #[test]
    fn all_other_bytes_stay() {
        let text = r#" { "id" : 12345678901234567890.10e+2 , "a":{"b" :[1, 2,{"c":"}"}]}, "s":"\u00e9\"" } "#;
        let made = applied(
            json!({"set": {"a.n.m": 7, "v": "x\"y"}, "rename": {"id": "key"}, "unset": ["s"]}),
            text,
        );
        assert_eq!(
            made.expect("JSON").expect("a change"),
            r#" { "key" : 12345678901234567890.10e+2 , "a":{"b" :[1, 2,{"c":"}"}],"n":{"m":7}},"v":"x\"y" } "#
        );
    }

    #[test]
    fn a_long_number_keeps_its_digits() {
        let set = r#"{"n": 12345678901234567890123, "m": 0.50}"#;
        let set = serde_json::from_str(set).expect("a map");
        let edits = Edits::new(set, Vec::new(), BTreeMap::new()).expect("edits");
        let made = edits.apply(br#"{"n":12345678901234567890124,"m":0.5}"#);
        let made = made.expect("JSON").expect("a change");
        assert_eq!(made, br#"{"n":12345678901234567890123,"m":0.50}"#);
        assert_eq!(edits.apply(&made), Ok(None));
    }

    #[test]
    fn a_member_goes_with_its_comma() {
        for (text, left) in [
            (r#"{"a":1}"#, "{}"),
            (r#"{ "a" : 1 , "b":2}"#, r#"{ "b":2}"#),
            (r#"{"b":2, "a":1 }"#, r#"{"b":2 }"#),
            (r#"{"b":2,"a":1,"c":3}"#, r#"{"b":2,"c":3}"#),
        ] {
            let made = applied(json!({"unset": ["a"]}), text);
            assert_eq!(made, Ok(Some(left.to_string())));
        }
    }

    #[test]
    fn what_is_there_already_is_no_change() {
        for edit in [
            json!({"set": {"a.b": "c"}}),
            json!({"unset": ["a.x", "x.y"]}),
            json!({"rename": {"x": "y"}}),
        ] {
            assert_eq!(applied(edit, r#"{"a": {"b": "\u0063"}}"#), Ok(None));
        }
    }

    #[test]
    fn what_cannot_be_changed_says_why() {
        for (edit, text, why) in [
            (
                json!({"set": {"a.b": 1}}),
                r#"{"a":[1]}"#,
                "\"a\" in it is no object",
            ),
            (json!({"set": {"a": 1}}), "[1]", "it is no JSON object"),
            (json!({"set": {"a": 1}}), "{a}", "it is no JSON"),
            (json!({"set": {"a": 1}}), r#"{"a":1,"a":2}"#, "twice"),
            (json!({"rename": {"a": "b"}}), r#"{"a":1,"b":2}"#, "both"),
        ] {
            let error = applied(edit, text).expect_err(text);
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn changes_inside_each_other_are_refused() {
        for edit in [
            json!({"set": {"a": 1, "a.b": 2}}),
            json!({"set": {"b": 1}, "rename": {"a": "b"}}),
            json!({"rename": {"a": "b", "b": "c"}}),
            json!({"set": {"a": {"b": 1}}}),
            json!({"unset": ["a..b"]}),
            json!({}),
        ] {
            edits(edit.clone()).expect_err(&edit.to_string());
        }
    }
}
