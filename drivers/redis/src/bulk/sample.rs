//! Whether copies hold what their originals hold, by some of them.

use crate::bulk::moves::{Move, Name};
use crate::bulk::pattern::Spans;
use crate::bulk::shape::Compare;
use crate::bulk::value::values;
use crate::bulk::walk::{On, walk};
use crate::bulk::{Step, shown};
use crate::ground::Ground;
use initium_driver::Result;

/// How many pairs are held at a time.
const HELD: usize = 8;

pub fn sample(
    step: &Step,
    by: &Move,
    size: usize,
    compare: Compare,
    ground: &mut dyn Ground,
) -> Result<String> {
    let select = &step.select;
    let mut seen = 0;
    let mut different = 0;
    let mut first = None;
    walk(select, ground, &mut |ground, keys| {
        let mut pairs = Vec::new();
        let mut spans = Spans::new();
        for key in keys {
            if seen + pairs.len() >= size {
                break;
            }
            if !select.pattern.find(&key, &mut spans) {
                continue;
            }
            match by.name(&key, &spans, select) {
                Name::New(new) | Name::Again(new) => pairs.push((key, new)),
                Name::Same => {}
            }
        }
        for some in pairs.chunks(HELD) {
            let keys: Vec<&[u8]> = some
                .iter()
                .flat_map(|(old, new)| [&old[..], &new[..]])
                .collect();
            let values = values(&keys, ground)?;
            for ((old, new), pair) in some.iter().zip(values.chunks(2)) {
                let why = match pair {
                    // Gone since its name was shown.
                    [None, _] => continue,
                    [Some(_), None] => "is not there",
                    [Some(a), Some(b)] if a.kind != b.kind => "is of another type",
                    [Some(a), Some(b)] if a.ends != b.ends && b.ends => {
                        "has a TTL and the old one has none"
                    }
                    [Some(a), Some(b)] if a.ends != b.ends => "has no TTL and the old one has one",
                    [a, b] if compare == Compare::Value && a != b => "holds another value",
                    _ => {
                        seen += 1;
                        continue;
                    }
                };
                seen += 1;
                different += 1;
                first.get_or_insert_with(|| format!("{} {why} (from {})", shown(new), shown(old)));
            }
        }
        Ok(if seen >= size { On::Stop } else { On::Go })
    })?;
    Ok(match first {
        None => "true".into(),
        Some(first) => format!("{different} of {seen} differ, first: {first}"),
    })
}
