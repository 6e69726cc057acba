//! The texts of views and triggers. They stay as somebody wrote them; only the quotes around the
//! names of tables go where nothing needs them, because SQLite adds some when it renames a table.

use super::cursor::{Cursor, telling};
use super::table::head;
use crate::names;
use initium_driver::catalog::{Trigger, View};
use initium_driver::sql::lexer::{Kind, Token};
use initium_driver::{Name, Result};

/// `CREATE VIEW name [(columns)] AS query`
pub fn view(name: &str, sql: &str) -> Result<View> {
    let tokens = telling(sql)?;
    let about = format!("view {name}");
    let mut cursor = Cursor {
        text: sql,
        tokens: &tokens,
        about: &about,
    };
    cursor.demand("CREATE")?;
    let _ = cursor.take("TEMP") || cursor.take("TEMPORARY");
    cursor.demand("VIEW")?;
    head(&mut cursor)?;
    let mut view = View {
        name: Name::new(name),
        ..View::default()
    };
    if cursor.peek(0) == "(" {
        let pieces = cursor.parens()?.pieces();
        let names = pieces.into_iter().map(|mut piece| piece.name());
        let names = names.collect::<Result<Vec<_>>>()?;
        let list = names::list(names.iter().map(String::as_str));
        view.options.insert("columns".into(), list);
    }
    cursor.demand("AS")?;
    view.definition = told(&cursor, IN_QUERY);
    Ok(view)
}

/// The same of a query alone. What cannot be read stays as it is.
pub fn query(text: &str) -> String {
    let Ok(tokens) = telling(text) else {
        return text.trim().into();
    };
    let cursor = Cursor {
        text,
        tokens: &tokens,
        about: "a view",
    };
    told(&cursor, IN_QUERY)
}

/// The whole CREATE TRIGGER, beginning as SQLite stores it.
pub fn trigger(name: &str, sql: &str) -> Result<Trigger> {
    let tokens = telling(sql)?;
    let about = format!("trigger {name}");
    let mut cursor = Cursor {
        text: sql,
        tokens: &tokens,
        about: &about,
    };
    cursor.demand("CREATE")?;
    let _ = cursor.take("TEMP") || cursor.take("TEMPORARY");
    cursor.demand("TRIGGER")?;
    head(&mut cursor)?;
    Ok(Trigger {
        name: name.into(),
        definition: format!(
            "CREATE TRIGGER {} {}",
            names::written(name),
            told(&cursor, IN_TRIGGER)
        ),
        ..Trigger::default()
    })
}

/// Words behind which a table is named.
const BEFORE_TABLES: &[&str] = &["FROM", "JOIN", "INTO", "UPDATE"];
/// Words that end a list of tables.
const BEHIND_TABLES: &[&str] = &[
    "WHERE",
    "ON",
    "USING",
    "SET",
    "GROUP",
    "ORDER",
    "LIMIT",
    "HAVING",
    "WINDOW",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "SELECT",
    "VALUES",
];

/// Blanks and comments too, up to the last token; a semicolon at the end is nobody's.
fn told(cursor: &Cursor, mut tables: Tables) -> String {
    let mut tokens = cursor.tokens;
    while let [rest @ .., last] = tokens
        && &cursor.text[last.range.clone()] == ";"
    {
        tokens = rest;
    }
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return String::new();
    };
    let mut out = String::new();
    let mut at = first.range.start;
    for (n, token) in tokens.iter().enumerate() {
        let text = &cursor.text[token.range.clone()];
        let next = cursor.with(&tokens[n..]).peek(1);
        if tables.is_table(token, text) || (next == "." && token.kind == Kind::Quoted) {
            let name = names::bare(text);
            if names::is_plain(&name) && !text.starts_with('\'') {
                out.push_str(&cursor.text[at..token.range.start]);
                let touches = |c: char| c.is_alphanumeric() || c == '_';
                if out.ends_with(touches) {
                    out.push(' ');
                }
                out.push_str(&name);
                at = token.range.end;
                if cursor.text[at..].starts_with(touches) {
                    out.push(' ');
                }
            }
        }
    }
    out.push_str(&cursor.text[at..last.range.end]);
    out
}

/// Where tables are named, while a text is read.
struct Tables {
    /// The next name is one.
    here: bool,
    /// The depths of parentheses at which a comma leads to the next one.
    lists: Vec<usize>,
    depth: usize,
    /// The table of the trigger was seen: the first ON.
    has_own: bool,
}

const IN_TRIGGER: Tables = Tables {
    here: false,
    lists: Vec::new(),
    depth: 0,
    has_own: false,
};

/// An ON is that of a join.
const IN_QUERY: Tables = Tables {
    here: false,
    lists: Vec::new(),
    depth: 0,
    has_own: true,
};

impl Tables {
    fn is_table(&mut self, token: &Token, text: &str) -> bool {
        let among = |words: &[&str]| {
            token.kind == Kind::Word && words.iter().any(|word| word.eq_ignore_ascii_case(text))
        };
        let here = std::mem::take(&mut self.here);
        if among(BEFORE_TABLES) {
            self.here = true;
            self.lists.push(self.depth);
        } else if among(&["ON"]) && !self.has_own {
            (self.here, self.has_own) = (true, true);
        } else if among(BEHIND_TABLES) {
            self.lists.retain(|depth| *depth != self.depth);
        } else {
            match text {
                "(" => self.depth += 1,
                ")" => {
                    self.depth = self.depth.saturating_sub(1);
                    self.lists.retain(|depth| *depth <= self.depth);
                }
                "," => self.here = self.lists.contains(&self.depth),
                ";" => self.lists.clear(),
                _ => return here && token.kind == Kind::Quoted,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_table_leaves_no_quotes_in_code() {
        let read = |sql: &str| trigger("x", sql).expect(sql).definition;
        assert_eq!(
            read(
                "CREATE TRIGGER x AFTER INSERT ON \"t\" BEGIN\n  UPDATE \"log\" SET n = \"a\"; -- here\n  \
                 INSERT INTO\"log\"(n) SELECT \"t\".n FROM \"t\", \"u\" WHERE k = \"t\"; END"
            ),
            "CREATE TRIGGER x AFTER INSERT ON t BEGIN\n  UPDATE log SET n = \"a\"; -- here\n  \
             INSERT INTO log(n) SELECT t.n FROM t, u WHERE k = \"t\"; END"
        );
        let view = view(
            "v",
            "CREATE VIEW \"v\"(a, \"b c\") AS SELECT 1, 2 FROM \"order\" -- x",
        )
        .expect("a view");
        assert_eq!(view.definition, "SELECT 1, 2 FROM \"order\"");
        assert_eq!(view.options["columns"], "a, \"b c\"");
    }
}
