//! All selected keys, a page at a time, for whoever only looks.

use crate::bulk::select::Select;
use crate::ground::{Ground, Scan};
use initium_driver::Result;

/// How much of a server is looked through for one page.
const COUNT: usize = 2_000;

pub enum On {
    Go,
    Stop,
}

type Each<'a> = dyn FnMut(&mut dyn Ground, Vec<Vec<u8>>) -> Result<On> + 'a;

/// Selected keys in the order in which the servers show them; late duplicates come twice.
pub fn walk(select: &Select, ground: &mut dyn Ground, each: &mut Each) -> Result<()> {
    if let Some(key) = select.pattern.literal() {
        let there = is_there(&key, select, ground)?;
        let keys = Some(key).filter(|key| there && select.takes(key) && !ground.ours(key));
        each(ground, keys.into_iter().collect())?;
        return Ok(());
    }
    for server in 0..ground.servers()? {
        let mut cursor = b"0".to_vec();
        loop {
            let scan = Scan {
                server,
                cursor: &cursor,
                pattern: select.pattern.text().as_bytes(),
                count: COUNT,
                kind: select.kind,
            };
            let page = ground.work(&[], Some(scan))?.1.unwrap_or_default();
            let mut keys = page.keys;
            keys.retain(|key| select.takes(key) && !ground.ours(key));
            if let On::Stop = each(ground, keys)? {
                return Ok(());
            }
            cursor = page.cursor;
            if cursor.is_empty() || cursor == b"0" {
                break;
            }
        }
    }
    Ok(())
}

/// Whether a key is there, and of the type that is asked for.
pub fn is_there(key: &[u8], select: &Select, ground: &mut dyn Ground) -> Result<bool> {
    let kind = ground.read(&[vec![b"TYPE".to_vec(), key.to_vec()]])?;
    let kind = kind.first().and_then(|reply| reply.text());
    Ok(kind.is_some_and(|kind| match select.kind {
        Some(wanted) => kind == wanted.as_bytes(),
        None => kind != b"none",
    }))
}
