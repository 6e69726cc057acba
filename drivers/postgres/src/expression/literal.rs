//! What becomes of a literal that gets a type: the server reads it and tells it anew.

use initium_driver::sql::expression::{Kind, Node, Value, instant};

pub const TEXT: &str = "text";
pub const UNKNOWN: &str = "unknown";
/// The types of whole numbers and the others, each wider than those before it.
pub const NUMBERS: [&str; 6] = [
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
];

/// A number's own type, and the number written out.
pub fn number(text: &str) -> Node {
    let plain = written_out(text).unwrap_or_else(|| text.to_string());
    let is_whole = !text.contains(['.', 'e']);
    let of = match plain.parse::<i64>() {
        Ok(number) if is_whole && i32::try_from(number).is_ok() => "integer",
        Ok(_) if is_whole => "bigint",
        _ => "numeric",
    };
    typed(Kind::Number, plain, of)
}

pub fn typed(kind: Kind, text: impl Into<String>, of: &str) -> Node {
    Node::Value(Value {
        kind,
        text: text.into(),
        of: of.into(),
    })
}

/// Without its power of ten: `1.5e-3` is `0.0015`.
fn written_out(text: &str) -> Option<String> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (number, power) = text.split_once('e').unwrap_or((text, "0"));
    let power: i32 = power.parse().ok()?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if power.abs() > 99 {
        return None;
    }
    let digits = format!("{whole}{part}");
    let point = whole.len() as i32 + power;
    let (whole, part) = match point {
        ..=0 => (
            String::new(),
            format!("{}{digits}", "0".repeat(-point as usize)),
        ),
        point if point as usize >= digits.len() => {
            let zeros = "0".repeat(point as usize - digits.len());
            (format!("{digits}{zeros}"), String::new())
        }
        point => {
            let (whole, part) = digits.split_at(point as usize);
            (whole.into(), part.into())
        }
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    Some(match part.as_str() {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    })
}

/// The same value as one of this type, where that can be said without a server.
pub fn become_type(value: Value, to: &str) -> Result<Value, Value> {
    let of = to.to_string();
    let from = value.of.as_str();
    match value.kind {
        Kind::Number => count(value, to),
        Kind::Word if value.text == "null" => Ok(Value { of, ..value }),
        Kind::Text if from.is_empty() => read(value, to),
        Kind::Text if is_string(from) && is_string(to) => Ok(Value { of, ..value }),
        _ => Err(value),
    }
}

/// Between them no blank is lost.
fn is_string(of: &str) -> bool {
    matches!(of, "text" | "character varying")
}

fn count(value: Value, to: &str) -> Result<Value, Value> {
    let rank = |of: &str| NUMBERS.iter().position(|number| *number == of);
    let (Some(from), Some(into)) = (rank(&value.of), rank(to)) else {
        return Err(value);
    };
    let is_whole = !value.text.contains('.');
    let fits = match into {
        0 => value.text.parse::<i16>().is_ok(),
        1 => value.text.parse::<i32>().is_ok(),
        2 => value.text.parse::<i64>().is_ok(),
        _ => true,
    };
    // A number of few digits is not exactly what it says, and nothing else is from then on.
    if from > 3 && from != into || into < 3 && !is_whole || !fits {
        return Err(value);
    }
    let text = match into > 3 && !is_whole {
        true => value
            .text
            .trim_end_matches('0')
            .trim_end_matches('.')
            .into(),
        false => value.text,
    };
    Ok(Value {
        kind: Kind::Number,
        text,
        of: to.into(),
    })
}

/// A text in quotes as a value of a type.
fn read(value: Value, to: &str) -> Result<Value, Value> {
    let text = value.text.trim();
    let (kind, text) = match to {
        "boolean" => match text.to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => (Kind::Word, "true".into()),
            "f" | "false" | "n" | "no" | "off" | "0" => (Kind::Word, "false".into()),
            _ => return Err(value),
        },
        "smallint" | "integer" | "bigint" => match text.parse::<i64>() {
            Ok(number) => (Kind::Number, number.to_string()),
            Err(_) => return Err(value),
        },
        "numeric" | "real" | "double precision" => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                let plain = written_out(&text.trim_start_matches('+').to_ascii_lowercase());
                let Some(plain) = plain else {
                    return Err(value);
                };
                let trimmed = plain.trim_end_matches('0').trim_end_matches('.');
                match plain.contains('.') && to != "numeric" {
                    true => (Kind::Number, trimmed.to_string()),
                    false => (Kind::Number, plain),
                }
            }
            _ => (Kind::Text, text.to_ascii_lowercase()),
        },
        "date" => (Kind::Text, instant::date(text)),
        "timestamp without time zone" | "timestamp with time zone" => {
            (Kind::Text, instant::moment(text))
        }
        "time without time zone" => (Kind::Text, instant::clock(text)),
        "interval" => (Kind::Text, interval(text).unwrap_or_else(|| text.into())),
        "jsonb" => (Kind::Text, squeezed(text)),
        "uuid" => (Kind::Text, text.to_ascii_lowercase()),
        "bytea" if value.text.is_empty() => (Kind::Text, "\\x".into()),
        _ => (Kind::Text, value.text),
    };
    Ok(Value {
        kind,
        text,
        of: to.into(),
    })
}

/// JSON without the blanks between its parts.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if inside {
            inside = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            inside = c == '"';
        }
        out.push(c);
    }
    out
}

/// Months, days and microseconds, which the server keeps apart.
fn interval(text: &str) -> Option<String> {
    const MICROS: f64 = 1e6;
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    let mut words = text.split_ascii_whitespace().peekable();
    while let Some(word) = words.next() {
        if word.contains(':') {
            micros = micros.checked_add(clock(word)?)?;
            continue;
        }
        let number: f64 = word.parse().ok()?;
        let unit = words.next().unwrap_or("second").to_ascii_lowercase();
        let unit = unit.strip_suffix('s').unwrap_or(&unit);
        let whole = (number.fract() == 0.0 && number.abs() < 1e9).then_some(number as i64);
        match unit {
            "year" => months += whole? * 12,
            "month" | "mon" => months += whole?,
            "week" => days += whole? * 7,
            "day" => days += whole?,
            "hour" => micros += (number * 3600.0 * MICROS).round() as i64,
            "minute" | "min" => micros += (number * 60.0 * MICROS).round() as i64,
            "second" | "sec" => micros += (number * MICROS).round() as i64,
            _ => return None,
        }
    }
    Some(format!("{months} {days} {micros}"))
}

/// `01:30:00.5`
fn clock(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut parts = text.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next().unwrap_or("0").parse().ok()?;
    let whole = hours
        .checked_mul(60)?
        .checked_add(minutes)?
        .checked_mul(60_000_000)?;
    Some(sign * whole.checked_add((seconds * 1e6).round() as i64)?)
}
