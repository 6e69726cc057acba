//! What the SQL drivers share: the lexer, the splitter, the words for the ledger's tables.
//! The algorithm stands here once; a driver brings its small differences as data.

mod copying;
pub mod ddl;
pub mod expression;
pub mod form;
pub mod ledger;
pub mod lexer;
pub mod name;
pub mod pages;
pub mod reading;
pub mod sizes;
pub mod split;
pub mod stretch;
pub mod token;
pub mod variables;
