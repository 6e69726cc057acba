//! The text of a step as a step. What could not be told apart from its own result is refused here,
//! so that a plan says it before anything is touched.

use crate::bulk::edit::Edits;
use crate::bulk::fields::Fields;
use crate::bulk::moves::Move;
use crate::bulk::query::Ask;
use crate::bulk::select::Select;
use crate::bulk::shape::{self, Globs, Kind};
use crate::bulk::template::Template;
use crate::bulk::work::{Expiry, Verb, Work};
use crate::bulk::{Step, Task};
use initium_driver::{Code, Error, Result};
use serde::de::DeserializeOwned;

const BATCH: u32 = 1000;
const MOST: u32 = 10_000;

/// `name` is the word behind `initium.`, `body` the Lua of a step that has some.
pub fn parse(name: &str, json: &str, body: &str) -> Result<Step> {
    if name != "each" && !body.trim().is_empty() {
        return Err(invalid(name, "it takes no script"));
    }
    let reading = Reading { name, json, body };
    match name {
        "rename" | "copy" => reading.moving(),
        "delete" => {
            let shape: shape::Deleting = reading.shape()?;
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            reading.work(select, (shape.batch, shape.rate), Work::Delete)
        }
        "convert" => reading.converting(),
        "hash" => reading.hashing(),
        "expire" => reading.expiring(),
        "json" => {
            let shape: shape::Editing = reading.shape()?;
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            let edits = Edits::new(shape.set, shape.unset, shape.rename);
            let edits = edits.map_err(|why| invalid(name, &why))?;
            reading.work(select, (shape.batch, shape.rate), Work::Json(edits))
        }
        "each" => {
            let shape: shape::Calling = reading.shape()?;
            if body.trim().is_empty() {
                return Err(invalid(name, "its script is missing"));
            }
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            let lua = body.to_string();
            let args = shape.args.iter().map(shape::Scalar::text).collect();
            let work = Work::Each { lua, args };
            reading.work(select, (shape.batch, shape.rate), work)
        }
        "count" => {
            let shape: shape::Counting = reading.shape()?;
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            let ask = Ask::Count {
                at_least: shape.at_least,
                at_most: shape.at_most,
            };
            reading.ask(select, ask)
        }
        "any" | "none" => {
            let shape: shape::Asking = reading.shape()?;
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            let ask = if name == "any" { Ask::Any } else { Ask::None };
            reading.ask(select, ask)
        }
        "sample" => {
            let shape: shape::Sampling = reading.shape()?;
            let select = select(&shape.pattern, &shape.unless, shape.kind)?;
            let ask = Ask::Sample {
                by: Move::new(&shape.to, &select)?,
                size: shape.size.clamp(1, MOST) as usize,
                compare: shape.compare,
            };
            reading.ask(select, ask)
        }
        _ => Err(Error::new(Code::SpecInvalid, format!("there is no step {name:?}")).help(
            "steps are rename, copy, delete, convert, hash, expire, json, each; questions are count, any, none, sample",
        )),
    }
}

struct Reading<'a> {
    name: &'a str,
    json: &'a str,
    body: &'a str,
}

impl Reading<'_> {
    fn shape<T: DeserializeOwned>(&self) -> Result<T> {
        let read = serde_json::from_str(self.json);
        read.map_err(|error| invalid(self.name, &error.to_string()))
    }

    fn moving(&self) -> Result<Step> {
        let shape: shape::Moving = self.shape()?;
        let select = select(&shape.pattern, &shape.unless, shape.kind)?;
        let work = Work::Move {
            verb: if self.name == "copy" {
                Verb::Copy
            } else {
                Verb::Rename
            },
            by: Move::new(&shape.to, &select)?,
            conflict: shape.on_conflict,
        };
        self.work(select, (shape.batch, shape.rate), work)
    }

    fn converting(&self) -> Result<Step> {
        use Kind::{Hash, List, Set, String, Zset};
        let shape: shape::Converting = self.shape()?;
        let (from, to) = (shape.from, shape.to);
        let known = [
            (String, Hash),
            (String, List),
            (List, Set),
            (Set, Zset),
            (List, Zset),
        ];
        if !known.contains(&(from, to)) && !known.contains(&(to, from)) {
            let why = format!("a {} cannot become a {}", from.word(), to.word());
            return Err(invalid(self.name, &why).help(
                "string and hash, string and list, list and set, set and zset, list and zset become each other",
            ));
        }
        let select = select(&shape.pattern, &shape.unless, shape.kind)?;
        self.work(
            select,
            (shape.batch, shape.rate),
            Work::Convert { from, to },
        )
    }

    fn hashing(&self) -> Result<Step> {
        let shape: shape::Hashing = self.shape()?;
        let select = select(&shape.pattern, &shape.unless, shape.kind)?;
        let mut set = Vec::new();
        for (field, value) in &shape.set {
            let value = Template::parse(&value.text(), &select.pattern)?;
            set.push((field.clone(), value));
        }
        let rename = shape.rename.into_iter().collect();
        let fields = Fields::new(set, shape.unset, rename);
        let fields = fields.map_err(|why| invalid(self.name, &why))?;
        self.work(select, (shape.batch, shape.rate), Work::Hash(fields))
    }

    fn expiring(&self) -> Result<Step> {
        let shape: shape::Expiring = self.shape()?;
        let expiry = match (shape.ttl_ms, shape.persist) {
            (None, true) if shape.replace => {
                return Err(invalid(self.name, "`persist` has nothing to replace"));
            }
            (None, true) => Expiry::Never,
            (Some(ms), false) if (1..=1 << 52).contains(&ms) => Expiry::After {
                ms,
                replace: shape.replace,
            },
            (Some(_), false) => {
                return Err(invalid(
                    self.name,
                    "its TTL is 0, or longer than the server counts",
                ));
            }
            _ => return Err(invalid(self.name, "it says either a TTL or `persist`")),
        };
        let select = select(&shape.pattern, &shape.unless, shape.kind)?;
        self.work(select, (shape.batch, shape.rate), Work::Expire(expiry))
    }

    fn work(&self, select: Select, pace: (Option<u32>, Option<u32>), work: Work) -> Result<Step> {
        let (batch, rate) = pace;
        let batch = batch.unwrap_or(BATCH);
        if !(1..=MOST).contains(&batch) {
            return Err(invalid(self.name, &format!("`batch` is 1 to {MOST}")));
        }
        if rate == Some(0) {
            return Err(invalid(self.name, "`rate` is at least 1 key per second"));
        }
        Ok(self.step(select, batch as usize, rate, Task::Work(work)))
    }

    fn ask(&self, select: Select, ask: Ask) -> Result<Step> {
        Ok(self.step(select, BATCH as usize, None, Task::Ask(ask)))
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
}

fn select(pattern: &str, unless: &Globs, kind: Option<Kind>) -> Result<Select> {
    let unless = unless.texts().iter().map(String::as_str);
    Select::new(pattern, unless, kind.map(Kind::word))
}

/// FNV-1a: only another text of the same step has to come out as another one.
fn print(texts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in texts.iter().flat_map(|text| text.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

fn invalid(name: &str, why: &str) -> Error {
    Error::new(
        Code::SpecInvalid,
        format!("the step `{name}` cannot be used: {why}"),
    )
}
