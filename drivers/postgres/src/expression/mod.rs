//! How PostgreSQL reads expressions and what it makes of them: each cast that it adds by itself is
//! told as if somebody had written it. So types are found here as the server finds them, and the
//! same casts added to what was written. Where a type is not known nothing is added.

mod calls;
mod choice;
mod list;
mod literal;
mod operators;
mod settle;

use crate::grammar::RULES;
use crate::types;
use initium_driver::sql::expression::{Flavour, Grammar, Levels, Names, Quoted};

pub const FLAVOUR: Flavour = Flavour {
    rules: RULES,
    names: Names::Exact,
    tables: Names::Exact,
    double_quotes: Quoted::Name,
    grammar: Grammar::Common,
    levels: Levels {
        or: 1,
        xor: 0,
        and: 2,
        not: 3,
        is: 4,
        predicate: 6,
        other: 7,
        zone: 11,
        collate: 12,
        sign: 13,
        bang: 0,
    },
    operators: &[
        ("<=", 5),
        (">=", 5),
        ("<>", 5),
        ("!=", 5),
        ("=", 5),
        ("<", 5),
        (">", 5),
        ("+", 8),
        ("-", 8),
        ("*", 9),
        ("/", 9),
        ("%", 9),
        ("^", 10),
    ],
    synonyms: calls::SYNONYMS,
    bare: calls::BARE,
    types: types::canonical,
    settle: settle::whole,
};
