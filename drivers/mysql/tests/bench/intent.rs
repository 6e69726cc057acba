//! Intents and their verdicts, through the driver's contract, and something of every kind to change.

#![allow(dead_code, clippy::unwrap_used)]

use super::{split, step};
use initium_driver::{Driver, Entry, Script, Verdict};

pub const WITHOUT: Verdict = Verdict::Without { clear: Vec::new() };

/// What the intent noted, compared with what is there now.
pub fn verdict(driver: &mut dyn Driver, text: &str) -> Verdict {
    let statement = split(driver, text).remove(0);
    let noted = driver.history().unwrap().steps.pop().unwrap();
    driver.verdict(&noted, &statement).unwrap()
}

pub fn intend(driver: &mut dyn Driver, text: &str) {
    let statement = Box::new(split(driver, text).remove(0));
    let intent = Entry::Intent {
        step: step("m", 1),
        statement,
    };
    driver.execute(&Script::entries(vec![intent])).unwrap();
}

pub const TABLE: &str = "CREATE TABLE p (id int PRIMARY KEY); \
     CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20), c int, KEY ia (a), KEY ibc (b, c), \
     CONSTRAINT ck CHECK (c > 0), CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id)); \
     CREATE TABLE n (id int PRIMARY KEY, pid int) COMMENT 'n'; CREATE VIEW v AS SELECT id FROM t; \
     CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; \
     CREATE PROCEDURE pr(IN x int) SELECT x; \
     CREATE FUNCTION fu(x int) RETURNS int DETERMINISTIC RETURN x; \
     CREATE EVENT ev ON SCHEDULE EVERY 1 YEAR DO SET @x = 1; \
     CREATE TABLE part (id int PRIMARY KEY) PARTITION BY RANGE (id) \
     (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))";
