//! Whole bodies, of views, triggers and routines: the same where their tokens are. Blanks, comments,
//! the capitals of keywords, needless quotes and the way a text is quoted do not count.

use super::flavour::{Flavour, Names, Quoted};
use super::quoted;
use crate::sql::lexer::{self, Kind};

/// Between tokens; no SQL holds it.
const JOIN: char = '\u{1f}';

/// Words that are not names, in small letters, and those that are something else without quotes.
const KEYWORDS: &str = " after all and any array as asc atomic before begin between both by call \
    case cast check collate commit constraint create cross current_catalog current_date \
    current_role current_schema current_time current_timestamp current_user declare default \
    definer delete desc deterministic distinct do each else elseif end execute exists false fetch \
    follows for foreign from full function generated group handler having if immutable in index \
    inner insert instead intersect interval into invoker is iterate join key language leave left \
    like limit localtime localtimestamp loop natural new not null of offset old on open or order \
    outer over partition precedes primary procedure read references repeat replace return returns \
    right row rows select session_user set signal some sql stable table then to trigger true union \
    unique until update user using values view volatile when where while window with without ";

pub fn form(text: &str, flavour: &Flavour) -> String {
    let Ok(tokens) = lexer::tokens(text, &flavour.rules) else {
        return text.into();
    };
    let counts = |kind| !matches!(kind, Kind::Blank | Kind::Comment);
    let parts: Vec<_> = tokens
        .into_iter()
        .filter(|token| counts(token.kind))
        .map(|token| (token.kind, &text[token.range]))
        .collect();
    // What is code in a dollar quote may be laid out in any way; a text may not.
    let is_code = parts.windows(2).any(|pair| {
        let language = |word: &str| {
            ["sql", "plpgsql"]
                .iter()
                .any(|l| word.eq_ignore_ascii_case(l))
        };
        pair[0].1.eq_ignore_ascii_case("language") && language(pair[1].1)
    });
    let mut form = String::with_capacity(text.len());
    let mut before = "";
    for (kind, part) in parts {
        match kind {
            Kind::Word => form.push_str(&word(part, flavour)),
            Kind::Quoted => {
                let is_body = part.starts_with('$') && before.eq_ignore_ascii_case("as") && is_code;
                form.push_str(&quoted_part(part, is_body, flavour));
            }
            _ => form.push_str(part),
        }
        form.push(JOIN);
        before = part;
    }
    let length = form.trim_end_matches([JOIN, ';']).len();
    form.truncate(length);
    form
}

/// In MySQL the names of tables differ by their capitals, so only what is surely no name is folded.
fn word(part: &str, flavour: &Flavour) -> String {
    let small = part.to_ascii_lowercase();
    match flavour.names == Names::Exact || flavour.tables == Names::Alike || is_keyword(&small) {
        true => small,
        false => part.into(),
    }
}

fn is_keyword(small: &str) -> bool {
    KEYWORDS.contains(&format!(" {small} "))
}

fn quoted_part(part: &str, is_body: bool, flavour: &Flavour) -> String {
    let Some(text) = quoted::decode(part, &flavour.rules) else {
        return part.into();
    };
    if is_body {
        return format!("${}$", self::form(&text, flavour));
    }
    let is_name = match part.as_bytes()[0] {
        b'`' | b'[' => true,
        b'"' => flavour.double_quotes == Quoted::Name,
        _ => false,
    };
    if !is_name {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let text = match flavour.tables {
        Names::Alike => text.to_ascii_lowercase(),
        Names::Exact => text,
    };
    let plain = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let folds = flavour.names == Names::Exact && text.contains(|c: char| c.is_ascii_uppercase());
    let is_plain = text.chars().all(plain) && !text.starts_with(|c: char| c.is_ascii_digit());
    match is_plain && !text.is_empty() && !folds && !is_keyword(&text.to_ascii_lowercase()) {
        true => text,
        false => format!("\"{text}\""),
    }
}
