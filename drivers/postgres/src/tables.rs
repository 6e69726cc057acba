//! The strongest lock a statement takes on a table, in PostgreSQL's words. Where several actions
//! stand in one statement the answer is the strongest there is: too much warning, never too little.

const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const EXCLUSIVE: &str = "EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";
const SHARE: &str = "SHARE";
const SHARE_UPDATE_EXCLUSIVE: &str = "SHARE UPDATE EXCLUSIVE";
const ROW_EXCLUSIVE: &str = "ROW EXCLUSIVE";
const ROW_SHARE: &str = "ROW SHARE";
const ACCESS_SHARE: &str = "ACCESS SHARE";

pub fn lock(words: &[&str]) -> Option<&'static str> {
    let has = |word: &str| words.contains(&word);
    let lazily = |otherwise| {
        Some(if has("CONCURRENTLY") {
            SHARE_UPDATE_EXCLUSIVE
        } else {
            otherwise
        })
    };
    match words {
        ["ALTER", "TABLE", rest @ ..] => Some(alter_table(rest)),
        ["CREATE", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX", ..] => lazily(SHARE),
        ["DROP", "INDEX", ..] | ["REINDEX", ..] => lazily(ACCESS_EXCLUSIVE),
        ["ALTER", "INDEX", ..] if has("RENAME") => Some(SHARE_UPDATE_EXCLUSIVE),
        [
            "ALTER",
            "INDEX" | "POLICY" | "VIEW" | "MATERIALIZED" | "RULE" | "TRIGGER",
            ..,
        ]
        | [
            "DROP",
            "TABLE" | "VIEW" | "MATERIALIZED" | "TRIGGER" | "RULE" | "POLICY" | "SCHEMA",
            ..,
        ]
        | ["CREATE", "POLICY" | "RULE", ..]
        | ["TRUNCATE" | "CLUSTER", ..] => Some(ACCESS_EXCLUSIVE),
        ["CREATE", ..] if has("TRIGGER") && !has("EVENT") && trigger(words) => {
            Some(SHARE_ROW_EXCLUSIVE)
        }
        ["CREATE", "STATISTICS", ..] | ["COMMENT" | "ANALYZE", ..] => Some(SHARE_UPDATE_EXCLUSIVE),
        ["CREATE", ..] if table(words) => {
            if words.windows(2).any(|w| w == ["PARTITION", "OF"]) {
                Some(ACCESS_EXCLUSIVE)
            } else {
                has("REFERENCES").then_some(SHARE_ROW_EXCLUSIVE)
            }
        }
        ["VACUUM", ..] if has("FULL") => Some(ACCESS_EXCLUSIVE),
        ["VACUUM", ..] => Some(SHARE_UPDATE_EXCLUSIVE),
        ["REFRESH", ..] if has("CONCURRENTLY") => Some(EXCLUSIVE),
        ["REFRESH", ..] => Some(ACCESS_EXCLUSIVE),
        ["LOCK", ..] => Some(lock_table(words)),
        ["INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY", ..] => Some(ROW_EXCLUSIVE),
        ["WITH", ..] if ["INSERT", "UPDATE", "DELETE", "MERGE"].into_iter().any(has) => {
            Some(ROW_EXCLUSIVE)
        }
        ["SELECT" | "WITH", ..] => Some(if words.windows(2).any(is_for) {
            ROW_SHARE
        } else {
            ACCESS_SHARE
        }),
        _ => None,
    }
}

fn is_for(pair: &[&str]) -> bool {
    matches!(pair, ["FOR", "UPDATE" | "SHARE" | "NO" | "KEY"])
}

/// `CREATE [OR REPLACE] [CONSTRAINT] TRIGGER`
fn trigger(words: &[&str]) -> bool {
    words
        .iter()
        .skip(1)
        .find(|w| !matches!(**w, "OR" | "REPLACE" | "CONSTRAINT"))
        .is_some_and(|w| *w == "TRIGGER")
}

/// `CREATE [UNLOGGED | FOREIGN] TABLE`; a temporary one is nobody else's.
fn table(words: &[&str]) -> bool {
    matches!(
        words,
        ["CREATE", "TABLE", ..] | ["CREATE", "UNLOGGED" | "FOREIGN", "TABLE", ..]
    )
}

/// As many words as the splitter looks at: there may be more.
const CUT: usize = 24;

fn alter_table(words: &[&str]) -> &'static str {
    let has = |word: &str| words.contains(&word);
    let none = |others: &[&str]| !words.iter().any(|word| others.contains(word));
    let adds = words.iter().filter(|word| **word == "ADD").count();
    if words.len() + 2 >= CUT {
        return ACCESS_EXCLUSIVE;
    }
    if has("DETACH") && has("CONCURRENTLY") {
        return SHARE_UPDATE_EXCLUSIVE;
    }
    if has("VALIDATE") && none(&["ADD", "DROP", "ALTER", "RENAME", "SET", "ATTACH", "OWNER"]) {
        return SHARE_UPDATE_EXCLUSIVE;
    }
    if has("STATISTICS")
        && has("SET")
        && none(&["ADD", "DROP", "RENAME", "TYPE", "DEFAULT", "NOT", "STORAGE"])
    {
        return SHARE_UPDATE_EXCLUSIVE;
    }
    if has("FOREIGN") && adds == 1 && none(&["COLUMN", "DROP", "ALTER", "RENAME", "TYPE"]) {
        return SHARE_ROW_EXCLUSIVE;
    }
    if (has("ENABLE") || has("DISABLE"))
        && has("TRIGGER")
        && none(&["ADD", "DROP", "ALTER", "RENAME", "ROW", "RULE"])
    {
        return SHARE_ROW_EXCLUSIVE;
    }
    ACCESS_EXCLUSIVE
}

fn lock_table(words: &[&str]) -> &'static str {
    let Some(at) = words.iter().position(|w| *w == "IN") else {
        return ACCESS_EXCLUSIVE;
    };
    let mode = words[at + 1..]
        .iter()
        .take_while(|w| **w != "MODE")
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    [
        EXCLUSIVE,
        SHARE_ROW_EXCLUSIVE,
        SHARE,
        SHARE_UPDATE_EXCLUSIVE,
        ROW_EXCLUSIVE,
        ROW_SHARE,
        ACCESS_SHARE,
    ]
    .into_iter()
    .find(|known| *known == mode)
    .unwrap_or(ACCESS_EXCLUSIVE)
}
