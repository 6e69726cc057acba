//! The seeds of the fuzz targets, and each of them through its target.

use super::cases::root;
use super::corpus::files;
use super::targets;
use std::fs;
use std::path::PathBuf;

/// URLs of every shape that the settings know.
pub const URLS: &[&str] = &[
    "postgres://user:p%40ss@host:5432/name?sslmode=require",
    "postgresql://[::1]:5432/name",
    "postgres://user@/name?host=/run/postgresql",
    "mysql://user:@host/name",
    "mariadb://user:a@b:c/d@host:3306/",
    "sqlite:a.db",
    "sqlite:///var/a%20b.db?mode=rwc",
    "sqlite::memory:",
    "postgres://u:S3cretS3cret@host:99999/x",
    "postgres://u:S3cretS3cret@h1:5432,[::1]:5433/name?target_session_attrs=any&schema=app",
    "postgresql+psycopg://u:S3cretS3cret@/name?host=/run/postgresql",
    "host=h port=5432 user=u password='S3cretS3cret' dbname=d sslmode=verify-full sslrootcert=ca.pem",
    "jdbc:postgresql://h:5432/name?user=u&password=S3cretS3cret&ApplicationName=a+b",
    "jdbc:mysql://u:S3cretS3cret@h/name?useSSL=true&requireSSL=false",
    "jdbc:sqlite:file:a.db?mode=ro",
    "user:S3cretS3cret@tcp([::1]:3306)/name?tls=skip-verify&timeout=1m30s",
    "user:S3cretS3cret@unix(/run/mysqld.sock)/name",
    "mysql://u:S3cretS3cret@h/name?ssl-mode=VERIFY_CA&ssl-ca=ca.pem&socket=/x",
    "rediss://u:S3cretS3cret@h:6379/0?ssl_cert_reqs=none",
    "redis-sentinel://h1,h2/master/0",
    "unix:///run/redis.sock?db=1",
    "file:///var/a%20b.db?mode=ro&immutable=1",
    "h:5432:*:u:S3cretS3cret\n*:*:*:*:x\\:y",
    "[s]\nhost=h\nuser=u\npassword=S3cretS3cret\n[t]\n",
    "{\"engine\":\"postgres\",\"host\":\"h\",\"port\":5432,\"username\":\"u\",\"password\":\"S3cretS3cret\"}",
    "postgres://u:%zz@host/x",
    "postgres:host",
    "host=h user=u password='secretsecret' dbname='a \\' b'",
    "host=/run/postgresql dbname=x options='-c a=b'",
    "postgres://u:secretsecret@h1:1,h2:2/x",
    "mysql://u:p@h/x?cluster=one-node&socket=/run/m.sock",
    "://",
    "",
];

/// Names of ledger tables.
pub const NAMES: &[&str] = &[
    "initium_migrate",
    "ops.initium_migrate",
    "\"a.b\".\"c\"\"d\"",
    "\"a'b; DROP TABLE x; --\"",
    "Größe",
];

/// What a search has found, one file each, in the folder of its target.
fn found(target: &str) -> Vec<PathBuf> {
    files(&repository("tests/fuzz/found").join(target))
}

fn repository(folder: &str) -> PathBuf {
    root().join("../..").join(folder)
}

pub fn scripts() -> Vec<PathBuf> {
    let mut found = files(&root());
    found.retain(|path| path.extension().is_some_and(|e| e == "sql"));
    found.push(repository("drivers/mysql/tests/dump.sql"));
    found
}

pub fn specs() -> Vec<PathBuf> {
    let mut found = files(&repository("tests/spec"));
    found.extend(files(&repository("examples/migrate")));
    found.retain(|path| path.extension().is_some_and(|e| e == "yaml" || e == "json"));
    found
}

fn bytes(path: &PathBuf) -> Vec<u8> {
    fs::read(path).expect("a seed")
}

#[test]
fn every_script_is_a_seed_that_its_target_takes() {
    let seeds = scripts();
    assert!(seeds.len() > 100, "{}", seeds.len());
    for seed in seeds {
        targets::split(&bytes(&seed));
    }
}

#[test]
fn every_spec_is_a_seed_that_its_target_takes() {
    let seeds = specs();
    assert!(seeds.len() > 100, "{}", seeds.len());
    for seed in seeds {
        targets::spec(&bytes(&seed));
    }
}

#[test]
fn every_url_is_a_seed_that_its_target_takes() {
    for seed in URLS {
        targets::url(seed.as_bytes());
    }
}

#[test]
fn every_name_is_a_seed_that_its_target_takes() {
    for seed in NAMES {
        targets::name(seed.as_bytes());
    }
}

#[test]
fn what_was_found_once_stays_mended() {
    let check = |name: &str, target: fn(&[u8])| {
        let cases = found(name);
        assert!(!cases.is_empty(), "{name} has no case");
        for case in cases {
            let start = std::time::Instant::now();
            target(&bytes(&case));
            assert!(start.elapsed().as_secs() < 10, "{}", case.display());
        }
    };
    check("split", targets::split);
    check("spec", targets::spec);
    check("url", targets::url);
    check("name", targets::name);
}
