//! A password file of PostgreSQL: `host:port:database:user:password`, `*` for any, `\` before `:` and
//! `\`, the first line that fits counts. No line of it is ever told, only its number.

use super::fault::Fault;
use crate::error::Result;
use crate::secret::Secret;

/// The password for this connection.
pub fn pgpass(
    text: &str,
    origin: &str,
    host: &str,
    port: u16,
    name: &str,
    user: &str,
) -> Result<Option<Secret>> {
    let socket = host.is_empty() || host.starts_with(['/', '@']);
    let port = port.to_string();
    let mut odd = None;
    for (n, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((fields, password)) = cut(line) else {
            odd = odd.or(Some(n + 1));
            continue;
        };
        let fits =
            |n: usize, wanted: &str| fields[n].is_none() || fields[n].as_deref() == Some(wanted);
        let here = fits(0, host) || (socket && fits(0, "localhost"));
        if here && fits(1, &port) && fits(2, name) && fits(3, user) {
            return Ok(Some(Secret::new(password)).filter(|p| !p.reveal().is_empty()));
        }
    }
    match odd {
        None => Ok(None),
        Some(n) => Err(Fault::new(origin).other(
            &format!("no line fits, and line {n} is no host:port:database:user:password"),
            "write \\: and \\\\ for : and \\ in a field",
        )),
    }
}

/// Four fields, `None` for any, and the rest of the line.
fn cut(line: &str) -> Option<([Option<String>; 4], String)> {
    let mut rest = line;
    let mut fields: [Option<String>; 4] = Default::default();
    for field in &mut fields {
        let (text, behind) = until_colon(rest)?;
        *field = (&rest[..rest.len() - behind.len()] != "*:").then_some(text);
        rest = behind;
    }
    let mut password = String::with_capacity(rest.len());
    let mut signs = rest.chars();
    while let Some(c) = signs.next() {
        match c {
            '\\' => password.push(signs.next().unwrap_or('\\')),
            c => password.push(c),
        }
    }
    Some((fields, password))
}

fn until_colon(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut signs = text.char_indices();
    while let Some((at, c)) = signs.next() {
        match c {
            ':' => return Some((field, &text[at + 1..])),
            '\\' => field.push(signs.next()?.1),
            c => field.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, host: &str, port: u16, name: &str, user: &str) -> Option<String> {
        let found = pgpass(text, ".pgpass", host, port, name, user).expect("a good file");
        found.map(|password| password.reveal().to_string())
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let text = "# h:1:d:u:comment\n\nh:5432:d:u:one\nh:*:*:u:t:w:o\r\n*:*:*:*:three\\:\\\\\n";
        for (host, port, name, user, expected) in [
            ("h", 5432, "d", "u", "one"),
            ("h", 5433, "d", "u", "t:w:o"),
            ("h", 5432, "e", "u", "t:w:o"),
            ("h", 5432, "d", "v", "three:\\"),
        ] {
            assert_eq!(
                find(text, host, port, name, user).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(find("h:1:d:u:", "h", 1, "d", "u"), None);
        assert_eq!(find("h:1:d:u:x", "i", 1, "d", "u"), None);
    }

    #[test]
    fn fields_are_escaped_and_localhost_is_a_socket_too() {
        let text = "\\:\\:1:1:a\\\\b:u:one\nlocalhost:1:d:\\*:two";
        assert_eq!(find(text, "::1", 1, "a\\b", "u").as_deref(), Some("one"));
        for host in ["localhost", "/var/run/postgresql", "", "@socket"] {
            assert_eq!(
                find(text, host, 1, "d", "*").as_deref(),
                Some("two"),
                "{host}"
            );
            assert_eq!(
                find(text, host, 1, "d", "u"),
                None,
                "an escaped star is a star"
            );
        }
    }

    #[test]
    fn a_line_that_is_none_is_told_by_its_number_where_nothing_fits() {
        let error = pgpass("x:1:d:u:p\nhunter2", ".pgpass", "h", 1, "d", "u").expect_err("odd");
        assert!(error.message().contains("line 2"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
        assert!(pgpass("h:1:d:u:p\nhunter2", ".pgpass", "h", 1, "d", "u").is_ok());
    }
}
