//! Sixty-four copies of one release, again and again, some killed and some stopped for a while at
//! moments that chance decides. (Catches a lock that is none, a copy that fails because others are
//! there, and a copy that waits for a dead one for ever.)

use crate::drill::{Chance, amount, arguments, empty, said, seed};
use crate::shapes::{difference, dump, shapes};
use crate::support::{Database, of};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const COPIES: usize = 64;

#[derive(Default, Debug)]
struct Found {
    killed: usize,
    stopped: usize,
    survived: usize,
    failures: Vec<String>,
}

fn signal(child: &Child, name: &str) {
    // A copy that has ended by itself gets none: it is not waited for yet, so its number is its own.
    let _ = Command::new("kill")
        .args([name, &child.id().to_string()])
        .stderr(Stdio::null())
        .status();
}

/// One copy in ten is killed, one in ten is stopped for a while.
fn round(db: &Database, spec: &str, chance: &mut Chance, found: &mut Found) {
    let mut copies: Vec<(Child, Instant)> = Vec::new();
    let mut stopped: Vec<usize> = Vec::new();
    let words = arguments(&["apply"], spec);
    for _ in 0..COPIES {
        copies.push((db.initium(&words).spawn(), Instant::now()));
        if chance.one_in(5) {
            // Of all that were begun: the old ones are at work, the new ones are connecting.
            let victim = chance.below(copies.len());
            sleep(Duration::from_millis(chance.below(15) as u64));
            match chance.one_in(2) {
                true => signal(&copies[victim].0, "-KILL"),
                false => {
                    signal(&copies[victim].0, "-STOP");
                    stopped.push(victim);
                    found.stopped += 1;
                }
            }
        }
    }
    sleep(Duration::from_millis(chance.below(200) as u64));
    for victim in stopped {
        signal(&copies[victim].0, "-CONT");
    }
    for (mut copy, _) in copies {
        let (mut out, mut err) = (String::new(), String::new());
        copy.stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        copy.stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        let status = copy.wait().unwrap();
        match (status.signal(), status.code()) {
            (Some(9), _) => found.killed += 1,
            (_, Some(0)) => found.survived += 1,
            _ => found.failures.push(format!("{status:?}\n{err}")),
        }
    }
}

fn runners(kind: &str) {
    let Some(db) = of(kind).into_iter().last() else {
        return;
    };
    let seed = seed();
    let mut chance = Chance(seed);
    let shape = &shapes(kind)[0];
    let spec = shape.write(&db.folder);
    db.initium(&arguments(&["apply"], &spec)).exits(0);
    let expected = dump(&db);
    let rounds = amount(20, 200);
    let mut found = Found::default();
    let start = Instant::now();
    for n in 0..rounds {
        empty(&db);
        round(&db, &spec, &mut chance, &mut found);
        let now = dump(&db);
        let (failed, some) = (found.failures.len(), found.failures.iter().take(3));
        let some: Vec<_> = some.cloned().collect();
        let words = format!(
            "{failed} failed in round {n} of FAULTS_SEED={seed}\n{}",
            some.join("\n")
        );
        assert!(found.failures.is_empty(), "{kind}: {words}");
        assert!(
            now == expected,
            "{kind}: {}\n{words}",
            difference(&now, &expected)
        );
    }
    said(
        "runners",
        kind,
        &format!(
            "{rounds} rounds of {COPIES}, {} killed, {} stopped for a while, {} survivors, all exit 0, \
             0 double, {:.0} s",
            found.killed,
            found.stopped,
            found.survived,
            start.elapsed().as_secs_f64()
        ),
    );
    assert!(found.killed > rounds, "only {} killed", found.killed);
}

#[test]
fn sixty_four_copies_of_which_some_die_apply_each_step_once_on_postgres() {
    runners("postgres");
}

#[test]
fn sixty_four_copies_of_which_some_die_apply_each_step_once_on_mysql() {
    runners("mysql");
}

#[test]
fn sixty_four_copies_of_which_some_die_apply_each_step_once_on_mariadb() {
    runners("mariadb");
}

#[test]
fn sixty_four_copies_of_which_some_die_apply_each_step_once_on_sqlite() {
    runners("sqlite");
}
