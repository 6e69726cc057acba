//! Prisma: a folder for each migration, `20240102030405_name/migration.sql`, in the order of their
//! names. It has no downs; a `down.sql` that people keep beside it for `prisma db execute` is one.

use super::lines::each;
use super::pair::{Named, Side, put_together};
use super::{File, Format, Found, Within, named, scripts, unfit};
use initium_driver::Result;

pub const LOCK: &str = "migration_lock.toml";
const PROVIDERS: &[&str] = &["postgresql", "mysql", "sqlite"];

/// The folder of such a file.
pub fn folder(name: &str) -> Option<(&str, Side)> {
    let (folder, file) = name.split_once('/')?;
    match file {
        "migration.sql" => Some((folder, Side::Up)),
        "down.sql" => Some((folder, Side::Down)),
        _ => None,
    }
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    if let Some(file) = named(files, LOCK) {
        provider(file)?;
    }
    let mut all = Vec::new();
    for file in scripts(files) {
        let Some((folder, side)) = folder(&file.name) else {
            return Err(unfit(file, "Prisma", "20240102030405_name/migration.sql"));
        };
        all.push(Named {
            file,
            // The ledger has the whole name.
            version: folder.into(),
            title: folder
                .split_once('_')
                .map_or(folder, |(_, title)| title)
                .into(),
            id: folder.into(),
            side,
            database: None,
            within: Within::Transaction,
        });
    }
    put_together(Format::Prisma, all)
}

fn provider(file: &File) -> Result<()> {
    each(&file.text, &mut |line| {
        let Some(said) = line.text.trim().strip_prefix("provider") else {
            return Ok(());
        };
        let provider = said.trim_start_matches([' ', '=']).trim().trim_matches('"');
        match PROVIDERS.contains(&provider) {
            true => Ok(()),
            false => Err(line
                .refuse(&file.text, format!("`{provider}` is none of our databases"))
                .help(format!("known are {}", PROVIDERS.join(", ")))),
        }
    })
}
