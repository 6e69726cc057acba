//! PostgreSQL 15 and 18: certificates, proxies and modes. (Catches a connection that is in the clear
//! or with somebody else, and nobody notices.)

use crate::matrix::{Case, End, Proof};
use crate::middle::{Middle, Trick};
use crate::mitm;
use crate::server::Server;
use crate::support::certificates::{Authority, Validity};
use crate::support::{Folder, database, initium, ran};
use std::process::Command;
use std::time::{Duration, Instant};

use End::{Clear, Encrypted, Fails};

/// Each may log in by TCP only as its name says; `clear` gives its password as it is.
const HBA: &str = "\
host all initium 127.0.0.1/32 scram-sha-256
hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
hostssl all secured 127.0.0.1/32 scram-sha-256
host all clear 127.0.0.1/32 password
host all old 127.0.0.1/32 md5
host all anna 127.0.0.1/32 scram-sha-256
";
const CONF: &str = "
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = 'clients.crt'
";
const USERS: &[&str] = &["certified", "secured", "clear", "old", "anna"];

struct Stage {
    server: Server,
    folder: Folder,
    proof: Proof,
    wrong: Vec<String>,
    count: usize,
}

impl Stage {
    fn case(&mut self, name: &str, at: &str, user: &str, options: &str, end: End) {
        self.case_with(name, at, user, options, &[], end);
    }

    fn case_with(
        &mut self,
        name: &str,
        at: &str,
        user: &str,
        options: &str,
        variables: &[(&str, &str)],
        end: End,
    ) {
        let at = match at.contains(':') {
            true => at.to_string(),
            false => format!("{at}:{}", self.server.port),
        };
        let case = Case {
            name,
            url: format!("postgres://{user}:hunter2@{at}/initium?{options}"),
            variables,
            end,
        };
        self.count += 1;
        self.wrong.extend(case.run(&self.folder, &self.proof));
    }
}

fn stage(kind: &'static str) -> Option<Stage> {
    let server = Server::start(kind)?;
    let folder = Folder::new();
    for user in USERS {
        let hash = if *user == "old" {
            "md5"
        } else {
            "scram-sha-256"
        };
        // Both in one: the setting counts for the statement behind it.
        database::statement(
            &format!("{}?options=-c%20password_encryption={hash}", server.url),
            &format!("CREATE ROLE {user} LOGIN PASSWORD 'hunter2'"),
        );
    }
    database::statement(&server.url, "GRANT ALL ON SCHEMA public TO PUBLIC");
    let admin = server.url.clone();
    let proof = Proof {
        writes: |table| {
            format!(
                "CREATE TABLE {table} AS SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            )
        },
        read: Box::new(move |table| {
            let mut driver = database::open(&admin);
            let rows = driver.query(&format!("SELECT ssl FROM {table}")).unwrap();
            rows.first().unwrap_or("nothing").to_string()
        }),
    };
    Some(Stage {
        server,
        folder,
        proof,
        wrong: Vec::new(),
        count: 0,
    })
}

fn matrix(kind: &'static str) {
    let start = Instant::now();
    let Some(mut stage) = stage(kind) else {
        return;
    };
    let (trusted, other) = (Authority::new("trusted"), Authority::new("other"));
    let root = stage.folder.root().to_path_buf();
    let [ca, wrong_ca] = [("ca.crt", &trusted), ("other.crt", &other)]
        .map(|(name, authority)| authority.write(&root, name).display().to_string());
    let names = ["localhost", "0.0.0.0"];
    let good = trusted.issue(&root, "good", &names, Validity::Now);
    let client = trusted.issue(&root, "client", &["client"], Validity::Now);
    let stranger = other.issue(&root, "stranger", &["client"], Validity::Now);
    let garbage = stage.folder.write("garbage.crt", "no certificate at all");
    stage
        .server
        .put("clients.crt", &std::fs::read_to_string(&ca).unwrap());
    let conf = stage.server.has("postgresql.conf");
    stage
        .server
        .put("postgresql.conf", &format!("{conf}{CONF}"));
    stage.server.put("pg_hba.conf", HBA);
    stage.server.shows(&good);

    let full = format!("sslmode=verify-full&sslrootcert={ca}");
    let with_ca = |mode: &str| format!("sslmode={mode}&sslrootcert={ca}");
    let s = &mut stage;
    s.case("valid", "localhost", "anna", &full, Encrypted);
    s.case(
        "valid, by default on this machine with an authority",
        "localhost",
        "anna",
        &format!("sslrootcert={ca}"),
        Encrypted,
    );
    s.case(
        "valid, by default elsewhere",
        "0.0.0.0",
        "anna",
        &format!("sslrootcert={ca}"),
        Encrypted,
    );
    s.case(
        "by default elsewhere with the system's list",
        "0.0.0.0",
        "anna",
        "",
        Fails("tls-unknown-authority"),
    );
    s.case_with(
        "SSL_CERT_FILE is the system's list",
        "0.0.0.0",
        "anna",
        "",
        &[("SSL_CERT_FILE", &ca)],
        Encrypted,
    );
    s.case_with(
        "SSL_CERT_FILE makes this machine no stricter",
        "127.0.0.1",
        "anna",
        "",
        &[("SSL_CERT_FILE", &ca)],
        Clear,
    );
    s.case_with(
        "SSL_CERT_FILE is another list",
        "localhost",
        "anna",
        "sslmode=verify-full",
        &[("SSL_CERT_FILE", &wrong_ca)],
        Fails("tls-unknown-authority"),
    );
    s.case(
        "SSL_CERT_FILE is not set",
        "localhost",
        "anna",
        "sslmode=verify-full",
        Fails("tls-unknown-authority"),
    );
    s.case(
        "sslrootcert=system",
        "localhost",
        "anna",
        "sslmode=verify-full&sslrootcert=system",
        Fails("tls-unknown-authority"),
    );
    s.case(
        "wrong host",
        "127.0.0.1",
        "anna",
        &full,
        Fails("tls-wrong-host"),
    );
    s.case(
        "verify-ca does without the name",
        "127.0.0.1",
        "anna",
        &with_ca("verify-ca"),
        Encrypted,
    );
    s.case(
        "unknown authority",
        "localhost",
        "anna",
        &format!("sslmode=verify-full&sslrootcert={wrong_ca}"),
        Fails("tls-unknown-authority"),
    );
    s.case(
        "unknown authority, verify-ca",
        "localhost",
        "anna",
        &format!("sslmode=verify-ca&sslrootcert={wrong_ca}"),
        Fails("tls-unknown-authority"),
    );
    s.case(
        "require asks nobody",
        "127.0.0.1",
        "anna",
        "sslmode=require",
        Encrypted,
    );
    s.case(
        "require with an authority verifies",
        "localhost",
        "anna",
        &format!("sslmode=require&sslrootcert={wrong_ca}"),
        Fails("tls-unknown-authority"),
    );
    s.case("prefer", "127.0.0.1", "anna", "sslmode=prefer", Encrypted);
    s.case("allow", "127.0.0.1", "anna", "sslmode=allow", Clear);
    s.case("disable", "127.0.0.1", "anna", "sslmode=disable", Clear);
    s.case(
        "allow where TLS is wanted",
        "127.0.0.1",
        "secured",
        "",
        Encrypted,
    );
    s.case(
        "disable where TLS is wanted",
        "127.0.0.1",
        "secured",
        "sslmode=disable",
        Fails("authentication-failed"),
    );
    s.case(
        "missing file",
        "localhost",
        "anna",
        "sslmode=verify-full&sslrootcert=/nowhere.crt",
        Fails("file-unreadable"),
    );
    s.case(
        "garbage file",
        "localhost",
        "anna",
        &format!("sslmode=verify-full&sslrootcert={garbage}"),
        Fails("connection-invalid"),
    );

    let shown = |pair: &crate::support::certificates::Pair| {
        format!(
            "{full}&sslcert={}&sslkey={}",
            pair.certificate.display(),
            pair.key.display()
        )
    };
    s.case(
        "a client certificate is wanted",
        "localhost",
        "certified",
        &full,
        Fails("tls-client-certificate"),
    );
    s.case(
        "a client certificate of a stranger",
        "localhost",
        "certified",
        &shown(&stranger),
        Fails("tls-client-certificate"),
    );
    s.case(
        "the right client certificate",
        "localhost",
        "certified",
        &shown(&client),
        Encrypted,
    );
    let mixed = format!(
        "{full}&sslcert={}&sslkey={}",
        client.certificate.display(),
        stranger.key.display()
    );
    s.case(
        "another's key",
        "localhost",
        "certified",
        &mixed,
        Fails("connection-invalid"),
    );
    s.case(
        "no key",
        "localhost",
        "certified",
        &format!("{full}&sslcert={}", client.certificate.display()),
        Fails("connection-invalid"),
    );

    s.case(
        "bound to the channel",
        "localhost",
        "anna",
        &format!("{full}&channel_binding=require"),
        Encrypted,
    );
    s.case(
        "nothing to bind to",
        "127.0.0.1",
        "anna",
        "channel_binding=require",
        Fails("authentication-failed"),
    );
    s.case(
        "md5 cannot be bound",
        "localhost",
        "old",
        &format!("{full}&channel_binding=require"),
        Fails("authentication-failed"),
    );
    s.case("md5", "127.0.0.1", "old", "sslmode=disable", Clear);
    s.case(
        "a password as it is, over TLS",
        "localhost",
        "clear",
        &full,
        Encrypted,
    );
    s.case(
        "a password as it is, by default",
        "127.0.0.1",
        "clear",
        "",
        Encrypted,
    );
    s.case(
        "a password as it is, in the clear",
        "127.0.0.1",
        "clear",
        "sslmode=disable",
        Fails("authentication-failed"),
    );
    s.case(
        "no name in the handshake",
        "localhost",
        "anna",
        &format!("{full}&sslsni=0"),
        Encrypted,
    );
    let direct = match kind {
        "postgres18" => Encrypted,
        _ => Fails("connect-failed"),
    };
    s.case(
        "direct",
        "localhost",
        "anna",
        &format!("{full}&sslnegotiation=direct"),
        direct,
    );

    between(s, &ca);

    let pair = trusted.issue(&root, "expired", &names, Validity::Over);
    s.server.shows(&pair);
    s.case(
        "expired",
        "localhost",
        "anna",
        &full,
        Fails("tls-certificate-expired"),
    );
    s.case(
        "expired, verify-ca",
        "localhost",
        "anna",
        &with_ca("verify-ca"),
        Fails("tls-certificate-expired"),
    );
    let pair = trusted.issue(&root, "early", &names, Validity::NotYet);
    s.server.shows(&pair);
    s.case(
        "not valid yet",
        "localhost",
        "anna",
        &full,
        Fails("tls-certificate-expired"),
    );

    s.server
        .put("postgresql.conf", &format!("{conf}{CONF}ssl = off\n"));
    s.server.reload();
    for mode in ["require", "verify-ca", "verify-full"] {
        let name = format!("{mode} of a server without TLS");
        s.case(
            &name,
            "localhost",
            "anna",
            &with_ca(mode),
            Fails("tls-refused"),
        );
    }
    s.case(
        "by default of a server without TLS",
        "0.0.0.0",
        "anna",
        "",
        Fails("tls-refused"),
    );
    s.case(
        "prefer of a server without TLS",
        "localhost",
        "anna",
        "sslmode=prefer",
        Clear,
    );
    s.case(
        "a password as it is, without TLS",
        "127.0.0.1",
        "clear",
        "",
        Fails("authentication-failed"),
    );
    let taken = start.elapsed().as_secs_f32();
    println!("{kind}: {} cases in {taken:.1} s", stage.count);
    assert!(
        stage.wrong.is_empty(),
        "{kind}:\n{}",
        stage.wrong.join("\n")
    );
}

/// Somebody between: passing on, refusing TLS in the server's name, putting words behind its answer,
/// reading along.
fn between(s: &mut Stage, ca: &str) {
    let full = format!("sslmode=verify-full&sslrootcert={ca}");
    let words = ["anna", "initium", "hunter2"];
    let pass = Middle::before(s.server.port, Trick::Pass);
    let at = format!("localhost:{}", pass.port);
    s.case("passed on", &at, "anna", &full, Encrypted);
    assert!(!pass.heard_any(&words), "somebody could read along");
    s.case(
        "passed on in the clear",
        &at,
        "anna",
        "sslmode=disable",
        Clear,
    );
    assert!(
        pass.heard_any(&["anna", "initium"]),
        "nothing is heard at all"
    );
    s.case(
        "a password as it is, passed on",
        &at,
        "clear",
        "sslmode=disable",
        Fails("authentication-failed"),
    );
    assert!(
        !pass.heard_any(&["hunter2"]),
        "the password was sent in the clear"
    );

    stopped(s, &pass, &full);

    let refuse = Middle::before(s.server.port, Trick::Refuse);
    let at = format!("localhost:{}", refuse.port);
    for mode in ["require", "verify-ca", "verify-full"] {
        let options = format!("sslmode={mode}&sslrootcert={ca}");
        s.case("a downgrade", &at, "anna", &options, Fails("tls-refused"));
    }
    let inject = Middle::before(s.server.port, Trick::Inject);
    let at = format!("localhost:{}", inject.port);
    for mode in ["prefer", "require", "verify-full"] {
        let options = format!("sslmode={mode}&sslrootcert={ca}");
        s.case(
            "words put behind the answer",
            &at,
            "anna",
            &options,
            Fails("tls-failed"),
        );
    }
    assert!(!refuse.heard_any(&words) && !inject.heard_any(&words));

    let own =
        Authority::new("somebody").issue(s.folder.root(), "mitm", &["localhost"], Validity::Now);
    let at = format!(
        "localhost:{}",
        mitm::before(s.server.port, &own, std::path::Path::new(ca))
    );
    s.case(
        "somebody reads along",
        &at,
        "anna",
        &full,
        Fails("tls-unknown-authority"),
    );
    s.case(
        "somebody reads along, unverified",
        &at,
        "anna",
        "sslmode=require",
        Fails("authentication-failed"),
    );
    let bound = "sslmode=require&channel_binding=require";
    s.case(
        "somebody reads along, bound",
        &at,
        "anna",
        bound,
        Fails("authentication-failed"),
    );
    // Without the binding nobody would notice: it is what helps.
    let unbound = "sslmode=require&channel_binding=disable";
    s.case(
        "somebody reads along, unbound",
        &at,
        "anna",
        unbound,
        Encrypted,
    );
}

/// What ends a statement from outside travels as the statement did.
fn stopped(s: &mut Stage, pass: &Middle, full: &str) {
    let spec = "version: 1\nmigrations:\n  - {name: one, up: SELECT pg_sleep(60)}\n";
    let spec = s.folder.write("sleep.yaml", spec);
    let cancel: [u8; 8] = [0, 0, 0, 16, 4, 210, 22, 46];
    for (options, in_the_clear) in [(full, false), ("sslmode=disable", true)] {
        let at = format!("localhost:{}/initium?{options}", pass.port);
        let words = [
            "migrate", "apply", "--spec", &spec, "--table", "stopped", "--grace", "0",
        ];
        let child = initium(&words)
            .beside()
            .env("DATABASE_URL", &format!("postgres://anna:hunter2@{at}"))
            .spawn();
        let mut watching = database::open(&s.server.url);
        let runs = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' \
             AND state = 'active' AND pid <> pg_backend_pid()";
        let end = Instant::now() + Duration::from_secs(20);
        while watching.query(runs).unwrap().first() != Some("1") {
            assert!(Instant::now() < end, "it does not run");
            std::thread::sleep(Duration::from_millis(20));
        }
        let kill = ["-TERM", &child.id().to_string()];
        assert!(Command::new("kill").args(kill).status().unwrap().success());
        let ran = ran(child);
        assert_eq!(ran.status, 143, "{}", ran.err);
        assert_eq!(watching.query(runs).unwrap().first(), Some("0"));
        assert_eq!(pass.heard_any(&[cancel]), in_the_clear, "{options}");
    }
}

#[test]
fn every_way_to_be_wrong_has_its_code_on_postgres() {
    matrix("postgres");
}

#[test]
fn every_way_to_be_wrong_has_its_code_on_postgres_18() {
    matrix("postgres18");
}
