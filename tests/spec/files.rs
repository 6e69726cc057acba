//! What the disk can do to a spec: paths, links, encodings, things that are no files.

use super::{bad, good, room, sources, text, told, write};
use initium::spec::Input;
use initium_driver::Code;
use std::fs;

/// A spec with one migration whose `up` is one file.
fn naming(file: &str) -> String {
    format!("version: 1\nmigrations:\n- name: a\n  up:\n  - file: {file}\n")
}

#[test]
fn a_file_outside_the_folder_of_the_spec_is_refused() {
    let room = room("escape");
    let folder = room.join("specs");
    fs::create_dir_all(folder.join("sub")).expect("a folder");
    write(&room.join("secret.sql"), "SELECT 'secret'");
    write(&folder.join("sub/a.sql"), "SELECT 1;");
    let spec = folder.join("a.yaml");
    for file in [
        "../secret.sql",
        "sub/../../secret.sql",
        "/etc/passwd",
        "../nowhere.sql",
    ] {
        let error = bad(&[write(&spec, naming(file))]);
        assert!(
            told(&error).starts_with("path-escapes 5:11 "),
            "{file}: {}",
            told(&error)
        );
    }
    for file in ["sub/a.sql", "./sub/a.sql", "sub/../sub/a.sql"] {
        let spec = good(&[write(&spec, naming(file))]);
        assert_eq!(text(sources(&spec.migrations[0].up)[0]), "SELECT 1;");
    }
    fs::remove_dir_all(room).expect("cleaned up");
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_as_a_config_map_has_them_and_not_out_of_it() {
    use std::os::unix::fs::symlink;
    let room = room("links");
    let folder = room.join("mount");
    fs::create_dir_all(folder.join("..2024_01")).expect("a folder");
    write(&folder.join("..2024_01/a.sql"), "SELECT 1;");
    write(&folder.join("..2024_01/spec.yaml"), naming("a.sql"));
    symlink("..2024_01", folder.join("..data")).expect("a link");
    symlink("..data/a.sql", folder.join("a.sql")).expect("a link");
    symlink("..data/spec.yaml", folder.join("spec.yaml")).expect("a link");
    let spec = good(&[Input::file(folder.join("spec.yaml"))]);
    let source = sources(&spec.migrations[0].up)[0];
    assert_eq!(source.file, folder.join("a.sql").display().to_string());

    write(&room.join("secret.sql"), "SELECT 'secret'");
    symlink("../secret.sql", folder.join("b.sql")).expect("a link");
    let error = bad(&[write(&folder.join("b.yaml"), naming("b.sql"))]);
    assert_eq!(error.code(), Code::PathEscapes, "{}", told(&error));
    assert!(error.spot().excerpt.is_some());
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn a_script_that_cannot_be_read_is_named_with_its_place_in_the_spec() {
    let room = room("scripts");
    let spec = |file: &str| write(&room.join("a.yaml"), naming(file));
    write(&room.join("wide.sql"), [0xff, 0xfe, b'S', 0]);
    write(&room.join("latin.sql"), b"SELECT 1;\nSELECT '\xe9';");
    write(&room.join("blank.sql"), " \n");
    fs::create_dir_all(room.join("sub.sql")).expect("a folder");
    for (file, told) in [
        ("none.sql", "file-unreadable 5:11 cannot read"),
        ("sub.sql", "file-unreadable 5:11 "),
        ("wide.sql", "file-unreadable 5:11 "),
        ("blank.sql", "file-unreadable 5:11 "),
        ("latin.sql", "file-unreadable 2:9 "),
    ] {
        let error = self::told(&bad(&[spec(file)]));
        assert!(error.starts_with(told) && error.contains(file), "{error}");
    }
    write(&room.join("bom.sql"), "\u{feff}SELECT 1;");
    assert_eq!(
        text(sources(&good(&[spec("bom.sql")]).migrations[0].up)[0]),
        "SELECT 1;"
    );
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn what_is_no_spec_is_refused_with_advice() {
    let room = room("inputs");
    let wide: Vec<u8> = "version: 1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let inputs = [
        (Input::file(&room), "file-unreadable - ", "is a folder"),
        (
            Input::file(room.join("none.yaml")),
            "file-unreadable - ",
            "does not exist",
        ),
        (
            write(&room.join("a.sql"), "SELECT 1"),
            "file-unreadable - ",
            "is a script",
        ),
        (
            write(&room.join("a.toml"), "a = 1"),
            "file-unreadable - ",
            ".yaml, .yml or .json",
        ),
        (
            write(&room.join("wide.yaml"), wide),
            "spec-syntax - ",
            "UTF-16",
        ),
        (
            write(&room.join("latin.yaml"), b"a: 1\nb: '\xe9'"),
            "spec-syntax 2:5 ",
            "not UTF-8",
        ),
        (
            write(&room.join("big.yaml"), vec![b' '; (1 << 20) + 1]),
            "spec-syntax - ",
            "1 MiB",
        ),
        (
            write(&room.join("empty.json"), ""),
            "spec-syntax 1:1 ",
            "empty",
        ),
    ];
    for (input, head, words) in inputs {
        let error = told(&bad(std::slice::from_ref(&input)));
        assert!(
            error.starts_with(head) && error.contains(words),
            "{input:?}: {error}"
        );
    }
    assert_eq!(bad(&[]).code(), Code::Usage);
    fs::remove_dir_all(room).expect("cleaned up");
}

#[cfg(unix)]
#[test]
fn a_fifo_is_refused_without_waiting_for_it() {
    let room = room("fifo");
    let fifo = room.join("a.yaml");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo runs").success());
    let error = told(&bad(&[Input::file(&fifo)]));
    assert!(error.contains("not a regular file"), "{error}");
    fs::remove_dir_all(room).expect("cleaned up");
}
