//! libpq's `key=value` text. Its rules of quoting, word for word: blanks part the pairs, `'` quotes,
//! `\` takes the next sign as it is.

use super::draft::Draft;
use super::fault::Fault;
use crate::error::Result;
use std::iter::Peekable;
use std::str::Chars;

/// What C calls white space.
fn blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// The first key, where the text looks like this form.
pub(super) fn first_key(text: &str) -> Option<&str> {
    let (key, _) = text.split_once('=')?;
    let key = key.trim_matches(blank);
    (!key.is_empty() && !key.contains(blank)).then_some(key)
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<()> {
    let fault = draft.fault();
    if text.contains('\0') {
        return Err(quoting(&fault, "it holds a zero byte"));
    }
    let mut rest = text.chars().peekable();
    loop {
        while rest.next_if(|c| blank(*c)).is_some() {}
        if rest.peek().is_none() {
            return Ok(());
        }
        let mut key = String::new();
        while let Some(c) = rest.next_if(|c| *c != '=' && !blank(*c)) {
            key.push(c);
        }
        while rest.next_if(|c| blank(*c)).is_some() {}
        if rest.next() != Some('=') {
            return Err(quoting(&fault, "a word has no = behind it"));
        }
        while rest.next_if(|c| blank(*c)).is_some() {}
        let value = value(&mut rest)
            .ok_or_else(|| quoting(&fault, "a value in quotes is not closed by '"))?;
        if key == "dbname" && value.contains('=') {
            // libpq reads such a name as one more text of this form.
            return Err(draft.name_is_a_connection());
        }
        draft.set(&key, value)?;
    }
}

fn value(rest: &mut Peekable<Chars>) -> Option<String> {
    let mut value = String::new();
    let quoted = rest.next_if_eq(&'\'').is_some();
    loop {
        match rest.peek() {
            None if quoted => return None,
            None => return Some(value),
            Some(c) if !quoted && blank(*c) => return Some(value),
            _ => {}
        }
        match rest.next()? {
            '\'' if quoted => return Some(value),
            '\\' => match rest.next() {
                Some(next) => value.push(next),
                None if quoted => return None,
                None => return Some(value),
            },
            c => value.push(c),
        }
    }
}

fn quoting(fault: &Fault, what: &str) -> crate::error::Error {
    fault.other(
        what,
        "put a value with blanks into '...', and write \\' and \\\\ for ' and \\ in a value",
    )
}
