//! What the lints want to know of the servers: their versions, and how large their tables are. Writes
//! nothing. What a server does not tell is assumed: the oldest version, and tables of any size.

use super::Connection;
use crate::lint::{Ground, Version};
use initium_driver::sorted;
use initium_driver::sql::ddl::Tongue;
use initium_driver::sql::sizes::question;
use std::collections::BTreeMap;

/// By the name of the target; databases without SQL have none.
pub fn grounds(connections: &mut [Connection]) -> BTreeMap<String, Ground> {
    let known = |connection: &mut Connection| {
        let ground = ground(connection)?;
        Some((connection.target.clone(), ground))
    };
    sorted::map(connections.iter_mut().filter_map(known))
}

fn ground(connection: &mut Connection) -> Option<Ground> {
    let driver = connection.driver.as_mut();
    let tongue = Tongue::of(driver.dialect().names()[0])?;
    let mut ground = Ground::oldest(tongue);
    if let Some(version) = Version::parse(&driver.server()) {
        ground.version = version;
    }
    // Who may not look has tables of any size.
    let answer = question(tongue).and_then(|question| driver.query(question).ok());
    for row in answer.map(|answer| answer.rows).unwrap_or_default() {
        if let [Some(table), Some(rows)] = row.as_slice()
            && let Ok(rows) = rows.parse()
        {
            ground.sizes.add(table, rows);
        }
    }
    Some(ground)
}
