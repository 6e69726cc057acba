//! Atlas: its sums, as its own library wrote them for `tests/source/atlas`, and its directives.

use super::*;

fn edited(edit: impl Fn(&mut Vec<File>)) -> String {
    let mut files = on_disk("atlas");
    edit(&mut files);
    let error = read("atlas", &files, None).expect_err("sums that differ");
    error.message().to_string()
}

fn file<'a>(files: &'a mut [File], name: &str) -> &'a mut File {
    files
        .iter_mut()
        .find(|file| file.name == name)
        .expect("it is there")
}

const FIRST: &str = "20230207091455_create_customers.sql";

#[test]
fn sums_as_atlas_writes_them_hold() {
    let found = read("atlas", &on_disk("atlas"), None).unwrap().found;
    assert_eq!(
        found[0].origin.sum.as_deref(),
        Some("jtPPExbd8cBH/r39RDBQ/HbdEUSz6aYeqzIkOZJ7cEs=")
    );
    // The line that names the delimiter ends with it, and is no statement.
    let notes = up(&found[8]);
    assert!(
        notes.len() == 2 && notes[0].starts_with("CREATE TABLE notes"),
        "{notes:?}"
    );
    // The text of the last one does not count, and so it has none.
    assert_eq!(found.last().unwrap().origin.sum, None);
}

#[test]
fn a_byte_order_mark_counts_for_atlas_and_was_taken_off_for_us() {
    let found = as_of(
        Format::Atlas,
        &[
            // Before it there were three bytes more when Atlas made the sums.
            ("1_a.sql", "SELECT 1;\n"),
            ("2_b.sql", "SELECT 2;\r\n"),
            (
                "atlas.sum",
                "h1:nI2Xsvqf7BU2czaSNJc9H4/WATJrM3HKqyvmb7/VGgk=\n\
                 1_a.sql h1:eGWC6lObWW1qbDc3re62bK/KVIgtEx62uuO08ChsldY=\n\
                 2_b.sql h1:eIH6m+URqvO99e1amSo+UzOSL7H0Ig7E3IX1jZPGQfc=\n",
            ),
        ],
    );
    assert_eq!(versions(&found.unwrap()), ["1", "2"]);
}

#[test]
fn a_folder_that_is_not_what_its_sums_say_is_refused_with_the_file() {
    let message = edited(|files| {
        file(files, FIRST).text = Source::file(FIRST, "SELECT 'edited'");
    });
    assert_eq!(message, format!("{FIRST} is not what atlas.sum says"));
    let message = edited(|files| files.retain(|file| file.name != FIRST));
    assert_eq!(
        message,
        format!("atlas.sum names {FIRST}, which is missing")
    );
    let message = edited(|files| files.extend(folder(&[("2_new.sql", "SELECT 1")])));
    assert_eq!(message, "2_new.sql is not in atlas.sum");
    let message = edited(|files| {
        let sums = file(files, "atlas.sum");
        let text = sums
            .text
            .whole()
            .unwrap()
            .replace("E3uaDyKaC9", "E3uaDyKaC8");
        sums.text = Source::file("atlas.sum", text);
    });
    assert_eq!(
        message,
        "the first line of atlas.sum is not the sum of the others"
    );
    let message = edited(|files| {
        file(files, "atlas.sum").text = Source::file("atlas.sum", "h1:\nno sum\n");
    });
    assert_eq!(message, "no line of atlas.sum looks like this");
}

#[test]
fn the_comments_above_an_empty_line_speak_for_the_file() {
    let found = as_of(
        Format::Atlas,
        &[
            (
                "2_b.sql",
                "-- atlas:checkpoint v2\n-- atlas:txmode none\n\nSELECT 2;",
            ),
            (
                "10_a.sql",
                "-- atlas:delimiter \\n\\n\nSELECT 1;\nSELECT 2;\n\nSELECT 3",
            ),
            (
                "3_c.up.sql",
                "-- a comment\nSELECT 3;\n-- atlas:nolint DS103\nSELECT 4;",
            ),
            ("3_c.down.sql", "SELECT -3;"),
        ],
    )
    .unwrap();
    // Names are compared as texts.
    assert_eq!(versions(&found), ["10", "2", "3"]);
    assert_eq!(found[1].turn, Turn::Baseline);
    assert_eq!(found[1].up.within, Within::Nothing);
    assert_eq!(up(&found[0]), ["SELECT 1;\nSELECT 2;", "SELECT 3"]);
    assert_eq!(down(&found[2]), ["SELECT -3;"]);
    assert_eq!(found[2].origin.title, "c");
}

#[test]
fn a_directive_that_atlas_does_not_see_is_refused() {
    for (number, words, text) in [
        (1, "is not seen by Atlas", "-- atlas:txmode none\nSELECT 1;"),
        (
            3,
            "only counts at the top",
            "SELECT 1;\n\n-- atlas:txmode none\nSELECT 2;",
        ),
        (
            2,
            "only counts as the first line",
            "-- x\n-- atlas:delimiter //\n\nSELECT 1;",
        ),
        (1, "is not supported", "-- atlas:txmode all\n\nSELECT 1;"),
        (1, "is not supported", "-- atlas:import x.sql\n\nSELECT 1;"),
        (1, "names no delimiter", "-- atlas:delimiter\n\nSELECT 1;"),
    ] {
        refused(Format::Atlas, &[(number, words, &[("1_a.sql", text)])]);
    }
    let below = ("sub/1_a.sql", "SELECT 1;");
    refused(Format::Atlas, &[(1, "no name that Atlas runs", &[below])]);
}
