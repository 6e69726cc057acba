//! The pulse in every wait. (Catches work in which no signal is heard, a statement that cannot be
//! ended from its own thread, and a wait behind another's write that hears nothing.)

mod folder;

use folder::Folder;
use initium_driver::driver::{Access, Driver, Limits, Part, Pulse, Run, Script, Stopper};
use initium_driver::{Code, Result, Settings, Source};
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

thread_local! {
    static BEATS: Cell<usize> = const { Cell::new(0) };
    /// Called by the beat of this number.
    static STOPPER: RefCell<Option<(usize, Stopper)>> = const { RefCell::new(None) };
}

fn beat() {
    BEATS.set(BEATS.get() + 1);
    STOPPER.with_borrow(|stopper| match stopper {
        Some((at, stop)) if *at == BEATS.get() => stop(Duration::from_secs(5)),
        _ => {}
    });
}

fn open(folder: &Folder) -> Box<dyn Driver> {
    let url = format!("sqlite:{}", folder.path("app.db"));
    let run = Run {
        limits: Limits {
            lock: Duration::from_millis(1200),
            ..Limits::default()
        },
        pulse: Pulse(beat),
        ..folder::run(Access::Write)
    };
    let settings = Settings::parse(&url, "URL").expect("a URL");
    (initium_sqlite::OPENER.open)(&settings, &run).expect("a file")
}

fn together(driver: &mut dyn Driver, text: &str) -> Result<()> {
    let statements = driver.dialect().split(&Source::file("a.sql", text))?;
    driver.execute(&Script::Together(vec![Part {
        statements,
        entries: vec![],
    }]))
}

fn count(driver: &mut dyn Driver) -> String {
    let rows = driver.query("SELECT count(*) FROM t").expect("a number");
    rows.first().expect("a number").to_string()
}

/// A statement that takes this many turns; ten million are some seconds.
fn long(turns: u64) -> String {
    format!(
        "INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c \
         WHERE n < {turns}) SELECT max(n) FROM c"
    )
}

#[test]
fn what_runs_is_ended_in_its_middle_on_one_thread() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    together(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    // SQLite forgets what comes between two statements, and there it comes here.
    let many = "INSERT INTO t VALUES (1);\n".repeat(1_000_000);
    for text in [long(20_000_000_000), many] {
        BEATS.set(0);
        STOPPER.replace(Some((3, driver.stopper().expect("a stopper"))));
        let begin = Instant::now();
        let error = together(&mut *driver, &text).expect_err("ended");
        STOPPER.take();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert_eq!(error.server_said().state.as_deref(), Some("9"), "{error}");
        assert_eq!(BEATS.get(), 3);
        assert!(begin.elapsed() < Duration::from_secs(60));
        assert_eq!(count(&mut *driver), "0");
    }
    together(&mut *driver, "INSERT INTO t VALUES (1)").expect("a row");
}

#[test]
fn the_pulse_beats_while_another_writes_and_the_patience_is_what_it_was() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    together(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut other = folder.open("app.db", Access::Write).expect("a file");
            let tell = tell;
            tell.send(other.stopper().expect("a stopper"))
                .expect("sent");
            let text = format!("INSERT INTO t VALUES (1); {}", long(20_000_000_000));
            together(&mut *other, &text).expect_err("ended");
        });
        let stop = told.recv().expect("a stopper");
        while !folder.files().contains(&"app.db-journal".to_string()) {
            std::thread::sleep(Duration::from_millis(5));
        }
        BEATS.set(0);
        let begin = Instant::now();
        let error = together(&mut *driver, "INSERT INTO t VALUES (2)").expect_err("locked");
        let waited = begin.elapsed();
        let beats = BEATS.get();
        stop(Duration::ZERO);
        assert_eq!(error.code(), Code::LockTimeout, "{error}");
        let expected = Duration::from_millis(1150)..Duration::from_millis(2500);
        assert!(expected.contains(&waited), "{waited:?}");
        assert!((6..=13).contains(&beats), "{beats}");
    });
}
