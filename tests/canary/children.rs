//! No run starts another program, so no argv and no environment but its own can hold a password.

use super::support::of;
use std::process::Command;

#[test]
fn a_run_starts_no_other_program() {
    let db = of("postgres")
        .into_iter()
        .next()
        .unwrap_or_else(|| of("sqlite").remove(0));
    let spec = db.folder.write(
        "spec.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer), down: DROP TABLE a}\n",
    );
    for words in [
        &["apply"][..],
        &["status"],
        &["rollback", "--yes"],
        &["unlock"],
    ] {
        let trace = db.folder.path("trace");
        let output = Command::new("strace")
            .args([
                "-f",
                "-e",
                "trace=execve,execveat,fork,vfork,clone,clone3",
                "-o",
                &trace,
            ])
            .arg(env!("CARGO_BIN_EXE_initium"))
            .arg("migrate")
            .args(words)
            .args(["--spec", &spec])
            .env("DATABASE_URL", &db.url)
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) if std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required") => {
                panic!("strace is not there: {error}")
            }
            Err(_) => return eprintln!("SKIPPED: strace is not there"),
        };
        assert!(output.status.success(), "{output:?}");
        let calls = std::fs::read_to_string(&trace).unwrap();
        assert_eq!(calls.matches("execve").count(), 1, "{words:?}: {calls}");
        let starts = calls.lines().filter(|line| {
            ["clone(", "clone3(", "fork("]
                .iter()
                .any(|call| line.contains(call))
        });
        let processes: Vec<_> = starts
            .filter(|line| !line.contains("CLONE_THREAD") && line.contains('('))
            .collect();
        assert!(processes.is_empty(), "{words:?}: {processes:?}");
    }
}
