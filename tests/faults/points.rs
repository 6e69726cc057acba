//! Crash points on the servers: the messages of an undisturbed run are counted, then the run is
//! broken at each of them in every way, and run again until it says that it is done. What is left
//! must be what the undisturbed run leaves. (Catches an effect without its record, a record
//! without its effect, a lock that outlives its run, a state only a person could settle.)

use crate::drill::{amount, arguments, converge, empty, run, said};
use crate::proxy::{Point, Proxy, Variant, Way, When};
use crate::shapes::{Shape, chosen, difference, dump, shapes};
use crate::support::{Database, of, ran};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

const OF_CLIENT: &[Variant] = &[
    Variant::KillBefore,
    Variant::KillAfter,
    Variant::CutBefore,
    Variant::CutAfter,
    Variant::CutInside(10),
    Variant::CutInside(50),
    Variant::CutInside(99),
    Variant::Freeze,
];
const OF_SERVER: &[Variant] = &[
    Variant::CutBefore,
    Variant::KillAfter,
    Variant::CutInside(50),
    Variant::CutAfter,
];

/// Enough for every message of the client in every variant, and a sample of the server's.
const POINTS: usize = 560;

#[derive(Clone)]
struct Task {
    shape: Shape,
    expected: String,
    point: Point,
}

/// What was found, over all points.
#[derive(Default)]
struct Found {
    points: usize,
    /// Points that the run did not come to.
    missed: usize,
    converged: usize,
    reruns: usize,
    failures: Vec<String>,
    undecided: usize,
}

/// Brings a database to where the faults of a shape begin.
fn prepare(db: &Database, shape: &Shape) -> String {
    empty(db);
    let spec = shape.write(&db.folder);
    if let Some(prelude) = &shape.prelude {
        db.initium(&arguments(prelude, &spec)).exits(0);
    }
    spec
}

/// The undisturbed run: what it leaves, and how many messages it takes.
fn undisturbed(db: &Database, shape: &Shape) -> (String, [usize; 2]) {
    let spec = prepare(db, shape);
    let proxy = Proxy::before(&db.url, None);
    let ran = run(db, &proxy.url, &shape.run, &spec);
    assert_eq!(ran.status, 0, "{} {}: {}", db.kind, shape.name, ran.err);
    let counted = proxy.counted();
    // A second run changes nothing.
    assert_eq!(run(db, &db.url, &shape.run, &spec).status, 0);
    (dump(db), counted)
}

fn tasks(db: &Database, kind: &str) -> VecDeque<Task> {
    let (mut client, mut server) = (Vec::new(), Vec::new());
    for shape in shapes(kind) {
        let (expected, counted) = undisturbed(db, &shape);
        for (way, variants, list) in [
            (Way::Client, OF_CLIENT, &mut client),
            (Way::Server, OF_SERVER, &mut server),
        ] {
            for n in 1..=counted[way as usize] {
                list.extend(variants.iter().map(|variant| Task {
                    shape: shape.clone(),
                    expected: expected.clone(),
                    point: Point {
                        when: When::Nth(way, n),
                        variant: *variant,
                    },
                }));
            }
        }
    }
    let total = client.len() + server.len();
    let wanted = amount(POINTS, total).min(total);
    // Half of the normal run looks at each side; evenly spread over shapes, messages and variants.
    let (from_client, from_server) = if wanted == total {
        (client.len(), server.len())
    } else {
        let server = server.len().min(wanted / 2);
        (client.len().min(wanted - server), server)
    };
    let mut chosen = spread(client, from_client);
    chosen.extend(spread(server, from_server));
    chosen.into()
}

/// So many of them, evenly.
fn spread<T>(all: Vec<T>, wanted: usize) -> Vec<T> {
    let total = all.len();
    let take = |n: usize| (n + 1) * wanted / total > n * wanted / total;
    all.into_iter()
        .enumerate()
        .filter(|(n, _)| take(*n))
        .map(|(_, one)| one)
        .collect()
}

/// One crash point, from an empty database to the dump.
fn suffer(db: &Database, task: &Task, found: &Mutex<Found>) {
    let spec = prepare(db, &task.shape);
    let proxy = Proxy::before(&db.url, Some(task.point));
    let child = db
        .initium(&arguments(&task.shape.run, &spec))
        .env("DATABASE_URL", &proxy.url)
        .env("INITIUM_CONNECT_TIMEOUT", "2s")
        .spawn();
    proxy.client(child.id());
    let first = ran(child);
    let hit = proxy.hit();
    drop(proxy);
    let again = converge(db, &task.shape.run, &spec);
    let now = dump(db);
    let mut found = found.lock().unwrap();
    if !hit {
        found.missed += 1;
        return;
    }
    found.points += 1;
    let named = format!("{} {} {:?}", db.kind, task.shape.name, task.point);
    match again {
        // A run that succeeded needed none.
        Ok(n) => found.reruns = found.reruns.max(n - usize::from(first.status == 0)),
        Err(ran) => {
            found.undecided += usize::from(ran.code() == "step-undecided");
            let text = format!("{named}: exit {}\n{}\n{}", ran.status, first.err, ran.err);
            return found.failures.push(text);
        }
    }
    if now != task.expected {
        let text = format!("{named}: {}", difference(&now, &task.expected));
        return found.failures.push(text);
    }
    found.converged += 1;
}

fn crash_points(kind: &str) {
    // Four at a time: mostly they wait for the disk. PostgreSQL is there in two versions.
    let lanes: Vec<Database> = (0..4).flat_map(|_| of(kind)).take(4).collect();
    let Some(first) = lanes.first() else { return };
    let queue = Mutex::new(tasks(first, kind));
    let wanted = queue.lock().unwrap().len();
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for db in &lanes {
            scope.spawn(|| {
                while let Some(task) = { queue.lock().unwrap().pop_front() } {
                    suffer(db, &task, &found);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    said(
        "crash points",
        kind,
        &format!(
            "{} points, {} converged, max {} reruns, counter 1, {} undecided, {} not reached",
            found.points, found.converged, found.reruns, found.undecided, found.missed
        ),
    );
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for failure in &found.failures {
        *kinds
            .entry(failure.split(" Point").next().unwrap())
            .or_default() += 1;
    }
    assert!(
        found.failures.is_empty(),
        "{kinds:?}\n{}",
        found.failures[..found.failures.len().min(3)].join("\n\n")
    );
    let all = !chosen().is_empty() || found.points >= 500;
    assert!(all, "{} of {wanted}", found.points);
    assert!(found.reruns <= 2, "{} reruns", found.reruns);
}

#[test]
fn a_run_broken_at_any_message_converges_on_postgres() {
    crash_points("postgres");
}

#[test]
fn a_run_broken_at_any_message_converges_on_mysql() {
    crash_points("mysql");
}

#[test]
fn a_run_broken_at_any_message_converges_on_mariadb() {
    crash_points("mariadb");
}
