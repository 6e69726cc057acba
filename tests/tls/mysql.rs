//! MySQL and MariaDB: every way to be wrong, through the binary, as text and as JSON, against a
//! server of this test's own. What a run says of its encryption the server says too.

mod between;
mod server;
mod stage;

use crate::support::certificates::{Authority, Pair, Validity};
use crate::support::{Folder, initium, of};
use between::{Between, Trick};
use server::Server;
use stage::End::{Clear, Encrypted, Fails};
use stage::{SECRET, Stage};

const ANY: &str = "tls_any:hunter2";

fn path(pair: &Pair) -> String {
    format!(
        "ssl-cert={}&ssl-key={}",
        pair.certificate.display(),
        pair.key.display()
    )
}

fn matrix(kind: &'static str) {
    let folder = Folder::new();
    let (ours, other) = (Authority::new("ours"), Authority::new("another"));
    let roots = ours.write(folder.root(), "roots.crt");
    let strange = other
        .write(folder.root(), "strange.crt")
        .display()
        .to_string();
    let issue = |by: &Authority, stem: &str, names: &[&str], validity| {
        by.issue(folder.root(), stem, names, validity)
    };
    let names = ["localhost", "127.0.0.1"];
    let right = issue(&ours, "right", &names, Validity::Now);
    let Some(server) = Server::start(kind, &roots, &right) else {
        return;
    };
    for (user, require) in [("any", "NONE"), ("ssl", "SSL"), ("x509", "X509")] {
        server.sql(&format!(
            "CREATE USER tls_{user}@'%' IDENTIFIED BY '{SECRET}' REQUIRE {require}; \
             GRANT ALL ON *.* TO tls_{user}@'%'"
        ));
    }
    let port = server.port;
    let roots = roots.display().to_string();
    let mut stage = Stage {
        server,
        folder: Folder::new(),
        wrong: Vec::new(),
        count: 0,
        roots,
    };

    // A certificate as it should be.
    stage.case(ANY, "", Clear);
    stage.case(ANY, "ssl-mode=DISABLED", Clear);
    for mode in ["PREFERRED", "REQUIRED"] {
        stage.case(ANY, &format!("ssl-mode={mode}"), Encrypted);
    }
    for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        stage.case(ANY, &format!("ssl-mode={mode}&ssl-ca=ROOTS"), Encrypted);
        stage.case(
            ANY,
            &format!("ssl-mode={mode}&ssl-ca={strange}"),
            Fails("tls-unknown-authority"),
        );
    }
    stage.case(ANY, "ssl-ca=ROOTS", Encrypted);
    stage.case(ANY, "ssl-mode=REQUIRED&ssl-ca=ROOTS", Encrypted);
    let by_address = format!("127.0.0.1:{port}");
    stage.at(
        ANY,
        &by_address,
        "ssl-mode=VERIFY_IDENTITY&ssl-ca=ROOTS",
        &[],
        Encrypted,
    );
    let place = format!("localhost:{port}");
    let file = stage.roots.clone();
    let variable = [("SSL_CERT_FILE", file.as_str())];
    stage.at(
        ANY,
        &place,
        "ssl-mode=VERIFY_IDENTITY",
        &variable,
        Encrypted,
    );
    let variable = [("SSL_CERT_FILE", strange.as_str())];
    stage.at(
        ANY,
        &place,
        "ssl-mode=VERIFY_IDENTITY",
        &variable,
        Fails("tls-unknown-authority"),
    );

    // Files that are missing, garbage, or do not belong together.
    let garbage = stage.folder.write("garbage.crt", "no certificate");
    stage.case(
        ANY,
        "ssl-mode=VERIFY_CA&ssl-ca=/no/such/file",
        Fails("file-unreadable"),
    );
    stage.case(
        ANY,
        &format!("ssl-mode=VERIFY_CA&ssl-ca={garbage}"),
        Fails("connection-invalid"),
    );
    let client = issue(&ours, "client", &["client"], Validity::Now);
    let stranger = issue(&other, "stranger", &["client"], Validity::Now);
    let late = issue(&ours, "late", &["client"], Validity::Over);
    let mixed = Pair {
        certificate: client.certificate.clone(),
        key: stranger.key.clone(),
    };
    stage.case(
        ANY,
        &format!("ssl-mode=REQUIRED&{}", path(&mixed)),
        Fails("connection-invalid"),
    );
    let half = format!(
        "ssl-mode=REQUIRED&ssl-cert={}",
        client.certificate.display()
    );
    stage.case(ANY, &half, Fails("connection-invalid"));

    // Users that the server lets in encrypted only, or with a certificate.
    stage.case("tls_ssl:hunter2", "", Encrypted);
    stage.case(
        "tls_ssl:hunter2",
        "ssl-mode=DISABLED",
        Fails("authentication-failed"),
    );
    stage.case("tls_ssl:wrong", "", Fails("authentication-failed"));
    stage.case(
        "tls_x509:hunter2",
        "ssl-mode=REQUIRED",
        Fails("authentication-failed"),
    );
    stage.case(
        "tls_x509:hunter2",
        &format!("ssl-mode=REQUIRED&{}", path(&client)),
        Encrypted,
    );
    for pair in [&stranger, &late] {
        let options = format!("ssl-mode=REQUIRED&{}", path(pair));
        stage.case(
            "tls_x509:hunter2",
            &options,
            Fails("tls-client-certificate"),
        );
    }
    let error = stage.server.open(&stage.server.url_of(
        "tls_x509:hunter2",
        &place,
        "ssl-mode=REQUIRED",
    ));
    let help = error
        .err()
        .and_then(|e| e.help_text().map(String::from))
        .unwrap();
    assert!(help.contains("ssl-cert"), "{help}");

    if kind == "mariadb" {
        curve(&mut stage);
    }
    somebody_between(&mut stage);

    // Certificates that are wrong in one way each.
    for (stem, by, named, validity, verified, authority_only) in [
        (
            "over",
            &ours,
            &names[..],
            Validity::Over,
            Fails("tls-certificate-expired"),
            Fails("tls-certificate-expired"),
        ),
        (
            "early",
            &ours,
            &names,
            Validity::NotYet,
            Fails("tls-certificate-expired"),
            Fails("tls-certificate-expired"),
        ),
        (
            "else",
            &ours,
            &["db.example"],
            Validity::Now,
            Fails("tls-wrong-host"),
            Encrypted,
        ),
        (
            "strange",
            &other,
            &names,
            Validity::Now,
            Fails("tls-unknown-authority"),
            Fails("tls-unknown-authority"),
        ),
    ] {
        stage.server.shows(&issue(by, stem, named, validity));
        stage.case(ANY, "ssl-mode=VERIFY_IDENTITY&ssl-ca=ROOTS", verified);
        stage.case(ANY, "ssl-mode=VERIFY_CA&ssl-ca=ROOTS", authority_only);
        // Who asked for no more than encryption has it.
        stage.case(ANY, "ssl-mode=REQUIRED", Encrypted);
    }

    // A server that takes nothing else: what insists on the clear is told so.
    stage.server.sql("SET GLOBAL require_secure_transport = ON");
    let admin = stage.server.url.clone();
    stage.server.url = format!("{admin}?ssl-mode=REQUIRED");
    stage.case(ANY, "", Encrypted);
    // MariaDB does not say why it lets nobody in.
    let code = match kind {
        "mariadb" => "authentication-failed",
        _ => "tls-missing",
    };
    stage.case(ANY, "ssl-mode=DISABLED", Fails(code));
    stage
        .server
        .sql("SET GLOBAL require_secure_transport = OFF");
    stage.server.url = admin;

    read_only(&mut stage);
    println!(
        "tls {kind}: {} cases, {} wrong",
        stage.count,
        stage.wrong.len()
    );
    assert!(stage.wrong.is_empty(), "{}", stage.wrong.join("\n"));
}

/// A user with `ed25519`, where the server came with it.
fn curve(stage: &mut Stage) {
    if stage
        .server
        .try_sql("INSTALL SONAME 'auth_ed25519'")
        .is_err()
    {
        println!("not on this server: ed25519");
        return;
    }
    stage.server.sql(&format!(
        "CREATE USER tls_curve@'%' IDENTIFIED VIA ed25519 USING PASSWORD('{SECRET}'); \
         GRANT ALL ON *.* TO tls_curve@'%'"
    ));
    stage.case("tls_curve:hunter2", "", Clear);
    stage.case("tls_curve:hunter2", "ssl-mode=REQUIRED", Encrypted);
    stage.case("tls_curve:hunter3", "", Fails("authentication-failed"));
}

/// What goes through somebody else's hands; and what he finds in them.
fn somebody_between(stage: &mut Stage) {
    const WHO: [&str; 3] = ["tls_any", SECRET, "initium"];
    let verify = "ssl-mode=VERIFY_IDENTITY&ssl-ca=ROOTS";
    for (trick, options, end, reads) in [
        (Trick::Pass, verify, Encrypted, false),
        (Trick::Pass, "ssl-mode=REQUIRED", Encrypted, false),
        (Trick::Pass, "ssl-mode=DISABLED", Clear, true),
        (Trick::Strip, "ssl-mode=PREFERRED", Clear, true),
        (
            Trick::Early,
            "ssl-mode=REQUIRED",
            Fails("tls-failed"),
            false,
        ),
        (Trick::Early, verify, Fails("tls-failed"), false),
        (Trick::Late, verify, Fails("tls-failed"), false),
        (
            Trick::Late,
            "ssl-mode=PREFERRED",
            Fails("tls-failed"),
            false,
        ),
    ] {
        let between = Between::before(stage.server.port, trick);
        let place = format!("localhost:{}", between.port);
        stage.at(ANY, &place, options, &[], end);
        if between.heard(&WHO) != reads {
            stage.wrong.push(format!(
                "{options}: what was read between is not as it should be"
            ));
        }
    }
    // Nothing is said at all to a server without TLS.
    let between = Between::before(stage.server.port, Trick::Strip);
    for options in [
        "ssl-mode=REQUIRED",
        "ssl-mode=VERIFY_CA&ssl-ca=ROOTS",
        verify,
    ] {
        stage.at(
            ANY,
            &format!("localhost:{}", between.port),
            options,
            &[],
            Fails("tls-refused"),
        );
    }
}

/// A server that only reads: questions are answered, work is refused with the reason.
fn read_only(stage: &mut Stage) {
    let folder = &stage.folder;
    let one = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE ro_one (a int)}\n";
    let spec = folder.write("one.yaml", one);
    let more = folder.write(
        "two.yaml",
        &format!("{one}  - {{name: two, up: CREATE TABLE ro_two (a int)}}\n"),
    );
    let url = stage.server.url.clone();
    let run = |verb: &str, spec: &str, url: &str, status| {
        let words = [
            "migrate",
            verb,
            "--spec",
            spec,
            "--table",
            "ro",
            "--connect-timeout",
            "0",
        ];
        initium(&words)
            .beside()
            .env("DATABASE_URL", url)
            .exits(status)
    };
    run("apply", &spec, &url, 0);
    let variables: &[&str] = match stage.server.kind {
        "mariadb" => &["read_only"],
        _ => &["read_only", "super_read_only"],
    };
    for variable in variables {
        stage.server.sql(&format!("SET GLOBAL {variable} = ON"));
        for verb in ["check", "status", "plan", "apply"] {
            run(verb, &spec, &url, 0);
        }
        run("check", &more, &url, 3);
        let refused = run("apply", &more, &url, 5);
        assert_eq!(refused.code(), "read-only", "{}", refused.err);
        for word in [
            &format!("{variable} is ON"),
            &format!(":{}", stage.server.port),
        ] {
            assert!(refused.err.contains(word.as_str()), "{}", refused.err);
        }
        let demanded = format!("{url}?target_session_attrs=read-write");
        let refused = run("apply", &more, &demanded, 5);
        assert_eq!(refused.code(), "read-only", "{}", refused.err);
        let reader = format!("{url}?target_session_attrs=read-only");
        run("check", &more, &reader, 3);
        stage.server.sql(&format!("SET GLOBAL {variable} = OFF"));
    }
    stage.server.sql("SET GLOBAL read_only = OFF");
    let reader = format!("{url}?target_session_attrs=read-only");
    let refused = run("check", &more, &reader, 5);
    assert_eq!(refused.code(), "connect-failed", "{}", refused.err);
    assert!(refused.err.contains("takes writes"), "{}", refused.err);
    run(
        "apply",
        &more,
        &format!("{url}?target_session_attrs=read-write"),
        0,
    );
}

#[test]
fn every_way_to_be_wrong_has_its_code_on_mysql() {
    matrix("mysql");
}

#[test]
fn every_way_to_be_wrong_has_its_code_on_mariadb() {
    matrix("mariadb");
}

/// Four mistakes that everybody makes once, told apart by the code and by the first line.
#[test]
fn the_first_line_says_what_is_wrong() {
    let spec = Folder::new();
    let spec = spec.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
    );
    for kind in ["mysql", "mariadb"] {
        let Some(db) = of(kind).into_iter().next() else {
            continue;
        };
        let (login, place) = db
            .url
            .split_once("://")
            .unwrap()
            .1
            .rsplit_once('@')
            .unwrap();
        let (user, password) = login.split_once(':').unwrap();
        let (address, name) = place.split_once('/').unwrap();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let nobody = closed.local_addr().unwrap();
        drop(closed);
        for (url, code, words) in [
            (
                format!("{kind}://{login}@{address}x/{name}"),
                "connection-invalid",
                "the port is not a number",
            ),
            (
                format!("{kind}://{user}:{SECRET}@{place}"),
                "authentication-failed",
                "Access denied for user",
            ),
            (
                format!("{kind}://{login}@{nobody}/{name}"),
                "connect-failed",
                "refused",
            ),
            (
                format!("{kind}://{login}@{address}/not_there"),
                "database-missing",
                "Unknown database 'not_there'",
            ),
        ] {
            let ran = initium(&[
                "migrate",
                "check",
                "--spec",
                &spec,
                "--connect-timeout",
                "0",
            ])
            .env("DATABASE_URL", &url)
            .run();
            let first = ran
                .err
                .lines()
                .find(|line| line.starts_with("error["))
                .unwrap_or_default();
            assert!(
                first.starts_with(&format!("error[{code}]: ")),
                "{kind} {}",
                ran.err
            );
            assert!(first.contains(words), "{kind} {first}");
            for secret in [SECRET, password] {
                assert!(!ran.err.contains(secret), "{kind} {}", ran.err);
            }
        }
    }
}
