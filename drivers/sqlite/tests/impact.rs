//! What is said of a change is so: whether rows are written anew, whether values stay, who is refused.

mod changing;
mod folder;

use changing::{Place, acts, desired, impacts, told};
use initium_driver::change::{Blocks, Threat, Work};

/// What is said of the changes between two schemas, and that of them what can be seen is so.
fn between(from: &str, to: &str) -> (Work, Vec<Threat>) {
    let (from, to) = (desired(from), desired(to));
    let text = told(&acts(&from, &to).expect("acts"));
    let all = impacts(&from, &to);
    let work = all
        .iter()
        .map(|(_, impact)| impact.work)
        .max()
        .expect("a change");
    for (_, impact) in &all {
        assert_eq!(
            (impact.lock.blocks, impact.lock.name),
            (Blocks::Writes, "RESERVED")
        );
    }
    let copies = text.contains("INSERT INTO") || text.contains("INSERT OR");
    let rewrites = work == Work::Rewrite;
    assert!(rewrites || !copies, "{text}");
    assert!(
        !rewrites || copies || text.contains("DROP COLUMN"),
        "{text}"
    );
    let builds = text.contains("CREATE INDEX") || text.contains("CREATE UNIQUE INDEX");
    assert_eq!(work == Work::Build, builds && !copies, "{text}");
    let mut threats: Vec<_> = all
        .iter()
        .flat_map(|(_, impact)| impact.risks.iter().map(|risk| risk.kind))
        .collect();
    threats.sort();
    threats.dedup();
    (work, threats)
}

const T: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL DEFAULT 0);";

fn with(old: &str, new: &str) -> String {
    assert!(T.contains(old), "{old}");
    T.replace(old, new)
}

#[test]
fn what_a_change_means() {
    use Threat::{Clients, Loss, Refusal, Speed};
    use Work::{Build, Rewrite, Scan};
    let none = Work::None;
    let index = format!("{T} CREATE INDEX t_a ON t (a);");
    let unique = format!("{T} CREATE UNIQUE INDEX t_a ON t (a);");
    let trigger = format!("{T} CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END;");
    let view = format!("{T} CREATE VIEW v AS SELECT a FROM t;");
    let p = "CREATE TABLE p (id INTEGER PRIMARY KEY);";
    let child = |column: &str| format!("{p} {}", with("a TEXT", column));
    let other = format!("{T} CREATE TABLE u (a TEXT);");
    for (from, to, work, threats) in [
        // Columns that come.
        (T, &*with("a TEXT", "a TEXT, c TEXT"), none, vec![]),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT NOT NULL DEFAULT 'x'"),
            none,
            vec![],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT NOT NULL"),
            none,
            vec![Refusal],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT DEFAULT CURRENT_TIMESTAMP"),
            Rewrite,
            vec![],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT AS (a || 'x')"),
            none,
            vec![],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT NOT NULL AS (a || 'x')"),
            Scan,
            vec![Refusal],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT AS (a || 'x') STORED"),
            Rewrite,
            vec![],
        ),
        (
            T,
            &with("a TEXT", "a TEXT, c TEXT UNIQUE"),
            Rewrite,
            vec![Refusal],
        ),
        // And go.
        (T, &with("a TEXT, ", ""), Rewrite, vec![Loss, Clients]),
        (
            &with("a TEXT", "a TEXT, c TEXT AS (a || 'x')"),
            T,
            none,
            vec![Clients],
        ),
        // And change.
        (T, &with("a TEXT", "a TEXT NOT NULL"), Scan, vec![Refusal]),
        (T, &with("b INTEGER NOT NULL", "b INTEGER"), none, vec![]),
        (T, &with("DEFAULT 0", "DEFAULT 1"), Rewrite, vec![]),
        (T, &with(" DEFAULT 0", ""), Rewrite, vec![Refusal]),
        (T, &with("a TEXT", "a VARCHAR(3)"), Rewrite, vec![]),
        (T, &with("a TEXT", "a INTEGER"), Rewrite, vec![Loss]),
        (T, &with("b INTEGER", "b BIGINT"), Rewrite, vec![]),
        (T, &with("b INTEGER", "b REAL"), Rewrite, vec![Loss]),
        (T, &with("b INTEGER", "b TEXT"), Rewrite, vec![Loss]),
        (
            T,
            &with("a TEXT", "a TEXT COLLATE NOCASE"),
            Rewrite,
            vec![Refusal],
        ),
        (
            T,
            &with("a TEXT", "a TEXT AS (b || '')"),
            Rewrite,
            vec![Loss],
        ),
        // Keys and checks.
        (T, &with("a TEXT", "a TEXT UNIQUE"), Rewrite, vec![Refusal]),
        (
            &with("a TEXT", "a TEXT UNIQUE"),
            T,
            Rewrite,
            vec![Clients, Speed],
        ),
        (
            T,
            &with("id INTEGER PRIMARY KEY", "id INTEGER"),
            Rewrite,
            vec![Clients, Speed],
        ),
        (
            T,
            &with("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT"),
            Rewrite,
            vec![],
        ),
        (
            &with("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT"),
            T,
            Rewrite,
            vec![Clients],
        ),
        (
            T,
            &with("a TEXT", "a TEXT CHECK (a <> '')"),
            Scan,
            vec![Refusal],
        ),
        (
            &with("a TEXT", "a TEXT CONSTRAINT x CHECK (a <> '')"),
            T,
            none,
            vec![],
        ),
        (
            &with("a TEXT", "a TEXT CHECK (a <> '')"),
            T,
            Rewrite,
            vec![],
        ),
        // References.
        (
            &child("a TEXT"),
            &child("a TEXT REFERENCES p ON DELETE CASCADE"),
            Rewrite,
            vec![Refusal],
        ),
        (
            &child("a TEXT"),
            &child("a TEXT, p INTEGER REFERENCES p ON DELETE CASCADE"),
            none,
            vec![],
        ),
        (
            &child("a TEXT"),
            &child("a TEXT, p INTEGER REFERENCES p"),
            none,
            vec![Refusal],
        ),
        (
            &child("a TEXT CONSTRAINT x REFERENCES p"),
            &child("a TEXT"),
            none,
            vec![],
        ),
        // Indexes.
        (T, &index, Build, vec![]),
        (&index, T, none, vec![Speed]),
        (T, &unique, Build, vec![Refusal]),
        (&unique, T, none, vec![Clients, Speed]),
        // Tables.
        (T, &with(");", ") STRICT;"), Rewrite, vec![Refusal]),
        (&with(");", ") STRICT;"), T, Rewrite, vec![]),
        (T, &with(");", ") WITHOUT ROWID;"), Rewrite, vec![Clients]),
        (T, &other, none, vec![]),
        (&other, T, none, vec![Loss, Clients]),
        // Code.
        (T, &trigger, none, vec![]),
        (&trigger, T, none, vec![Clients]),
        (T, &view, none, vec![]),
    ] {
        assert_eq!(between(from, to), (work, threats), "{from}\n{to}");
    }
}

/// A type of each kind, and one that is another word for it.
const TYPES: &[&str] = &[
    "INTEGER",
    "BIGINT",
    "TEXT",
    "VARCHAR(5)",
    "BLOB",
    "",
    "REAL",
    "DOUBLE",
    "NUMERIC",
    "DATETIME",
];

const VALUES: &str = "(NULL), (0), (7), (-1), (9007199254740993), (9223372036854775807), (1.5), (1.0), (1e300), \
    (0.1), (123456789.123456789), ('a'), (''), ('007'), (' 7'), ('1e3'), ('1.0'), ('9007199254740993'), \
    ('0x10'), (x''), (x'00ff'), (x'37'), ('NULL'), ('-0'), (-0.0), ('2024-01-01')";

#[test]
fn a_type_that_is_said_to_be_safe_keeps_every_value() {
    let (mut safe, mut lossy) = (0, 0);
    for old in TYPES {
        for new in TYPES.iter().filter(|new| *new != old) {
            let text = |data_type: &str| {
                format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a {data_type}, b {data_type});")
            };
            let mut place = Place::new(&text(old));
            place
                .run(&format!(
                    "INSERT INTO t (a) VALUES {VALUES}; UPDATE t SET b = a"
                ))
                .expect("rows");
            let before = place.values("t");
            let all = impacts(&place.seen(), &desired(&text(new)));
            assert_eq!(all.len(), 2);
            place.become_like(&text(new)).expect("a rebuild");
            let same = place.values("t") == before;
            match all.iter().any(|(_, impact)| impact.loses()) {
                false => {
                    assert!(same, "{old} to {new} is said to be safe");
                    safe += 1;
                }
                true => lossy += usize::from(!same),
            }
        }
    }
    // Nothing is called a loss that never is one, and nothing is called safe for want of trying.
    assert_eq!((safe, lossy), (34, 56));
}

#[test]
fn what_a_strict_table_refuses_is_said() {
    let text = |data_type: &str| format!("CREATE TABLE t (a {data_type}) STRICT;");
    let mut place = Place::new(&text("TEXT"));
    place.run("INSERT INTO t VALUES ('x')").expect("a row");
    let all = impacts(&place.seen(), &desired(&text("INTEGER")));
    let kinds: Vec<_> = all[0].1.risks.iter().map(|risk| risk.kind).collect();
    assert!(kinds.contains(&Threat::Refusal), "{kinds:?}");
    let before = place.texts();
    place
        .become_like(&text("INTEGER"))
        .expect_err("x is no number");
    assert_eq!(place.texts(), before);
    // Out of a strict table ANY means something else.
    let (any, loose) = (text("ANY"), "CREATE TABLE t (a ANY);");
    let all = impacts(&desired(&any), &desired(loose));
    assert!(all[0].1.loses());
    assert!(!impacts(&desired(loose), &desired(&any))[0].1.loses());
    // Into ANY nothing is changed.
    let all = impacts(&place.seen(), &desired(&text("ANY")));
    assert_eq!(all[0].1.risks, []);
    place.become_like(&text("ANY")).expect("any value");
}
