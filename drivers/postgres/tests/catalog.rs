//! What the driver sees of a catalog, kind by kind. (Catches what is missed, told twice, or told
//! that is not people's own.)

#![allow(clippy::unwrap_used)]

mod servers;

use servers::{alone, each};

#[test]
fn look() {
    each(|database| {
        let mut driver = database.open();
        alone(&mut *driver, include_str!("schema/everything.sql")).unwrap();
        println!("{:#?}", driver.introspect().unwrap());
    });
}
