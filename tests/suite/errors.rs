//! Every code there is, provoked through the binary: its exit status, its page, and that something
//! useful stands in message and help. (Catches a code that nothing raises, and one nobody explains.)

use super::features::lean;
use super::support::impostor::{Fault, impostor};
use super::support::lender::{Lender, answer};
use super::support::panic::panicking;
use super::support::redis::redis as own;
use super::support::{Database, Folder, Ran, hear, initium, lending, of, root, unique};
use initium_driver::Code;
use std::collections::BTreeSet;

const ONE: &str = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";

/// One way to get an error: a spec, a command, maybe what went before.
struct Case {
    db: Database,
}

impl Case {
    fn sqlite() -> Case {
        Case {
            db: of("sqlite").remove(0),
        }
    }

    fn spec(&self, text: &str) -> String {
        self.db.folder.write("a.yaml", text)
    }

    fn run(&self, spec: &str, arguments: &[&str]) -> Ran {
        let spec = self.spec(spec);
        self.db
            .initium(&[&["migrate"], arguments, &["--spec", &spec]].concat())
            .run()
    }

    fn apply(&self, spec: &str) -> Ran {
        self.run(spec, &["apply"])
    }
}

/// A server's URL, if it is there.
fn redis(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    let required = std::env::var("INITIUM_TEST_SERVERS").is_ok_and(|word| word == "required");
    assert!(
        url.is_some() || !required,
        "{variable} is not set; run the tests with tests/run"
    );
    url
}

fn plain(arguments: &[&str]) -> Ran {
    initium(arguments).run()
}

/// A spec of one migration with this `up`.
fn up(text: &str) -> String {
    format!(
        "version: 1\nmigrations:\n  - name: one\n    up: |\n      {}\n",
        text.replace('\n', "\n      ")
    )
}

/// Provokes the code; `None` where the server it needs is not there.
fn provoke(code: Code) -> Option<Ran> {
    let case = Case::sqlite();
    let check_at = |url: &str| {
        let spec = case.spec(ONE);
        initium(&[
            "migrate",
            "check",
            "--connect-timeout",
            "0",
            "--spec",
            &spec,
        ])
        .env("DATABASE_URL", url)
        .run()
    };
    let token_of = |lender: &str| {
        let spec = case.spec(ONE);
        initium(&[
            "migrate",
            "check",
            "--connect-timeout",
            "0",
            "--spec",
            &spec,
        ])
        .env(
            "DATABASE_URL",
            "postgres://u@localhost/db?auth=aws-iam&aws_region=eu-west-1",
        )
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", lender)
        .run()
    };
    Some(match code {
        Code::Usage => plain(&["migrate", "apply", "--nonsense"]),
        Code::SettingInvalid => plain(&[
            "migrate",
            "apply",
            "--lock-wait",
            "soon",
            "--spec",
            &case.spec(ONE),
            "--url",
            "sqlite::memory:",
        ]),
        Code::ConfirmationRequired => {
            let spec = ONE.replace("integer)", "integer), down: DROP TABLE a");
            case.apply(&spec);
            case.run(&spec, &["rollback"])
        }
        Code::FileUnreadable => plain(&["migrate", "apply", "--spec", "nowhere.yaml"]),
        Code::PathEscapes => {
            case.apply("version: 1\nmigrations:\n  - {name: one, up: [{file: ../../etc/passwd}]}\n")
        }
        Code::FileChanged => {
            let text = "SELECT 1;\n".repeat(500_000);
            let script = case.db.folder.write("long.sql", &text);
            let spec =
                case.spec("version: 1\nmigrations:\n  - {name: one, up: [{file: long.sql}]}\n");
            let mut holder = case.db.open();
            holder.try_lock().ok()?;
            let arguments = ["migrate", "apply", "--spec", &spec];
            let heard = hear(
                case.db.initium(&arguments).spawn(),
                "waiting for another run",
            );
            std::fs::write(script, text.replacen('1', "2", 1)).ok()?;
            holder.unlock().ok()?;
            heard.end()
        }
        Code::ScriptTooLong => {
            case.db
                .folder
                .write("down.sql", &"SELECT 1;\n".repeat(1_700_000));
            case.apply("version: 1\nmigrations:\n  - {name: one, up: SELECT 1, down: [{file: down.sql}]}\n")
        }
        Code::SpecSyntax => case.apply("version: 1\nmigrations: [\n"),
        Code::SpecInvalid => case.apply("version: 1\nmigrations:\n  - {name: one, upp: x}\n"),
        Code::SecretInSpec => case.apply(&format!("url: postgres://u:hunter2@h/db\n{ONE}")),
        Code::DuplicateId => case.apply(&format!("{ONE}  - {{name: One, up: SELECT 1}}\n")),
        Code::TargetsInvalid => {
            let twice = "version: 1\ntargets:\n  - {name: a}\n  - {name: a}\n";
            let targets = case.db.folder.write("targets.yaml", twice);
            case.run(ONE, &["apply", "--targets", &targets])
        }
        Code::UnknownTarget => case.run(ONE, &["apply", "--target", "other"]),
        Code::UnknownMigration => case.run(ONE, &["apply", "--to", "onne"]),
        Code::ScriptMissing => {
            case.apply("version: 1\nmigrations:\n  - {name: one, up: {postgres: SELECT 1}}\n")
        }
        Code::ScriptUnfinished => case.apply(&up("SELECT 'abc;\nSELECT 2;")),
        Code::TransactionControl => {
            case.apply(&up("CREATE TABLE a (n integer);\nCOMMIT;\nSELECT 1;"))
        }
        Code::ConnectionMissing => plain(&["migrate", "apply", "--spec", &case.spec(ONE)]),
        Code::ConnectionInvalid => check_at("postgres://u:hunter2@h:port/db"),
        Code::DatabaseMismatch => {
            case.apply(&ONE.replace("migrations", "database: postgres\nmigrations"))
        }
        Code::DriverMissing => check_at("oracle://u:hunter2@h/db"),
        Code::TlsMissing => initium(&["migrate", "check", "--spec", &case.spec(ONE)])
            .binary(lean())
            .env("DATABASE_URL", "postgres://u:hunter2@h/db")
            .run(),
        Code::SchemasMissing => initium(&["migrate", "inspect", "--url", "postgres://h/db"])
            .binary(lean())
            .run(),
        Code::SourcesMissing => initium(&["migrate", "import", "--dir", "migrations"])
            .binary(lean())
            .run(),
        Code::TlsRefused => check_at(&impostor(&case.db.folder, Fault::NoTls)),
        Code::TlsUnknownAuthority => check_at(&impostor(&case.db.folder, Fault::UnknownAuthority)),
        Code::TlsWrongHost => check_at(&impostor(&case.db.folder, Fault::WrongHost)),
        Code::TlsCertificateExpired => check_at(&impostor(&case.db.folder, Fault::Expired)),
        Code::TlsClientCertificate => check_at(&impostor(&case.db.folder, Fault::WantsCertificate)),
        Code::TlsFailed => check_at(&impostor(&case.db.folder, Fault::Garbage)),
        Code::AuthenticationFailed => {
            let db = of("postgres").into_iter().next()?;
            let (scheme, rest) = db.url.split_once("://")?;
            let (_, address) = rest.rsplit_once('@')?;
            check_at(&format!("{scheme}://initium:hunter2@{address}"))
        }
        Code::TokenRefused => {
            let lender = Lender::plain(|_, _| answer(403, "{\"code\": \"AccessDenied\"}"));
            token_of(&lender.url("/v1/credentials"))
        }
        Code::DatabaseMissing => {
            let db = of("postgres").into_iter().next()?;
            let (base, _) = db.url.rsplit_once('/')?;
            check_at(&format!("{base}/nowhere_{}", std::process::id()))
        }
        Code::LedgerDenied => {
            let db = of("postgres").into_iter().next()?;
            let spec = db.folder.write("a.yaml", ONE);
            initium(&["migrate", "apply", "--spec", &spec])
                .env("DATABASE_URL", &db.reader()?)
                .run()
        }
        Code::ChangeImpossible => {
            case.apply("version: 1\nmigrations:\n  - {name: one, changes: [{drop_table: nothing}]}\n")
        }
        Code::ObjectUnknown => case.apply(
            "version: 1\nmigrations:\n  - name: one\n    changes:\n      \
             - create_table: {name: a, columns: [{name: n, type: int}, {name: m, type: int}]}\n      \
             - sql: CREATE INDEX i ON a (n)\n      - drop_column: {table: a, name: m}\n",
        ),
        Code::NotSupported => case.run(&up("VACUUM;"), &["apply", "--tx-mode", "all"]),
        Code::PoolerRefused => {
            let db = of("mysql").into_iter().next()?;
            let spec = db.folder.write("a.yaml", ONE);
            initium(&["migrate", "apply", "--spec", &spec])
                .env("DATABASE_URL", &lending(&db.url))
                .run()
        }
        Code::SchemaInvalid => {
            let schema = "table: t\ncolumns: [{name: a, type: int}, {name: a, type: int}]\n";
            case.db.folder.write("s.yaml", schema);
            case.run("version: 1\nschemas: [s.yaml]\n", &["diff"])
        }
        Code::ScratchMissing => {
            let db = of("mysql").into_iter().next()?;
            let files = db.folder.write("s.sql", "CREATE TABLE t (n integer)");
            db.initium(&["migrate", "diff", "--to", &files]).run()
        }
        Code::Drift => {
            let files = case.db.folder.write("s.sql", "CREATE TABLE t (n integer)");
            case.run(ONE, &["diff", "--to", &files, "--check"])
        }
        Code::BreakingChange => {
            let spec = |columns: &str| {
                let schema = format!("table: t\ncolumns: [{columns}]\n");
                case.db.folder.write("s.yaml", &schema);
                case.apply("version: 1\nschemas: [s.yaml]\n")
            };
            spec("{name: a, type: int}, {name: b, type: int}");
            spec("{name: a, type: int}")
        }
        Code::DownMissing => {
            case.apply(ONE);
            case.run(ONE, &["rollback", "--yes"])
        }
        Code::KeysFailed => {
            let server = own()?;
            for key in ["old:1", "new:1"] {
                server.command(&["SET", key, key]);
            }
            let spec = "version: 1\nmigrations:\n  - name: one\n    up: [{rename: {match: \"old:*\", to: \"new:$1\"}}]\n";
            let spec = server.folder.write("a.yaml", spec);
            server.initium(&["migrate", "apply", "--spec", &spec]).run()
        }
        Code::CrossSlot => {
            let url = redis("INITIUM_TEST_REDIS_CLUSTER_URL")?;
            let table = unique("cross");
            let spec = case.spec(&up(&format!("RENAME {table}a {table}b")));
            initium(&["migrate", "apply", "--spec", &spec, "--table", &table])
                .env("DATABASE_URL", &url)
                .run()
        }
        Code::LeaseLost => {
            let url = redis("INITIUM_TEST_REDIS_URL")?;
            let table = unique("lease");
            // What another run does to the lock of one that slept too long.
            let steal = format!(
                "initium.script {{}}\n| redis.call('SET', '{{{table}}}:lock', 'another')\nSET {table} 1"
            );
            let spec = case.spec(&up(&steal));
            initium(&["migrate", "apply", "--spec", &spec, "--table", &table])
                .env("DATABASE_URL", &url)
                .run()
        }
        Code::StatementFailed => case.apply(&up("SELECT nothing;")),
        Code::Pending => case.run(ONE, &["check"]),
        Code::VerifyFailed => {
            let spec = format!(
                "{}    verify: SELECT count(*) = 1 FROM a\n",
                up("CREATE TABLE a (n integer)")
            );
            case.apply(&spec);
            case.run(&spec, &["verify"])
        }
        Code::VariableUnset => case.run(
            &up("SELECT ${a}").replace("migrations:", "variables: {a: {type: text}}\nmigrations:"),
            &["apply"],
        ),
        Code::VariableMisplaced => case.run(
            &up("SELECT '${a}'").replace("migrations:", "variables: {a: {default: x}}\nmigrations:"),
            &["apply"],
        ),
        Code::LintFailed => case.run(&up("DELETE FROM a"), &["lint", "--database", "sqlite"]),
        Code::LintBlocked => {
            let spec = up("CREATE TABLE a (n integer);\nINSERT INTO a (n) VALUES (1);");
            let more = "  - {name: two, up: DROP TABLE a}\n";
            case.apply(&spec);
            let limit = ["apply", "--max-severity", "warning"];
            case.run(&format!("{spec}{more}"), &limit)
        }
        Code::ChecksumChanged => {
            case.apply(ONE);
            case.apply(&ONE.replace("integer", "bigint"))
        }
        Code::DatabaseAhead => {
            case.apply(&format!("{ONE}  - {{name: two, up: SELECT 1}}\n"));
            case.apply(ONE)
        }
        Code::OutOfOrder => {
            case.apply(ONE);
            case.apply(&ONE.replace(
                "  - {name: one",
                "  - {name: zero, up: SELECT 1}\n  - {name: one",
            ))
        }
        Code::SumMismatch => {
            let spec = case.spec(ONE);
            plain(&["migrate", "plan", "--offline", "--require-sum", "--spec", &spec])
        }
        Code::SquashDiffers => {
            // What no catalog tells runs once more at the end, where the second one is not.
            let spec = up("CREATE TABLE IF NOT EXISTS b AS SELECT 1 AS n");
            let spec = format!("{spec}  - {{name: two, up: DROP TABLE b}}\n");
            case.run(&spec, &["squash", "--to", "two"])
        }
        Code::ReplacedPartly => {
            case.apply(ONE);
            case.apply("version: 1\nmigrations:\n  - {name: both, replaces: [one, two], up: SELECT 1}\n")
        }
        Code::StepUndecided => {
            // A second copy cannot be told from the first.
            let copy = case.db.folder.path("copy.db");
            case.apply(&up(&format!(
                "VACUUM INTO '{copy}';\nSELECT nothing;\nVACUUM;"
            )));
            case.db
                .statement("UPDATE initium_migrate_step SET state = 'intent'");
            case.apply(&up(&format!("VACUUM INTO '{copy}';\nSELECT 1;\nVACUUM;")))
        }
        Code::StepChanged => {
            case.apply(&up("VACUUM;\nSELECT nothing;\nVACUUM;"));
            case.apply(&up("ANALYZE;\nSELECT 1;\nVACUUM;"))
        }
        Code::LedgerNewer => {
            case.apply(ONE);
            case.db
                .statement("UPDATE initium_migrate_meta SET format = 99");
            case.run(ONE, &["check"])
        }
        Code::PlanStale => {
            let plan = case.db.folder.path("plan.json");
            case.run(ONE, &["plan", "--out", &plan]);
            case.apply(ONE);
            case.run(ONE, &["apply", "--plan", &plan])
        }
        Code::NotVerified => {
            let spec = format!(
                "{}    verify: SELECT 1 = 1\n    cleanup: DELETE FROM a\n",
                up("CREATE TABLE a (n integer)")
            );
            case.apply(&spec);
            case.run(&spec, &["cleanup", "--yes"])
        }
        Code::BaselineRefused => {
            case.apply(ONE);
            case.run(ONE, &["baseline", "one"])
        }
        Code::ForeignLedger => {
            case.db.statement("CREATE TABLE flyway_schema_history (n int)");
            case.apply(ONE)
        }
        Code::DatabaseNotEmpty => {
            case.db.statement("CREATE TABLE theirs (n int)");
            case.apply(ONE)
        }
        Code::ImportRefused => {
            case.apply(ONE);
            case.run(ONE, &["import", "--yes"])
        }
        Code::ExportRefused => {
            let run = |arguments: &[&str]| {
                let arguments = [&["migrate"], arguments, &["--dir", "m"]].concat();
                case.db.initium(&arguments).run()
            };
            case.db.folder.write("m/1_a.up.sql", "CREATE TABLE a (n integer)");
            run(&["apply"]);
            case.db
                .statement("CREATE TABLE schema_migrations (version uint64, dirty bool)");
            case.db
                .statement("INSERT INTO schema_migrations VALUES (7, 0)");
            run(&["export", "--to", "golang-migrate", "--yes"])
        }
        Code::RepairRefused => case.run(
            ONE,
            &["repair", "accept", "one", "--reason", "why not", "--yes"],
        ),
        Code::ConnectFailed => check_at("postgres://u:hunter2@127.0.0.1:1/db"),
        Code::TokenUnavailable => token_of("http://127.0.0.1:1/v1/credentials"),
        Code::ConnectionLost => {
            let db = of("postgres").into_iter().next()?;
            let spec = db.folder.write(
                "a.yaml",
                &up("SELECT pg_terminate_backend(pg_backend_pid());"),
            );
            db.initium(&["migrate", "apply", "--spec", &spec]).run()
        }
        Code::ReadOnly => {
            let db = of("postgres").into_iter().next()?;
            db.statement(&format!(
                "ALTER DATABASE {} SET default_transaction_read_only = on",
                db.name
            ));
            let spec = db.folder.write("a.yaml", ONE);
            db.initium(&["migrate", "apply", "--spec", &spec]).run()
        }
        Code::LockTimeout => {
            case.apply(ONE);
            let mut child = std::process::Command::new("sqlite3")
                .arg(&case.db.name)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .ok()?;
            use std::io::{BufRead, Write};
            let mut stdin = child.stdin.take()?;
            stdin
                .write_all(b"BEGIN IMMEDIATE;\nSELECT 'held';\n")
                .ok()?;
            let mut line = String::new();
            std::io::BufReader::new(child.stdout.take()?)
                .read_line(&mut line)
                .ok()?;
            let more = format!("{ONE}  - {{name: two, up: INSERT INTO a VALUES (1)}}\n");
            let ran = case.run(
                &more,
                &["apply", "--lock-timeout", "50ms", "--lock-wait", "300ms"],
            );
            drop(stdin);
            let _ = child.wait();
            ran
        }
        Code::WaitTimeout => case.run(ONE, &["wait", "--timeout", "10ms"]),
        Code::ProgramMissing | Code::ProgramRefused => {
            case.db.folder.write("text", "no program");
            let spec = case.spec(ONE);
            let name = match code {
                Code::ProgramMissing => "./not-there",
                _ => "./text",
            };
            let words = ["migrate", "check", "--spec", &spec, "--", name];
            case.db.initium(&words).run()
        }
        Code::LockHeld => {
            let mut holder = case.db.open();
            holder.try_lock().ok()?;
            case.run(ONE, &["apply", "--lock-wait", "0"])
        }
        Code::Internal => panicking("macro", "hunter2", &["migrate", "apply"]),
        Code::Interrupted => {
            let mut holder = case.db.open();
            holder.try_lock().ok()?;
            let spec = case.spec(ONE);
            let child = case
                .db
                .initium(&["migrate", "apply", "--spec", &spec])
                .spawn();
            let heard = hear(child, "waiting for another run");
            let kill = ["-INT", &heard.child.id().to_string()];
            let killed = std::process::Command::new("kill").args(kill).status();
            let ran = heard.end();
            assert!(killed.is_ok_and(|status| status.success()));
            ran
        }
    })
}

#[test]
fn every_code_is_provoked_and_says_what_to_do() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let Some(ran) = provoke(*code) else {
            eprintln!("SKIPPED {}: its server is not there", code.word());
            continue;
        };
        let status = if *code == Code::Interrupted {
            130
        } else {
            code.exit() as i32
        };
        let mut expect = |fact: &str, holds: bool| {
            if !holds {
                wrong.push(format!("{}: {fact}:\n{}{}", code.word(), ran.out, ran.err));
            }
        };
        expect("its code", ran.code() == code.word());
        expect("its status", ran.status == status);
        let message = ran
            .err
            .split_once("]: ")
            .map_or("", |(_, rest)| rest.lines().next().unwrap_or(""));
        expect("a message", message.len() > 10 && !message.ends_with('.'));
        expect("lower case", !message.starts_with(char::is_uppercase));
        let server_said = matches!(code, Code::StatementFailed);
        expect("help", server_said || ran.err.contains("\n  help: "));
        expect("no secret", !ran.err.contains("hunter2"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_page_and_a_row_in_the_index() {
    let folder = root().join("docs/errors");
    let found: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let wanted: BTreeSet<String> = Code::ALL
        .iter()
        .map(|c| format!("{}.md", c.word()))
        .collect();
    assert_eq!(found, wanted);
    let index = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let rows: Vec<&str> = index.lines().filter(|l| l.starts_with("| [")).collect();
    assert_eq!(rows.len(), Code::ALL.len());
    for (row, code) in rows.iter().zip(Code::ALL) {
        let word = code.word();
        assert!(
            row.starts_with(&format!("| [{word}]({word}.md) |")),
            "{row}"
        );
        let status = if *code == Code::Interrupted {
            "130, 143".to_string()
        } else {
            (code.exit() as i32).to_string()
        };
        assert!(row.contains(&format!("| {status} |")), "{row}");
        let page = std::fs::read_to_string(folder.join(format!("{word}.md"))).unwrap();
        assert!(
            page.starts_with(&format!("# {word}\n")) && page.contains("\n## What to do\n"),
            "{word}"
        );
    }
}

#[test]
fn the_kubelet_finds_the_error_where_its_file_is_and_no_file_is_made() {
    let folder = Folder::new();
    let (there, not_there) = (folder.write("there", "old text"), folder.path("not-there"));
    let missing = folder.path("nowhere.yaml");
    for log in [&there, &not_there] {
        let ran = plain(&[
            "migrate",
            "apply",
            "--spec",
            &missing,
            "--termination-log",
            log,
        ]);
        assert_eq!(ran.status, 2);
    }
    let text = std::fs::read_to_string(there).unwrap();
    assert!(
        text.starts_with("error[file-unreadable]: cannot read ") && text.contains("help: "),
        "{text}"
    );
    assert!(!std::path::Path::new(&not_there).exists());
}
