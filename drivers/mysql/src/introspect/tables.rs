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
    described(&row.text(4), &mut options, &mut half.odd);
    if half.odd.is_empty() && kind == "SYSTEM VERSIONED" {
        // Its partitions are told nowhere else.
        half.odd.push(Odd::Partitions);
    }
    half.table = Table {
        name: Name::new(&name),
        comment: row.maybe(5).filter(|text| !text.is_empty()),
        options,
        ..Table::default()
    };
    seen.halves.insert(name, half);
}

/// `row_format=COMPRESSED KEY_BLOCK_SIZE=8 partitioned `page_compressed`='1'`
fn described(text: &str, options: &mut Options, odd: &mut Vec<Odd>) {
    for word in text.split_whitespace() {
        match word.split_once('=') {
            Some((name, value)) => {
                let name = name.trim_matches('`').to_ascii_lowercase();
                let value = value.trim_matches(['\'', '"']);
                options.insert(name, value.into());
            }
            None if word == "partitioned" => odd.push(Odd::Partitions),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_both_families_write_them() {
        let (mut options, mut odd) = (Options::new(), Vec::new());
        described(
            "row_format=COMPRESSED KEY_BLOCK_SIZE=8 partitioned `page_compressed`='1' COMPRESSION=\"zlib\"",
            &mut options,
            &mut odd,
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
        assert_eq!(odd, [Odd::Partitions]);
    }
}
