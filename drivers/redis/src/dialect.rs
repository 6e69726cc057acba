//! What can be said of scripts for Redis without asking a server: their statements, what counts of
//! their text, what is refused.

use crate::bulk;
use crate::refused::refused;
use crate::text::{Piece, What, Wrong, pieces, spelled};
use initium_driver::{
    Capabilities, Code, Dialect, Effect, Error, Lines, Result, Source, Statement,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redis;

/// The one step that is a single script, against those that work through many keys.
pub const SCRIPT: &str = "script";
/// What Lua hands on to a command at a time is limited (by 8,000 places of its stack).
const MOST_WORDS: usize = 7_000;
/// Steps that may have a body of Lua.
const WITH_BODY: &[&str] = &[SCRIPT, "each"];
/// Steps that only ask.
pub const QUESTIONS: &[&str] = &["count", "any", "none", "sample"];

impl Dialect for Redis {
    fn names(&self) -> &'static [&'static str] {
        &["redis"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: false,
            transactions: false,
            catalog: false,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        let text = source.whole()?;
        let found = pieces(&text).map_err(|wrong| told(wrong, source))?;
        let statement = |piece: Piece| statement(piece, &text, source);
        found.into_iter().map(statement).collect()
    }

    fn normal_form(&self, text: &str) -> String {
        let Ok(found) = pieces(text) else {
            return text.trim().replace("\r\n", "\n");
        };
        found.iter().map(|piece| form(&piece.what) + "\n").collect()
    }
}

fn told(wrong: Wrong, source: &Source) -> Error {
    let code = match wrong.unfinished {
        true => Code::ScriptUnfinished,
        false => Code::SpecInvalid,
    };
    placed(
        Error::new(code, wrong.what).help(wrong.help),
        source,
        wrong.at,
    )
}

fn placed(error: Error, source: &Source, at: usize) -> Error {
    error.place(source.place(at)).excerpt(source.excerpt(at))
}

fn statement(piece: Piece, text: &str, source: &Source) -> Result<Statement> {
    let at = piece.range.start;
    let effect = effect(&piece.what).map_err(|error| placed(error, source, at))?;
    Ok(Statement {
        text: text[piece.range].into(),
        place: source.place(at),
        lines: source.lines,
        effect,
        lock: None,
        more: None,
    })
}

/// What a statement is to the engine; refuses what none may be.
fn effect(what: &What) -> Result<Effect> {
    match what {
        What::Command(words) => match refused(words) {
            Some(error) => Err(error),
            None if words[0].is_empty() => {
                Err(Error::new(Code::SpecInvalid, "a command without a name")
                    .help("a line begins with the name of a command"))
            }
            None if words.len() > MOST_WORDS => Err(Error::new(
                Code::NotSupported,
                format!("a command of {} words is too long", words.len()),
            )
            .help("a script of the server runs it, which hands on 7,000 at most; write several commands")),
            None => Ok(Effect::Alone),
        },
        What::Step { name, body, .. } if body.is_some() != WITH_BODY.contains(&name.as_str()) => {
            let how = match body {
                Some(_) => "has no text of Lua",
                None => "has no Lua behind it",
            };
            Err(
                Error::new(Code::SpecInvalid, format!("step '{name}' {how}")).help(
                    "only initium.script and initium.each have a body, in lines that begin with |",
                ),
            )
        }
        What::Step { name, json, .. } if name == SCRIPT => {
            Lua::read(json)?;
            Ok(Effect::Alone)
        }
        What::Step { name, .. } if QUESTIONS.contains(&name.as_str()) => Err(Error::new(
            Code::SpecInvalid,
            format!("step '{name}' only asks, and changes nothing"),
        )
        .help("it belongs into `verify` or `when`")),
        What::Step { name, json, body } => {
            bulk::parse(name, json, body.as_deref().unwrap_or_default())?;
            Ok(Effect::Bulk)
        }
    }
}

/// What a script is run on.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lua {
    pub keys: Vec<String>,
    pub args: Vec<String>,
}

impl Lua {
    pub fn read(json: &str) -> Result<Lua> {
        serde_json::from_str(json).map_err(|error| {
            Error::new(
                Code::SpecInvalid,
                format!("step 'script' cannot be understood: {error}"),
            )
            .help("it takes `keys` and `args`, lists of texts")
        })
    }
}

/// What counts of it: the words of a command, the values of a step whatever their order, Lua as it is.
fn form(what: &What) -> String {
    match what {
        What::Command(words) => {
            let words: Vec<_> = words.iter().map(|word| spelled(word)).collect();
            words.join(" ")
        }
        What::Step { name, json, body } => {
            let value = serde_json::from_str(json).unwrap_or_default();
            let mut form = format!("initium.{name} ");
            sorted(&value, &mut form);
            for line in body.iter().flat_map(|body| body.lines()) {
                form.push_str("\n| ");
                form.push_str(line);
            }
            form
        }
    }
}

/// By our own hand: how a crate orders keys depends on who else in the build asks it for what.
fn sorted(value: &serde_json::Value, form: &mut String) {
    match value {
        serde_json::Value::Object(map) => {
            let mut keys: Vec<&str> = map.keys().map(String::as_str).collect();
            keys.sort();
            form.push('{');
            for (n, key) in keys.into_iter().enumerate() {
                if n > 0 {
                    form.push(',');
                }
                form.push_str(&serde_json::Value::from(key).to_string());
                form.push(':');
                sorted(&map[key], form);
            }
            form.push('}');
        }
        serde_json::Value::Array(items) => {
            form.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    form.push(',');
                }
                sorted(item, form);
            }
            form.push(']');
        }
        plain => form.push_str(&plain.to_string()),
    }
}

/// A statement as it was split, taken apart again.
pub fn what(statement: &Statement) -> Result<What> {
    one(&statement.text)
}

/// The only statement of a text.
pub fn one(text: &str) -> Result<What> {
    let source = Source {
        lines: Lines::Folded,
        ..Source::file("the query", text)
    };
    let mut found = pieces(text).map_err(|wrong| told(wrong, &source))?;
    match (found.pop(), found.is_empty()) {
        (Some(piece), true) => Ok(piece.what),
        _ => Err(
            Error::new(Code::StatementFailed, "exactly one command is needed here")
                .help("a query is one command, or one of initium.count, any, none, sample"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Vec<Statement>> {
        Redis.split(&Source::file("a.redis", text))
    }

    #[test]
    fn statements_have_their_text_place_and_effect() {
        let text = "# x\nSET a 1\n  initium.script {\"keys\":[\"a\"]}\n  | return 1\nDEL a";
        let found = split(text).expect("statements");
        let seen: Vec<_> = found
            .iter()
            .map(|s| (s.place.line, s.place.column, s.effect))
            .collect();
        let alone = Effect::Alone;
        assert_eq!(seen, [(2, 1, alone), (3, 3, alone), (5, 1, alone)]);
        assert!(found[1].text.ends_with("| return 1"));
        assert!(matches!(what(&found[1]), Ok(What::Step { .. })));
    }

    #[test]
    fn a_command_that_no_script_can_hand_on_is_refused_before_anything_runs() {
        let of = |words: usize| format!("DEL{}", " k".repeat(words - 1));
        assert_eq!(split(&of(MOST_WORDS)).expect("a command").len(), 1);
        let error = split(&of(MOST_WORDS + 1)).expect_err("too long");
        assert_eq!(error.code(), Code::NotSupported);
    }

    #[test]
    fn a_body_stands_where_one_belongs_and_nowhere_else() {
        for text in [
            "initium.script {}",
            "initium.delete {\"match\":\"a\"}\n| return 1",
            "initium.script {\"kyes\":[]}\n| return 1",
            "initium.script {\"keys\":[1]}\n| return 1",
        ] {
            let error = split(text).expect_err(text);
            assert_eq!(error.code(), Code::SpecInvalid, "{text}");
            assert!(error.spot().place.is_some(), "{text}");
        }
    }

    #[test]
    fn quoting_and_layout_do_not_count_and_words_do() {
        let form = |text| Redis.normal_form(text);
        assert_eq!(form("SET a \"b\""), form("# hi\r\n  SET   'a' b  \r\n"));
        assert_ne!(form("SET a 'b c'"), form("SET a 'b  c'"));
        assert_ne!(form("SET a b"), form("SET A b"));
        assert_eq!(
            form("initium.script { \"keys\" : [\"a\"], \"args\": [] }\n | return 1"),
            form("initium.script {\"args\":[],\"keys\":[\"a\"]}\n| return 1")
        );
        assert_ne!(
            form("initium.script {}\n| return  1"),
            form("initium.script {}\n| return 1")
        );
        // For ever: the ledgers hold checksums of it.
        assert_eq!(
            form("SET \"a b\" x\ninitium.script {\"keys\":[]}\n|return 1"),
            "SET \"a b\" x\ninitium.script {\"keys\":[]}\n| return 1\n"
        );
    }
}
