//! Puts the commit into the binary, for `initium --version`, and leaves out of a static release what
//! it can never use. It runs no program: a build needs no git, and `INITIUM_COMMIT` wins where the
//! sources come without a repository.

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
    println!("cargo::rerun-if-changed=src/build.ld");
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rustc-check-cfg=cfg(without_backtraces)");
    let words = static_release();
    if !words.is_empty() {
        println!("cargo::rustc-cfg=without_backtraces");
    }
    for word in words {
        println!("cargo::rustc-link-arg-bins={word}");
    }
}

/// What the linker is told for a static release, and only for that: a release aborts where a panic
/// would unwind, and the hook that tells a panic shows no backtrace, so nobody reads the tables for
/// unwinding, and the unwinder is called by nothing that runs. Relocations are packed, which musl's
/// start-up code knows since 1.2.4. Here and not in `.cargo/config.toml`, because one `RUSTFLAGS` in
/// the environment makes that file forgotten.
fn static_release() -> Vec<String> {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|given| given == value);
    if !is("CARGO_CFG_TARGET_ENV", "musl") || !is("PROFILE", "release") {
        return Vec::new();
    }
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let script = Path::new(&here).join("src/build.ld");
    let words = [
        "-z".to_string(),
        "pack-relative-relocs".to_string(),
        // The end of the stack is ours (`src/backtrace.rs`) and the unwinder's; the first one counts.
        "-z".to_string(),
        "muldefs".to_string(),
        "--no-eh-frame-hdr".to_string(),
        // What belongs together lies together, and what a run does not need is not read with it.
        "--sort-section=name".to_string(),
        "-T".to_string(),
        script.display().to_string(),
        "--defsym=_Unwind_Resume=abort".to_string(),
    ];
    let linker = std::env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_string());
    let name = linker.rsplit('/').next().unwrap_or_default();
    if name.contains("lld") {
        return words.to_vec();
    }
    // Another linker (zig's knows none of this) makes a larger program that does the same.
    if !name.ends_with("cc") && !name.ends_with("clang") {
        return Vec::new();
    }
    let handed = |word| ["-Xlinker".to_string(), word];
    words.into_iter().flat_map(handed).collect()
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
