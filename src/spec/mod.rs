//! Files to a checked [`Spec`]: the only room that knows YAML, JSON and `schema/`.

mod model;

pub use model::{Check, Defaults, Migration, PerDatabase, Scripts, Spec, Target, Transaction, When};
