//! The splitter against the mariadb client. The client talks to a server of ours that runs nothing
//! and writes down what it is sent, so that any file can be compared, whatever it would do.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../../../tests/corpora/corpus.rs"]
mod corpus;

use corpus::{Language, fetched, files, squeezed};
use initium_driver::{Code, Source};
use initium_mysql::OPENER;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

/// Between two files of one run of the client.
const MARK: &str = "select 'the end of a file'";

/// Which files are cut differently, and why. What does no longer differ must be taken off.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "maria_add_gis_sp_bootstrap.sql",
        "bodies without DELIMITER lines, which only we read",
    ),
    (
        "mysql_system_tables_data.sql",
        "a compound statement without DELIMITER lines, which only we read",
    ),
    (
        "mysql_test_db.sql",
        "the client alone takes --- at the start of a line for a comment; the server refuses it",
    ),
    (
        "mysql_delimiter.sql",
        "DELIMITER without a delimiter: refused",
    ),
    (
        "mysql_delimiter_source.sql",
        "\\d, the client's short DELIMITER: refused",
    ),
    (
        "main/func_rollback.test",
        "mysqltest's variables, over several lines",
    ),
    ("main/implicit_commit.test", "HELP is the client's own"),
    (
        "main/parser.test",
        "several statements and a routine in one packet, which no server takes from us",
    ),
    (
        "main/partition_csv.test",
        "the client takes a comment for the name of a database",
    ),
    (
        "main/partition_sp.test",
        "the client overlooks a DELIMITER behind a line with a blank",
    ),
    (
        "main/set_statement.test",
        "a setting that we refuse was given another name",
    ),
    (
        "rpl/t/rpl_conditional_comments.test",
        "the client cuts at a semicolon inside /*! */",
    ),
];

const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

fn send(to: &mut TcpStream, sequence: u8, body: &[u8]) {
    let length = (body.len() as u32).to_le_bytes();
    let mut packet = vec![length[0], length[1], length[2], sequence];
    packet.extend(body);
    to.write_all(&packet).unwrap();
}

fn packet(from: &mut impl Read) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 4];
    from.read_exact(&mut head).ok()?;
    let mut body = vec![0; u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize];
    from.read_exact(&mut body).ok()?;
    Some((head[3], body))
}

/// Protocol 10, a name, and the capabilities of 4.1 with plugins of authentication.
fn greeting() -> Vec<u8> {
    let mut greeting = b"\x0a10.11.0-none\0\x01\0\0\x0012345678\0".to_vec();
    greeting.extend((0xa20f_u16).to_le_bytes());
    greeting.extend([45, 2, 0]);
    greeting.extend((8_u16).to_le_bytes());
    greeting.push(21);
    greeting.extend([0; 10]);
    greeting.extend(b"123456789012\0mysql_native_password\0");
    greeting
}

/// Takes one login and every statement, in the order they come.
fn listen(listener: &TcpListener) -> Vec<String> {
    let mut stream = listener.accept().unwrap().0;
    let mut from = BufReader::new(stream.try_clone().unwrap());
    send(&mut stream, 0, &greeting());
    let (sequence, _) = packet(&mut from).unwrap();
    send(&mut stream, sequence + 1, OK);
    let mut statements = Vec::new();
    while let Some((_, body)) = packet(&mut from) {
        let text = String::from_utf8_lossy(&body[1..]);
        match body[0] {
            1 => break,
            2 => statements.push(format!("use {text}")),
            3 => statements.push(text.into()),
            _ => {}
        }
        send(&mut stream, 1, OK);
    }
    statements
}

/// What the client sends for each text.
fn by_client(texts: &[String]) -> Option<Vec<Vec<String>>> {
    let folder = std::env::temp_dir().join(format!("initium-oracle-my-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut script = String::new();
    for (n, text) in texts.iter().enumerate() {
        let path = folder.join(n.to_string());
        std::fs::write(&path, text).unwrap();
        script += &format!("source {}\ndelimiter ;\n{MARK};\n", path.display());
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Command::new("mariadb")
        .args([
            "--no-defaults",
            "--protocol=tcp",
            "--host=127.0.0.1",
            "--user=nobody",
        ])
        .args([
            "--skip-ssl",
            "--batch",
            "--force",
            "--comments",
            "--disable-auto-rehash",
        ])
        .arg("--default-character-set=utf8mb4")
        .arg(format!("--port={}", listener.local_addr().unwrap().port()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut client) = client else {
        eprintln!("SKIPPED: the mariadb client is not here");
        return None;
    };
    let mut input = client.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let statements = listen(&listener);
    feeder.join().unwrap().unwrap();
    client.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let mut found = vec![Vec::new()];
    for statement in statements {
        if statement == MARK {
            found.push(Vec::new());
        } else {
            found.last_mut().unwrap().push(statement);
        }
    }
    found.pop();
    assert_eq!(found.len(), texts.len(), "the client left early");
    Some(found)
}

/// Commands of mysqltest, where statements begin.
const COMMANDS: &[&str] = &[
    "let",
    "source",
    "echo",
    "connection",
    "connect",
    "disconnect",
    "while",
    "if",
    "inc",
    "dec",
    "send",
    "reap",
    "sleep",
    "error",
    "exec",
    "perl",
    "write_file",
    "append_file",
    "eval",
    "die",
    "exit",
    "skip",
    "remove_file",
    "cat_file",
    "save_master_pos",
    "sync_with_master",
    "sync_slave_with_master",
    "system",
    "real_sleep",
    "query",
    "query_get_value",
    "output",
    "result_format",
    "replace_result",
    "enable_warnings",
    "disable_warnings",
];

/// Without what only mysqltest understands. Both judges get what is left, so it may be nonsense, but
/// it is the same nonsense.
fn without_mysqltest(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut delimiter = ";".to_string();
    let mut until: Option<&str> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        let word = trimmed.trim_start_matches("--");
        let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (word, rest) = word.split_at(end.unwrap_or(word.len()));
        let lower = word.to_ascii_lowercase();
        let dashes = trimmed.starts_with("--") && !word.is_empty();
        if let Some(end) = until {
            until = Some(end).filter(|end| trimmed != *end);
        } else if ["perl", "write_file", "append_file"].contains(&lower.as_str()) {
            until = Some("EOF");
        } else if lower == "delimiter" {
            let rest = rest.trim();
            let new = if dashes {
                rest
            } else {
                rest.trim_end_matches(&delimiter).trim()
            };
            let new = if new.is_empty() { ";" } else { new };
            plain += &format!("delimiter {new}\n");
            delimiter = new.into();
        } else if !dashes
            && !(delimiter == ";"
                && (COMMANDS.contains(&lower.as_str())
                    || "{}".contains(trimmed)
                    || trimmed.starts_with('}')))
        {
            let eval = ["eval", "send"].contains(&lower.as_str());
            let line = if eval { rest } else { line };
            // Only what matters to where a string ends.
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                match (c, chars.peek()) {
                    ('\\', Some('\'' | '"' | '\\')) => plain.extend([c, chars.next().unwrap()]),
                    ('\\', _) => plain.push('/'),
                    _ => plain.push(c),
                }
            }
            plain.push('\n');
        }
    }
    plain
}

/// Our statements, or the refusal. What is refused for what it does and not for how it is cut is
/// given another name, in the text too.
fn by_us(text: &mut String) -> Result<Vec<String>, String> {
    let dialect = (OPENER.dialect)("mariadb");
    loop {
        match dialect.split(&Source::file("a.sql", text.as_str())) {
            Ok(found) => {
                corpus::no_byte_is_lost("mariadb", text, &found)?;
                return Ok(found.into_iter().map(|s| s.text).collect());
            }
            Err(error) if error.code() == Code::NotSupported => {
                let place = error.spot().place.clone().unwrap();
                let mut lines = text.split_inclusive('\n');
                let before: usize = lines
                    .by_ref()
                    .take(place.line as usize - 1)
                    .map(str::len)
                    .sum();
                let line = lines.next().unwrap();
                let at = before
                    + line
                        .char_indices()
                        .nth(place.column as usize - 1)
                        .unwrap()
                        .0;
                if text[at..].starts_with('x') {
                    return Err(error.to_string());
                }
                text.replace_range(at..at + 1, "x");
            }
            Err(error) => return Err(format!("{:?} {error}", error.spot().place)),
        }
    }
}

/// What holds one of these may be a body cut too early.
const BODIES: &[&str] = &[
    "procedure",
    "function",
    "trigger",
    "event",
    "package",
    "begin",
];

fn is_nothing(text: &str) -> bool {
    let text = Language::MySql.bare(text);
    text.is_empty() || text.starts_with("--")
}

fn differs(ours: &[String], theirs: &[String]) -> Option<String> {
    // What the client makes of `use` is a message of its own, without the quotes.
    let plain = |text: &str| squeezed(text).replace(['`', '\''], "").to_lowercase();
    let bare = |text: &String| plain(Language::MySql.bare(text));
    let asks = |text: &String| !text.is_empty() && text != "selectdatabase()";
    let mut theirs = theirs.iter().map(bare).filter(asks);
    let mut ours = ours.iter().map(|text| plain(text)).filter(asks);
    loop {
        let (mut one, two) = (ours.next(), theirs.next());
        let Some(two) = &two else {
            return one.map(|one| format!("{one:?} against nothing"));
        };
        let mut rest = two.as_str();
        loop {
            let Some(text) = &one else {
                return Some(format!("nothing against {two:?}"));
            };
            rest = match rest.strip_prefix(text.as_str()) {
                Some(rest) => rest,
                None => return Some(format!("{text:?} against {two:?}")),
            };
            if is_nothing(rest) {
                break;
            }
            // Under another delimiter the client sends plain statements in one packet.
            if !rest.starts_with(';')
                || !text.starts_with("prepare") && BODIES.iter().any(|word| text.contains(word))
            {
                return Some(format!("{text:?} against {two:?}"));
            }
            rest = Language::MySql.bare(rest);
            one = ours.next();
        }
    }
}

#[test]
fn the_client_cuts_its_servers_own_files_as_we_do() {
    let mut paths = files(Path::new("/usr/share/mysql"));
    paths.extend(fetched("mysql"));
    paths.retain(|path| path.extension().is_some_and(|e| e == "sql" || e == "test"));
    let mut cases = Vec::new();
    for path in &paths {
        if let Ok(text) = std::fs::read_to_string(path) {
            let sql = path.extension().is_some_and(|e| e == "sql");
            let mut text = if sql { text } else { without_mysqltest(&text) };
            let ours = by_us(&mut text);
            cases.push((path, text, ours));
        }
    }
    let texts: Vec<_> = cases.iter().map(|(_, text, _)| text.clone()).collect();
    let Some(theirs) = by_client(&texts) else {
        return;
    };
    let mut count = 0;
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for ((path, _, ours), theirs) in cases.iter().zip(&theirs) {
        let name = path.to_string_lossy();
        let explained = EXPLAINED.iter().find(|(end, _)| name.ends_with(end));
        let difference = match ours {
            // The rest of mysqltest's language is not always SQL to us.
            Err(_) if name.ends_with(".test") => {
                refused += 1;
                continue;
            }
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
    eprintln!(
        "{} files, {count} statements, {refused} files refused",
        cases.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
