//! The flags of every verb. What becomes of them each verb says.

use argh::{ArgsInfo, FromArgs};

/// Settings of every verb.
#[derive(FromArgs, ArgsInfo, Clone, Debug, Default)]
pub struct Flags {
    /// plan of migrations, YAML or JSON, `-` for standard input; may be repeated
    #[argh(option, arg_name = "file")]
    pub spec: Vec<String>,
    /// value of a variable that the spec declares; never a secret; may be repeated
    #[argh(option, arg_name = "name=value")]
    pub var: Vec<String>,
    /// folder of migrations as another tool keeps them; may be repeated
    #[argh(option, arg_name = "folder")]
    pub dir: Vec<String>,
    /// whose rules such a folder follows, where its files do not say it
    #[argh(option, arg_name = "tool")]
    pub source_format: Option<String>,
    /// refuse folders of migrations without a migrations.sum
    #[argh(switch)]
    pub require_sum: bool,
    /// work on this target only; may be repeated
    #[argh(option, arg_name = "name")]
    pub target: Vec<String>,
    /// run on each database of this list, YAML or JSON, one after the other
    #[argh(option, arg_name = "file")]
    pub targets: Option<String>,
    /// share the databases of a list out among this many processes
    #[argh(option, arg_name = "n")]
    pub shard_count: Option<u32>,
    /// which of them this one is, from 0 (default: JOB_COMPLETION_INDEX)
    #[argh(option, arg_name = "n")]
    pub shard_index: Option<u32>,
    /// go on past this many failed databases of a list, or all (default: 0, stop at the first)
    #[argh(option, arg_name = "n|all")]
    pub max_failures: Option<String>,
    /// connection URL without a password
    #[argh(option, arg_name = "url")]
    pub url: Option<String>,
    /// name of the variable that holds the URL, or with _FILE behind it the path of a file that
    /// holds it (default: DATABASE_URL)
    #[argh(option, arg_name = "name")]
    pub url_env: Option<String>,
    /// kind of database, where no URL says it: postgres, mysql, mariadb, sqlite, redis
    #[argh(option, arg_name = "kind")]
    pub database: Option<String>,
    /// server, instead of a URL
    #[argh(option, arg_name = "host")]
    pub host: Option<String>,
    /// port
    #[argh(option, arg_name = "port")]
    pub port: Option<u16>,
    /// user
    #[argh(option, arg_name = "user")]
    pub user: Option<String>,
    /// name of the variable that holds the password
    #[argh(option, arg_name = "name")]
    pub password_env: Option<String>,
    /// file that holds the password
    #[argh(option, arg_name = "file")]
    pub password_file: Option<String>,
    /// database name, or the file of a SQLite database
    #[argh(option, arg_name = "name")]
    pub name: Option<String>,
    /// folder of a mounted secret, one file for each key
    #[argh(option, arg_name = "folder")]
    pub secret_dir: Option<String>,
    /// name of a Service Binding below SERVICE_BINDING_ROOT
    #[argh(option, arg_name = "name")]
    pub binding: Option<String>,
    /// which key of the secret holds host, port, user, password, name, url or ca: user=role; may
    /// be repeated
    #[argh(option, arg_name = "part=key")]
    pub secret_key: Vec<String>,
    /// connection option, key=value; may be repeated
    #[argh(option, arg_name = "key=value")]
    pub option: Vec<String>,
    /// name of the variable with the URL of an empty database, in which SQL is built to be compared
    #[argh(option, arg_name = "name")]
    pub scratch_url_env: Option<String>,
    /// ledger table, maybe with a schema (default: initium_migrate)
    #[argh(option, arg_name = "table")]
    pub table: Option<String>,
    /// what the names of the ledger's keys begin with, in Redis
    #[argh(option, arg_name = "text")]
    pub prefix: Option<String>,
    /// how long a server that is not up yet is waited for (default: 10s)
    #[argh(option, arg_name = "time")]
    pub connect_timeout: Option<String>,
    /// how long another run is waited for (default: 5m)
    #[argh(option, arg_name = "time")]
    pub lock_wait: Option<String>,
    /// how long a running statement may go on after SIGTERM or SIGINT (default: 20s)
    #[argh(option, arg_name = "time")]
    pub grace: Option<String>,
    /// how long a statement waits for a lock before it is tried again (default: 500ms)
    #[argh(option, arg_name = "time")]
    pub lock_timeout: Option<String>,
    /// how long a statement may run (default: 0, no limit)
    #[argh(option, arg_name = "time")]
    pub statement_timeout: Option<String>,
    /// text, json, github, sarif, junit or gitlab, on standard output (default: text)
    #[argh(option, arg_name = "form")]
    pub format: Option<String>,
    /// where the kubelet reads why a container ended (default: /dev/termination-log)
    #[argh(option, arg_name = "file")]
    pub termination_log: Option<String>,
    /// text or json, on standard error (default: text)
    #[argh(option, arg_name = "form")]
    pub log_format: Option<String>,
    /// off, error, warn, info, debug or trace (default: info)
    #[argh(option, arg_name = "level")]
    pub log_level: Option<String>,
}
