//! The careful reader of the texts that SQLite keeps in `sqlite_schema`. Pure. Pragmas do not tell
//! the names of constraints, checks, what is generated, collations, AUTOINCREMENT or conflict
//! clauses; the texts do. What is not understood is refused, never guessed.

mod code;
mod column;
mod cursor;
mod expression;
mod foreign;
mod index;
mod table;

pub use code::{query, trigger, view};
pub use cursor::telling;
pub use expression::{bracketed, flat, is_value};
pub use index::{collation, index, is_one, standard};
pub use table::table;
