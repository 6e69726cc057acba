//! Tables and what is said of them as a whole; sequences are tables too, for MariaDB.

use super::{About, Half, Odd, Row, Seen, sequences};
use initium_driver::catalog::Options;
use initium_driver::{Name, Table};

pub fn question(about: &About) -> String {
    format!(
        "SELECT table_name, table_type, engine, table_collation, create_options, table_comment \
         FROM information_schema.tables WHERE {} AND table_type NOT IN ('VIEW', 'SYSTEM VIEW')",
        about.tables()
    )
}

pub fn row(mut row: Row, about: &About, seen: &mut Seen) {
    let name = row.text(0);
    let kind = row.text(1);
    if kind == "SEQUENCE" {
        sequences::want(name, seen);
        return;
    }
    let mut half = Half::default();
    let mut options = Options::new();
    let engine = row.text(2);
    if !engine.eq_ignore_ascii_case("innodb") && !engine.is_empty() {
        options.insert("engine".into(), engine);
    }
    half.collation = row.text(3);
    if about.dialect.collation.as_ref() != Some(&half.collation) && !half.collation.is_empty() {
        options.insert("collation".into(), half.collation.clone());
    }
    if kind == "SYSTEM VERSIONED" {
        options.insert("system_versioning".into(), "true".into());
    }
    described(&row.text(4), &mut options);
    half.table = Table {
        name: Name::new(&name),
        comment: row.maybe(5).filter(|text| !text.is_empty()),
        options,
        ..Table::default()
    };
    seen.halves.insert(name, half);
}

/// MySQL does not say of a table that is parted by its key that it is parted.
pub fn parted(about: &About) -> String {
    format!(
        "SELECT DISTINCT table_name FROM information_schema.partitions WHERE {} \
         AND partition_name IS NOT NULL",
        about.tables()
    )
}

pub fn parted_row(mut row: Row, _: &About, seen: &mut Seen) {
    if let Some(half) = seen.halves.get_mut(&row.text(0)) {
        half.odd.push(Odd::Partitions);
    }
}

/// `row_format=COMPRESSED KEY_BLOCK_SIZE=8 partitioned `page_compressed`='1'`
fn described(text: &str, options: &mut Options) {
    for word in text.split_whitespace() {
        if let Some((name, value)) = word.split_once('=') {
            let name = name.trim_matches('`').to_ascii_lowercase();
            let value = value.trim_matches(['\'', '"']);
            options.insert(name, value.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_both_families_write_them() {
        let mut options = Options::new();
        described(
            "row_format=COMPRESSED KEY_BLOCK_SIZE=8 partitioned `page_compressed`='1' COMPRESSION=\"zlib\"",
            &mut options,
        );
        let told: Vec<_> = options.iter().map(|(a, b)| format!("{a}={b}")).collect();
        assert_eq!(
            told,
            [
                "compression=zlib",
                "key_block_size=8",
                "page_compressed=1",
                "row_format=COMPRESSED"
            ]
        );
    }
}
