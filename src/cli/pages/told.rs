//! What man pages say of each verb beyond its line in the help: the words that a table of flags cannot
//! hold. Everything else on them comes from the table. Between backticks: typed as it is.

pub struct Told {
    pub verb: &'static str,
    pub about: &'static [&'static str],
    /// What for, and the line to type.
    pub examples: &'static [(&'static str, &'static str)],
}

const PLAN: &str = "--spec plan.yaml";

/// The line of an example, with the spec that all of them name.
pub fn command(line: &str) -> String {
    format!("initium migrate {}", line.replace("PLAN", PLAN))
}

pub const TOLD: &[Told] = &[
    Told {
        verb: "apply",
        about: &[
            "Applies every pending migration, in the order of the spec. It ends with 0 only if the ledger in the database proves that all of them are applied. It may be started any number of times and by any number of copies at once: one works, the others wait and find nothing to do.",
            "A run that was killed is taken up by the next one where it stopped. After a failed statement the transaction is rolled back; where the database commits each DDL statement, the next run goes on at the statement that failed.",
        ],
        examples: &[
            ("In an init container or a Job:", "apply PLAN"),
            (
                "What would run, without writing anything:",
                "apply PLAN --dry-run",
            ),
            (
                "All pending migrations or none of them (PostgreSQL, SQLite):",
                "apply PLAN --tx-mode all",
            ),
            (
                "Once more, for what was written behind it:",
                "apply PLAN --rerun hash-tags",
            ),
            (
                "Exactly the plan that somebody approved:",
                "apply PLAN --plan approved.json",
            ),
        ],
    },
    Told {
        verb: "plan",
        about: &[
            "Shows each statement that `apply` would run, in which transaction, and which lock it takes. Reads the database and writes nothing to it.",
        ],
        examples: &[
            (
                "Before a release, for whoever approves it:",
                "plan PLAN --out approved.json",
            ),
            (
                "In continuous integration, without a server:",
                "plan PLAN --offline --database postgres",
            ),
        ],
    },
    Told {
        verb: "lint",
        about: &[
            "Reads each statement of a plan and says what it would do to others, to data and to what runs: which locks keep others out and for how long, what is lost, what fails. Needs no server; with `--online` it asks for the version and for the sizes of the tables.",
            "Exits 3 if a finding is an error, or what `--fail-on` says. A comment `-- initium:allow RULE reason` right before a statement allows it.",
        ],
        examples: &[
            (
                "In continuous integration, for a server of production:",
                "lint PLAN --database postgres --server-version 16",
            ),
            ("Only what is not applied yet:", "lint PLAN --pending"),
            (
                "What a rule is about:",
                "lint --explain foreign-key-blocks-writes",
            ),
        ],
    },
    Told {
        verb: "status",
        about: &[
            "Shows each migration of each target: its state, when it was applied and how long it took.",
        ],
        examples: &[("For a script:", "status PLAN --format json")],
    },
    Told {
        verb: "check",
        about: &[
            "The gate before an application starts: exits 0 if nothing is pending, 3 if something is. Writes nothing, takes no lock, and works with a role that may only SELECT and on a replica.",
            "With `-- program arguments` it then becomes that program: the same process, with the same environment, standard input and output. Standard output is the program's alone. Otherwise no program is started.",
        ],
        examples: &[
            ("Before the application starts:", "check PLAN"),
            ("In front of the application:", "check PLAN -- server"),
        ],
    },
    Told {
        verb: "wait",
        about: &[
            "Asks what `check` asks until the answer is yes or the time is over. For application pods that start beside the Job that migrates.",
            "With `-- program arguments` it then becomes that program: the same process, with the same environment, standard input and output. Standard output is the program's alone. When the time is over no program is started.",
        ],
        examples: &[
            (
                "At most two minutes, asking every two seconds:",
                "wait PLAN --timeout 2m --interval 2s",
            ),
            (
                "As the entrypoint of an image, in front of the application:",
                "wait PLAN -- server",
            ),
        ],
    },
    Told {
        verb: "verify",
        about: &[
            "Runs the verify queries of applied migrations. A migration whose answers hold is recorded as verified; one with a `cleanup` half may then be cleaned up.",
        ],
        examples: &[("After the new version runs:", "verify PLAN")],
    },
    Told {
        verb: "rollback",
        about: &[
            "Undoes the newest migrations by their `down`, newest first. A `down` that the spec no longer has is taken from the ledger, so the image of the older release can do it.",
        ],
        examples: &[
            ("What would be undone:", "rollback PLAN --steps 2 --dry-run"),
            (
                "Everything behind one migration, without being asked:",
                "rollback PLAN --to create-orders --yes",
            ),
        ],
    },
    Told {
        verb: "cleanup",
        about: &[
            "Runs the contract half of migrations that are verified: what only the version before still needed is dropped. What is not verified is refused.",
        ],
        examples: &[(
            "What was applied more than a week ago:",
            "cleanup PLAN --older-than 7d --yes",
        )],
    },
    Told {
        verb: "baseline",
        about: &[
            "Records everything up to a migration as applied, without running it: for a database that was there before its ledger. Refused where there is a ledger with records.",
        ],
        examples: &[(
            "The database already has everything up to there:",
            "baseline create-orders PLAN --reason 'made by hand in 2019'",
        )],
    },
    Told {
        verb: "import",
        about: &[
            "Reads the ledger of another tool and records here as applied what was applied there; nothing is run, and the other ledger is never written to. Each version is shown beside the migration that it is, and where that tool keeps checksums, they are compared with the files. Only while nothing is recorded here yet.",
        ],
        examples: &[
            (
                "What would be recorded:",
                "import --dir migrations --dry-run",
            ),
            (
                "One of several ledgers, in a table of another name:",
                "import --dir migrations --from flyway --ledger ops.history --yes",
            ),
        ],
    },
    Told {
        verb: "export",
        about: &[
            "The other way round of `import`: writes the ledger of another tool from this one, as that tool would have written it, so that it finds nothing to do. Its table is made where it is missing; rows that are there stay, and one that says something else is refused.",
        ],
        examples: &[
            (
                "What would be written:",
                "export --dir migrations --to flyway --dry-run",
            ),
            (
                "Going back:",
                "export --dir migrations --to golang-migrate --yes",
            ),
        ],
    },
    Told {
        verb: "repair",
        about: &[
            "Settles the one thing that an error named: `accept` takes the edited text of an applied migration as right; `done` and `retry` say of an undecided statement that it took effect or that it did not. Who, when and why is kept in the log.",
        ],
        examples: &[
            (
                "A comment was corrected in a migration that is applied:",
                "repair accept create-orders PLAN --reason 'comment only' --yes",
            ),
            (
                "A person looked, and the statement took effect:",
                "repair done create-orders PLAN --statement 2 --reason 'index is there' --yes",
            ),
        ],
    },
    Told {
        verb: "unlock",
        about: &[
            "Shows which session holds the lock of the ledger: process, host, age, statement. With `--yes` that session is ended. The lock itself ends with its session, however that dies, so this is for a run that hangs.",
        ],
        examples: &[("Who holds it:", "unlock PLAN")],
    },
    Told {
        verb: "connection",
        about: &[
            "Shows what is understood of the connection and where each part of it came from, without its password, and logs in once to test it.",
        ],
        examples: &[(
            "Only what is understood, without asking a server:",
            "connection --offline",
        )],
    },
    Told {
        verb: "diff",
        about: &[
            "Shows what lies between two schemas: the live one, declared files, or what the migrations leave. Each change says whether it breaks running programs, what it would lose, which lock it takes and whether it rewrites the table on this server; then come the statements up and down. It writes to no database.",
            "SQL files and migrations have to be built somewhere to be compared: PostgreSQL does it in a transaction that is taken back, SQLite in memory, and for MySQL and MariaDB `--scratch-url-env` names an empty database.",
        ],
        examples: &[
            (
                "From the database to the files that the spec declares:",
                "diff PLAN",
            ),
            (
                "Whether migrations and files say the same, in CI:",
                "diff PLAN --from migrations --check",
            ),
            ("As the next migration:", "diff PLAN --write 'add cities'"),
        ],
    },
    Told {
        verb: "history",
        about: &[
            "Shows every attempt and every override: when, which verb, which migration, what came out, who.",
        ],
        examples: &[(
            "Of one migration:",
            "history PLAN --id create-orders --limit 20",
        )],
    },
    Told {
        verb: "new",
        about: &[
            "Adds an empty migration to the end of a spec, or begins the spec. Asks no database. Write its statements before you apply it.",
        ],
        examples: &[(
            "In the file that is there, or a new one:",
            "new 'add notes to orders' PLAN",
        )],
    },
    Told {
        verb: "hash",
        about: &[
            "Writes `migrations.sum` into each folder of migrations, and `shop.sum` beside a spec `shop.yaml`: one line for each file, and a first line over all of them. Every verb compares it where it is there; with `--require-sum` it has to be.",
            "Two branches that both add a migration meet in its first line, so that git asks somebody to look.",
        ],
        examples: &[(
            "In CI, where nothing may be written:",
            "hash --check --dir migrations",
        )],
    },
    Told {
        verb: "rebase",
        about: &[
            "Gives new versions to migrations of a folder that are pending and stand before an applied one, so that they come last: what is left to do when another branch was deployed first. The database says which these are, unless they are named.",
        ],
        examples: &[(
            "See the new names before anything is renamed:",
            "rebase 000042_add_orders --dry-run --dir migrations",
        )],
    },
    Told {
        verb: "squash",
        about: &[
            "Makes one migration of all up to one, and proves that it leaves the same: both are built in an empty place and compared. In a folder the files of the old ones go and the new one comes in their place; for a spec it is printed.",
            "A database that has the old ones records the new one in their place, and runs nothing. One that has only some of them is refused.",
        ],
        examples: &[(
            "What it would be:",
            "squash --to 000042_add_orders --dry-run --dir migrations",
        )],
    },
    Told {
        verb: "inspect",
        about: &[
            "Shows what a database holds, without the ledger: an outline, or with `--format yaml` or `--format json` a schema file, with `--format sql` the statements that build it, with `--format mermaid`, `dot` or `svg` a picture. With `--out` that goes to a file, or to a folder with a file for each table. Writes nothing to the database and takes no lock.",
            "What is written is read back by `diff` as what the database holds. Names that the database found itself are left out.",
        ],
        examples: &[
            (
                "One file for each table of a database that is there:",
                "inspect --out db/schema/",
            ),
            (
                "Two tables, as SQL:",
                "inspect --format sql --include users --include orders",
            ),
        ],
    },
    Told {
        verb: "schema",
        about: &[
            "Prints the JSON Schema of specs, of schema files, or of what `--format json` prints. For editors and scripts.",
        ],
        examples: &[(
            "For an editor that checks while you type:",
            "schema migration",
        )],
    },
];

pub fn of(verb: &str) -> Option<&'static Told> {
    TOLD.iter().find(|told| told.verb == verb)
}

pub const VARIABLES: &[(&str, &str)] = &[
    (
        "INITIUM_<FLAG>",
        "The value of a flag: `--lock-wait` is `INITIUM_LOCK_WAIT`. A flag beats its variable, a variable beats the spec, the spec beats the default. A flag that may be repeated takes its values separated by commas; a switch is `true` or `false`. An empty variable counts as not set.",
    ),
    (
        "DATABASE_URL",
        "The connection URL, unless `--url-env` or the spec names another variable.",
    ),
    ("DATABASE_URL_FILE", "The path of a file that holds it."),
    (
        "DATABASE_URL_UNPOOLED, DIRECT_URL, PG*, MYSQL_*, SERVICE_BINDING_ROOT",
        "Other places where platforms put a connection; `initium migrate connection` shows which one was used.",
    ),
    (
        "SSL_CERT_FILE",
        "The authorities that are trusted where a connection names none.",
    ),
    (
        "JOB_COMPLETION_INDEX",
        "The number of this shard where `--shard-count` is given: an Indexed Job of Kubernetes sets it.",
    ),
    ("AWS_*", "Region and credentials, for `auth=aws-iam` only."),
    ("USER or LOGNAME, HOSTNAME", "Who is recorded in the log."),
];

pub const FILES: &[(&str, &str)] = &[
    (
        "/dev/termination-log",
        "Where the error of a failed run is left for the kubelet, if the file is there; at most 4096 bytes. `--termination-log` names another one.",
    ),
    (
        "/etc/ssl/certs/ca-certificates.crt",
        "The system's authorities, where neither the connection nor `SSL_CERT_FILE` names any.",
    ),
    (
        "~/.pgpass, ~/.pg_service.conf",
        "Read as libpq reads them, for what the connection leaves open.",
    ),
    (
        "<database>-initium-*",
        "Beside a SQLite database: the file whose lock a run holds.",
    ),
];
