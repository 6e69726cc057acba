//! The splitter against psql. psql talks to a server of ours that runs nothing and writes down what
//! it is sent, so that any file can be compared, whatever it would do to a database.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../../../tests/corpora/corpus.rs"]
mod corpus;

use corpus::{Language, fetched, files, squeezed};
use initium_driver::{Code, Dialect, Source};
use initium_postgres::Postgres;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

/// Between two files of one run of psql.
const MARK: &str = "-- the end of a file";

/// Which files are cut differently, and why. What does no longer differ must be taken off.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "regress/sql/psql.sql",
        "it tests psql: conditions and commands in the midst of statements",
    ),
    (
        "regress/sql/strings.sql",
        "standard_conforming_strings: we follow the statement, psql what the server says of itself, \
         and the one here says nothing",
    ),
];

/// One byte and its length-prefixed body.
fn send(to: &mut TcpStream, kind: u8, body: &[u8]) {
    let mut message = vec![kind];
    message.extend((body.len() as u32 + 4).to_be_bytes());
    message.extend(body);
    to.write_all(&message).unwrap();
}

fn body(from: &mut impl Read) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length).ok()?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    from.read_exact(&mut body).ok()?;
    Some(body)
}

/// What a server reports of a query that changes how strings are to be read.
fn told(query: &str) -> Option<&'static [u8]> {
    let query = squeezed(Language::Postgres.bare(query)).to_ascii_lowercase();
    let value = query.strip_prefix("setstandard_conforming_strings")?;
    match value.trim_start_matches("to").trim_start_matches('=') {
        "off;" => Some(b"standard_conforming_strings\0off\0"),
        "on;" => Some(b"standard_conforming_strings\0on\0"),
        _ => None,
    }
}

/// Takes one login and every query, in the order they come.
fn listen(listener: &TcpListener) -> Vec<String> {
    let mut stream = listener.accept().unwrap().0;
    let mut from = BufReader::new(stream.try_clone().unwrap());
    body(&mut from).unwrap();
    send(&mut stream, b'R', &0u32.to_be_bytes());
    for setting in [
        "server_version\x0015.0\x00",
        "client_encoding\x00UTF8\x00",
        "server_encoding\x00UTF8\x00",
        "standard_conforming_strings\x00on\x00",
    ] {
        send(&mut stream, b'S', setting.as_bytes());
    }
    send(&mut stream, b'Z', b"I");
    let mut queries = Vec::new();
    let mut kind = [0];
    while from.read_exact(&mut kind).is_ok() {
        let body = body(&mut from).unwrap();
        if kind[0] != b'Q' {
            continue;
        }
        let text = std::str::from_utf8(&body[..body.len() - 1]).unwrap();
        queries.push(text.to_string());
        if let Some(setting) = told(text) {
            send(&mut stream, b'S', setting);
        }
        // One packet: two small ones wait for each other's receipt.
        stream.write_all(b"C\0\0\0\x07OK\0Z\0\0\0\x05I").unwrap();
    }
    queries
}

/// What psql sends for each text.
fn by_psql(texts: &[String]) -> Option<Vec<Vec<String>>> {
    let folder = std::env::temp_dir().join(format!("initium-oracle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-h", "127.0.0.1", "-U", "nobody", "-d", "none"])
        .args(["-p", &listener.local_addr().unwrap().port().to_string()])
        .env("PGSSLMODE", "disable")
        .env("PGGSSENCMODE", "disable")
        .env_remove("PGOPTIONS");
    for (n, text) in texts.iter().enumerate() {
        let path = folder.join(n.to_string());
        std::fs::write(&path, text).unwrap();
        psql.arg("-f").arg(path).args(["-c", MARK]);
    }
    let started = psql
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut started) = started else {
        eprintln!("SKIPPED: psql is not here");
        return None;
    };
    let queries = listen(&listener);
    started.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let mut found = vec![Vec::new()];
    for query in queries {
        if query == MARK {
            found.push(Vec::new());
        } else {
            found.last_mut().unwrap().push(query);
        }
    }
    found.pop();
    assert_eq!(found.len(), texts.len(), "psql left early");
    Some(found)
}

/// Without what only psql understands: backslash commands and the rows of COPY. Both judges get
/// what is left, so it may be nonsense, but it is the same nonsense.
fn without_psql(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rows = false;
    for line in text.split_inclusive('\n') {
        let lower = line.to_ascii_lowercase();
        if rows {
            rows = line.trim_end() != "\\.";
        } else if lower.starts_with("copy ") && lower.contains("from stdin") {
            rows = true;
        } else if !is_command(line) {
            // \gset and the like end a statement, and so does \;
            let end = line.find(" \\g").or(line.find(" \\crosstab"));
            plain.push_str(&match end {
                Some(end) => format!("{};\n", &line[..end]),
                // :'name' is a variable of psql.
                None => line
                    .replace("\\;", ";")
                    .replace(":'", "'")
                    .replace(":\"", "\""),
            });
        }
    }
    plain
}

/// A line of psql's own, and not one of a text that holds `\u1234`.
fn is_command(line: &str) -> bool {
    let name = line.trim_start().strip_prefix('\\');
    name.is_some_and(|name| !name.chars().nth(1).is_some_and(|c| c.is_ascii_digit()))
}

/// Our statements, or the code of the refusal. What is refused for what it does and not for how it
/// is cut is given another name, in the text too.
fn by_us(text: &mut String) -> Result<Vec<String>, String> {
    loop {
        match Postgres::OLDEST.split(&Source::file("a.sql", text.as_str())) {
            Ok(found) => {
                corpus::no_byte_is_lost("postgres", text, &found).unwrap();
                return Ok(found.into_iter().map(|s| s.text).collect());
            }
            Err(error) if error.code() == Code::NotSupported => {
                let place = error.spot().place.clone().unwrap();
                let mut lines = text.split_inclusive('\n');
                let before = lines
                    .by_ref()
                    .take(place.line as usize - 1)
                    .map(str::len)
                    .sum::<usize>();
                let line = lines.next().unwrap();
                let at = before
                    + line
                        .char_indices()
                        .nth(place.column as usize - 1)
                        .unwrap()
                        .0;
                text.replace_range(at..at + 1, "x");
            }
            Err(error) => return Err(format!("{:?} {:?}", error.spot().place, error.to_string())),
        }
    }
}

fn differs(ours: &[String], theirs: &[String]) -> Option<String> {
    let bare = |text: &String| squeezed(Language::Postgres.bare(text));
    let theirs: Vec<_> = theirs
        .iter()
        .map(bare)
        .filter(|text| !text.is_empty())
        .collect();
    for n in 0..ours.len().max(theirs.len()) {
        let (Some(ours), Some(theirs)) = (ours.get(n), theirs.get(n)) else {
            return Some(format!("{:?} against {:?}", ours.get(n), theirs.get(n)));
        };
        let rest = theirs.strip_prefix(&squeezed(ours));
        // The comment at the end of a file has lost its line ends.
        if !rest.is_some_and(|rest| {
            ["", ";"].contains(&rest) || rest.starts_with("--") || rest.starts_with("/*")
        }) {
            return Some(format!("{ours:?} against {theirs:?}"));
        }
    }
    None
}

#[test]
fn psql_cuts_its_servers_own_files_as_we_do() {
    let mut paths = files(Path::new("/usr/share/postgresql"));
    paths.extend(fetched("postgres"));
    paths.retain(|path| path.extension().is_some_and(|e| e == "sql"));
    let mut cases = Vec::new();
    for path in &paths {
        // Some are written in other encodings on purpose.
        if let Ok(text) = std::fs::read_to_string(path) {
            let mut text = without_psql(&text);
            let ours = by_us(&mut text);
            cases.push((path, text, ours));
        }
    }
    let texts: Vec<_> = cases.iter().map(|(_, text, _)| text.clone()).collect();
    let Some(theirs) = by_psql(&texts) else {
        return;
    };
    let mut count = 0;
    let mut wrong = Vec::new();
    for ((path, _, ours), theirs) in cases.iter().zip(&theirs) {
        let name = path.to_string_lossy();
        let explained = EXPLAINED.iter().find(|(end, _)| name.ends_with(end));
        let difference = match ours {
            Err(refusal) => Some(refusal.clone()),
            Ok(ours) => differs(ours, theirs),
        };
        count += ours.as_ref().map_or(0, Vec::len);
        match (difference, explained) {
            (Some(difference), None) => wrong.push(format!("{name}: {difference}")),
            (None, Some((_, reason))) => {
                wrong.push(format!(
                    "{name} does not differ any more: take off {reason:?}"
                ));
            }
            _ => {}
        }
    }
    eprintln!("{} files, {count} statements", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
