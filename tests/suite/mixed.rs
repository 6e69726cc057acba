//! Several databases in one plan, and ledgers that are kept in another one. (Catches a record in the
//! wrong ledger, a statement that runs twice because two databases cannot commit together, and a
//! failure in one target that makes the ledger of the other one lie.)

use super::order::{codes, with};
use super::support::{Database, of, unique};
use initium::connect;
use initium::plan::{Plan, Rules};
use initium::run::{Connection, Gate, Outcome, Outcomes, apply, cleanup, gate, verify};
use initium::spec::{Input, Spec, load};
use initium_driver::driver::Access;
use initium_driver::fake::{Cut, Fake, Flavour};
use initium_driver::{Apart, Code, Driver, Limits, Result, Run, Settings, State};
use std::rc::Rc;
use std::time::Duration;

fn agree(_: &Plan) -> Result<()> {
    Ok(())
}

fn run_of(table: &str) -> Run {
    Run {
        id: unique("run"),
        table: table.into(),
        prefix: String::new(),
        limits: Limits {
            connect: Duration::from_secs(10),
            ..Limits::default()
        },
        access: Access::Write,
        pulse: Default::default(),
    }
}

/// What opens one database with one ledger.
type Open = Rc<dyn Fn() -> Result<Box<dyn Driver>>>;

fn fake(fake: &Fake, table: &str) -> Open {
    let (fake, run) = (fake.clone(), run_of(table));
    Rc::new(move || fake.open(&run))
}

fn real(url: &str, table: &str) -> Open {
    let (settings, run) = (Settings::parse(url, "the test").unwrap(), run_of(table));
    Rc::new(move || connect::open(&settings, &run, &|_| None))
}

/// A database whose ledger is in another one.
fn apart(data: Open, ledger: Open) -> Open {
    Rc::new(move || Ok(Box::new(Apart::new(data()?, ledger()?)) as Box<dyn Driver>))
}

fn connections(all: &[(&str, Open)]) -> Vec<Connection> {
    let connection = |(target, open): &(&str, Open)| Connection {
        scratch: None,
        target: target.to_string(),
        address: target.to_string(),
        driver: open().unwrap(),
        reopen: {
            let open = Rc::clone(open);
            Box::new(move || open())
        },
    };
    all.iter().map(connection).collect()
}

fn spec(text: &str) -> Spec {
    load(&[Input::Stdin(format!("version: 1\n{text}").into_bytes())]).unwrap()
}

fn applied(spec: &Spec, connections: &mut [Connection]) -> Outcomes {
    let rules = Rules::default();
    with(None, |context| {
        apply(spec, connections, &rules, context, &mut agree)
    })
    .0
}

/// Ids and states of a ledger.
fn records(open: &Open) -> Vec<(String, State)> {
    let history = open().unwrap().history().unwrap();
    let records = history.records.iter();
    records.map(|r| (r.id.clone(), r.state)).collect()
}

const CACHE: &str = "targets: {cache: {database: redis}}\nmigrations:\n  \
    - {name: a, up: \"insert other; insert other\"}\n  - {name: b, up: \"bulk t 5; insert other\"}\n";

/// The same plan on a fake that is called as the spec says.
fn cache() -> Spec {
    let text = CACHE.replace("redis", "postgres");
    spec(&text)
}

#[test]
fn two_databases_that_cannot_commit_together_still_run_each_statement_once() {
    let spec = cache();
    let (mut failed, mut cuts) = (0, 0);
    for (n, cut) in (1..60).flat_map(|n| [(n, Cut::Before), (n, Cut::After)]) {
        for half in [0, 1] {
            let (data, ledger) = (Fake::new(Flavour::Plain), Fake::new(Flavour::Transactional));
            data.world().kept.tables.insert("other".into(), 1);
            let both = apart(fake(&data, "l"), fake(&ledger, "l_cache"));
            let mut connections = connections(&[("cache", Rc::clone(&both))]);
            [&data, &ledger][half].cut(n, cut);
            cuts += 1;
            let outcomes = applied(&spec, &mut connections);
            drop(connections);
            [&data, &ledger][half].cut(10_000, cut);
            if outcomes.is_err() {
                failed += 1;
                let mut again = self::connections(&[("cache", Rc::clone(&both))]);
                let outcomes = applied(&spec, &mut again);
                assert_eq!(codes(&outcomes), None, "{n} {cut:?} {half}: {outcomes:?}");
            }
            let found = (data.table("other"), data.table("t"));
            assert_eq!(found, (Some(4), Some(5)), "{n} {cut:?} {half}");
            assert_eq!(records(&both).len(), 2);
            let beside = data.world().kept.ledgers["l"].records.len();
            assert_eq!(beside, 0, "all of it is elsewhere");
            assert!(data.world().locks.is_empty() && ledger.world().locks.is_empty());
        }
    }
    assert!(failed > 10 && failed < cuts, "{failed} of {cuts}");
}

#[test]
fn both_locks_are_held_or_none() {
    let (data, ledger) = (Fake::new(Flavour::Plain), Fake::new(Flavour::Transactional));
    let both = apart(fake(&data, "l"), fake(&ledger, "l_cache"));
    let mut other = fake(&data, "l")().unwrap();
    other.try_lock().unwrap();
    let mut driver = both().unwrap();
    let answer = driver.try_lock().unwrap();
    assert!(matches!(answer, initium_driver::Locked::Held(_)));
    assert!(ledger.world().locks.is_empty());
    other.unlock().unwrap();
    driver.try_lock().unwrap();
    assert_eq!(
        (data.world().locks.len(), ledger.world().locks.len()),
        (1, 1)
    );
    let holder = both().unwrap().holder().unwrap().expect("a holder");
    both().unwrap().end(&holder).unwrap();
    assert_eq!(
        (data.world().locks.len(), ledger.world().locks.len()),
        (0, 0)
    );
}

fn file() -> Database {
    of("sqlite").remove(0)
}

#[test]
fn a_ledger_in_sqlite_remembers_what_ran_on_postgresql() {
    let spec = spec(
        "targets: {app: {database: postgres}}\nmigrations:\n  \
         - {name: one, up: \"CREATE TABLE a (n integer); INSERT INTO a VALUES (1)\", down: DROP TABLE a}\n  \
         - {name: two, up: \"INSERT INTO a VALUES (2); INSERT INTO a VALUES (missing)\"}\n",
    );
    for db in of("postgres") {
        let file = file();
        let table = "initium_migrate_app";
        let both = apart(real(&db.url, "initium_migrate"), real(&file.url, table));
        let outcomes = applied(&spec, &mut connections(&[("app", Rc::clone(&both))]));
        assert_eq!(codes(&outcomes), Some(Code::StatementFailed));
        assert_eq!(
            records(&real(&file.url, table)),
            [("one".into(), State::Applied)]
        );
        assert_eq!(db.ask("SELECT count(*) FROM a"), "2");
        let mended = "targets: {app: {database: postgres}}\nmigrations:\n  \
             - {name: one, up: \"CREATE TABLE a (n integer); INSERT INTO a VALUES (1)\", down: DROP TABLE a}\n  \
             - {name: two, up: \"INSERT INTO a VALUES (2); INSERT INTO a VALUES (3)\"}\n";
        let spec = self::spec(mended);
        applied(&spec, &mut connections(&[("app", Rc::clone(&both))])).unwrap();
        assert_eq!(db.ask("SELECT sum(n) FROM a"), "6", "and not 8");
        let found = db.ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'initium%'");
        assert_eq!(found, "0", "nothing of the ledger is in the database");
    }
}

fn asked(spec: &Spec, connections: &mut [Connection]) -> Gate {
    gate(spec, connections, &Rules::default()).unwrap()
}

#[test]
fn the_gate_says_where_how_much_is_pending() {
    let spec = spec(
        "targets: {app: {database: postgres}, cache: {database: mysql}}\nmigrations:\n  \
         - {name: a, target: app, up: ok}\n  - {name: b, target: app, up: \"create t; fail\"}\n  \
         - {name: c, target: cache, up: \"create t; fail\"}\n  - {name: d, target: cache, up: ok, when: \"false\"}\n",
    );
    let (app, cache) = (
        Fake::new(Flavour::Transactional),
        Fake::new(Flavour::Implicit),
    );
    let open = || connections(&[("app", fake(&app, "l")), ("cache", fake(&cache, "l"))]);
    let found = asked(&spec, &mut open());
    let message = found.open().unwrap_err().message().to_string();
    let expected =
        "pending migrations: 2 in app (fake), 2 in cache (fake); run 'initium migrate apply' first";
    assert_eq!(message, expected);
    // The last one failed half-way, and is pending as any other.
    assert_eq!(
        codes(&applied(&spec, &mut open())),
        Some(Code::StatementFailed)
    );
    let found = asked(&spec, &mut open());
    assert_eq!(found.counts(), [("app", "fake", 1), ("cache", "fake", 2)]);
    assert_eq!(found.open().unwrap_err().code(), Code::Pending);
}

#[test]
fn what_is_half_applied_is_pending_and_what_does_not_apply_is_not() {
    let text = "migrations:\n  - {name: a, up: ok, when: \"false\"}\n  - {name: b, up: \"create t; fail\"}\n";
    let spec = spec(text);
    let fake = Fake::new(Flavour::Implicit);
    let open = || connections(&[("default", self::fake(&fake, "l"))]);
    assert_eq!(
        codes(&applied(&spec, &mut open())),
        Some(Code::StatementFailed)
    );
    assert_eq!(fake.table("t"), Some(0), "half of it is there");
    let error = asked(&spec, &mut open()).open().unwrap_err();
    assert_eq!(error.message(), "pending migrations: 1; the first is 'b'");
    let mended = self::spec(&text.replace("fail", "ok"));
    applied(&mended, &mut open()).unwrap();
    assert!(asked(&mended, &mut open()).open().is_ok());
}

const THREE: &str = "targets: {app: {database: postgres}, cache: {database: fake}, lite: {database: sqlite}}\nmigrations:\n  \
    - {name: one, target: app, up: CREATE TABLE a (n integer), down: DROP TABLE a, verify: \"SELECT 1\", cleanup: \"INSERT INTO a VALUES (1)\"}\n  \
    - {name: two, target: cache, up: bulk t 5 BAD, verify: \"true\", cleanup: insert t}\n  \
    - {name: three, target: lite, up: \"CREATE TABLE a (n integer)\", verify: \"SELECT 1\", cleanup: \"INSERT INTO a VALUES (1)\"}\n  \
    - {name: four, target: app, up: \"INSERT INTO a VALUES (4)\"}\n";

fn three(bad: &str) -> Spec {
    spec(
        &THREE
            .replace(" BAD", bad)
            .replace("database: fake", "database: postgres"),
    )
}

#[test]
fn a_failure_in_one_target_leaves_the_truth_in_all_and_the_next_run_goes_on() {
    for db in of("postgres") {
        let (file, cache) = (file(), Fake::new(Flavour::Plain));
        cache.world().kept.tables.insert("other".into(), 1);
        let table = "initium_migrate";
        let (app, lite) = (real(&db.url, table), real(&file.url, table));
        let fake = fake(&cache, table);
        let all = || {
            let open = |open: &Open| Rc::clone(open);
            connections(&[
                ("lite", open(&lite)),
                ("cache", open(&fake)),
                ("app", open(&app)),
            ])
        };
        let outcomes = applied(&three(" bad 1"), &mut all());
        let failure = outcomes.unwrap_err();
        assert_eq!(failure.error.code(), Code::KeysFailed);
        assert_eq!(failure.error.spot().target.as_deref(), Some("cache"));
        let done: Vec<_> = failure.report.done.iter().map(|d| d.id.as_str()).collect();
        assert_eq!(done, ["one", "two"], "in the order of the spec");
        let applied_one = [("one".to_string(), State::Applied)];
        assert_eq!(
            (records(&app), records(&fake), records(&lite)),
            (applied_one.into(), vec![], vec![])
        );
        assert!(cache.world().locks.is_empty());
        let spec = three("");
        let gate = asked(&spec, &mut all());
        let counts = [
            ("lite", "sqlite", 1),
            ("cache", "fake", 1),
            ("app", "postgres", 1),
        ];
        assert_eq!(gate.counts(), counts);
        let report = applied(&spec, &mut all()).unwrap();
        let done: Vec<_> = report.done.iter().map(|d| d.id.as_str()).collect();
        assert_eq!(done, ["two", "three", "four"]);
        assert_eq!(
            (cache.table("t"), db.ask("SELECT sum(n) FROM a")),
            (Some(5), "4".into())
        );
        ends(&spec, &mut all());
        assert_eq!(records(&app)[0].1, State::Cleaned);
        assert_eq!(records(&fake)[0].1, State::Cleaned);
    }
}

/// Cleanup is refused before verify, and both go in the order of the spec.
fn ends(spec: &Spec, connections: &mut [Connection]) {
    let clean = |connections: &mut [Connection]| {
        with(None, |context| {
            cleanup(spec, connections, &|_| true, context, &mut agree)
        })
        .0
    };
    assert_eq!(codes(&clean(connections)), Some(Code::NotVerified));
    let (verified, _) = with(None, |context| verify(spec, connections, context));
    let ids = |outcomes: Outcomes, outcome| {
        let done = outcomes.unwrap().done;
        assert!(
            done.iter()
                .all(|d: &initium::run::Done| d.outcome == outcome)
        );
        done.into_iter().map(|d| d.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(verified, Outcome::Verified), ["one", "two", "three"]);
    let cleaned = clean(connections);
    assert_eq!(ids(cleaned, Outcome::CleanedUp), ["one", "two", "three"]);
}

#[test]
fn locks_are_taken_in_one_order_whatever_the_specs_call_the_targets() {
    let one = Fake::new(Flavour::Transactional);
    let order = |names: [&str; 2], addresses: [&str; 2]| {
        let text = format!(
            "targets: {{{0}: {{database: postgres}}, {1}: {{database: postgres}}}}\nmigrations:\n  - {{name: a, target: [{0}, {1}], up: ok}}\n",
            names[0], names[1]
        );
        let mut all = connections(&[
            (names[0], fake(&one, addresses[0])),
            (names[1], fake(&one, addresses[1])),
        ]);
        for (connection, address) in all.iter_mut().zip(addresses) {
            connection.address = address.into();
        }
        let spec = spec(&text);
        // The second one is held, so that only the first is taken.
        let mut other = fake(&one, "l2")().unwrap();
        other.try_lock().unwrap();
        one.events();
        let outcomes = applied(&spec, &mut all);
        assert_eq!(codes(&outcomes), Some(Code::LockHeld));
        let error = outcomes.unwrap_err().error;
        let tries = one.events().iter().filter(|e| *e == "unlock").count();
        assert_eq!(tries, 1, "the first was taken, and freed");
        error.spot().target.clone().unwrap()
    };
    assert_eq!(order(["a", "b"], ["l1", "l2"]), "b");
    assert_eq!(order(["a", "b"], ["l2", "l1"]), "a");
}

#[test]
fn one_sqlite_file_may_hold_a_database_and_the_ledger_of_another_one() {
    let spec = spec(
        "targets: {app: {database: sqlite}, cache: {database: postgres}}\nmigrations:\n  \
         - {name: one, target: app, up: CREATE TABLE a (n integer)}\n  \
         - {name: two, target: cache, up: \"insert other; bulk t 5\"}\n  \
         - {name: three, target: app, up: INSERT INTO a VALUES (3)}\n",
    );
    let (file, cache) = (file(), Fake::new(Flavour::Plain));
    cache.world().kept.tables.insert("other".into(), 0);
    let app = real(&file.url, "initium_migrate");
    let ledger = real(&file.url, "initium_migrate_cache");
    let both = apart(fake(&cache, "initium_migrate"), Rc::clone(&ledger));
    let mut all = connections(&[("app", Rc::clone(&app)), ("cache", both)]);
    let report = applied(&spec, &mut all).unwrap();
    assert_eq!(report.done.len(), 3);
    let row = ledger().unwrap().attempts(1).unwrap().remove(0);
    assert_eq!(row.message.as_deref(), Some("processed 5, skipped 0"));
    assert_eq!(records(&app).len(), 2);
    assert_eq!(records(&ledger), [("two".into(), State::Applied)]);
    assert!(asked(&spec, &mut all).open().is_ok());
}
