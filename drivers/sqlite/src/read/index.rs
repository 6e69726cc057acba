//! The text of an index, and the parts that keys have in common with it.

use super::cursor::{Cursor, telling};
use super::expression::{told, unwrapped};
use super::table::head;
use crate::names;
use initium_driver::catalog::{Conflict, Of, Part, Sort};
use initium_driver::sql::lexer::Kind;
use initium_driver::{Index, Result};

/// `columns`: those of its table.
pub fn index(name: &str, sql: &str, columns: &[String]) -> Result<Index> {
    let tokens = telling(sql)?;
    let about = format!("index {name}");
    let mut cursor = Cursor {
        text: sql,
        tokens: &tokens,
        about: &about,
    };
    cursor.demand("CREATE")?;
    let unique = cursor.take("UNIQUE");
    cursor.demand("INDEX")?;
    head(&mut cursor)?;
    cursor.demand("ON")?;
    cursor.name()?;
    let pieces = cursor.parens()?.pieces().into_iter();
    let parts = pieces.map(|piece| part(piece, columns));
    let parts = parts.collect::<Result<_>>()?;
    let predicate = cursor
        .take("WHERE")
        .then(|| told(&unwrapped(&cursor), columns));
    if predicate.is_none() && !cursor.done() {
        return Err(cursor.lost());
    }
    Ok(Index {
        name: name.into(),
        parts,
        unique,
        predicate,
        ..Index::default()
    })
}

/// A column or an expression, with COLLATE and its direction behind it.
pub fn part(piece: Cursor, columns: &[String]) -> Result<Part> {
    let mut rest = piece;
    let mut ends = |words: &[&str]| {
        let at = rest.tokens.len().checked_sub(words.len());
        let found =
            at.is_some_and(|at| at > 0 && rest.with(&rest.tokens[at..]).is(&words.join(" ")));
        if found {
            rest = rest.with(&rest.tokens[..rest.tokens.len() - words.len()]);
        }
        found
    };
    // It is read only where it says what is so anyway.
    let _ = ends(&["NULLS", "FIRST"]) || ends(&["NULLS", "LAST"]);
    let sort = match ends(&["DESC"]) {
        true => Sort::Down,
        false => Sort::Up,
    };
    let _ = ends(&["ASC"]);
    let mut told_collation = None;
    // It binds closer than any operator: behind `a || b` it belongs to b.
    if let Some(at) = rest.tokens.len().checked_sub(2)
        && rest.with(&rest.tokens[at..]).is("COLLATE")
        && binds(rest.with(&rest.tokens[..at]))
    {
        let mut behind = rest.with(&rest.tokens[at + 1..]);
        told_collation = Some(standard(behind.name()?));
        rest = rest.with(&rest.tokens[..at]);
    }
    let rest = unwrapped(&rest);
    let column = match (rest.tokens.len(), rest.kind()) {
        (1, Some(Kind::Word | Kind::Quoted)) => {
            let name = rest.clone().name()?;
            columns.iter().find(|one| names::same(one, &name))
        }
        _ => None,
    };
    let of = match column {
        Some(name) => Of::Column(name.clone()),
        None => Of::Expression(told(&rest, columns)),
    };
    let mut part = Part::of(of);
    (part.sort, part.collation) = (sort, told_collation);
    Ok(part)
}

/// Whether COLLATE behind it is about all of it: a name, a call, or anything in parentheses.
pub fn is_one(text: &str) -> bool {
    telling(text).is_ok_and(|tokens| {
        binds(Cursor {
            text,
            tokens: &tokens,
            about: "",
        })
    })
}

fn binds(mut cursor: Cursor) -> bool {
    if cursor.peek(0) != "(" {
        cursor.skip();
    }
    cursor.done() || cursor.parens().is_ok() && cursor.done()
}

/// `ON CONFLICT what`, where it is not the ordinary.
pub fn conflict(cursor: &mut Cursor) -> Result<Option<Conflict>> {
    if !cursor.take("ON CONFLICT") {
        return Ok(None);
    }
    for (word, conflict) in [
        ("ABORT", None),
        ("ROLLBACK", Some(Conflict::Rollback)),
        ("FAIL", Some(Conflict::Fail)),
        ("IGNORE", Some(Conflict::Ignore)),
        ("REPLACE", Some(Conflict::Replace)),
    ] {
        if cursor.take(word) {
            return Ok(conflict);
        }
    }
    Err(cursor.lost())
}

/// One spelling for those that SQLite brings; others are somebody's own.
pub fn standard(name: String) -> String {
    let large = name.to_ascii_uppercase();
    match matches!(large.as_str(), "BINARY" | "NOCASE" | "RTRIM") {
        true => large,
        false => name,
    }
}

/// Of a column: bytes are compared anyway.
pub fn collation(name: String) -> Option<String> {
    Some(standard(name)).filter(|name| name != "BINARY")
}
