//! A folder of a test, gone when the test is over.
#![allow(dead_code)] // Not every test uses all of it.

use initium_driver::driver::{Access, Driver, Limits, Run};
use initium_driver::{Result, Settings};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("initium-sqlite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Names of the files in it, in order.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|e| e.expect("an entry").file_name().display().to_string())
            .collect();
        names.sort();
        names
    }

    pub fn open(&self, url: &str, access: Access) -> Result<Box<dyn Driver>> {
        let settings = Settings::parse(&format!("sqlite:{}", self.path(url)), "URL")?;
        (initium_sqlite::OPENER.open)(&settings, &run(access))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn run(access: Access) -> Run {
    Run {
        id: "run-1".into(),
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: Limits {
            lock: Duration::from_millis(200),
            ..Limits::default()
        },
        access,
        pulse: Default::default(),
    }
}
