//! Secrets as platforms mount them, one folder each in `secrets/`: every one of them connects, with
//! a password that has every hostile character. (Catches a key nobody knows, a URL that is believed
//! where the parts are right, a line end in a password.)

use super::support::{Database, Folder, of, root, unique};
use std::path::Path;

const PASSWORD: &str = r#"p@s:s/w?o#r%d+'"\ x"#;

/// A mounted secret: which server it is for, and what has to be said beside it.
struct Mount {
    fixture: &'static str,
    kind: &'static str,
    flags: &'static [&'static str],
}

const fn mount(fixture: &'static str, kind: &'static str, flags: &'static [&'static str]) -> Mount {
    Mount {
        fixture,
        kind,
        flags,
    }
}

const PLACE: &[&str] = &["--host", "{host}", "--port", "{port}", "--name", "{name}"];
const PLACE_AND_USER: &[&str] = &[
    "--host", "{host}", "--port", "{port}", "--name", "{name}", "--user", "{user}",
];

const MOUNTS: &[Mount] = &[
    mount("cloudnative-pg", "postgres", &[]),
    mount("crunchy-pgo", "postgres", &[]),
    mount("percona-postgresql", "postgres", &[]),
    mount("zalando", "postgres", PLACE),
    mount("bitnami-postgresql", "postgres", &[]),
    mount("bitnami-mysql", "mysql", PLACE_AND_USER),
    mount("bitnami-mariadb", "mariadb", PLACE_AND_USER),
    mount(
        "percona-xtradb",
        "mysql",
        &[
            "--host",
            "{host}",
            "--port",
            "{port}",
            "--name",
            "{name}",
            // One key for each user, called like the user.
            "--secret-key",
            "password={user}",
        ],
    ),
    mount("oracle-mysql-operator", "mysql", PLACE),
    mount("mariadb-operator", "mariadb", &[]),
    mount("rds-flat", "postgres", &[]),
    mount("rds-flat", "mysql", &[]),
    mount("rds-json", "postgres", &[]),
    mount("rds-json", "mariadb", &[]),
    mount("service-binding", "postgres", &[]),
    mount("service-binding-uri", "mysql", &[]),
    mount(
        "external-secrets",
        "postgres",
        &[
            "--secret-key",
            "host=DB_SERVER",
            "--secret-key",
            "port=DB_PORT",
            "--secret-key",
            "user=DB_ROLE",
            "--secret-key",
            "password=DB_SECRET",
            "--secret-key",
            "name=DB",
        ],
    ),
];

/// Somebody who may log in with the hostile password, gone with the test.
struct Somebody {
    db: Database,
    user: String,
    host: String,
    port: String,
}

impl Somebody {
    fn on(db: Database) -> Somebody {
        let user = unique("s");
        let quoted = PASSWORD.replace('\'', "''");
        match db.kind {
            "postgres" => {
                db.statement(&format!("CREATE ROLE {user} LOGIN PASSWORD '{quoted}'"));
            }
            _ => {
                let quoted = quoted.replace('\\', "\\\\");
                db.statement(&format!("CREATE USER {user} IDENTIFIED BY '{quoted}'"));
                db.statement(&format!("GRANT ALL ON {}.* TO {user}", db.name));
            }
        }
        let (_, address) = db.url.rsplit_once('@').unwrap();
        let (address, _) = address.split_once('/').unwrap();
        let (host, port) = address.rsplit_once(':').unwrap();
        let (host, port) = (host.to_string(), port.to_string());
        Somebody {
            db,
            user,
            host,
            port,
        }
    }

    fn filled(&self, template: &str) -> String {
        let engine = match self.db.kind {
            "postgres" => "aurora-postgresql",
            kind => kind,
        };
        let json = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
        let pgpass = PASSWORD.replace('\\', "\\\\").replace(':', "\\:");
        template
            .replace("{user}", &self.user)
            .replace("{host}", &self.host)
            .replace("{port}", &self.port)
            .replace("{name}", &self.db.name)
            .replace("{engine}", engine)
            .replace("{password}", PASSWORD)
            .replace("{password|json}", &json)
            .replace("{password|pgpass}", &pgpass)
            .replace("{password|url}", &encoded(PASSWORD, "%20"))
            .replace("{password|form}", &encoded(PASSWORD, "+"))
    }

    /// Mounts the fixture as the kubelet does: every key a link through `..data`.
    fn mount(&self, fixture: &str, into: &Path) {
        let real = into.join("..2026_11_21");
        std::fs::create_dir_all(&real).unwrap();
        std::os::unix::fs::symlink("..2026_11_21", into.join("..data")).unwrap();
        for entry in std::fs::read_dir(root().join("tests/suite/secrets").join(fixture)).unwrap() {
            let path = entry.unwrap().path();
            let name = self.filled(path.file_name().unwrap().to_str().unwrap());
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(real.join(&name), self.filled(&text)).unwrap();
            let link = Path::new("..data").join(&name);
            std::os::unix::fs::symlink(link, into.join(name)).unwrap();
        }
    }
}

impl Drop for Somebody {
    fn drop(&mut self) {
        match self.db.kind {
            "postgres" => self.db.statement(&format!("DROP ROLE {}", self.user)),
            _ => self.db.statement(&format!("DROP USER {}", self.user)),
        }
    }
}

fn encoded(text: &str, space: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b' ' => space.to_string(),
            b if b.is_ascii_alphanumeric() => (b as char).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// What every mounted secret must come to.
fn connects(somebody: &Somebody, fixture: &str, ran: super::support::Ran) {
    assert_eq!(ran.status, 0, "{fixture}: {}{}", ran.out, ran.err);
    let document = ran.json();
    let connection = &document["connections"][0];
    assert_eq!(connection["state"], "connected", "{fixture}");
    assert_eq!(connection["user"], somebody.user.as_str(), "{fixture}");
    assert_eq!(connection["name"], somebody.db.name.as_str(), "{fixture}");
    assert_eq!(connection["password"], "set", "{fixture}");
    for text in [&ran.out, &ran.err] {
        assert!(
            !text.contains("p@s") && !text.contains("p%40s"),
            "{fixture}: {text}"
        );
    }
}

#[test]
fn the_secrets_of_platforms_connect_as_they_are_mounted() {
    for mount in MOUNTS {
        for db in of(mount.kind) {
            let somebody = Somebody::on(db);
            let folder = Folder::new();
            somebody.mount(mount.fixture, folder.root());
            let path = folder.root().display().to_string();
            let mut words = vec![
                "migrate",
                "connection",
                "--format",
                "json",
                "--secret-dir",
                &path,
                "--database",
                mount.kind,
            ];
            let flags: Vec<String> = mount.flags.iter().map(|f| somebody.filled(f)).collect();
            words.extend(flags.iter().map(String::as_str));
            connects(
                &somebody,
                mount.fixture,
                super::support::initium(&words).run(),
            );
        }
    }
}

#[test]
fn a_service_binding_is_found_by_its_type_or_by_its_name() {
    for db in of("postgres") {
        let somebody = Somebody::on(db);
        let folder = Folder::new();
        somebody.mount("service-binding", &folder.root().join("app-db"));
        folder.write("no-binding/readme", "no type here");
        folder.write("queue/type", "kafka");
        let run = |words: &[&str]| {
            super::support::initium(words)
                .env("SERVICE_BINDING_ROOT", &folder.root().display().to_string())
                .run()
        };
        let base = ["migrate", "connection", "--format", "json"];
        connects(&somebody, "by type", run(&base));
        let named = [&base[..], &["--binding", "app-db"]].concat();
        connects(&somebody, "by name", run(&named));
        let missing = run(&[&base[..], &["--binding", "other"]].concat());
        assert_eq!(missing.status, 2);
        assert!(missing.out.contains("app-db, queue"), "{}", missing.out);
        somebody.mount("service-binding", &folder.root().join("second-db"));
        let several = run(&base);
        assert_eq!(several.status, 2);
        assert!(several.out.contains("--binding"), "{}", several.out);
    }
}

#[test]
fn a_spec_names_the_secret_of_each_target() {
    for db in of("postgres") {
        let somebody = Somebody::on(db);
        let folder = Folder::new();
        somebody.mount("external-secrets", &folder.root().join("db"));
        let spec = folder.write(
            "a.yaml",
            &format!(
                "version: 1\ntargets:\n  app:\n    database: postgres\n    secret_dir:\n      path: {}\n      keys: {{host: DB_SERVER, port: DB_PORT, user: DB_ROLE, password: DB_SECRET, name: DB}}\n  other: {{database: sqlite, url: \"sqlite:{}\"}}\nmigrations: []\n",
                folder.path("db"),
                folder.path("other.db"),
            ),
        );
        let words = ["migrate", "connection", "--format", "json", "--spec", &spec];
        connects(&somebody, "spec", super::support::initium(&words).run());
    }
}
