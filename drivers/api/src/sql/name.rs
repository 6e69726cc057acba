//! The one kind of name that is ever spliced into SQL: checked, then quoted by the dialect.

use crate::error::{Code, Error, Result};

/// A table name, maybe with its schema, of letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    pub schema: Option<String>,
    pub table: String,
}

/// Room for `_meta`, `_step`, `_log` in PostgreSQL's 63 bytes.
const LONGEST: usize = 57;

impl TableName {
    pub fn parse(text: &str) -> Result<TableName> {
        let (schema, table) = match text.split_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, text),
        };
        let good = |part: &str| {
            !part.is_empty()
                && part.len() <= LONGEST
                && !part.starts_with(|c: char| c.is_ascii_digit())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if !good(table) || !schema.is_none_or(good) {
            return Err(Error::new(
                Code::SettingInvalid,
                "this cannot be the name of the ledger table",
            )
            .help(
                "use letters, digits and _, at most 57, maybe with a schema: ops.initium_migrate",
            ));
        }
        Ok(TableName {
            schema: schema.map(String::from),
            table: table.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_sql_is_refused() {
        for bad in ["", "x;", "x\"", "1x", "a.b.c", "a.", "x y", "drop`"] {
            assert!(TableName::parse(bad).is_err(), "{bad}");
        }
        assert!(TableName::parse("ops.initium_migrate").is_ok());
    }
}
