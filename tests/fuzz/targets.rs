//! What is done with any bytes: the fuzz targets call it, and `cargo test` calls it with every seed,
//! so that neither can rot. A finding is a panic. Must never touch files or servers.

use super::corpus::no_byte_is_lost;
use initium::connect::dialect;
use initium::spec::{Input, load, schemas_alone, yaml};
use initium_driver::sql::ddl::{self, Tongue};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Result, Secret, Settings, Source, settings};
use std::collections::BTreeMap;

pub const DATABASES: [&str; 4] = ["postgres", "mysql", "mariadb", "sqlite"];

/// A script in one dialect: no byte is lost, every error has its place, and what was cut out once
/// is cut no further.
pub fn split_as(database: &str, text: &str) {
    let dialect = dialect(database).expect("in this build");
    let source = Source::file("a.sql", text);
    match dialect.split(&source) {
        Ok(found) => {
            found.iter().for_each(|one| acts_of(database, &one.text));
            if let Err(what) = no_byte_is_lost(database, text, &found) {
                panic!("{database}: {what} in {text:?}");
            }
        }
        Err(error) => {
            let known = [Code::ScriptUnfinished, Code::NotSupported].contains(&error.code());
            assert!(known, "{database}: {error} for {text:?}");
            let place = error.spot().place.as_ref().expect("a place");
            let lines = text.matches('\n').count() + 1;
            assert!(
                (1..=lines).contains(&(place.line as usize)),
                "{database}: {place:?}"
            );
        }
    }
    // Not only what is a statement.
    acts_of(database, text);
    let form = dialect.normal_form(text);
    assert_eq!(
        form,
        dialect.normal_form(&text.replace('\n', "\r\n").replace("\r\r\n", "\r\n"))
    );
}

/// What a statement does, whatever it is: each act stands within it, between two characters.
fn acts_of(database: &str, text: &str) {
    let tongue = Tongue::of(database).expect("a SQL database");
    let acts = ddl::read(text, tongue);
    assert!(!acts.is_empty(), "{database}: {text:?}");
    for act in acts {
        let piece = text.get(act.range.clone());
        assert!(piece.is_some(), "{database}: {:?} of {text:?}", act.range);
    }
}

pub fn split(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for database in DATABASES {
        split_as(database, &text);
    }
}

/// A spec: taken or refused with a code, never by a panic; a spec that was taken is taken again. The
/// same as a schema file: what was taken is read back from what is written of it.
pub fn spec(bytes: &[u8]) {
    schema(bytes);
    let read = || load(&[Input::Stdin(bytes.to_vec())]);
    match read() {
        Ok(spec) => assert_eq!(read().ok().as_ref(), Some(&spec)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn schema(bytes: &[u8]) {
    let read = |bytes: &[u8]| {
        let schemas = schemas_alone(&[Input::Stdin(bytes.to_vec())])?;
        schemas.of(&["mariadb", "mysql"])
    };
    match read(bytes) {
        Ok(declared) => {
            let text = yaml(&declared.catalog).expect("written");
            let again = read(text.as_bytes());
            let again = again.unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(again.catalog, declared.catalog, "{text}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

const KINDS: [Option<&str>; 6] = [
    None,
    Some("postgres"),
    Some("mysql"),
    Some("mariadb"),
    Some("sqlite"),
    Some("redis"),
];

/// A URL or any other text that says where a database is, and the same text as a variable, a password
/// file, a service file and a mounted secret: what is refused is not echoed, what is shown has no
/// password.
pub fn url(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut results = Vec::new();
    for kind in KINDS {
        results.push(Settings::parse_as(&text, "DATABASE_URL", kind));
        let as_all = |_: &str| Some(text.to_string());
        let read = settings::environment(kind.unwrap_or_default(), &as_all);
        results.extend(read.transpose());
        for keys in [
            &["uri"][..],
            &["host", "username", "password", "uri"],
            &["all"],
        ] {
            let entries = keys
                .iter()
                .map(|key| (key.to_string(), Secret::new(text.clone())));
            let entries = entries.collect();
            let keys = BTreeMap::new();
            results.push(settings::of_secret(
                &entries,
                "the secret",
                kind,
                &keys,
                Some("/run"),
            ));
        }
    }
    results.push(settings::service(&text, "s", "pg_service.conf"));
    if let Err(error) = settings::pgpass(&text, "PGPASSFILE", "h", 5432, "d", "u") {
        results.push(Err(error));
    }
    results
        .into_iter()
        .for_each(|result| nothing_is_told(&text, result));
}

/// The password of the seeds, whatever became of what stands around it. It is no word: words may be
/// told as the names of options.
const CANARY: &str = "S3cretS3cret";

fn nothing_is_told(text: &str, result: Result<Settings>) {
    let settings = match result {
        Err(error) => {
            let told = format!("{error} {error:?}");
            assert!(!told.contains(CANARY), "{told}");
            return;
        }
        Ok(settings) => settings,
    };
    let mut open = settings.clone();
    let password = open.password.take();
    let hidden = password.is_some() && settings.shown() != open.shown();
    assert!(!hidden, "what is shown depends on the password: {text:?}");
    let remarked = format!("{:?} {:?}", settings.origins, settings.remarks);
    assert!(!remarked.contains(CANARY), "{text:?}: {remarked}");
    // What was read is read in the same way when more of the same is laid over it.
    let mut twice = settings.clone();
    twice.fill(settings.clone()).expect("the same database");
    assert_eq!(twice, settings, "{text:?}");
}

/// A name of the ledger table: what is taken is spelled as it is read.
pub fn name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(name) = TableName::parse(&text) {
        assert_eq!(
            TableName::parse(&name.to_string()).ok(),
            Some(name),
            "{text:?}"
        );
    }
}
