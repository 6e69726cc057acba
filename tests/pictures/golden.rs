//! Small pictures, byte for byte. `INITIUM_TEST_UPDATE=1` writes them anew: look at them then.

use super::{hostile, samples, shop};
use initium::report::picture;
use initium_driver::catalog::Catalog;
use std::path::Path;

fn is_as(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/golden");
    let path = path.join(name);
    if std::env::var_os("INITIUM_TEST_UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "{name} is drawn otherwise; INITIUM_TEST_UPDATE=1 writes it anew:\n{text}"
    );
}

fn all(name: &str, catalog: &Catalog) {
    is_as(&format!("{name}.mmd"), &picture::mermaid(catalog));
    is_as(&format!("{name}.dot"), &picture::dot(catalog));
    is_as(&format!("{name}.svg"), &picture::svg(catalog));
}

#[test]
fn an_empty_catalog() {
    all("empty", &Catalog::default());
}

#[test]
fn one_table() {
    all(
        "one",
        &samples::catalog(&["users: id bigint pk, name text null"]),
    );
}

#[test]
fn a_shop() {
    all("shop", &shop::before());
}

#[test]
fn tables_that_refer_to_themselves_and_in_a_circle() {
    let circle = samples::catalog(&[
        "employees: id int pk, boss_id int -> employees null, team_id int -> teams",
        "teams: id int pk, lead_id int -> employees null, office_id int -> elsewhere.offices",
    ]);
    all("circle", &circle);
}

#[test]
fn names_that_are_markup() {
    all("hostile", &hostile::catalog());
}

#[test]
fn a_diff() {
    is_as("shop.html", &shop::page());
}

/// What `tests/pictures/run` looks at.
#[test]
fn pictures_for_the_browser() {
    let Some(folder) = std::env::var_os("INITIUM_TEST_PICTURES") else {
        return;
    };
    let folder = Path::new(&folder);
    for (name, catalog) in [
        ("empty", Catalog::default()),
        (
            "one",
            samples::catalog(&["users: id bigint pk, name text null"]),
        ),
        ("five", shop::before()),
        ("thirty", samples::thirty()),
        ("many", samples::many(200)),
        ("hostile", hostile::catalog()),
    ] {
        let write = |form: &str, text: String| {
            std::fs::write(folder.join(format!("{name}.{form}")), text).unwrap();
        };
        write("mmd", picture::mermaid(&catalog));
        write("dot", picture::dot(&catalog));
        write("svg", picture::svg(&catalog));
    }
    for (name, page) in [
        ("shop", shop::page()),
        ("same", hostile::same()),
        ("hostile", hostile::page()),
        ("large", hostile::large()),
    ] {
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
}
