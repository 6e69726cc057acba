//! What a step would do, as far as looking tells: about how many keys, and some of them before and
//! after. Looks at no more than a bounded part of the keys, and writes nothing.

use crate::bulk::pattern::Spans;
use crate::bulk::shape::Kind;
use crate::bulk::value::command;
use crate::bulk::work::{Expiry, Fate, Work};
use crate::bulk::{Step, Task, mistaken, shown, walk::is_there};
use crate::ground::{Ground, Scan};
use crate::resp::Reply;
use initium_driver::{Preview, Result};

/// How many pages of how many keys are looked at on each server.
const PAGES: usize = 50;
const COUNT: usize = 1_000;
const SAMPLES: usize = 5;

pub fn preview(step: &Step, ground: &mut dyn Ground) -> Result<Preview> {
    let Task::Work(work) = &step.task else {
        return Err(mistaken("work"));
    };
    let mut look = Look {
        step,
        work,
        found: Vec::new(),
        matched: 0,
        samples: Vec::new(),
    };
    if let Some(key) = step.select.pattern.literal() {
        if is_there(&key, &step.select, ground)? {
            look.page(vec![key], ground)?;
        }
        return look.end(None, ground);
    }
    let mut estimate = 0.0;
    let mut counted = true;
    for server in 0..ground.servers()? {
        let before = look.matched;
        let (seen, whole) = look.server(server, ground)?;
        let matched = (look.matched - before) as f64;
        if whole {
            estimate += matched;
        } else {
            counted = false;
            let size = ground.size(server)?.max(seen);
            estimate += matched * size as f64 / seen.max(1) as f64;
        }
    }
    look.end(Some(estimate.round() as u64).filter(|_| !counted), ground)
}

struct Look<'a> {
    step: &'a Step,
    work: &'a Work,
    /// Keys to be shown.
    found: Vec<(Vec<u8>, Fate)>,
    matched: u64,
    samples: Vec<(String, String)>,
}

impl Look<'_> {
    /// How many keys of a server were seen, and whether these are all.
    fn server(&mut self, server: usize, ground: &mut dyn Ground) -> Result<(u64, bool)> {
        let mut cursor = b"0".to_vec();
        let mut seen = 0;
        for _ in 0..PAGES {
            // All keys, so that it is known how many were looked at.
            let scan = Scan {
                server,
                cursor: &cursor,
                pattern: b"*",
                count: COUNT,
                kind: None,
            };
            let page = ground.work(&[], Some(scan))?.1.unwrap_or_default();
            seen += page.keys.len() as u64;
            self.page(page.keys, ground)?;
            cursor = page.cursor;
            if cursor.is_empty() || cursor == b"0" {
                return Ok((seen, true));
            }
        }
        Ok((seen, false))
    }

    fn page(&mut self, keys: Vec<Vec<u8>>, ground: &mut dyn Ground) -> Result<()> {
        let select = &self.step.select;
        let mut spans = Spans::new();
        let mut matched = Vec::new();
        for key in keys {
            if !select.find(&key, &mut spans) || ground.ours(&key) {
                continue;
            }
            match self.work.fate(&key, &spans, select) {
                Fate::Skip => {}
                fate => matched.push((key, fate)),
            }
        }
        if let Some(kind) = select.kind {
            let asked: Vec<_> = matched
                .iter()
                .map(|(key, _)| command("TYPE", key, &[]))
                .collect();
            let kinds = if asked.is_empty() {
                Vec::new()
            } else {
                ground.read(&asked)?
            };
            let both = matched.into_iter().zip(kinds);
            let right = both.filter(|(_, reply)| reply.text() == Some(kind.as_bytes()));
            matched = right.map(|(one, _)| one).collect();
        }
        self.matched += matched.len() as u64;
        let room = SAMPLES - self.found.len();
        self.found.extend(matched.into_iter().take(room));
        Ok(())
    }

    fn end(mut self, estimate: Option<u64>, ground: &mut dyn Ground) -> Result<Preview> {
        for (key, fate) in std::mem::take(&mut self.found) {
            let sample = match fate {
                Fate::Move(new) => Some((shown(&key), shown(&new))),
                Fate::Fail(why) => Some((shown(&key), format!("fails: {why}"))),
                Fate::Skip => None,
                Fate::Work => self.sample(&key, ground)?,
            };
            self.samples.extend(sample);
        }
        Ok(Preview {
            keys: estimate.unwrap_or(self.matched),
            counted: estimate.is_none(),
            samples: self.samples,
        })
    }

    /// A key before and after; `None` if nothing of it would change.
    fn sample(&self, key: &[u8], ground: &mut dyn Ground) -> Result<Option<(String, String)>> {
        let name = shown(key);
        let before = |value: &str| format!("{name}: {value}");
        let ask = |ground: &mut dyn Ground, verb: &str| -> Result<Reply> {
            let mut replies = ground.read(&[command(verb, key, &[])])?;
            Ok(replies.pop().unwrap_or(Reply::Nil))
        };
        Ok(match self.work {
            Work::Move { .. } => None,
            Work::Delete => Some((name, "deleted".into())),
            Work::Each { .. } => Some((name, "as its script says".into())),
            Work::Expire(expiry) => {
                let ttl = ask(ground, "PTTL")?.integer().unwrap_or(-2);
                let now = if ttl < 0 {
                    "no TTL".into()
                } else {
                    format!("TTL {} s", ttl / 1000)
                };
                match expiry {
                    Expiry::Never if ttl < 0 => None,
                    Expiry::Never => Some((before(&now), "no TTL".into())),
                    Expiry::After { replace: false, .. } if ttl != -1 => None,
                    Expiry::After { ms, .. } => {
                        Some((before(&now), format!("TTL {} s", ms / 1000)))
                    }
                }
            }
            Work::Convert { from, to } => {
                let kind = ask(ground, "TYPE")?;
                let kind = String::from_utf8_lossy(kind.text().unwrap_or_default()).into_owned();
                match kind == from.word() {
                    true => Some((before(&kind), to.word().into())),
                    false if kind == to.word() => None,
                    false => Some((before(&kind), format!("fails: it is not a {}", from.word()))),
                }
            }
            Work::Json(edits) => {
                if ask(ground, "STRLEN")?
                    .integer()
                    .is_some_and(|length| length > 1 << 20)
                {
                    return Ok(Some((name, "too long to be shown".into())));
                }
                let value = ask(ground, "GET")?;
                let now = value.text().unwrap_or_default();
                match edits.apply(now) {
                    Ok(None) => None,
                    Ok(Some(new)) => Some((before(&shown(now)), shown(&new))),
                    Err(why) => Some((before(&shown(now)), format!("fails: {why}"))),
                }
            }
            Work::Hash(_) => self.hash(key, ground)?,
        })
    }

    /// Of a hash only the fields that change are shown.
    fn hash(&self, key: &[u8], ground: &mut dyn Ground) -> Result<Option<(String, String)>> {
        let (Work::Hash(fields), mut spans) = (self.work, Spans::new()) else {
            return Ok(None);
        };
        self.step.select.pattern.find(key, &mut spans);
        let mut named: Vec<&str> = fields.set.iter().map(|(field, _)| field.as_str()).collect();
        named.extend(fields.unset.iter().map(String::as_str));
        named.extend(
            fields
                .rename
                .iter()
                .flat_map(|(old, new)| [old.as_str(), new.as_str()]),
        );
        let read = ground.read(&[command("HMGET", key, &named)])?;
        let Some(Reply::List(now)) = read.first() else {
            let kind = Kind::Hash.word();
            return Ok(Some((shown(key), format!("fails: it is not a {kind}"))));
        };
        let now: Vec<Option<&[u8]>> = now.iter().map(Reply::text).collect();
        let mut new = now.clone();
        let values: Vec<Vec<u8>> = fields.values(key, &spans).collect();
        let behind = fields.set.len() + fields.unset.len();
        for at in (behind..named.len()).step_by(2) {
            if new[at].is_some() {
                new[at + 1] = new[at].take();
            }
        }
        for (at, value) in values.iter().enumerate() {
            new[at] = Some(value);
        }
        new[fields.set.len()..behind].fill(None);
        let told = |values: &[Option<&[u8]>]| {
            let pairs = named.iter().zip(values);
            let there =
                pairs.filter_map(|(field, value)| Some(format!("{field} = {}", shown((*value)?))));
            there.collect::<Vec<_>>().join(", ")
        };
        let changed = now != new;
        Ok(changed.then(|| (format!("{}: {}", shown(key), told(&now)), told(&new))))
    }
}
