//! The text of a step as a step. What could not be told apart from its own result is refused here,
//! so that a plan says it before anything is touched.

use crate::bulk::edit::Edits;
use crate::bulk::fields::Fields;
use crate::bulk::moves::Move;
use crate::bulk::query::Ask;
use crate::bulk::select::Select;
use crate::bulk::shape::{Globs, Kind, Said, Scalar};
use crate::bulk::template::Template;
use crate::bulk::work::{Expiry, Verb, Work};
use crate::bulk::{Step, Task};
use initium_driver::{Code, Error, Result};

const BATCH: u32 = 1000;
const MOST: u32 = 10_000;
const SAMPLE: u32 = 100;

/// `name` is the word behind `initium.`, `body` the Lua of a step that has some.
pub fn parse(name: &str, json: &str, body: &str) -> Result<Step> {
    let reading = Reading { name, json, body };
    if name != "each" && !body.trim().is_empty() {
        return Err(reading.invalid("it takes no script"));
    }
    match name {
        "rename" | "copy" => reading.moving(),
        "delete" => reading.work(&reading.said(&[PACE])?, |_| Ok(Work::Delete)),
        "convert" => reading.converting(),
        "hash" => reading.hashing(),
        "expire" => reading.expiring(),
        "json" => reading.editing(),
        "each" => reading.calling(),
        "count" => {
            let said = reading.said(&[&["at_least", "at_most"]])?;
            reading.ask(&said, |_| {
                Ok(Ask::Count {
                    at_least: said.at_least,
                    at_most: said.at_most,
                })
            })
        }
        "any" => reading.ask(&reading.said(&[])?, |_| Ok(Ask::Any)),
        "none" => reading.ask(&reading.said(&[])?, |_| Ok(Ask::None)),
        "sample" => {
            let said = reading.said(&[&["to", "size", "compare"]])?;
            reading.ask(&said, |select| {
                Ok(Ask::Sample {
                    by: Move::new(reading.needed("to", &said.to)?, select)?,
                    size: said.size.unwrap_or(SAMPLE).clamp(1, MOST) as usize,
                    compare: said.compare.unwrap_or_default(),
                })
            })
        }
        _ => Err(Error::new(Code::SpecInvalid, format!("there is no step {name:?}")).help(
            "steps are rename, copy, delete, convert, hash, expire, json, each; questions are count, any, none, sample",
        )),
    }
}

/// Which keys a step is about, and how fast it goes.
const KEYS: &[&str] = &["match", "unless", "type"];
const PACE: &[&str] = &["batch", "rate"];
const CHANGES: &[&str] = &["set", "unset", "rename"];

struct Reading<'a> {
    name: &'a str,
    json: &'a str,
    body: &'a str,
}

impl Reading<'_> {
    /// What is said, if it is nothing but what all have and these.
    fn said(&self, keys: &[&[&str]]) -> Result<Said> {
        let read: Result<Said, _> = serde_json::from_str(self.json);
        let said = read.map_err(|error| self.invalid(&error.to_string()))?;
        let keys = [&[KEYS], keys].concat();
        match said.beside(&keys) {
            None => Ok(said),
            Some(key) => {
                let error = self.invalid(&format!("it takes no `{key}`"));
                Err(error.help(format!("it takes {}", keys.concat().join(", "))))
            }
        }
    }

    fn needed<'s, T>(&self, key: &str, said: &'s Option<T>) -> Result<&'s T> {
        let missing = || self.invalid(&format!("`{key}` is missing"));
        said.as_ref().ok_or_else(missing)
    }

    fn moving(&self) -> Result<Step> {
        let said = self.said(&[PACE, &["to", "on_conflict"]])?;
        self.work(&said, |select| {
            Ok(Work::Move {
                verb: match self.name {
                    "copy" => Verb::Copy,
                    _ => Verb::Rename,
                },
                by: Move::new(self.needed("to", &said.to)?, select)?,
                conflict: said.on_conflict.unwrap_or_default(),
            })
        })
    }

    fn converting(&self) -> Result<Step> {
        use Kind::{Hash, List, Set, String, Zset};
        let said = self.said(&[PACE, &["from", "to"]])?;
        let from = *self.needed("from", &said.from)?;
        let to = self.needed("to", &said.to)?;
        let Some(to) = Kind::of(to) else {
            return Err(self.invalid(&format!("there is no type {to:?}")));
        };
        let known = [
            (String, Hash),
            (String, List),
            (List, Set),
            (Set, Zset),
            (List, Zset),
        ];
        if !known.contains(&(from, to)) && !known.contains(&(to, from)) {
            let why = format!("a {} cannot become a {}", from.word(), to.word());
            return Err(self.invalid(&why).help(
                "string and hash, string and list, list and set, set and zset, list and zset become each other",
            ));
        }
        self.work(&said, |_| Ok(Work::Convert { from, to }))
    }

    fn hashing(&self) -> Result<Step> {
        let mut said = self.said(&[PACE, CHANGES])?;
        let unset = said.unset.take().unwrap_or_default();
        let rename = said.rename.take().unwrap_or_default();
        self.work(&said, |select| {
            let mut set = Vec::new();
            for (field, value) in said.set.iter().flatten() {
                let value: Result<Scalar, _> = serde_json::from_str(value.get());
                let value = value.map_err(|error| self.invalid(&error.to_string()))?;
                set.push((
                    field.clone(),
                    Template::parse(&value.text(), &select.pattern)?,
                ));
            }
            let fields = Fields::new(set, unset, rename.into_iter().collect());
            fields.map(Work::Hash).map_err(|why| self.invalid(&why))
        })
    }

    fn editing(&self) -> Result<Step> {
        let mut said = self.said(&[PACE, CHANGES])?;
        let set = said.set.take().unwrap_or_default();
        let unset = said.unset.take().unwrap_or_default();
        let rename = said.rename.take().unwrap_or_default();
        let edits = Edits::new(set, unset, rename).map_err(|why| self.invalid(&why))?;
        self.work(&said, |_| Ok(Work::Json(edits)))
    }

    fn expiring(&self) -> Result<Step> {
        let said = self.said(&[PACE, &["ttl_ms", "persist", "replace"]])?;
        let replace = said.replace.unwrap_or_default();
        let expiry = match (said.ttl_ms, said.persist.unwrap_or_default()) {
            (None, true) if replace => {
                return Err(self.invalid("`persist` has nothing to replace"));
            }
            (None, true) => Expiry::Never,
            (Some(ms), false) if (1..=1 << 52).contains(&ms) => Expiry::After { ms, replace },
            (Some(_), false) => {
                return Err(self.invalid("its TTL is 0, or longer than the server counts"));
            }
            _ => return Err(self.invalid("it says either a TTL or `persist`")),
        };
        self.work(&said, |_| Ok(Work::Expire(expiry)))
    }

    fn calling(&self) -> Result<Step> {
        let said = self.said(&[PACE, &["args"]])?;
        if self.body.trim().is_empty() {
            return Err(self.invalid("its script is missing"));
        }
        self.work(&said, |_| {
            Ok(Work::Each {
                lua: self.body.to_string(),
                args: said.args.iter().flatten().map(Scalar::text).collect(),
            })
        })
    }

    fn work(&self, said: &Said, work: impl FnOnce(&Select) -> Result<Work>) -> Result<Step> {
        let batch = said.batch.unwrap_or(BATCH);
        if !(1..=MOST).contains(&batch) {
            return Err(self.invalid(&format!("`batch` is 1 to {MOST}")));
        }
        if said.rate == Some(0) {
            return Err(self.invalid("`rate` is at least 1 key per second"));
        }
        let select = self.select(said)?;
        let work = work(&select)?;
        Ok(self.step(select, batch as usize, said.rate, Task::Work(work)))
    }

    fn ask(&self, said: &Said, ask: impl FnOnce(&Select) -> Result<Ask>) -> Result<Step> {
        let select = self.select(said)?;
        let ask = ask(&select)?;
        Ok(self.step(select, BATCH as usize, None, Task::Ask(ask)))
    }

    fn select(&self, said: &Said) -> Result<Select> {
        let pattern = self.needed("match", &said.pattern)?;
        let unless = said
            .unless
            .iter()
            .flat_map(Globs::texts)
            .map(String::as_str);
        Select::new(pattern, unless, said.kind.map(Kind::word))
    }

    fn step(&self, select: Select, batch: usize, rate: Option<u32>, task: Task) -> Step {
        Step {
            select,
            batch,
            rate,
            task,
            print: print(&[self.name, self.json, self.body]),
        }
    }

    fn invalid(&self, why: &str) -> Error {
        Error::new(
            Code::SpecInvalid,
            format!("the step `{}` cannot be used: {why}", self.name),
        )
    }
}

/// FNV-1a: only another text of the same step has to come out as another one.
fn print(texts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in texts.iter().flat_map(|text| text.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_its_own_keys_and_no_other() {
        for (name, json, why) in [
            ("delete", r#"{"match":"a*","to":"b"}"#, "it takes no `to`"),
            ("any", r#"{"match":"a*","batch":1}"#, "it takes no `batch`"),
            ("delete", r#"{"match":"a*","type":null}"#, "expected value"),
            ("delete", r#"{"match":"a*","match":"b*"}"#, "duplicate"),
            ("delete", r#"{"match":"a*","mach":"b*"}"#, "unknown field"),
            ("delete", r#"{"batch":1}"#, "`match` is missing"),
            ("copy", r#"{"match":"a*"}"#, "`to` is missing"),
            (
                "convert",
                r#"{"match":"a*","from":"set","to":"tree"}"#,
                "no type \"tree\"",
            ),
            (
                "hash",
                r#"{"match":"a*","set":{"f":[1]}}"#,
                "did not match any",
            ),
        ] {
            let error = parse(name, json, "").expect_err(json);
            assert!(error.message().contains(why), "{json}: {error}");
        }
        parse("convert", r#"{"match":"a*","from":"set","to":"zset"}"#, "").expect("a step");
        parse("hash", r#"{"match":"a*","set":{"f":1,"g":true}}"#, "").expect("a step");
    }
}
