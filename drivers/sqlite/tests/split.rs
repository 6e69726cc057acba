//! The splitter against SQLite's own: `sqlite3_prepare` says where a statement ends.

use initium_driver::sql::split::Grammar;
use initium_sqlite::SqliteDialect;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};

/// Statements that SQLite takes, each hard in its own way.
const STATEMENTS: &[&str] = &[
    "SELECT 1",
    "SELECT ';', 'it''s; \"', \"a;b\", [a;b], `c;d` FROM t",
    "SELECT a -- ; '\n FROM t",
    "SELECT /* ; ' */ a FROM t",
    "SELECT CASE a WHEN 1 THEN ';' ELSE (SELECT 2) END FROM t",
    "INSERT INTO t (a) VALUES (x'3b'), (1e-5), ('\u{e9};\u{1f980}')",
    "CREATE TRIGGER {} AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 ELSE 3 END; END",
    "CREATE TEMP TRIGGER {} AFTER DELETE ON t BEGIN SELECT 1; SELECT ';end;'; END",
    "create temporary /* x */ trigger if not exists {} before update of a, \"a;b\" on t when \
     new.a > 1 begin select case 1 when 1 then 2 end; -- end;\n insert into t (a) values ('end'); end",
    "CREATE TRIGGER {} AFTER INSERT ON t BEGIN SELECT \"end\" FROM u; SELECT a end FROM t; END",
    "CREATE TRIGGER {} AFTER INSERT ON t FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no; END;'); END",
    "EXPLAIN QUERY PLAN SELECT 1",
    "EXPLAIN CREATE TRIGGER {} AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE VIEW {} AS SELECT 'begin;' AS trigger_x FROM t",
    "CREATE TABLE {} (\"begin\" integer, end integer, trigger_ text DEFAULT ';')",
    "CREATE TABLE {} (a, [b;c], d CHECK (d <> ';'), e AS (a || ';'))",
    "PRAGMA table_info('t')",
    "WITH x(a) AS (VALUES (';')) SELECT * FROM x",
    "SAVEPOINT a; ROLLBACK TO a; RELEASE a",
    "REINDEX",
    "SELECT 5--3\n+1",
    "SELECT 1 /",
];

const BETWEEN: &[&str] = &[
    ";",
    " ;\n",
    ";;",
    "; -- x; y\n",
    "; /* ; */ ",
    ";\r\n\t",
    "/* x */;",
    ";\u{feff}",
];

fn database() -> Connection {
    let connection = Connection::open_in_memory().expect("memory");
    connection
        .execute_batch(
            "CREATE TABLE t (a, \"a;b\", \"c;d\", [begin]); CREATE TABLE u (\"end\", x);",
        )
        .expect("tables");
    connection
}

/// Where SQLite ends the statements; stops at the first that it does not take.
fn by_sqlite(text: &str) -> (Vec<String>, Option<String>) {
    let connection = database();
    let mut found = Vec::new();
    let mut batch = Batch::new(&connection, text);
    loop {
        match batch.next() {
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error.to_string())),
            Ok(Some(mut statement)) => {
                let text = statement.expanded_sql().expect("its text");
                let creates = text.to_lowercase().contains("create");
                found.push(text);
                if !creates {
                    // Where it ends is known; rows that feed triggers that feed rows may never end.
                    continue;
                }
                let mut rows = statement.raw_query();
                while let Ok(Some(_)) = rows.next() {}
            }
        }
    }
}

/// The pieces that hold a statement, after a check that they concatenate to the text.
fn by_us(text: &str) -> Vec<String> {
    let pieces = SqliteDialect.pieces(text).expect(text);
    let all: String = pieces.iter().map(|p| &text[p.range.clone()]).collect();
    assert_eq!(all, text);
    let full = pieces.iter().filter(|p| p.statement.is_some());
    full.map(|p| text[p.range.clone()].to_string()).collect()
}

fn compare(text: &str, seed: u64) {
    let (expected, fault) = by_sqlite(text);
    let mut ours = by_us(text);
    if fault.is_some() {
        ours.truncate(expected.len());
    }
    assert_eq!(
        ours.len(),
        expected.len(),
        "seed {seed}, text {text:?}, {fault:?}"
    );
    for (ours, theirs) in ours.iter().zip(&expected) {
        // SQLite counts empty statements to the one that follows.
        let empty = theirs.strip_suffix(ours.as_str());
        let same = empty.is_some_and(|empty| by_us(empty).is_empty());
        assert!(same, "seed {seed}: {ours:?} is not {theirs:?}");
    }
}

#[test]
fn every_statement_alone_ends_where_sqlite_ends_it() {
    for statement in STATEMENTS {
        let text = statement.replace("{}", "name");
        compare(&text, 0);
        compare(&format!("{text};"), 0);
        compare(&format!("\u{feff}{text}; SELECT 2"), 0);
    }
}

#[test]
fn a_comment_may_end_with_the_text() {
    compare("SELECT 1; /* never closed; ", 0);
    compare("SELECT 1 -- never ended", 0);
    compare("-- nothing; at all", 0);
    compare("/**/", 0);
}

#[test]
fn a_trigger_without_its_end_is_refused() {
    for text in [
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1;",
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2;",
    ] {
        let unfinished = SqliteDialect.pieces(text).expect_err(text);
        assert_eq!(unfinished.what, "a trigger without its END");
    }
}

/// xorshift: enough to shuffle with.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn seed() -> u64 {
    if let Ok(seed) = std::env::var("INITIUM_TEST_SEED") {
        return seed.parse().expect("a number");
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock").as_nanos() as u64 | 1
}

#[test]
fn random_scripts_end_where_sqlite_ends_them() {
    let seed = seed();
    let mut random = Random(seed);
    for _ in 0..500 {
        let mut text = String::new();
        for n in 0..1 + random.below(6) {
            let statement = STATEMENTS[random.below(STATEMENTS.len() - 1)];
            text += &statement.replace("{}", &format!("name{n}"));
            text += BETWEEN[random.below(BETWEEN.len())];
        }
        compare(&text, seed);
    }
}

#[test]
fn random_scraps_lose_no_byte() {
    const SCRAPS: &[&str] = &[
        "CREATE ", "TEMP ", "TRIGGER ", "BEGIN ", "END", ";", ";", " ", "'", "\"", "[", "]", "`",
        "--", "\n", "/*", "*/", "CASE ", "a", "\u{e9}", "\u{feff}", "(", ")", "$", "?", "x'0'",
    ];
    let seed = seed();
    let mut random = Random(seed);
    for _ in 0..20_000 {
        let text: String = (0..random.below(30))
            .map(|_| SCRAPS[random.below(SCRAPS.len())])
            .collect();
        if let Ok(pieces) = SqliteDialect.pieces(&text) {
            let all: String = pieces.iter().map(|p| &text[p.range.clone()]).collect();
            assert_eq!(all, text, "seed {seed}");
        }
    }
}
