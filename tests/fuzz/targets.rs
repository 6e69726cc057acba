//! What is done with any bytes: the fuzz targets call it, and `cargo test` calls it with every seed,
//! so that neither can rot. A finding is a panic. Must never touch files or servers.

use super::corpus::no_byte_is_lost;
use initium::connect::dialect;
use initium::spec::{Input, load};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Settings, Source};

pub const DATABASES: [&str; 4] = ["postgres", "mysql", "mariadb", "sqlite"];

/// A script in one dialect: no byte is lost, every error has its place, and what was cut out once
/// is cut no further.
pub fn split_as(database: &str, text: &str) {
    let dialect = dialect(database).expect("in this build");
    let source = Source::file("a.sql", text);
    match dialect.split(&source) {
        Ok(found) => {
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
    let form = dialect.normal_form(text);
    assert_eq!(
        form,
        dialect.normal_form(&text.replace('\n', "\r\n").replace("\r\r\n", "\r\n"))
    );
}

pub fn split(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for database in DATABASES {
        split_as(database, &text);
    }
}

/// A spec: taken or refused with a code, never by a panic; a spec that was taken is taken again.
pub fn spec(bytes: &[u8]) {
    let read = || load(&[Input::Stdin(bytes.to_vec())]);
    match read() {
        Ok(spec) => assert_eq!(read().ok().as_ref(), Some(&spec)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A URL: what is refused is not echoed, what is shown has no password.
pub fn url(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Settings::parse(&text, "DATABASE_URL") {
        Ok(settings) => {
            let mut open = settings.clone();
            let password = open.password.take();
            let hidden = password.is_some() && settings.shown() != open.shown();
            assert!(!hidden, "what is shown depends on the password: {text:?}");
        }
        Err(error) => {
            let told = format!("{error} {:?}", error.help_text());
            // The password of one seed, whatever became of what stands around it.
            assert!(!told.contains("secretsecret"), "{told}");
        }
    }
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
