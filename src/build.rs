//! Puts the commit into the binary, for `initium --version`. It runs no program: a build needs no
//! git, and `INITIUM_COMMIT` wins where the sources come without a repository.

use std::fs;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-env-changed=INITIUM_COMMIT");
    let commit = std::env::var("INITIUM_COMMIT")
        .ok()
        .filter(|c| !c.is_empty())
        .or_else(from_repository);
    if let Some(commit) = commit {
        println!("cargo::rustc-env=INITIUM_COMMIT={}", commit.trim());
    }
}

/// The commit that HEAD points to, abbreviated.
fn from_repository() -> Option<String> {
    let git = Path::new(".git");
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    println!("cargo::rerun-if-changed=.git/HEAD");
    let commit = match head.trim().strip_prefix("ref: ") {
        None => head,
        Some(reference) => {
            println!("cargo::rerun-if-changed=.git/{reference}");
            fs::read_to_string(git.join(reference))
                .ok()
                .or_else(|| packed(git, reference))?
        }
    };
    Some(commit.trim().get(..12)?.to_string())
}

fn packed(git: &Path, reference: &str) -> Option<String> {
    let all = fs::read_to_string(git.join("packed-refs")).ok()?;
    all.lines().find_map(|line| {
        line.strip_suffix(reference)
            .map(|commit| commit.trim().to_string())
    })
}
