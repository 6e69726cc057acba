//! The loop: a page of keys, one script that works on it, and the next page meanwhile. It goes on
//! where the note says, as long as that means something.

use crate::bulk::course::Course;
use crate::bulk::cross::carry;
use crate::bulk::note::{Note, Place};
use crate::bulk::rewrite::rewrite;
use crate::bulk::select::Select;
use crate::bulk::sort::sort;
use crate::bulk::walk::is_there;
use crate::bulk::work::Work;
use crate::bulk::{Step, Task, mistaken};
use crate::ground::{Call, Ground, Page, Scan};
use initium_driver::{Code, Error, Progress, Result};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How much of a server is looked through for one page at most: about two milliseconds of it.
const MOST: usize = 10_000;
/// After so much time few keys are enough for a script, and the note is written by itself: where no
/// script runs, because nothing is selected or all is done, this renews the lease.
const SILENCE: Duration = Duration::from_secs(1);
/// How many scripts are under way at a time: two would do if neither side ever had to be woken up.
const AHEAD: usize = 4;
/// How often all is gone through because the servers of a cluster changed meanwhile.
const PASSES: usize = 5;

/// Works through all keys. `name` is the field of the note.
pub fn run(
    step: &Step,
    name: &str,
    ground: &mut dyn Ground,
    tell: &mut dyn FnMut(&Progress) -> Result<()>,
) -> Result<Progress> {
    let Task::Work(work) = &step.task else {
        return Err(mistaken("work"));
    };
    let kept = ground.note(name)?.and_then(|bytes| Note::read(&bytes));
    let mut note = kept
        .filter(|note| note.step == step.print)
        .unwrap_or_default();
    if note.done {
        return Ok(note.progress(note.processed + note.skipped));
    }
    if note.step.is_empty() {
        note.step.clone_from(&step.print);
    }
    let mut course = Course {
        step,
        work,
        name,
        ground,
        note,
    };
    for _ in 0..PASSES {
        let generations = generations(course.ground)?;
        if course.note.generations != generations {
            course.note = Note {
                step: step.print.clone(),
                generations,
                ..Note::default()
            };
        }
        // The scripts add to what the note counts.
        course.keep()?;
        Pass::new(&mut course, tell)?.run()?;
        // Keys that went to a server that was done with were not seen.
        if self::generations(course.ground)? == course.note.generations {
            return end(&mut course, tell);
        }
    }
    Err(Error::new(
        Code::ConnectionLost,
        "the servers of the cluster changed again and again while their keys were gone through",
    )
    .help("apply again when the cluster has come to rest"))
}

fn generations(ground: &mut dyn Ground) -> Result<Vec<String>> {
    let servers = ground.servers()?;
    (0..servers)
        .map(|server| ground.generation(server))
        .collect()
}

fn end(course: &mut Course, tell: &mut dyn FnMut(&Progress) -> Result<()>) -> Result<Progress> {
    let note = &course.note;
    let seen = note.processed + note.skipped + note.failed;
    let progress = note.progress(seen);
    let told = tell(&progress);
    if note.failed == 0 {
        course.note.done = true;
        course.keep()?;
        return told.map(|()| progress);
    }
    let first: Vec<String> = note
        .first
        .iter()
        .map(|(key, why)| format!("{key}: {why}"))
        .collect();
    let message = format!(
        "{} of {seen} keys failed: {}",
        note.failed,
        first.join("; ")
    );
    let more = note.failed.saturating_sub(first.len() as u64);
    // The next run begins anew.
    course.note = Note::default();
    course.keep()?;
    let error = Error::new(
        Code::KeysFailed,
        match more {
            0 => message,
            more => format!("{message}; and {more} more"),
        },
    );
    Err(error.help("mend these keys, or leave them out with `unless` or `type`, then apply again: what is done is not done twice"))
}

struct Pass<'a, 'b> {
    course: &'a mut Course<'b>,
    tell: &'a mut dyn FnMut(&Progress) -> Result<()>,
    /// Selected keys that no script has seen.
    pending: VecDeque<Vec<u8>>,
    /// Behind so many of them a page ends, and all before this place is done with them.
    ends: VecDeque<(usize, Place)>,
    /// Where the next page begins; `None` behind the last server.
    next: Option<Place>,
    /// What was sent and not answered, in order.
    flights: VecDeque<Flight>,
    servers: usize,
    count: usize,
    worked: Instant,
    kept: Instant,
    begun: Instant,
    sent: u64,
}

impl<'a, 'b> Pass<'a, 'b> {
    fn new(
        course: &'a mut Course<'b>,
        tell: &'a mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<Pass<'a, 'b>> {
        let servers = course.ground.servers()?;
        let place = course.note.place.clone();
        let mut pass = Pass {
            next: Some(place).filter(|place| place.server < servers),
            flights: VecDeque::new(),
            servers,
            count: course.step.batch,
            course,
            tell,
            pending: VecDeque::new(),
            ends: VecDeque::new(),
            worked: Instant::now(),
            kept: Instant::now(),
            begun: Instant::now(),
            sent: 0,
        };
        let select = &pass.course.step.select;
        if let Some(key) = select.pattern.literal() {
            pass.next = None;
            let end = Place {
                server: servers,
                cursor: String::new(),
            };
            let there = is_there(&key, select, pass.course.ground)?;
            pass.take(Some(key).filter(|_| there).into_iter().collect(), end);
        }
        Ok(pass)
    }

    /// What is still under way in the end is heard of, however it ends: it was written.
    fn run(&mut self) -> Result<()> {
        let answer = self.go();
        let rest = self.land_all();
        answer.and(rest)
    }

    fn go(&mut self) -> Result<()> {
        loop {
            if self.next.is_some() && !self.looks() && self.pending.len() <= 2 * self.batch() {
                self.look()?;
            }
            let waited = self.worked.elapsed() >= SILENCE;
            let all = self.next.is_none() && !self.looks();
            let ready = self.pending.len() * 2 >= self.batch() || all || waited;
            if ready && !self.pending.is_empty() {
                self.work()?;
                self.worked = Instant::now();
                self.pace()?;
            } else if self.flights.is_empty() {
                return Ok(());
            } else {
                self.land()?;
            }
            if self.kept.elapsed() >= SILENCE {
                self.land_all()?;
                self.course.keep()?;
                self.kept = Instant::now();
                self.told()?;
            }
        }
    }

    /// While the server works on one script, the next ones are made and sent; where values are made
    /// here, or keys lie on several servers, nothing is sent ahead.
    fn ahead(&self) -> usize {
        match self.course.together() && !self.course.work.rewrites() {
            true => AHEAD,
            false => 1,
        }
    }

    fn looks(&self) -> bool {
        let page = |flight: &Flight| matches!(flight, Flight::Page(_));
        self.flights.iter().any(page)
    }

    /// Hears the answer to what was sent first.
    fn land(&mut self) -> Result<()> {
        match self.flights.pop_front() {
            None => {}
            Some(Flight::Work(calls)) => {
                self.course.finish(&calls)?;
                self.told()?;
            }
            Some(Flight::Page(place)) => {
                if let (_, Some(page)) = self.course.finish(&[])? {
                    self.turn(place, page);
                }
            }
        }
        Ok(())
    }

    fn land_all(&mut self) -> Result<()> {
        let mut answer = Ok(());
        while !self.flights.is_empty() {
            let landed = self.land();
            answer = answer.and(landed);
        }
        answer
    }

    /// No more keys than may be worked on in a second, so that the lease is renewed in time.
    fn batch(&self) -> usize {
        let step = self.course.step;
        step.batch
            .min(step.rate.map_or(usize::MAX, |rate| rate as usize))
    }

    /// Whole pages, wherever they end near a batch: only the end of one can be noted, and what was worked
    /// on behind it would be gone through again by the next run.
    fn portion(&self) -> usize {
        let most = self.batch();
        let ends = || self.ends.iter().map(|(keys, _)| *keys);
        let near = ends().take_while(|keys| *keys <= most).last();
        // A rate is a promise.
        let loose = most == self.course.step.batch;
        let beyond = ends().find(|keys| *keys > most && *keys <= most * 2 && loose);
        let filled = near.filter(|keys| *keys * 2 >= most);
        filled
            .or(beyond)
            .or(near)
            .unwrap_or(most.min(self.pending.len()))
    }

    fn work(&mut self) -> Result<()> {
        let take = self.portion();
        let keys: Vec<Vec<u8>> = self.pending.drain(..take).collect();
        self.sent += take as u64;
        let mut done = None;
        for end in &mut self.ends {
            end.0 = end.0.saturating_sub(take);
        }
        while let Some((0, _)) = self.ends.front() {
            done = self.ends.pop_front().map(|(_, place)| place);
        }
        let atomic = self.course.together() && !self.course.work.rewrites();
        if atomic && let Some(place) = done.take() {
            self.course.note.place = place;
        }
        let sorted = sort(self.course, keys);
        if self.course.work.rewrites() {
            self.land_all()?;
            rewrite(self.course, sorted.keys)?;
            self.told()?;
        } else {
            let script = self.course.work.script();
            let calls = self.course.begin(script, sorted.loads, None)?;
            self.flights.push_back(Flight::Work(calls));
            while self.works() >= self.ahead() {
                self.land()?;
            }
            if let Work::Move { verb, conflict, .. } = self.course.work {
                carry(self.course, sorted.cross, *verb, *conflict)?;
            }
        }
        if let Some(place) = done {
            self.course.note.place = place;
        }
        Ok(())
    }

    fn works(&self) -> usize {
        let work = |flight: &&Flight| matches!(flight, Flight::Work(_));
        self.flights.iter().filter(work).count()
    }

    /// Asks for the next page.
    fn look(&mut self) -> Result<()> {
        let Some(place) = self.next.clone() else {
            return Ok(());
        };
        let select: &Select = &self.course.step.select;
        let scan = Scan {
            server: place.server,
            cursor: match place.cursor.as_str() {
                "" => b"0",
                cursor => cursor.as_bytes(),
            },
            pattern: select.pattern.text().as_bytes(),
            count: self.count,
            kind: select.kind,
        };
        let script = self.course.work.script();
        self.course.begin(script, Vec::new(), Some(scan))?;
        self.flights.push_back(Flight::Page(place));
        Ok(())
    }

    fn turn(&mut self, place: Place, page: Page) {
        let next = match page.cursor.as_slice() {
            b"" | b"0" => Place {
                server: place.server + 1,
                cursor: String::new(),
            },
            cursor => Place {
                server: place.server,
                cursor: String::from_utf8_lossy(cursor).into_owned(),
            },
        };
        self.next = Some(next.clone()).filter(|next| next.server < self.servers);
        // Where few keys are selected, more is looked through for a page.
        let few = page.keys.len() < self.course.step.batch / 2;
        self.count = match few {
            true => (self.count * 2).min(MOST.max(self.course.step.batch)),
            false => (self.count / 2).max(self.course.step.batch).min(self.count),
        };
        self.take(page.keys, next);
    }

    fn take(&mut self, mut keys: Vec<Vec<u8>>, end: Place) {
        keys.retain(|key| !self.course.step.select.spared(key) && !self.course.ground.ours(key));
        self.pending.extend(keys);
        if self.pending.is_empty() {
            self.ends.clear();
            self.course.note.place = end;
        } else {
            self.ends.push_back((self.pending.len(), end));
        }
    }

    /// Whoever hears it may end the work here: all that was done is noted.
    fn told(&mut self) -> Result<()> {
        let note = &self.course.note;
        let seen = note.processed + note.skipped + note.failed;
        let known = seen + self.pending.len() as u64;
        let total = match &self.next {
            Some(place) => known as f64 / place.part(self.servers),
            None => known as f64,
        };
        let total = (total as u64).max(known);
        (self.tell)(&note.progress(total))
    }

    /// Waits until so many keys are not too many.
    fn pace(&mut self) -> Result<()> {
        let Some(rate) = self.course.step.rate else {
            return Ok(());
        };
        let due = Duration::from_secs_f64(self.sent as f64 / f64::from(rate));
        match due.checked_sub(self.begun.elapsed()) {
            Some(early) if !early.is_zero() => self.course.ground.pause(early),
            _ => Ok(()),
        }
    }
}

enum Flight {
    Work(Vec<Call>),
    /// Of the page that begins here.
    Page(Place),
}
