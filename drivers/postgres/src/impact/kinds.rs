//! One type and another: whether every value of the one is the same value of the other, and whether
//! the server writes every row anew to get there.

use crate::render::{Family, family, plain};
use initium_driver::change::{Impact, Threat, Work};

/// What becomes of the values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub rewrites: bool,
    /// What is lost, in a few words.
    pub loses: Option<&'static str>,
    /// Which values are refused.
    pub refuses: Option<&'static str>,
    /// Programs get a value of another kind.
    pub is_other: bool,
}

impl Turn {
    fn none() -> Turn {
        Turn::default()
    }

    fn rewrite() -> Turn {
        Turn {
            rewrites: true,
            ..Turn::default()
        }
    }

    fn loses(self, what: &'static str) -> Turn {
        Turn {
            loses: Some(what),
            ..self
        }
    }

    fn refuses(self, what: &'static str) -> Turn {
        Turn {
            refuses: Some(what),
            ..self
        }
    }

    fn other(self) -> Turn {
        Turn {
            is_other: true,
            ..self
        }
    }

    pub fn onto(&self, mut impact: Impact, column: &str, from: &str, to: &str) -> Impact {
        if self.rewrites {
            impact.work = impact.work.max(Work::Rewrite);
        }
        if let Some(what) = self.loses {
            impact = impact.risk(Threat::Loss, format!("{column} as {to}: {what}"));
        }
        if let Some(what) = self.refuses {
            impact = impact.risk(Threat::Refusal, format!("{column} as {to}: {what}"));
        }
        if self.is_other {
            let what = format!("programs that use {column} as {from} find {to}");
            impact = impact.risk(Threat::Clients, what);
        }
        impact
    }
}

/// The numbers in the parentheses of a type.
fn sizes(data_type: &str) -> Vec<i64> {
    let inner = data_type
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let inner = inner.map_or("", |(inner, _)| inner);
    inner
        .split(',')
        .filter_map(|it| it.trim().parse().ok())
        .collect()
}

pub fn turn(from: &str, to: &str) -> Turn {
    if from == to {
        return Turn::none();
    }
    match (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        (Some(one), Some(other)) => {
            // The server goes through the elements, even where each stays as it is.
            return Turn {
                rewrites: true,
                ..turn(one, other)
            };
        }
        (None, None) => {}
        _ => {
            return Turn::rewrite()
                .loses(ANEW)
                .refuses("a value and a list are not the same")
                .other();
        }
    }
    match (family(from), family(to)) {
        (Family::Number, Family::Number) => number(from, to),
        (Family::Text, Family::Text) => text(from, to),
        (Family::Time, Family::Time) => time(from, to),
        (Family::Bits, Family::Bits) => bits(from, to),
        (Family::Json, Family::Json) if to == "jsonb" => {
            Turn::rewrite().loses("the order of keys, doubled keys and blanks are not kept")
        }
        (Family::Json, Family::Json) => Turn::rewrite(),
        (Family::Net, Family::Net) if to == "inet" => Turn::none(),
        (Family::Net, Family::Net) => {
            Turn::rewrite().loses("what stands behind the mask is cleared")
        }
        (Family::Bytes, Family::Text) => Turn::rewrite()
            .loses("bytes are read as UTF-8")
            .refuses("bytes that are no UTF-8 are refused")
            .other(),
        (_, Family::Text) if to == "name" => Turn::rewrite().loses(ANEW).refuses(TOO_LONG).other(),
        (_, Family::Text) => {
            let turn = Turn {
                rewrites: from != "xml",
                ..Turn::none()
            };
            text_size(turn.other(), to)
        }
        _ if plain(from) == plain(to) => interval(from, to),
        _ => Turn::rewrite()
            .loses(ANEW)
            .refuses("not every value can become one")
            .other(),
    }
}

const ANEW: &str = "values are made anew, and need not mean the same";

/// How many digits stand before the point.
fn digits(data_type: &str) -> Option<i64> {
    match plain(data_type).as_str() {
        "smallint" => Some(5),
        "integer" => Some(10),
        "bigint" => Some(19),
        _ => None,
    }
}

const ROUNDS: &str = "values are rounded";
const TOO_BIG: &str = "values that are too big are refused";

fn number(from: &str, to: &str) -> Turn {
    let (one, other) = (plain(from), plain(to));
    match (one.as_str(), other.as_str()) {
        ("numeric", "numeric") => numeric(from, to),
        (whole, "numeric") if digits(whole).is_some() => match sizes(to).as_slice() {
            [precision, rest @ ..] => {
                let room = precision - rest.first().unwrap_or(&0);
                let turn = match rest.first() {
                    Some(scale) if *scale < 0 => Turn::rewrite().loses(ROUNDS),
                    _ => Turn::rewrite(),
                };
                match digits(whole).is_some_and(|digits| room >= digits) {
                    true => turn,
                    false => turn.refuses(TOO_BIG),
                }
            }
            [] => Turn::rewrite(),
        },
        (one, other) if digits(one).is_some() && digits(other).is_some() => {
            match digits(one) < digits(other) {
                true => Turn::rewrite(),
                false => Turn::rewrite().refuses(TOO_BIG),
            }
        }
        ("smallint", "real") | ("smallint" | "integer", "double precision") => Turn::rewrite(),
        ("integer" | "bigint", "real") => Turn::rewrite().loses("16777217 becomes 16777216"),
        ("bigint", "double precision") => {
            Turn::rewrite().loses("9007199254740993 becomes 9007199254740992")
        }
        ("real", "double precision") => Turn::rewrite().loses("0.1 becomes 0.10000000149011612"),
        ("double precision", "real") => Turn::rewrite().loses(ROUNDS).refuses(TOO_BIG),
        (_, "real" | "double precision") => Turn::rewrite().loses(ROUNDS).refuses(TOO_BIG),
        (_, "numeric") => Turn::rewrite()
            .loses("only 15 digits are kept, of a real 6")
            .refuses("infinity and values that are too big are refused"),
        _ => Turn::rewrite().loses(ROUNDS).refuses(TOO_BIG),
    }
}

fn numeric(from: &str, to: &str) -> Turn {
    let (one, other) = (sizes(from), sizes(to));
    let scale = |sizes: &[i64]| sizes.get(1).copied().unwrap_or(0);
    let (Some(new), before) = (other.first(), one.first()) else {
        return Turn::none();
    };
    let Some(old) = before else {
        return Turn::rewrite().loses(ROUNDS).refuses(TOO_BIG);
    };
    let mut turn = match scale(&one) == scale(&other) && new >= old {
        true => Turn::none(),
        false => Turn::rewrite(),
    };
    let (room, wanted) = (new - scale(&other), old - scale(&one));
    let is_rounded = scale(&other) < scale(&one);
    if is_rounded {
        turn = turn.loses(ROUNDS);
    }
    // What is rounded up may need one digit more.
    if room < wanted || is_rounded && room == wanted {
        turn = turn.refuses(TOO_BIG);
    }
    turn
}

const TOO_LONG: &str = "values that are too long are refused";

fn text_size(turn: Turn, to: &str) -> Turn {
    match sizes(to).is_empty() && to != "name" {
        true => turn,
        false => turn.refuses(TOO_LONG),
    }
}

fn text(from: &str, to: &str) -> Turn {
    let (one, other) = (plain(from), plain(to));
    let limit = |sizes: Vec<i64>| sizes.first().copied();
    match (one.as_str(), other.as_str()) {
        ("text" | "character varying", "text" | "character varying") => {
            match (limit(sizes(from)), limit(sizes(to))) {
                (_, None) => Turn::none(),
                (Some(old), Some(new)) if new >= old => Turn::none(),
                _ => Turn::rewrite().refuses(TOO_LONG),
            }
        }
        ("character", "character") => match limit(sizes(from)) <= limit(sizes(to)) {
            true => Turn::rewrite().loses("values get blanks at their end"),
            false => Turn::rewrite().refuses(TOO_LONG),
        },
        ("character", _) => text_size(Turn::rewrite().loses("blanks at the end of values go"), to),
        (_, "character") => Turn::rewrite()
            .loses("values get blanks at their end")
            .refuses(TOO_LONG),
        (_, "name") => Turn::rewrite().loses("values are cut at 63 bytes"),
        _ => Turn::rewrite(),
    }
}

/// How many digits of a second are kept.
fn fraction(data_type: &str) -> i64 {
    sizes(data_type).first().copied().unwrap_or(6)
}

const ZONE: &str = "the time zone of the session decides what values mean";

fn time(from: &str, to: &str) -> Turn {
    let (one, other) = (plain(from), plain(to));
    let rounded = |turn: Turn| match fraction(to) < fraction(from) {
        true => Turn::rewrite().loses("fractions of seconds are rounded"),
        false => turn,
    };
    match (one.as_str(), other.as_str()) {
        (one, other) if one == other => rounded(Turn::none()),
        ("date", "timestamp without time zone") => Turn::rewrite(),
        // Where the session's zone is UTC no row is written; nobody knows whose session it will be.
        ("timestamp without time zone" | "date", "timestamp with time zone")
        | ("timestamp with time zone", _)
        | ("time without time zone", "time with time zone") => Turn::rewrite().loses(ZONE),
        ("timestamp without time zone", "date") => Turn::rewrite().loses("the time of day goes"),
        ("time with time zone", _) => Turn::rewrite().loses("the zone goes"),
        _ => Turn::rewrite().loses("the day goes").other(),
    }
}

fn bits(from: &str, to: &str) -> Turn {
    let limit = |data_type: &str| sizes(data_type).first().copied();
    let (one, other) = (plain(from), plain(to));
    let turn = match one == other && one == "bit varying" {
        true => Turn::none(),
        false => Turn::rewrite(),
    };
    match (other.as_str(), limit(from), limit(to)) {
        ("bit varying", _, None) => turn,
        ("bit varying", Some(old), Some(new)) if new >= old => turn,
        _ => Turn::rewrite().refuses("values of another length are refused"),
    }
}

/// The same type with another modifier, which only some types are known for.
fn interval(from: &str, to: &str) -> Turn {
    let grows = plain(from) == "interval" && fraction(to) >= fraction(from);
    match grows {
        true => Turn::none(),
        false => Turn::rewrite().loses("what the new type does not keep is gone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_written_where_the_values_stand_as_they_stood() {
        for (from, to) in [
            ("character varying(10)", "character varying(20)"),
            ("character varying(10)", "character varying"),
            ("character varying(10)", "text"),
            ("text", "character varying"),
            ("numeric(10,2)", "numeric(12,2)"),
            ("numeric(10,2)", "numeric"),
            (
                "timestamp(3) without time zone",
                "timestamp without time zone",
            ),
            ("time(0) with time zone", "time(3) with time zone"),
            ("bit varying(3)", "bit varying(5)"),
            ("interval(0)", "interval"),
            ("cidr", "inet"),
        ] {
            assert_eq!(turn(from, to), Turn::none(), "{from} {to}");
        }
    }

    #[test]
    fn what_is_called_wider_may_lose_all_the_same() {
        for (from, to) in [
            ("integer", "real"),
            ("bigint", "double precision"),
            ("double precision", "numeric"),
            ("timestamp without time zone", "timestamp with time zone"),
            ("numeric(10,2)", "numeric(12,1)"),
            ("json", "jsonb"),
        ] {
            assert!(turn(from, to).loses.is_some(), "{from} {to}");
        }
        for (from, to) in [
            ("integer", "bigint"),
            ("smallint", "integer"),
            ("integer", "double precision"),
            ("integer", "numeric(10,0)"),
            ("bigint", "numeric"),
            ("numeric(10,2)", "numeric(12,4)"),
        ] {
            let turn = turn(from, to);
            assert_eq!((turn.loses, turn.refuses), (None, None), "{from} {to}");
        }
        assert!(turn("integer", "numeric(9,0)").refuses.is_some());
        assert!(turn("text", "character varying(10)").refuses.is_some());
    }
}
