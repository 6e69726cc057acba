//! How MySQL and MariaDB spell what the ledger needs. Every text is written so that no session
//! setting (sql_mode, character sets, time zone) can change what it means.

use crate::dialect::MySql;
use crate::error::number;
use crate::lock::spelled;
use crate::trace;
use initium_driver::sql::ledger::{Right, Words as LedgerWords};
use initium_driver::{Error, Statement};

#[derive(Clone, Debug, Default)]
pub struct Words {
    /// `user@host` as the server knows us, once it was asked.
    pub account: Option<String>,
    /// Where the catalog is asked what a statement will change: how its words are read.
    pub sight: Option<MySql>,
    /// The name of the lock that this session took.
    pub lock: Option<String>,
}

pub fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Plain words stand as they are; everything else as bytes, which no sql_mode reads differently.
pub fn literal(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" _-.,:;/()=<>+*@%#&!?[]{}|^~$".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        format!("'{text}'")
    } else {
        format!("_utf8mb4 X'{}'", hex(text.as_bytes()))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl LedgerWords for Words {
    fn quote(&self, name: &str) -> String {
        quote(name)
    }

    fn literal(&self, text: &str) -> String {
        literal(text)
    }

    fn key_type(&self) -> &'static str {
        "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    }

    fn text_type(&self) -> &'static str {
        "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    }

    fn time_type(&self) -> &'static str {
        "DATETIME(3)"
    }

    fn counter(&self) -> &'static str {
        "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"
    }

    fn now(&self) -> &'static str {
        "UTC_TIMESTAMP(3)"
    }

    fn time(&self, column: &str) -> String {
        format!("CONCAT(LEFT(DATE_FORMAT({column}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')")
    }

    /// VALUES() is deprecated in MySQL and the only spelling that both families know.
    fn on_duplicate_step(&self) -> &'static str {
        "ON DUPLICATE KEY UPDATE state = VALUES(state), checksum = VALUES(checksum), \
         head = VALUES(head), catalog = VALUES(catalog), at = VALUES(at)"
    }

    fn catalog(&self, statement: &Statement) -> Option<String> {
        trace::question(self.sight.as_ref()?, &statement.text)
    }

    /// A sum that does not fit fails on every server and in every mode; it is no constant, so nobody
    /// works it out too early, and it is compared, because nobody works out whether it is NULL. On a replica that repeats statements it would fail for ever, so there is no
    /// guard where the binary log has statements (see `lock`).
    fn guarded(&self, value: &str) -> String {
        match &self.lock {
            Some(name) => format!(
                "IF(18446744073709551615 + IF(IS_USED_LOCK({}) <=> CONNECTION_ID(), 0, 1) > 1, \
                 {value}, NULL)",
                spelled(name)
            ),
            None => value.into(),
        }
    }

    /// The row format: older servers' default has no room for the primary key of the steps.
    fn table_options(&self) -> &'static str {
        " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    }

    fn columns_of(&self, schema: Option<&str>, tables: &[String]) -> String {
        let names: Vec<_> = tables.iter().map(|t| literal(t)).collect();
        format!(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns \
             WHERE table_schema = {} AND table_name IN ({}) ORDER BY table_name, ordinal_position",
            schema.map_or_else(|| "DATABASE()".into(), literal),
            names.join(", ")
        )
    }

    fn current_schema(&self) -> &'static str {
        "DATABASE()"
    }

    fn schema_of(&self, _table: &str) -> String {
        "DATABASE()".into()
    }

    fn is_missing(&self, error: &Error) -> bool {
        matches!(number(error), Some(1146 | 1054 | 1049))
    }

    fn is_denied(&self, error: &Error) -> bool {
        matches!(number(error), Some(1142 | 1143 | 1044 | 1227 | 1370))
    }

    /// On the tables alone: CREATE may be granted for a table that is not there yet.
    fn grants(&self, schema: &str, tables: &[String], right: Right) -> Vec<String> {
        let create = match right {
            Right::Create => ", CREATE, ALTER",
            Right::Use => "",
        };
        let account = match self.account.as_deref().and_then(|a| a.rsplit_once('@')) {
            Some((user, host)) => {
                let [user, host] = [user, host].map(|part| part.replace('\'', "''"));
                format!("'{user}'@'{host}'")
            }
            None => "CURRENT_USER".into(),
        };
        tables
            .iter()
            .map(|table| {
                format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE{create} ON {}.{} TO {account};",
                    quote(schema),
                    quote(table)
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_be_read_otherwise_goes_as_bytes() {
        assert_eq!(literal("v1:ab c"), "'v1:ab c'");
        assert_eq!(literal("it's"), "_utf8mb4 X'69742773'");
        assert_eq!(literal("\\"), "_utf8mb4 X'5c'");
        assert_eq!(literal("é"), "_utf8mb4 X'c3a9'");
        assert_eq!(literal(""), "_utf8mb4 X''");
        assert_eq!(quote("a`b"), "`a``b`");
    }

    #[test]
    fn grants_name_the_account_the_server_knows() {
        let words = Words {
            account: Some("app@10.%".into()),
            ..Words::default()
        };
        assert_eq!(
            words.grants("shop", &["initium_migrate".into()], Right::Create),
            [
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON `shop`.`initium_migrate` TO 'app'@'10.%';"
            ]
        );
    }
}
