//! The cut after COMMIT: the server has done all of it and nobody was told. (Catches a run that
//! calls a committed migration failed, and one that sends it again.)

use crate::drill::{arguments, said};
use crate::proxy::{Point, Proxy, Variant, When};
use crate::support::{Database, of, ran};

const SPEC: &str = "version: 1\nmigrations:\n  \
    - {name: one, up: CREATE TABLE counter (n integer)}\n  \
    - {name: two, up: INSERT INTO counter VALUES (2)}\n  \
    - {name: three, up: INSERT INTO counter VALUES (3)}\n";

fn cut_after_commit(kind: &str) {
    for db in of(kind) {
        let spec = db.folder.write("a.yaml", SPEC);
        db.initium(&arguments(&["apply", "--to", "one"], &spec))
            .exits(0);
        let point = Point {
            when: When::Holds("COMMIT"),
            variant: Variant::CutAnswer,
        };
        let proxy = Proxy::before(&db.url, Some(point));
        let child = db
            .initium(&arguments(&["apply"], &spec))
            .env("DATABASE_URL", &proxy.url)
            .spawn();
        proxy.client(child.id());
        let ran = ran(child);
        assert!(proxy.hit(), "no COMMIT went by: {}", ran.err);
        assert_eq!(ran.status, 0, "{kind}: {}", ran.err);
        assert!(ran.err.contains("proves"), "{kind}: {}", ran.err);
        assert_counted(&db);
        said("cut after commit", kind, "exit 0, proven, counter 1");
    }
}

fn assert_counted(db: &Database) {
    let each = "SELECT count(*) FROM counter WHERE n IN (2, 3)";
    assert_eq!(db.ask(each), "2", "{}", db.kind);
    assert_eq!(db.ask("SELECT count(*) FROM initium_migrate"), "3");
}

#[test]
fn the_outcome_of_a_commit_without_an_answer_is_proven_on_postgres() {
    cut_after_commit("postgres");
}

#[test]
fn the_outcome_of_a_commit_without_an_answer_is_proven_on_mysql() {
    cut_after_commit("mysql");
}

#[test]
fn the_outcome_of_a_commit_without_an_answer_is_proven_on_mariadb() {
    cut_after_commit("mariadb");
}
