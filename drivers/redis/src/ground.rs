//! What work on keys stands on: scripts that run only while the lock is ours, pages of keys, and
//! reading. One server or many, a cluster or not, is the business of whoever implements it.

use crate::resp::Reply;
use initium_driver::Result;

/// A Lua script of ours, sent as its hash wherever the server knows it.
///
/// It begins with [`GUARD`], whose keys and arguments are put before its own: its own keys begin at
/// `KEYS[3]`, its own arguments at `ARGV[4]`.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    pub text: &'static str,
}

/// The first lines of every script that writes. It goes on only while the lock is ours; a lock that
/// ended, and that nobody took since, is taken again.
///
/// On the server of the ledger: `KEYS[1]` is the lock, `KEYS[2]` counts who took it; `ARGV[1]` is what we
/// wrote into the lock, `ARGV[2]` our number, `ARGV[3]` how long it lasts, in ms. Elsewhere in a cluster
/// there is no lock to ask: `ARGV[1]` is empty, and `KEYS[2]`, a key of this slot, holds the highest
/// number that wrote here.
pub const GUARD: &str = include_str!("guard.lua");

/// One run of a script. All its keys lie in one slot, that of the first.
#[derive(Clone, Debug)]
pub struct Call {
    pub script: Script,
    pub keys: Vec<Vec<u8>>,
    pub args: Vec<Vec<u8>>,
}

/// Which keys are looked through.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// Which of the servers that hold keys, from 0.
    pub server: usize,
    pub cursor: &'a [u8],
    pub pattern: &'a [u8],
    /// How much of the server is looked through for one page.
    pub count: usize,
    pub kind: Option<&'a str>,
}

#[derive(Clone, Debug, Default)]
pub struct Page {
    /// `0` when it was the last one.
    pub cursor: Vec<u8>,
    pub keys: Vec<Vec<u8>>,
}

pub trait Ground {
    /// How many servers hold keys.
    fn servers(&mut self) -> Result<usize>;

    /// A name for the order in which a server shows its keys: a cursor means nothing under another.
    fn generation(&mut self, server: usize) -> Result<String>;

    /// How many keys a server holds.
    fn size(&mut self, server: usize) -> Result<u64>;

    /// Sends scripts, and asks for a page, if it can be without waiting for the answers: `finish` has
    /// them, in the order of what was begun.
    fn begin(&mut self, calls: &[Call], scan: Option<Scan>) -> Result<()>;

    /// What a script answers is the reply, an error of it as well; a lost lock and a lost connection
    /// are errors.
    fn finish(&mut self) -> Result<(Vec<Reply>, Option<Page>)>;

    /// Runs scripts, and asks for a page, in as few round trips as can be; nothing else is begun.
    fn work(&mut self, calls: &[Call], scan: Option<Scan>) -> Result<(Vec<Reply>, Option<Page>)> {
        self.begin(calls, scan)?;
        self.finish()
    }

    /// Asks what only reads; the first word behind the command's name is its key.
    fn read(&mut self, commands: &[Vec<Vec<u8>>]) -> Result<Vec<Reply>>;

    /// `None`: all keys lie together.
    fn slot(&self, key: &[u8]) -> Option<u16>;

    /// Whether a key is one of the ledger's, or one that guards a slot: no step touches it.
    fn ours(&self, key: &[u8]) -> bool;

    /// What is kept of a long work, under this name. Read as it was written last.
    fn note(&mut self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps it. Where all keys lie together, a script does it in the same step as the work: `HSET`
    /// of [`Ground::notes`].
    fn keep(&mut self, name: &str, note: &[u8]) -> Result<()>;

    /// The hash in which notes are kept.
    fn notes(&self) -> Vec<u8>;

    /// A pause in which the pulse beats.
    fn pause(&mut self, time: std::time::Duration) -> Result<()>;
}
