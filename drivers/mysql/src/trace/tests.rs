//! Which statements have a trace, and what two answers say of them.

use super::*;

#[test]
fn x() {}
