//! Users of every kind that the servers have: each gets in as it should, over a way on which nobody
//! reads its password.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod bench;

use bench::proxy::through;
use bench::{Database, MARIADB, MYSQL, cell, open};
use initium_driver::settings::Locality;
use initium_driver::{Code, Host, Mode, Secret, Settings};

const PASSWORD: &str = "s3cret-of-this-user";

/// A user with this plugin and password; gone with the test.
struct User<'a> {
    database: &'a Database,
    settings: Settings,
}

impl<'a> User<'a> {
    /// `None`: the server does not have the plugin.
    fn new(database: &'a Database, number: usize, identified: &str) -> Option<User<'a>> {
        let name = format!("l{number}_{}", database.name);
        let mut admin = database.open();
        let create = format!("CREATE USER {name} IDENTIFIED {identified}");
        for text in [
            &create,
            &format!("GRANT ALL ON {}.* TO {name}", database.name),
        ] {
            let statement = bench::split(&*admin, text).remove(0);
            if let Err(error) = bench::try_alone(&mut *admin, statement) {
                assert!(error.message().contains("lugin"), "{identified}: {error}");
                eprintln!("not on this server: {identified}");
                return None;
            }
        }
        let settings = Settings {
            user: Some(name),
            password: Some(Secret::new(PASSWORD)),
            ..database.settings.clone()
        };
        Some(User { database, settings })
    }

    fn with(&self, mode: Mode) -> Settings {
        let mut settings = self.settings.clone();
        settings.tls.mode = Some(mode);
        settings
    }
}

impl Drop for User<'_> {
    fn drop(&mut self) {
        let name = self.settings.user.as_deref().unwrap();
        self.database.sql(&[&format!("DROP USER {name}")]);
    }
}

/// It gets in twice (the second time the server may remember), and nobody on the way reads it; a
/// wrong password does not get in.
fn proven(user: &User, mode: Mode) {
    for _ in 0..2 {
        let (settings, counted) = through(&user.with(mode));
        let mut driver = open(&settings, "t").unwrap();
        let name = user.settings.user.as_deref().unwrap();
        let who = cell(&mut *driver, "SELECT CURRENT_USER()").unwrap();
        assert!(who.starts_with(name), "{who}");
        let said = counted.said.lock().unwrap().clone();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains(PASSWORD), "{mode:?}");
        assert_eq!(said.contains(name), mode == Mode::Disable, "{mode:?}");
    }
    let wrong = Settings {
        password: Some(Secret::new("another")),
        ..user.with(mode)
    };
    let error = open(&wrong, "t").err().unwrap();
    assert_eq!(error.code(), Code::AuthenticationFailed, "{error}");
}

fn modes() -> Vec<Mode> {
    match cfg!(feature = "tls") {
        true => vec![Mode::Disable, Mode::Require],
        false => vec![Mode::Disable],
    }
}

#[test]
fn every_plugin_of_mysql_gets_in() {
    let Some(database) = Database::new(MYSQL) else {
        return;
    };
    let mut there = 0;
    for (n, plugin) in [
        "caching_sha2_password",
        "sha256_password",
        "mysql_native_password",
    ]
    .iter()
    .enumerate()
    {
        for mode in modes() {
            // The server forgets what it remembers of a user that is made anew.
            let identified = format!("WITH {plugin} BY '{PASSWORD}'");
            if let Some(user) = User::new(&database, n, &identified) {
                proven(&user, mode);
                there += 1;
            }
        }
    }
    assert!(there >= 2, "{there}");
}

#[test]
fn every_plugin_of_mariadb_gets_in() {
    let Some(database) = Database::new(MARIADB) else {
        return;
    };
    // The server of the tests has no certificate; see tests/tls for it.
    let mut there = 0;
    for (n, identified) in [
        format!("BY '{PASSWORD}'"),
        format!("VIA ed25519 USING PASSWORD('{PASSWORD}')"),
        format!("VIA unix_socket OR mysql_native_password USING PASSWORD('{PASSWORD}')"),
        format!("VIA parsec USING PASSWORD('{PASSWORD}')"),
    ]
    .iter()
    .enumerate()
    {
        if let Some(user) = User::new(&database, n, identified) {
            proven(&user, Mode::Disable);
            there += 1;
        }
    }
    assert!(there >= 2, "{there}");
}

#[test]
fn a_password_for_a_key_of_somebody_between_is_not_given_unasked() {
    // Not on this machine, as far as anybody can tell, and nobody said that the clear will do.
    let Some(database) = Database::new(MYSQL) else {
        return;
    };
    let identified = format!("WITH caching_sha2_password BY '{PASSWORD}'");
    let user = User::new(&database, 9, &identified).unwrap();
    let (through, counted) = through(&user.with(Mode::Allow));
    let elsewhere = Settings {
        hosts: vec![Host {
            // The kernel takes it for this machine; the settings do not.
            address: Some("0.0.0.0".into()),
            ..Host::new("db.example", through.hosts[0].port)
        }],
        ..through
    };
    assert_eq!(elsewhere.hosts[0].locality(), Locality::Elsewhere);
    let error = open(&elsewhere, "t").err().unwrap();
    assert_eq!(error.code(), Code::AuthenticationFailed, "{error}");
    assert!(error.message().contains("caching_sha2_password"), "{error}");
    assert!(error.help_text().unwrap().contains("ssl-mode"), "{error}");
    let said = counted.said.lock().unwrap().clone();
    // Neither the question for the key nor a block that only its holder can read.
    assert!(said.len() < 512, "{}", said.len());
}

/// The servers of the tests have no plugin that asks for it, so one is played.
#[test]
fn a_password_in_the_clear_stays_on_this_machine() {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;
    let path = std::env::temp_dir().join(format!("initium-login-{}", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut hello = b"\x5e\0\0\0\x0a9.9.9\0\x07\0\0\0abcdefgh\0".to_vec();
        hello.extend_from_slice(b"\xff\xf7\x2d\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0");
        hello.extend_from_slice(b"ijklmnopqrst\0mysql_native_password\0");
        hello[0] = hello.len() as u8 - 4;
        client.write_all(&hello).unwrap();
        let mut said = [0; 1024];
        let login = client.read(&mut said).unwrap();
        assert!(login > 0);
        let switch = b"\x16\0\0\x02\xfemysql_clear_password\0";
        client.write_all(switch).unwrap();
        let count = client.read(&mut said).unwrap();
        let answer = said[..count].to_vec();
        client.write_all(b"\x07\0\0\x04\0\0\0\x02\0\0\0").unwrap();
        answer
    });
    let url = format!(
        "mysql://u:{PASSWORD}@localhost/db?socket={}",
        path.display()
    );
    let opened = open(&Settings::parse(&url, "TEST").unwrap(), "t");
    assert!(opened.is_ok(), "{:?}", opened.err());
    let answer = server.join().unwrap();
    std::fs::remove_file(path).unwrap();
    assert_eq!(&answer[4..], [PASSWORD.as_bytes(), b"\0"].concat());
}
