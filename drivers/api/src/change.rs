//! One difference between two catalogs, as data; a dialect turns it into statements.

use crate::catalog::{Column, Table};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    CreateTable(Table),
    DropTable { table: String },
    AddColumn { table: String, column: Column },
    DropColumn { table: String, column: String },
}
