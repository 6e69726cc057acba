"""The real tools: how each calls its files, and how it is run. One small class for each. A tool that is not
installed skips its tests, and where everything has to be there it fails them."""

import os
import pathlib
import subprocess

FOLDER = pathlib.Path(os.environ["SWITCHING_TOOLS"])

# One history for all: a table, an index (its file has CRLF), a row and a name that are not ASCII, a column.
UP = [
    "create table users (id integer primary key, name varchar(40));\n",
    "-- an index\r\ncreate index users_name on users (name);\r\n",
    "insert into users values (1, 'Größe 🦀');\n",
    "-- a comment\n\nalter table users add column born date;\n",
]
DOWN = [
    "drop table users;\n",
    "drop index users_name;\n",
    "delete from users;\n",
    "alter table users drop column born;\n",
]
NAMES = ["create_users", "users_name", "größe", "add_born"]
STAMPS = ["20240101000001", "20240101000002", "20240102000000", "20240301120000"]


class Ran:
    def __init__(self, command, ran):
        self.command = " ".join(str(word) for word in command)
        self.status = ran.returncode
        self.out = ran.stdout
        self.said = ran.stdout + ran.stderr

    def __str__(self):
        return f"{self.command}: exit {self.status}\n{self.said}"


def run(command, cwd=None, **env):
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    # Nothing of a tool's own settings in this environment, and nobody is called home.
    kept |= {"PATH": os.environ["PATH"], "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | env
    return Ran(command, subprocess.run(command, capture_output=True, text=True, env=kept, cwd=cwd, timeout=180))


class Tool:
    """`files(kind, n)` are those of the first n migrations."""

    databases = ("postgres", "mysql", "mariadb", "sqlite")
    ledgers = ()
    exports = False
    # Columns of the ledger that differ between two runs.
    times = ()
    part = ""
    # Where names alone do not tell whose a folder is.
    said = ()

    def program(self, case):
        path = FOLDER / self.part / "wanted"
        if path.exists():
            return
        needed = os.environ.get("SWITCHING_REQUIRED") and (os.environ.get("SWITCHING") == "full" or not self.slow)
        if needed:
            case.fail(f"{self.part} is not installed")
        case.skipTest(f"{self.name} is not installed" + (" (SWITCHING=full installs it)" if self.slow else ""))

    slow = False

    def write(self, folder, kind, count):
        for name, text in self.files(kind, count).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def up(self, database, folder):
        raise NotImplementedError

    def current(self, database, folder):
        """Says whether there is nothing left to do."""
        raise NotImplementedError


class GolangMigrate(Tool):
    name, part, exports = "golang-migrate", "go", True
    ledgers = ("schema_migrations",)

    def files(self, kind, count):
        found = {}
        for i in range(count):
            found[f"{i + 1:06}_{NAMES[i]}.up.sql"] = UP[i]
            found[f"{i + 1:06}_{NAMES[i]}.down.sql"] = DOWN[i]
        return found

    def go(self, database, folder, *words):
        url = {
            "postgres": lambda: database.address("postgres") + "?sslmode=disable",
            "sqlite": lambda: f"sqlite://{database.path}",
        }.get(database.kind, lambda: f"mysql://{database.user}:{database.password}@tcp({database.host}:{database.port})/{database.name}?multiStatements=true")()
        return run([FOLDER / "go/bin/migrate", "-path", folder, "-database", url, *words])

    def up(self, database, folder):
        return self.go(database, folder, "up")

    def current(self, database, folder):
        ran = self.go(database, folder, "up")
        return ran, ran.status == 0 and ran.said.strip() == "no change"


class Goose(Tool):
    name, part = "goose", "go"
    ledgers = ("goose_db_version",)

    def files(self, kind, count):
        found = {}
        for i in range(count):
            text = f"-- +goose Up\n{UP[i]}\n-- +goose Down\n{DOWN[i]}"
            found[f"{i + 1:05}_{NAMES[i]}.sql"] = text
        return found

    def go(self, database, folder, *words):
        kind, source = {
            "postgres": lambda: ("postgres", database.address("postgres") + "?sslmode=disable"),
            "sqlite": lambda: ("sqlite3", str(database.path)),
        }.get(database.kind, lambda: ("mysql", f"{database.user}:{database.password}@tcp({database.host}:{database.port})/{database.name}?parseTime=true"))()
        return run([FOLDER / "go/bin/goose", "-dir", folder, kind, source, *words])

    def up(self, database, folder):
        return self.go(database, folder, "up")

    def current(self, database, folder):
        ran = self.go(database, folder, "up")
        return ran, "no migrations to run" in ran.said


class Dbmate(Tool):
    name, part, exports = "dbmate", "node", True
    ledgers = ("schema_migrations",)

    def files(self, kind, count):
        text = "-- migrate:up\n{}\n-- migrate:down\n{}"
        return {f"{STAMPS[i]}_{NAMES[i]}.sql": text.format(UP[i], DOWN[i]) for i in range(count)}

    def go(self, database, folder, *words):
        url = {
            "postgres": lambda: database.address("postgres") + "?sslmode=disable",
            "sqlite": lambda: f"sqlite:{database.path}",
        }.get(database.kind, lambda: database.address("mysql"))()
        return run([FOLDER / "node/node_modules/.bin/dbmate", "--no-dump-schema", "-d", folder, "-u", url, *words])

    def up(self, database, folder):
        return self.go(database, folder, "migrate")

    def current(self, database, folder):
        ran = self.go(database, folder, "status", "--exit-code")
        return ran, ran.status == 0 and "Pending: 0" in ran.said


def jdbc(database):
    if database.kind == "sqlite":
        return f"jdbc:sqlite:{database.path}"
    scheme = {"postgres": "postgresql"}.get(database.kind, database.kind)
    more = "?allowPublicKeyRetrieval=true" if database.kind == "mysql" else ""
    return f"jdbc:{scheme}://{database.host}:{database.port}/{database.name}{more}"


class Flyway(Tool):
    name, part, exports = "flyway", "java", True
    ledgers = ("flyway_schema_history",)
    times = ("installed_on", "execution_time")

    def files(self, kind, count):
        found = {f"V{version}__{NAMES[i]}.sql": UP[i] for i, version in list(enumerate(["1", "1_1", "2", "10"]))[:count]}
        body = "drop view if exists user_names;\ncreate view user_names as select name from users;\n"
        if count == len(NAMES):
            found["R__user_names.sql"] = body
        return found

    def go(self, database, folder, *words):
        if database.kind != "sqlite":
            words = (f"-user={database.user}", f"-password={database.password}", *words)
        url = jdbc(database)
        java = ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{FOLDER}/java/classes:{FOLDER}/java/jars/*", "FlywayRun"]
        return run([*java, f"-url={url}", f"-locations=filesystem:{folder}", *words])

    def up(self, database, folder):
        return self.go(database, folder, "migrate")

    def current(self, database, folder):
        ran = self.go(database, folder, "validate", "info", "migrate")
        return ran, ran.status == 0 and "pending 0" in ran.out and "applied 0" in ran.out


class Liquibase(Tool):
    name, part = "liquibase", "java"
    ledgers = ("databasechangelog",)
    root = "root.yaml"

    def files(self, kind, count):
        found = {self.root: "databaseChangeLog:\n  - includeAll:\n      path: sql/\n"}
        for i in range(count):
            text = f"--liquibase formatted sql\n\n--changeset ann:{i + 1}\n--comment: number {i + 1}\n{UP[i]}--rollback {DOWN[i]}"
            found[f"sql/{i + 1:03}_{NAMES[i]}.sql"] = text
        return found

    def go(self, database, folder, verb, *words):
        if database.kind != "sqlite":
            words = (f"--username={database.user}", f"--password={database.password}", *words)
        url = jdbc(database)
        java = ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{FOLDER}/java/jars/*", "liquibase.integration.commandline.LiquibaseCommandLine"]
        return run([*java, "--analytics-enabled=false", "--show-banner=false", f"--search-path={folder}", verb, f"--changelog-file={self.root}", f"--url={url}", *words])

    def up(self, database, folder):
        return self.go(database, folder, "update")

    def current(self, database, folder):
        ran = self.go(database, folder, "status")
        return ran, "is up to date" in ran.said


class Sqlx(Tool):
    name, part, exports = "sqlx", "sqlx", True
    said = ("--source-format", "sqlx")
    ledgers = ("_sqlx_migrations",)
    times = ("installed_on", "execution_time")

    def files(self, kind, count):
        found = {}
        for i in range(count):
            found[f"{STAMPS[i]}_{NAMES[i]}.up.sql"] = UP[i]
            found[f"{STAMPS[i]}_{NAMES[i]}.down.sql"] = DOWN[i]
        return found

    def go(self, database, folder, *words):
        url = {
            "postgres": lambda: database.address("postgres"),
            "sqlite": lambda: f"sqlite:{database.path}",
        }.get(database.kind, lambda: database.address("mysql"))()
        return run([FOLDER / "sqlx/bin/sqlx", "migrate", *words, "--source", folder, "--database-url", url])

    def up(self, database, folder):
        return self.go(database, folder, "run")

    def current(self, database, folder):
        ran, again = self.go(database, folder, "info"), self.go(database, folder, "run")
        lines = ran.out.splitlines()
        whole = bool(lines) and all("/installed " in line and "different" not in line for line in lines)
        return ran, whole and again.status == 0 and not again.said.strip()


class Diesel(Tool):
    name, part, slow = "diesel", "diesel", True
    databases = ("postgres", "sqlite")
    ledgers = ("__diesel_schema_migrations",)

    def files(self, kind, count):
        found = {}
        for i in range(count):
            stamp = f"{STAMPS[i][:4]}-{STAMPS[i][4:6]}-{STAMPS[i][6:8]}-{STAMPS[i][8:]}"
            found[f"{stamp}_{NAMES[i]}/up.sql"] = UP[i]
            found[f"{stamp}_{NAMES[i]}/down.sql"] = DOWN[i]
        return found

    def go(self, database, folder, verb):
        url = str(database.path) if database.kind == "sqlite" else database.address("postgres")
        return run([FOLDER / "diesel/bin/diesel", "migration", verb, "--migration-dir", folder, "--database-url", url], cwd=folder)

    def up(self, database, folder):
        return self.go(database, folder, "run")

    def current(self, database, folder):
        ran = self.go(database, folder, "pending")
        return ran, ran.out.strip() == "false"


class Refinery(Tool):
    name, part, slow = "refinery", "refinery", True
    said = ("--source-format", "refinery")
    ledgers = ("refinery_schema_history",)

    def files(self, kind, count):
        return {f"V{i + 1}__{NAMES[i]}.sql": UP[i] for i in range(count)}

    def up(self, database, folder):
        url = {
            "postgres": lambda: database.address("postgres"),
            "sqlite": lambda: f"sqlite://{database.path}",
        }.get(database.kind, lambda: database.address("mysql"))()
        return run([FOLDER / "refinery/bin/refinery", "migrate", "-d", "-m", "-e", "APP_URL", "-p", folder], APP_URL=url)

    def current(self, database, folder):
        ran = self.up(database, folder)
        return ran, "no migrations to apply" in ran.said


class Atlas(Tool):
    name, part = "atlas", "go"
    ledgers = ("atlas_schema_revisions",)

    def files(self, kind, count):
        return {f"{STAMPS[i]}_{NAMES[i]}.sql": UP[i] for i in range(count)}

    def write(self, folder, kind, count):
        super().write(folder, kind, count)
        run([FOLDER / "go/bin/atlas-library", "hash", folder])

    def go(self, database, folder, verb):
        words = {
            "postgres": lambda: ["postgres", database.address("postgres") + "?sslmode=disable&search_path=public"],
            "sqlite": lambda: ["sqlite3", f"sqlite://{database.path}?_pragma=foreign_keys(1)"],
        }.get(database.kind, lambda: ["mysql", database.address("mysql")])()
        return run([FOLDER / "go/bin/atlas-library", verb, folder, *words])

    def up(self, database, folder):
        return self.go(database, folder, "apply")

    def current(self, database, folder):
        ran = self.go(database, folder, "status")
        return ran, "No migration files to execute" in ran.said


class Sqitch(Tool):
    name, part = "sqitch", "sqitch"
    databases = ("postgres",)
    ledgers = ("sqitch.changes", "sqitch.events", "sqitch.tags", "sqitch.projects")
    changes = ["users", "users_name", "groesse", "born"]

    def files(self, kind, count):
        engine = {"postgres": "pg"}[kind]
        plan = "%syntax-version=1.0.0\n%project=shop\n\n"
        found = {"sqitch.conf": f"[core]\n\tengine = {engine}\n"}
        for i in range(count):
            name = self.changes[i]
            needs = " [users]" if i == 1 else ""
            plan += f"{name}{needs} 2024-01-0{i + 1}T00:00:00Z Ann <ann@example.org> # number {i + 1}\n"
            found[f"deploy/{name}.sql"] = f"-- Deploy shop:{name} to {engine}\n\nBEGIN;\n\n{UP[i]}\nCOMMIT;\n"
            found[f"revert/{name}.sql"] = f"-- Revert shop:{name} from {engine}\n\nBEGIN;\n\n{DOWN[i]}\nCOMMIT;\n"
        return found | {"sqitch.plan": plan}

    def up(self, database, folder):
        target = database.address("db:pg")
        return run(["sqitch", "deploy", target], cwd=folder, SQITCH_FULLNAME="Ann", SQITCH_EMAIL="ann@example.org")

    def current(self, database, folder):
        ran = self.up(database, folder)
        return ran, "Nothing to deploy (up-to-date)" in ran.said
