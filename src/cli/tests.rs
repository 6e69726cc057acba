//! The table of flags in `docs/kubernetes.md` is that of the parser. (Catches a flag that the page
//! leaves out, or that is not there any more.)

use super::arguments::{Common, variable};
use super::verb::VERBS;
use argh::{FlagInfo, FlagInfoKind, Optionality};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kubernetes.md");
const BEGIN: &str =
    "<!-- flags: written by INITIUM_TEST_UPDATE=1 cargo test --lib cli::tests -->\n";
const END: &str = "<!-- end of flags -->\n";

struct Row {
    shown: String,
    variable: String,
    verbs: Vec<&'static str>,
    about: String,
}

fn row(flag: &FlagInfo, verb: &'static str) -> Row {
    let shown = match flag.kind {
        FlagInfoKind::Option { arg_name } => format!("{}={arg_name}", flag.long),
        FlagInfoKind::Switch => flag.long.to_string(),
    };
    let many = matches!(flag.optionality, Optionality::Repeating);
    let separated = if many { ", separated by commas" } else { "" };
    Row {
        shown: shown.replace('|', "\\|"),
        variable: format!("`{}`{separated}", variable(flag.long)),
        verbs: vec![verb],
        about: flag.description.replace('|', "\\|"),
    }
}

fn add(rows: &mut Vec<Row>, flags: &[FlagInfo], verb: &'static str) {
    for flag in flags.iter().filter(|f| f.long != "--help") {
        let new = row(flag, verb);
        match rows
            .iter_mut()
            .find(|r| r.shown == new.shown && r.about == new.about)
        {
            Some(known) => known.verbs.push(verb),
            None => rows.push(new),
        }
    }
}

fn table() -> String {
    let mut rows = Vec::new();
    add(&mut rows, Common::get_args_info().flags, "every verb");
    for verb in VERBS {
        add(&mut rows, (verb.info)().flags, verb.name);
    }
    let mut out = String::from("| flag | variable | of | means |\n|---|---|---|---|\n");
    for row in rows {
        out += &format!(
            "| `{}` | {} | {} | {} |\n",
            row.shown,
            row.variable,
            row.verbs.join(", "),
            row.about
        );
    }
    out
}

#[test]
fn the_page_lists_every_flag_with_its_variable() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has a table of flags");
    let (found, after) = rest.split_once(END).expect("the table has an end");
    let table = table();
    if std::env::var("INITIUM_TEST_UPDATE").as_deref() == Ok("1") {
        std::fs::write(PAGE, [before, BEGIN, &table, END, after].concat()).expect("written");
        return;
    }
    let first = found.lines().zip(table.lines()).find(|(a, b)| a != b);
    assert!(
        found == table,
        "docs/kubernetes.md is not what the parser has, first at {first:?}; \
         INITIUM_TEST_UPDATE=1 cargo test --lib cli::tests writes it anew"
    );
}
