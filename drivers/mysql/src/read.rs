//! What SHOW CREATE answers, read. Pure.

use crate::spelled::{RULES, literal, signs, value};
use initium_driver::sql::lexer::{Kind, Token};

pub struct View<'a> {
    pub algorithm: &'a str,
    /// Where they are listed.
    pub columns: Vec<String>,
    pub query: &'a str,
}

struct Text<'a> {
    text: &'a str,
    signs: Vec<Token>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Text<'a> {
        let signs = signs(text);
        Text { text, signs }
    }

    fn at(&self, n: usize) -> &'a str {
        self.signs
            .get(n)
            .map_or("", |it| &self.text[it.range.clone()])
    }

    fn is(&self, n: usize, word: &str) -> bool {
        self.at(n).eq_ignore_ascii_case(word)
    }

    fn find(&self, from: usize, words: &[&str]) -> Option<usize> {
        (from..self.signs.len()).find(|n| {
            words
                .iter()
                .enumerate()
                .all(|(i, word)| self.is(n + i, word))
        })
    }

    fn rest(&self, n: usize) -> &'a str {
        self.signs
            .get(n)
            .map_or("", |it| &self.text[it.range.start..])
    }
}

/// A name without its quotes.
fn name(quoted: &str) -> String {
    match quoted.strip_prefix('`').and_then(|it| it.strip_suffix('`')) {
        Some(inner) => inner.replace("``", "`"),
        None => quoted.into(),
    }
}

pub fn view(text: &str) -> Option<View<'_>> {
    let text = Text::new(text);
    let algorithm = text.find(0, &["ALGORITHM", "="])?;
    let view = text.find(algorithm, &["VIEW"])?;
    let mut n = view + 2;
    while text.at(n) == "." {
        n += 2;
    }
    let mut columns = Vec::new();
    if text.at(n) == "(" {
        while !matches!(text.at(n), ")" | "") {
            columns.push(name(text.at(n + 1)));
            n += 2;
        }
        n += 1;
    }
    let query = text.is(n, "AS").then(|| text.rest(n + 1))?;
    let query = ["LOCAL", "CASCADED"]
        .iter()
        .find_map(|how| query.strip_suffix(&format!(" WITH {how} CHECK OPTION")))
        .unwrap_or(query);
    Some(View {
        algorithm: text.at(algorithm + 2),
        columns,
        query,
    })
}

/// What a trigger does.
pub fn trigger_body(text: &str) -> Option<&str> {
    let text = Text::new(text);
    let mut n = text.find(0, &["FOR", "EACH", "ROW"])? + 3;
    if text.is(n, "FOLLOWS") || text.is(n, "PRECEDES") {
        n += 2;
    }
    let body = text.rest(n);
    (!body.is_empty()).then_some(body)
}

/// What is said of a trigger before it says what it does.
pub struct Head<'a> {
    /// With a blank behind it, where there is one.
    pub definer: String,
    pub name: String,
    /// `BEFORE INSERT`
    pub event: String,
    pub table: String,
    /// FOLLOWS or PRECEDES, and which.
    pub beside: Option<(&'a str, String)>,
    pub body: &'a str,
}

pub fn head(text: &str) -> Option<Head<'_>> {
    let text = Text::new(text);
    let trigger = text.find(0, &["TRIGGER"])?;
    let definer = text.find(0, &["DEFINER", "="]).filter(|n| *n < trigger);
    let definer = match (definer, text.signs.get(trigger)) {
        (Some(n), Some(end)) => &text.text[text.signs[n].range.start..end.range.start],
        _ => "",
    };
    let mut n = trigger + 1;
    if text.is(n, "IF") {
        n += 3;
    }
    let row = text.find(n, &["FOR", "EACH", "ROW"])?;
    // BEFORE INSERT ON t, and nothing else.
    if row != n + 5 || !text.is(n + 3, "ON") {
        return None;
    }
    let beside = ["FOLLOWS", "PRECEDES"]
        .iter()
        .any(|word| text.is(row + 3, word))
        .then(|| (text.at(row + 3), name(text.at(row + 4))));
    let body = row + if beside.is_some() { 5 } else { 3 };
    Some(Head {
        definer: definer.into(),
        name: name(text.at(n)),
        event: format!("{} {}", text.at(n + 1), text.at(n + 2)).to_ascii_uppercase(),
        table: name(text.at(n + 4)),
        beside,
        body: text.rest(body),
    })
}

/// `` DEFINER=`user`@`host` `` with a blank behind it.
pub fn definer(account: &str) -> String {
    let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    let [user, host] = [user, host].map(|it| it.replace('`', "``"));
    format!("DEFINER=`{user}`@`{host}` ")
}

/// The text without its definer, where that is this account; without an account: whoever it is.
pub fn without_definer(text: &str, account: Option<&str>) -> String {
    let read = Text::new(text);
    // A body may have the word in it.
    let Some(n) = read.find(0, &["DEFINER", "="]).filter(|n| *n <= 8) else {
        return text.into();
    };
    let is_same = match account {
        Some(account) => read.rest(n).starts_with(&definer(account)),
        None => true,
    };
    let end = match read.at(n + 3) {
        "@" => n + 5,
        _ => n + 3,
    };
    match (is_same, read.signs.get(n), read.signs.get(end)) {
        (true, Some(from), Some(to)) => {
            format!("{}{}", &text[..from.range.start], &text[to.range.start..])
        }
        _ => text.into(),
    }
}

/// `RANGE (year(`d`)) (PARTITION `p0` ...)`, without what is said of every table anyway.
pub fn partitions(text: &str) -> Option<String> {
    let at = text.find(" PARTITION BY ").filter(|at| {
        // It begins a line: a comment of the table has none.
        let line = text[..*at]
            .rfind('\n')
            .map_or("", |line| &text[line + 1..*at]);
        line.is_empty() || line.starts_with("/*!")
    })?;
    let clause = text[at + " PARTITION BY ".len()..].trim_end();
    Some(partitioning(clause.strip_suffix("*/").unwrap_or(clause)))
}

/// The same in one spelling: names in quotes, one blank where there are some.
pub fn partitioning(clause: &str) -> String {
    let text = Text::new(clause);
    let mut out = String::new();
    // In the parentheses of columns every word is a name.
    let mut names = false;
    let mut n = 0;
    while n < text.signs.len() {
        if text.is(n, "ENGINE") {
            n += if text.at(n + 1) == "=" { 3 } else { 2 };
            continue;
        }
        let it = text.at(n);
        let is_list = text.is(n, "COLUMNS") || text.is(n, "KEY");
        names = (names || is_list) && it != ")";
        let is_name = text.signs[n].kind == Kind::Word
            && (names
                && !is_list
                && !text.is(n, "ALGORITHM")
                && !it.starts_with(|c: char| c.is_ascii_digit())
                || n > 0
                    && (text.is(n - 1, "PARTITION") || text.is(n - 1, "SUBPARTITION"))
                    && !text.is(n, "BY"));
        let is_apart = n > 0 && text.signs[n - 1].range.end < text.signs[n].range.start;
        if is_apart && !matches!(it, ")" | ",") && !out.ends_with('(') || out.ends_with(',') {
            out.push(' ');
        }
        match it.as_bytes().first() {
            _ if is_name => out.push_str(&crate::words::quote(it)),
            Some(b'\'') => out.push_str(&literal(&value(it))),
            _ => out.push_str(it),
        }
        n += 1;
    }
    out
}

/// The default of a line of SHOW CREATE TABLE.
pub fn default(line: &str) -> Option<String> {
    let text = Text::new(line);
    let at = text.find(0, &["DEFAULT"])?;
    Some(text.at(at + 1).into())
}

/// The literal of a fixed length, without the zeros with which it is filled.
pub fn readable(told: &str) -> String {
    match told.strip_prefix('\'') {
        Some(_) => literal(value(told).trim_end_matches('\0')),
        None => told.into(),
    }
}

/// The column of a line of SHOW CREATE TABLE and the check that stands with it.
pub fn own_check(line: &str) -> Option<(String, String)> {
    if !line.starts_with('`') {
        return None;
    }
    let text = Text::new(line);
    let at = text.find(1, &["CHECK", "("])?;
    // It comes last.
    let whole = text.rest(at + 1);
    let whole = whole.strip_suffix(',').unwrap_or(whole);
    Some((name(text.at(0)), whole.into()))
}

/// The index of a line and its parser.
pub fn parser(line: &str) -> Option<(String, String)> {
    let (_, behind) = line.split_once(" WITH PARSER ")?;
    let parser = initium_driver::sql::lexer::tokens(behind, &RULES).ok()?;
    let parser = &behind[parser.first()?.range.clone()];
    let text = Text::new(line);
    let at = text.find(0, &["FULLTEXT", "KEY"])?;
    Some((name(text.at(at + 2)), name(parser)))
}

pub struct Period {
    pub name: String,
    pub start: String,
    pub end: String,
}

/// `` PERIOD FOR `p` (`s`, `e`) ``
pub fn period(line: &str) -> Option<Period> {
    let text = Text::new(line);
    (text.at(3) == "(" && text.at(5) == ",").then(|| Period {
        name: name(text.at(2)),
        start: name(text.at(4)),
        end: name(text.at(6)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_view_is_taken_apart() {
        let found = view(
            "CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW `v 2` (`x`,`y``z`) AS select 1 AS `x` WITH LOCAL CHECK OPTION",
        )
        .unwrap();
        assert_eq!(found.algorithm, "MERGE");
        assert_eq!(found.columns, ["x", "y`z"]);
        assert_eq!(found.query, "select 1 AS `x`");
        let plain = view(
            "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 2 AS `as`",
        );
        assert_eq!(plain.unwrap().query, "select 2 AS `as`");
    }

    #[test]
    fn a_body_begins_behind_its_head() {
        for text in [
            "CREATE DEFINER=`a`@`%` trigger for_each before insert on t for each row set @a = 1",
            "CREATE TRIGGER x BEFORE INSERT ON `for each row` FOR EACH ROW FOLLOWS y set @a = 1",
        ] {
            assert_eq!(trigger_body(text), Some("set @a = 1"));
        }
        let text = "CREATE DEFINER=`a`@`%` FUNCTION f() RETURNS int RETURN 1";
        assert_eq!(without_definer(text, Some("b@%")), text);
        let bare = "CREATE FUNCTION f() RETURNS int RETURN 1";
        assert_eq!(without_definer(text, Some("a@%")), bare);
        assert_eq!(without_definer(text, None), bare);
        assert_eq!(without_definer(bare, None), bare);
    }

    #[test]
    fn a_check_is_found_where_it_stands() {
        let line = "`x y` int(11) DEFAULT NULL COMMENT 'CHECK (1)' CHECK (`x y` > 0 and (1 = 1)),";
        let told = ("x y".to_string(), "(`x y` > 0 and (1 = 1))".to_string());
        assert_eq!(own_check(line), Some(told));
        assert_eq!(own_check("CONSTRAINT `c` CHECK (`a` > 0)"), None);
    }

    #[test]
    fn partitions_are_spelled_alike() {
        let mysql = "CREATE TABLE `t` (\n  `c` int\n) ENGINE=InnoDB COMMENT=' PARTITION BY x'\n/*!50500 PARTITION BY LIST  COLUMNS(c,id)\n(PARTITION a VALUES IN ((1,2),(3,4)) COMMENT = 'x' ENGINE = InnoDB,\n PARTITION b VALUES IN ((5,6)) ENGINE = InnoDB) */";
        let maria = "CREATE TABLE `t` (\n  `c` int\n) ENGINE=InnoDB\n PARTITION BY LIST  COLUMNS(`c`,`id`)\n(PARTITION `a` VALUES IN ((1,2),(3,4)) COMMENT = 'x' ENGINE = InnoDB,\n PARTITION `b` VALUES IN ((5,6)) ENGINE = InnoDB)";
        let one = "LIST COLUMNS(`c`, `id`) (PARTITION `a` VALUES IN ((1, 2), (3, 4)) COMMENT = 'x', PARTITION `b` VALUES IN ((5, 6)))";
        assert_eq!(partitions(maria).as_deref(), Some(one));
        assert_eq!(
            partitions(&mysql.replace(" COMMENT=' PARTITION BY x'", "")).as_deref(),
            Some(one)
        );
        assert_eq!(partitioning(one), one);
    }
}
