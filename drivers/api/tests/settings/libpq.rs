//! The judge: libpq's own PQconninfoParse on the vectors and on texts nobody wrote. The same fields, or
//! a difference that is listed here. (Catches a rule of libpq that was misunderstood.)

use super::table::vectors;
use initium_driver::{Host, Settings};
use std::collections::BTreeMap;
use std::process::Command;

type Fields = BTreeMap<String, String>;

/// What libpq takes and this parser does not, by what it says: a text that people and libpq read in
/// two ways, what libpq itself refuses later (at connecting), and what is not done here.
const STRICTER: &[&str] = &[
    "in the password is not encoded",
    "the port is not a number from 1 to 65535",
    "the host has a sign in it that no host has",
    "what stands in brackets is no IPv6 address",
    "an IPv6 address is not closed by ]",
    "control character in it",
    "what is percent-encoded is not UTF-8",
    "what stands for the name of the database is a connection of its own",
    "it has not as many ports as hosts",
    "it has not as many hosts as addresses",
    "a hostaddr is no IP address",
    "cannot be honoured",
    "asks for what is not done here",
    "cannot be what it is here",
    "has a value that cannot be used",
    "sslrootcert=system verifies",
];

/// What libpq refuses and this parser takes, by what libpq says: a second `=`, nothing between two
/// `&`, and keys of frameworks and of newer libraries.
const KINDER: &[&str] = &[
    "extra key/value separator",
    "missing key/value separator \"=\" in URI query parameter: \"\"",
    "invalid URI query parameter",
    "invalid connection option",
];

/// The keys that make the last two of them right.
const OURS: &[&str] = &[
    "search_path",
    "schema",
    "ssl",
    "sslnegotiation",
    "require_auth",
    "load_balance_hosts",
    "username",
    "sslcertmode",
];

/// What libpq makes of each text; `None` where there is no libpq.
fn judged(texts: &[String]) -> Option<Vec<Result<Fields, String>>> {
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let text = |hex: &str| {
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|n| u8::from_str_radix(&hex[n..n + 2], 16).unwrap())
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let lines: String = texts.iter().map(|text| hex(text) + "\n").collect();
    // A file and no pipe: nobody has to read the answers while the texts are still being written.
    let unique = format!("initium-libpq-{}-{}", std::process::id(), texts.len());
    let folder = std::env::temp_dir().join(unique);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("texts");
    std::fs::write(&path, lines).unwrap();
    let output = Command::new("python3")
        .args(["-c", include_str!("libpq.py")])
        .stdin(std::fs::File::open(&path).unwrap())
        .output();
    std::fs::remove_dir_all(&folder).unwrap();
    let Ok(output) = output else {
        eprintln!("SKIPPED: python3 is not there, so nothing was compared with libpq");
        return None;
    };
    if output.status.code() == Some(77) {
        eprintln!("SKIPPED: libpq.so.5 is not there, so nothing was compared with it");
        return None;
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers = answers
        .lines()
        .map(|line| match line.strip_prefix("ERROR ") {
            Some(what) => Err(text(what)),
            None => Ok(line
                .split_whitespace()
                .filter_map(|f| f.split_once('='))
                .map(|(k, v)| (k.to_string(), text(v)))
                .collect()),
        });
    let answers: Vec<_> = answers.collect();
    assert_eq!(answers.len(), texts.len());
    Some(answers)
}

/// libpq's lists, as it puts them together when it connects.
fn hosts(fields: &Fields) -> Vec<Host> {
    let list = |key: &str| -> Vec<String> {
        fields
            .get(key)
            .map(|v| v.split(',').map(String::from).collect())
            .unwrap_or_default()
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len());
    let port = |n: usize| -> Option<u16> {
        let text = if ports.len() == 1 {
            ports.first()
        } else {
            ports.get(n)
        };
        text.and_then(|t| t.parse().ok())
    };
    if count == 0 {
        return port(0)
            .map(|p| Host::new("localhost", Some(p)))
            .into_iter()
            .collect();
    }
    let given = |list: &[String], n: usize| list.get(n).filter(|t| !t.is_empty()).cloned();
    (0..count)
        .map(|n| {
            let (name, address) = (given(&names, n), given(&addresses, n));
            let found = name
                .clone()
                .or(address.clone())
                .unwrap_or("localhost".into());
            Host {
                address: address.filter(|_| name.is_some()),
                ..Host::new(found, port(n))
            }
        })
        .collect()
}

/// What differs; nothing where all is as it should be.
fn difference(text: &str, judge: &Result<Fields, String>) -> Option<String> {
    // The line end is the one that is trimmed.
    let ours = Settings::parse_as(&format!("{text}\n"), "X", Some("postgres"));
    let (ours, judge) = match (ours, judge) {
        (Err(_), Err(_)) => return None,
        (Err(error), Ok(_)) => {
            let known = STRICTER.iter().any(|what| error.message().contains(what));
            return (!known).then(|| format!("refused, and libpq reads it: {error}"));
        }
        (Ok(_), Err(what)) => {
            let known = match KINDER.iter().position(|known| what.contains(known)) {
                Some(0 | 1) => true,
                Some(_) => OURS.iter().any(|key| what.contains(&format!("\"{key}\""))),
                None => false,
            };
            return (!known).then(|| format!("read, and libpq says: {what}"));
        }
        (Ok(ours), Ok(judge)) => (ours, judge),
    };
    let text_of = |key: &str| judge.get(key).map(String::as_str);
    let mut pairs = vec![
        ("user", ours.user.as_deref(), text_of("user")),
        (
            "password",
            ours.password.as_ref().map(|p| p.reveal()),
            text_of("password"),
        ),
        ("dbname", ours.name.as_deref(), text_of("dbname")),
        (
            "sslcert",
            ours.tls.certificate.as_deref(),
            text_of("sslcert"),
        ),
        ("sslkey", ours.tls.key.as_deref(), text_of("sslkey")),
    ];
    if text_of("sslrootcert") != Some("system") {
        pairs.push((
            "sslmode",
            ours.tls.mode.map(|m| m.word()),
            text_of("sslmode"),
        ));
        pairs.push((
            "sslrootcert",
            ours.tls.roots.as_deref(),
            text_of("sslrootcert"),
        ));
    }
    for key in [
        "application_name",
        "options",
        "target_session_attrs",
        "channel_binding",
        "keepalives",
        "passfile",
    ] {
        pairs.push((key, ours.option(key), text_of(key)));
    }
    for (key, ours, theirs) in pairs {
        if ours != theirs {
            return Some(format!("{key}: {ours:?}, libpq {theirs:?}"));
        }
    }
    let theirs = hosts(judge);
    (ours.hosts != theirs).then(|| format!("{:?}, libpq {theirs:?}", ours.hosts))
}

fn compare(texts: &[String]) {
    let Some(judged) = judged(texts) else { return };
    let differ: Vec<_> = texts
        .iter()
        .zip(&judged)
        .filter_map(|(text, judge)| difference(text, judge).map(|what| format!("{text:?}: {what}")))
        .take(20)
        .collect();
    let read = judged.iter().filter(|judge| judge.is_ok()).count();
    eprintln!(
        "libpq: {} texts compared, {read} of them read by it",
        texts.len()
    );
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn the_vectors_are_what_libpq_says_or_a_difference_that_is_listed() {
    let vectors = vectors();
    let texts: Vec<_> = vectors
        .iter()
        .filter(|v| v.of_libpq)
        .map(|v| v.text.strip_suffix('\n').unwrap_or(&v.text).to_string())
        .collect();
    compare(&texts);
}

const SCRAPS: &[&str] = &[
    "u",
    "p",
    "h",
    "db",
    ":",
    ":",
    "@",
    "@",
    "/",
    "/",
    "?",
    "&",
    "=",
    "=",
    "#",
    "%",
    "%40",
    "%2F",
    "%zz",
    "%25",
    "+",
    " ",
    ",",
    "[::1]",
    "[",
    "]",
    "5432",
    "0",
    "abc",
    "'",
    "\\",
    "é",
    ".",
    "-",
    "!",
    "host=",
    "port=",
    "user=",
    "password=",
    "dbname=",
    "sslmode=",
    "require",
    "hostaddr=",
    "10.0.0.1",
    "::1",
    "/run/x",
    "application_name=",
    "options=",
    "ssl=true",
    "connect_timeout=5",
    "foo=bar",
    "sslrootcert=",
    "system",
    "search_path=a",
    "passfile=/x",
    "keepalives=0",
    "requiressl=1",
];

#[test]
fn random_texts_are_read_as_libpq_reads_them_or_in_a_way_that_is_listed() {
    let seed = super::hostile::seed();
    let mut random = super::hostile::Random(seed);
    let texts: Vec<String> = (0..20_000)
        .map(|_| {
            let mut text = String::from(random.pick(&[
                "postgres://",
                "postgresql://",
                "postgres://u:p@h",
                "postgres://h/db?",
                "postgres://u:p@h1:1,h2/db?",
                "host=h ",
                "user=u password=",
                "host='a' ",
            ]));
            let key_value = !text.contains("://");
            for _ in 0..random.below(8) {
                text += random.pick(SCRAPS);
                if key_value && random.below(3) == 0 {
                    text.push(' ');
                }
            }
            text
        })
        .collect();
    eprintln!("INITIUM_TEST_SEED={seed}");
    compare(&texts);
}
