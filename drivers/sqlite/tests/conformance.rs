//! SQLite keeps the contract, with a rollback journal and with a write-ahead log.

use initium_driver::conformance::Bench;
use initium_driver::driver::{Driver, Run};
use initium_driver::{Result, Settings};

mod folder;

use folder::Folder;

struct File(Folder);

impl Bench for File {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        let url = format!("sqlite:{}", self.0.path("app.db"));
        (initium_sqlite::OPENER.open)(&Settings::parse(&url, "URL")?, run)
    }
}

mod journal {
    use super::*;
    initium_driver::conformance!(|| Some(Box::new(File(Folder::new()))));
}

mod wal {
    use super::*;

    fn bench() -> File {
        let folder = Folder::new();
        let connection = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
        connection
            .pragma_update(None, "journal_mode", "wal")
            .expect("a log");
        File(folder)
    }

    initium_driver::conformance!(|| Some(Box::new(bench())));
}
