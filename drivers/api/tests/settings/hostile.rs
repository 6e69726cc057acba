//! Passwords and texts that are out to be misread: the same password gives the same answer under every
//! scheme, nothing of a secret is told, and nothing costs more than its length.

use initium_driver::Settings;
use initium_driver::settings::{environment, of_secret, pgpass, service};
use initium_driver::{Error, Secret};
use std::collections::BTreeMap;
use std::time::Instant;

/// xorshift: enough to shuffle with.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Of `INITIUM_TEST_SEED`; else the same each time, so that a change is judged and not chance.
pub fn seed() -> u64 {
    match std::env::var("INITIUM_TEST_SEED") {
        Ok(seed) => seed.parse().expect("a number"),
        Err(_) => 0x1d1_71d1,
    }
}

const LOGINS: &[(&str, &str)] = &[
    ("postgres://u:", "@h:5/1"),
    ("postgresql+psycopg://u:", "@h:5/1?sslmode=require"),
    ("mysql://u:", "@h:5/1"),
    ("mysql+pymysql://u:", "@h:5/1?charset=utf8mb4"),
    ("mariadb://u:", "@h:5/1"),
    ("redis://u:", "@h:5/1"),
    ("rediss://u:", "@h:5/1"),
    ("jdbc:postgresql://u:", "@h:5/1"),
    ("jdbc:mysql://u:", "@h:5/1?useSSL=true"),
    ("jdbc:mariadb://u:", "@h:5/1"),
];

const HOSTILE: &str = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~é\u{1f980}";

/// Read with this password, read with another one, or refused.
fn outcome(url: &str, password: &str) -> String {
    match Settings::parse(url, "X") {
        Err(_) => "refused".into(),
        Ok(s) => {
            let same = s.user.as_deref() == Some("u")
                && s.hosts[0].name == "h"
                && s.hosts[0].port == Some(5)
                && s.name.as_deref() == Some("1");
            assert!(same, "{url} leads elsewhere: {}", s.shown());
            let found = s.password.as_ref().map(|p| p.reveal()).unwrap_or_default();
            // JDBC's plus is a blank; that is no other outcome.
            let alike = found == password
                || (url.starts_with("jdbc:") && found == password.replace('+', " "));
            assert!(alike, "{url}: another password");
            "read".into()
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

#[test]
fn the_same_password_gives_the_same_answer_under_every_scheme() {
    let mut passwords: Vec<String> = Vec::new();
    for sign in HOSTILE.chars() {
        passwords.extend([
            format!("a{sign}b"),
            format!("{sign}b"),
            format!("5{sign}"),
            format!("5{sign}b=c{sign}d"),
            format!("{sign}{sign}"),
        ]);
    }
    for password in &passwords {
        let mut raw: Vec<_> = LOGINS
            .iter()
            .map(|(b, e)| outcome(&format!("{b}{password}{e}"), password))
            .collect();
        let first = raw[0].clone();
        raw.dedup();
        assert_eq!(
            raw.len(),
            1,
            "{password:?} is read under one scheme and not under another"
        );
        let hostile = password.contains(['@', '/', '?']);
        assert_eq!(first == "refused", hostile, "{password:?}");
        for (before, behind) in LOGINS {
            let url = format!("{before}{}{behind}", encoded(password));
            assert_eq!(outcome(&url, password), "read", "{url}");
        }
    }
    for password in ["a%b", "%", "%zz", "a%4"] {
        for (before, behind) in LOGINS {
            assert_eq!(
                outcome(&format!("{before}{password}{behind}"), password),
                "refused",
                "{password}"
            );
        }
    }
}

#[test]
fn who_has_to_encode_the_password_is_told_how() {
    for url in [
        "postgres://u:p@ss@h/db",
        "mysql://u:p/w@h/db",
        "redis://u:p?w@h",
        "jdbc:mysql://u:p@ss@h/db",
        "mysql://u:p@h:port/db",
        "postgres://h%40x/db",
    ] {
        let error = Settings::parse(url, "X").expect_err(url);
        let help = error.help_text().unwrap_or_default();
        assert!(
            help.contains("@ is %40, : %3A, / %2F, ? %3F, # %23, % %25"),
            "{help}"
        );
    }
}

/// Never a key, because keys are told: digits and capitals that nothing else here has.
const CANARY: &str = "C4n4RY";

fn told(error: &Error) -> String {
    format!("{error} {error:?} {:?}", error.help_text())
}

fn shown(settings: &Settings) -> String {
    format!(
        "{} {:?} {:?} {:?}",
        settings.shown(),
        settings.origins,
        settings.remarks,
        settings.options
    )
}

const SCRAPS: &[&str] = &[
    "@",
    "@",
    ":",
    "/",
    "//",
    "?",
    "#",
    "%",
    "%40",
    "%00",
    "&",
    "=",
    " ",
    "'",
    "\\",
    ",",
    "[",
    "]",
    "::1",
    "+",
    "\n",
    "h",
    "5432",
    "db",
    "postgres://",
    "mysql://",
    "redis://",
    "jdbc:",
    "jdbc:mysql://",
    "sqlite:",
    "file:",
    "tcp(",
    "@tcp(h)/",
    "@unix(/x)/",
    ")",
    "user=",
    "password=",
    "host=",
    "dbname=",
    "sslmode=require",
    "pass",
    "key=",
    "x=1",
    "é",
];

#[test]
fn a_password_is_never_told_whatever_stands_around_it() {
    let seed = seed();
    let mut random = Random(seed);
    let starts: &[&str] = &[
        "postgres://u:",
        "mysql://u:",
        "redis://:",
        "jdbc:postgresql://h/d?user=u&password=",
        "host=h password=",
        "u:",
        "user:",
        "sqlite://u:",
        "nosuch://u:",
        "postgres://h/d?password=",
    ];
    let ends: &[&str] = &[
        "@h/db",
        "@h:5432/db?sslmode=require",
        "@tcp(h:1)/db",
        "",
        " dbname=d",
        "&x=1",
        "@h/app.db",
        "@unix(/x)/d",
    ];
    let mut read = 0;
    for n in 0..40_000 {
        let mut text = String::from(random.pick(starts));
        for piece in [random.below(3), 0, random.below(3)]
            .into_iter()
            .enumerate()
        {
            match piece {
                (1, _) => text += CANARY,
                (_, count) => (0..count).for_each(|_| text += random.pick(SCRAPS)),
            }
        }
        text += random.pick(ends);
        for kind in [
            None,
            Some("postgres"),
            Some("mysql"),
            Some("mariadb"),
            Some("sqlite"),
            Some("redis"),
        ] {
            match Settings::parse_as(&text, "X", kind) {
                Err(error) => {
                    let told = told(&error);
                    assert!(
                        !told.contains(CANARY),
                        "INITIUM_TEST_SEED={seed}, try {n}, {kind:?}: {text:?}: {told}"
                    );
                }
                Ok(settings) => {
                    read += 1;
                    let held = settings
                        .password
                        .as_ref()
                        .is_some_and(|p| p.reveal().contains(CANARY));
                    let shown = shown(&settings);
                    assert!(
                        !held || !shown.contains(CANARY),
                        "INITIUM_TEST_SEED={seed}, try {n}, {kind:?}: {text:?}: {shown}"
                    );
                    assert!(!format!("{:?}", settings.password).contains(CANARY));
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
    eprintln!("{read} texts were read, seed {seed}");
}

/// The value of each part of a secret, file or variable is the canary and something odd.
#[test]
fn nothing_of_a_file_a_variable_or_a_secret_is_told() {
    let seed = seed();
    let mut random = Random(seed);
    for n in 0..5_000 {
        let value = |random: &mut Random| {
            let mut text = String::new();
            (0..random.below(3)).for_each(|_| text += random.pick(SCRAPS));
            text += CANARY;
            (0..random.below(3)).for_each(|_| text += random.pick(SCRAPS));
            text
        };
        let values: Vec<String> = (0..6).map(|_| value(&mut random)).collect();
        let mut errors = Vec::new();
        errors.extend(pgpass(&values.join(":"), "X", "h", 1, "d", "u").err());
        let odd: Vec<_> = values.iter().map(|v| v.replace('[', "")).collect();
        errors.extend(
            service(
                &format!("[s]\nhost=h\npassword={}\n{}\n", odd[0], odd[1]),
                "s",
                "X",
            )
            .err(),
        );
        for kind in ["postgres", "mysql", "mariadb", "redis"] {
            let password_at = random.below(3);
            let variable = |name: &str| match name {
                "PGPASSWORD" | "MYSQL_PWD" | "MARIADB_PASSWORD" | "REDIS_PASSWORD" => {
                    Some(values[0].clone())
                }
                "PGPORT" | "MYSQL_TCP_PORT" | "REDIS_PORT" if password_at == 0 => {
                    Some(values[1].clone())
                }
                "PGHOST" | "MYSQL_HOST" | "REDIS_HOST" if password_at == 1 => {
                    Some(values[2].clone())
                }
                "PGSSLMODE" => Some(values[3].clone()),
                _ => None,
            };
            errors.extend(environment(kind, &variable).err());
        }
        let keys = ["host", "port", "username", "password", "uri", "type"];
        let entries: BTreeMap<String, Secret> = keys
            .iter()
            .zip(&values)
            .filter(|_| random.below(3) > 0)
            .map(|(k, v)| (k.to_string(), Secret::new(v)))
            .collect();
        errors.extend(of_secret(&entries, "X", Some("postgres"), &BTreeMap::new(), None).err());
        let json = format!("{{\"password\":\"{}\"}}", values[0]);
        let one = BTreeMap::from([("all".to_string(), Secret::new(json))]);
        errors.extend(of_secret(&one, "X", None, &BTreeMap::new(), None).err());
        for error in errors {
            assert!(
                !told(&error).contains(CANARY),
                "INITIUM_TEST_SEED={seed}, try {n}: {}",
                told(&error)
            );
        }
    }
}

#[test]
fn a_long_text_costs_its_length() {
    let shapes: &[(&str, &str)] = &[
        ("postgres://u:", "@"),
        ("postgres://u:", ":"),
        ("postgres://", "h,"),
        ("postgres://u:", "%41"),
        ("postgres://h/db?", "user=u&"),
        ("postgres://h/db?", "sslmode=require&"),
        ("postgres://h/db?", "&"),
        ("postgres://h/db?", "connection_limit=1&"),
        ("host=h ", "user=u "),
        ("host=h ", "options='' "),
        ("host='", "\\'"),
        ("", "@tcp("),
        ("u:p@tcp(h)/", "/"),
        ("sqlite:", "a/"),
        ("sqlite://", "/"),
        ("redis://", "h,"),
        ("jdbc:", "mysql:"),
        ("", "="),
        ("", " "),
        ("", ":"),
        ("postgres://h/db?host=", "h,"),
        ("postgres://[", "::"),
        ("postgres://h/db?", "x"),
    ];
    let cost = |text: &str| {
        let start = Instant::now();
        for kind in [None, Some("postgres"), Some("mysql"), Some("sqlite")] {
            let _ = std::hint::black_box(Settings::parse_as(text, "X", kind).map(|s| s.shown()));
        }
        let _ = std::hint::black_box(pgpass(text, "X", "h", 1, "d", "u"));
        let _ = std::hint::black_box(service(text, "s", "X"));
        start.elapsed().as_secs_f64()
    };
    for (before, unit) in shapes {
        let text = |length: usize| format!("{before}{}", unit.repeat(length / unit.len()));
        let (short, long) = (text(1 << 16), text(1 << 20));
        // Sixteen times the text; a square would be 256 times the cost.
        // Other work on the machine is in the figures too; it goes away when it is looked at again.
        let mut ratios = (0..5).map(|_| cost(&long) / cost(&short));
        let ratio = ratios.find(|ratio| *ratio < 64.0).unwrap_or(f64::MAX);
        assert!(
            ratio < 64.0,
            "{before}{unit}...: more than 64 times for 16 times the text"
        );
    }
}
