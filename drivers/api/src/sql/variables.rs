//! `${NAME}` in SQL: where one stands, and what takes its place. A text becomes a literal, a name a
//! quoted name; neither can end what it stands in. Knows no values: whoever calls brings them.

use super::lexer::{Kind, Rules, Token, tokens};
use crate::error::{Code, Error, Result};
use crate::source::{Source, Text};
use std::ops::Range;

/// How a dialect reads scripts and spells values.
pub trait Spelling {
    fn rules(&self) -> &Rules;
    /// A text as a literal that means exactly itself, in as many places as a literal may stand.
    fn literal(&self, text: &str) -> String;
    /// A name as the server takes it literally.
    fn name(&self, name: &str) -> String;
    /// What a script says, in small letters, that changes how its rest is read.
    fn moods(&self) -> &'static [&'static str];
}

/// As what a value is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Text,
    Identifier,
    Number,
    /// As it is, wherever it stands.
    Raw,
}

impl Bound {
    pub const ALL: [(&'static str, Bound); 4] = [
        ("text", Bound::Text),
        ("identifier", Bound::Identifier),
        ("number", Bound::Number),
        ("raw", Bound::Raw),
    ];

    pub fn parse(word: &str) -> Option<Bound> {
        let mut all = Bound::ALL.iter();
        all.find(|(known, _)| *known == word).map(|(_, it)| *it)
    }

    /// Why a value cannot be one of these. Never says the value: it may be a secret.
    pub fn refuses(self, value: &str) -> Option<&'static str> {
        let nul = value.contains('\0').then_some("it holds a zero byte");
        nul.or(match self {
            Bound::Identifier if value.is_empty() => Some("a name cannot be empty"),
            // PostgreSQL would cut a longer one off, and so mean another.
            Bound::Identifier if value.len() > 63 => Some("a name has at most 63 bytes"),
            Bound::Number if !is_number(value) => Some("it is no number"),
            _ => None,
        })
    }
}

/// `-12`, `0.50`, `1e-9`: what all databases read as the same number.
fn is_number(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let value = value.strip_prefix('-').unwrap_or(value);
    let (value, power) = match value.split_once(['e', 'E']) {
        Some((value, power)) => (value, Some(power)),
        None => (value, None),
    };
    let power = power.map(|power| power.strip_prefix(['-', '+']).unwrap_or(power));
    let (whole, part) = match value.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (value, None),
    };
    digits(whole) && part.is_none_or(digits) && power.is_none_or(digits)
}

/// What takes the place of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub bound: Bound,
    pub text: String,
}

/// Gives the value of a name; its error gets the place.
pub type Values<'v> = &'v dyn Fn(&str) -> Result<Value>;

/// Scripts of one session with their variables replaced. Without a `${` nothing is looked at.
pub fn filled(sources: &[Source], spelling: &dyn Spelling, values: Values) -> Result<Vec<Source>> {
    let mut all = Vec::with_capacity(sources.len());
    let mut mood = None;
    for source in sources {
        let Text::Held(text) = &source.text else {
            if mentioned(source)? {
                let message = format!("{} is too long for variables", source.file);
                let help = "a script of more than 4 MiB is read in pieces: cut it, or leave `${` out of it";
                return Err(Error::new(Code::VariableMisplaced, message).help(help));
            }
            all.push(source.clone());
            continue;
        };
        let small = text.to_ascii_lowercase();
        let moods = spelling.moods().iter();
        mood = mood.or(moods.copied().find(|word| small.contains(word)));
        let text = one(source, text, spelling, values, mood)?;
        all.push(Source {
            text: text.into(),
            ..source.clone()
        });
    }
    Ok(all)
}

/// Whether a script that is not held has something that looks like a variable.
pub fn mentioned(source: &Source) -> Result<bool> {
    let long = match &source.text {
        Text::Held(text) => return Ok(text.contains("${")),
        Text::Long(long) => long,
    };
    let mut input = long.whole().input(crate::long::Breaks::Kept)?;
    let mut window = String::new();
    while !input.is_over() {
        input.fill(&mut window, 1 << 16)?;
        if window.contains("${") {
            return Ok(true);
        }
        // It may stand over the edge.
        let rest = window.ends_with('$');
        window.clear();
        window.push_str(if rest { "$" } else { "" });
    }
    Ok(false)
}

fn one(
    source: &Source,
    text: &str,
    spelling: &dyn Spelling,
    values: Values,
    mood: Option<&str>,
) -> Result<String> {
    let found = found(text);
    if found.is_empty() {
        return Ok(text.into());
    }
    let at = |error: Error, offset: usize| {
        let error = error.place(source.place(offset));
        error.excerpt(source.excerpt(offset))
    };
    let tokens = tokens(text, spelling.rules()).map_err(|unfinished| {
        let message = format!("{} is opened here and never closed", unfinished.what);
        at(
            Error::new(Code::ScriptUnfinished, message),
            unfinished.offset,
        )
    })?;
    let (mut out, mut behind) = (String::with_capacity(text.len()), 0);
    let mut last: Option<usize> = None;
    for Found { range, name, form } in found {
        let here = |error: Error| at(error, range.start);
        let Some(stands) = stands(text, &tokens, &range) else {
            continue;
        };
        out += &text[behind..range.start];
        behind = range.end;
        if form == Form::Meant {
            out += &format!("${{{name}}}");
            continue;
        }
        let touched = last.replace(range.end) == Some(range.start);
        let value = values(name).map_err(here)?;
        if let Some(why) = value.bound.refuses(&value.text) {
            let message = format!("the value of the variable '{name}' cannot be used: {why}");
            return Err(here(Error::new(Code::SettingInvalid, message)));
        }
        if value.bound == Bound::Raw {
            out += &value.text;
            continue;
        }
        let misplaced = |what: &str, help: &str| {
            let message = format!("the variable '{name}' {what}");
            here(Error::new(Code::VariableMisplaced, message).help(help))
        };
        if let Some(word) = mood {
            return Err(misplaced(
                &format!("stands in scripts that say '{word}', which changes how they are read"),
                "put what changes the reading into a migration of its own, without variables",
            ));
        }
        if let Stands::Within(what) = stands {
            return Err(misplaced(
                &format!("stands in {what}, where a value would be pasted"),
                "take it out of the quotes and join it with || or CONCAT; write ${{NAME}} for the signs as they are; \
                 or declare it `type: raw`, if it may say anything",
            ));
        }
        if touched || touches(text, &range, value.bound) {
            return Err(misplaced(
                "touches what stands beside it, which would read it as a part",
                "put a blank between them: a variable is a whole value or a whole name",
            ));
        }
        match value.bound {
            Bound::Text => out += &spelling.literal(&value.text),
            Bound::Identifier => out += &spelling.name(&value.text),
            // Two signs would be a comment.
            _ if out.ends_with('-') && value.text.starts_with('-') => {
                out.push(' ');
                out += &value.text;
            }
            _ => out += &value.text,
        }
    }
    out += &text[behind..];
    Ok(out)
}

struct Found<'t> {
    range: Range<usize>,
    name: &'t str,
    form: Form,
}

#[derive(PartialEq)]
enum Form {
    Variable,
    /// `${{NAME}}`: the signs themselves.
    Meant,
}

fn found(text: &str) -> Vec<Found<'_>> {
    let one = |(at, _): (usize, &str)| {
        let rest = &text[at + 2..];
        let (rest, close, form) = match rest.strip_prefix('{') {
            Some(rest) => (rest, "}}", Form::Meant),
            None => (rest, "}", Form::Variable),
        };
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let name = &rest[..end];
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        (begins && rest[end..].starts_with(close)).then(|| Found {
            range: at..text.len() - rest.len() + end + close.len(),
            name,
            form,
        })
    };
    text.match_indices("${").filter_map(one).collect()
}

enum Stands {
    Free,
    Within(&'static str),
}

/// In what a variable stands; nothing where its sign is a part of a dollar quote.
fn stands(text: &str, tokens: &[Token], range: &Range<usize>) -> Option<Stands> {
    let n = tokens.partition_point(|token| token.range.end <= range.start);
    let token = tokens.get(n)?;
    let said = &text[token.range.clone()];
    Some(match token.kind {
        Kind::Quoted if said.starts_with('$') => {
            let tag = said[1..].find('$').map_or(1, |end| end + 2);
            let body = token.range.start + tag..token.range.end - tag;
            if !body.contains(&range.start) {
                return None;
            }
            Stands::Within("a dollar-quoted text")
        }
        Kind::Quoted => Stands::Within("a quoted text or name"),
        Kind::Comment => Stands::Within("a comment"),
        Kind::Code => Stands::Within("a comment that is code"),
        Kind::Rows => Stands::Within("the rows of a COPY"),
        _ => Stands::Free,
    })
}

/// Whether a server would read it together with what stands beside it.
fn touches(text: &str, range: &Range<usize>, bound: Bound) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let part = |c: char| {
        c.is_alphanumeric()
            || !c.is_ascii()
            || "_$'\"`\\".contains(c)
            || c == '.' && bound == Bound::Number
    };
    // `U&'..'` is one literal.
    before.ends_with(|c| part(c) || c == '&') || after.starts_with(part)
}

#[cfg(test)]
mod tests {
    use super::super::lexer::ANSI;
    use super::*;

    struct Plain(Rules);

    impl Spelling for Plain {
        fn rules(&self) -> &Rules {
            &self.0
        }

        fn literal(&self, text: &str) -> String {
            format!("'{}'", text.replace('\'', "''"))
        }

        fn name(&self, name: &str) -> String {
            format!("\"{}\"", name.replace('"', "\"\""))
        }

        fn moods(&self) -> &'static [&'static str] {
            &["mood"]
        }
    }

    fn fill(text: &str) -> Result<String> {
        let rules = Rules {
            dollar_quotes: true,
            ..ANSI
        };
        let values = |name: &str| {
            let of = |bound, text: &str| {
                let text = text.into();
                Ok(Value { bound, text })
            };
            match name {
                "t" => of(Bound::Text, "it's"),
                "i" => of(Bound::Identifier, "a\"b"),
                "n" => of(Bound::Number, "-5"),
                "r" => of(Bound::Raw, "'"),
                "bad" => of(Bound::Number, "1; DROP"),
                _ => Err(Error::new(Code::VariableUnset, name)),
            }
        };
        let source = Source::file("a.sql", text);
        let mut all = filled(&[source], &Plain(rules), &values)?;
        Ok(all.remove(0).whole()?.into_owned())
    }

    #[test]
    fn each_kind_is_spelled_as_what_it_is() {
        for (text, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("SELECT ${t}, ${n}", "SELECT 'it''s', -5"),
            ("SELECT 1-${n}", "SELECT 1- -5"),
            ("${i}.x = s.${i}", "\"a\"\"b\".x = s.\"a\"\"b\""),
            ("SELECT '${r}${r}'", "SELECT ''''"),
            ("a${r}b${r}", "a'b'"),
            // These are no variables.
            (
                "'${1}' ${} ${a b} '$ {t}' $(t)",
                "'${1}' ${} ${a b} '$ {t}' $(t)",
            ),
            ("SELECT $${t}$$", "SELECT $${t}$$"),
            ("SELECT $x$ y $x${t}", "SELECT $x$ y $x${t}"),
            // The signs themselves.
            ("'${{t}}' -- ${{no}}", "'${t}' -- ${no}"),
            ("$$ ${{t}} $$", "$$ ${t} $$"),
        ] {
            assert_eq!(fill(text).expect(text), expected, "{text}");
        }
    }

    #[test]
    fn where_a_value_would_be_pasted_it_is_refused() {
        for text in [
            "'${t}'",
            "\"${i}\"",
            "SELECT 1 -- ${t}",
            "/* ${n} */",
            "$$ ${t} $$",
            "$a$ ${t} $a$",
            "x${t}",
            "${i}x",
            "E${t}",
            "U&${t}",
            "${t}${t}",
            "${t}'a'",
            "'a'${t}",
            "${n}.5",
            "1.${n}",
            "é${i}",
            "SET mood = 1; SELECT ${t}",
        ] {
            let error = fill(text).expect_err(text);
            assert_eq!(error.code(), Code::VariableMisplaced, "{text}: {error}");
            assert!(error.spot().place.is_some(), "{text}");
        }
        assert_eq!(fill("${who}").expect_err("x").code(), Code::VariableUnset);
        let bad = fill("${bad}").expect_err("no number");
        assert_eq!(bad.code(), Code::SettingInvalid);
        assert!(!bad.message().contains("DROP"), "{bad}");
    }

    #[test]
    fn numbers_are_digits_and_names_have_an_end() {
        for good in ["0", "-1", "12.50", "1e9", "1E-9", "-0.5e+3"] {
            assert_eq!(Bound::Number.refuses(good), None, "{good}");
        }
        for bad in [
            "", "-", "+1", ".5", "5.", "1e", "0x1f", "1 ", "--1", "1_000", "NaN", "१",
        ] {
            assert!(Bound::Number.refuses(bad).is_some(), "{bad}");
        }
        assert!(Bound::Identifier.refuses("").is_some());
        assert!(Bound::Identifier.refuses(&"x".repeat(64)).is_some());
        assert!(Bound::Text.refuses("a\0b").is_some());
        assert!(Bound::Raw.refuses("a\0b").is_some());
    }
}
