//! The man pages: `initium(1)`, `initium-migrate(1)` with what holds for all verbs, and one page for each
//! verb with its own flags in full and those of every verb by name.

use super::super::help::EXITS;
use super::super::launch;
use super::super::values;
use super::super::verb::{VERBS, Verb};
use super::roff::Roff;
use super::told::{self, FILES, VARIABLES, command};
use super::{Flag, Page, Takes, common, own};
use argh::Optionality;

const PROGRAM: &str = "initium";
const MIGRATE: &str = "initium-migrate";
const ABOUT: &str = "database migrations, exactly once, proven";

pub fn pages(date: &str) -> Vec<Page> {
    let page = |name: &str, text: String| Page {
        path: format!("man/{name}.1"),
        text,
    };
    let mut all = vec![page(PROGRAM, program(date)), page(MIGRATE, migrate(date))];
    all.extend(
        VERBS
            .iter()
            .map(|verb| page(&page_of(verb), of_verb(verb, date))),
    );
    all
}

fn page_of(verb: &Verb) -> String {
    format!("{MIGRATE}-{}", verb.name)
}

fn program(date: &str) -> String {
    let mut roff = Roff::begin(PROGRAM, date, ABOUT);
    roff.section("SYNOPSIS");
    roff.paragraph("`initium migrate` verb [flags]");
    roff.paragraph("`initium help` | `--help` | `--version`");
    roff.section("DESCRIPTION");
    roff.paragraph("Initium brings a database to the state that a release needs, and exits 0 only if the database proves it. It is made for Kubernetes init containers and Jobs, and is as good in continuous integration and on a laptop. It speaks to PostgreSQL, MySQL, MariaDB and SQLite; migrations are SQL in a YAML or JSON file.");
    roff.paragraph("It opens connections to the databases that it is given, and no others.");
    roff.section("COMMANDS");
    roff.tag(
        "`migrate`",
        "Everything about migrations; see `initium-migrate`(1).",
    );
    roff.tag(
        "`help`",
        "What there is. `initium help migrate` verb is the help of a verb.",
    );
    roff.section("OPTIONS");
    roff.tag("`-h`, `--help`", "Show help.");
    roff.tag(
        "`-V`, `--version`",
        "Show version, commit, and the databases that this build speaks to.",
    );
    exits(&mut roff);
    variables(&mut roff);
    files(&mut roff);
    roff.section("EXAMPLES");
    example(
        &mut roff,
        "Apply what is pending, with the URL in the environment:",
        "apply PLAN",
    );
    example(&mut roff, "Begin a spec:", "new 'create orders' PLAN");
    roff.see_also(&[MIGRATE.into()]);
    roff.end()
}

fn migrate(date: &str) -> String {
    let mut roff = Roff::begin(
        MIGRATE,
        date,
        "bring a database to the state a release needs",
    );
    roff.section("SYNOPSIS");
    roff.paragraph("`initium migrate` verb [flags]");
    roff.section("DESCRIPTION");
    roff.paragraph("Compares a spec, the file of migrations, with the ledger, a table in the database, and does what the verb says about the difference. The connection comes from `DATABASE_URL`, from other variables and mounted secrets, from flags or from the spec; never put a password on the command line.");
    roff.paragraph("Results go to standard output, the log and errors go to standard error. A running statement is given time to end after SIGTERM or SIGINT; the next run goes on from the ledger, however this one ended.");
    roff.section("VERBS");
    for verb in VERBS {
        let names: Vec<_> = super::names(verb)
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        roff.tag(&names.join(", "), &sentence(verb.about));
    }
    roff.section("OPTIONS");
    roff.paragraph("Flags of every verb. They may stand before or behind it; `--flag value` and `--flag=value` are the same.");
    common().iter().for_each(|flag| describe(&mut roff, flag));
    roff.tag("`-h`, `--help`", "Show help.");
    roff.paragraph("A time is `500ms`, `30s`, `5m`, `1h30m` or `7d`.");
    exits(&mut roff);
    variables(&mut roff);
    files(&mut roff);
    roff.section("EXAMPLES");
    for (verb, about) in [
        ("plan", "What would run:"),
        ("apply", "Run it:"),
        ("check", "Is anything left?"),
        ("status", "What is where?"),
    ] {
        example(&mut roff, about, &format!("{verb} PLAN"));
    }
    let mut others = vec![PROGRAM.to_string()];
    others.extend(VERBS.iter().map(page_of));
    roff.see_also(&others);
    roff.end()
}

fn of_verb(verb: &Verb, date: &str) -> String {
    let mut roff = Roff::begin(&page_of(verb), date, verb.about);
    roff.section("SYNOPSIS");
    let places = (verb.info)().positionals;
    for name in super::names(verb) {
        let mut line = format!("`initium migrate {name}`");
        for place in places {
            line += &match place.optionality {
                Optionality::Required => format!(" {}", place.name),
                // Behind the flags.
                Optionality::Greedy => continue,
                _ => format!(" [{}]", place.name),
            };
        }
        let behind = match launch::is_for(verb) {
            true => " [`--` program [arguments]]",
            false => "",
        };
        roff.paragraph(&format!("{line} [flags]{behind}"));
    }
    let told = told::of(verb.name);
    roff.section("DESCRIPTION");
    for text in told.map_or([verb.about].as_slice(), |told| told.about) {
        roff.paragraph(text);
    }
    for (at, place) in places.iter().enumerate() {
        let words = values::of_verb(verb.name).filter(|_| at == 0);
        let term = match words {
            Some(words) => format!("`{}`", words.join("` | `")),
            None => place.name.into(),
        };
        roff.tag(&term, &sentence(place.description));
    }
    roff.section("OPTIONS");
    own(verb).iter().for_each(|flag| describe(&mut roff, flag));
    roff.tag("`-h`, `--help`", "Show help.");
    roff.section("OPTIONS OF EVERY VERB");
    let common: Vec<_> = common()
        .iter()
        .map(|flag| format!("`{}`", flag.long))
        .collect();
    roff.paragraph(&format!("{}: see `{MIGRATE}`(1).", common.join(", ")));
    exits(&mut roff);
    roff.section("ENVIRONMENT");
    roff.paragraph(&format!("Each flag has a variable: `--spec` is `INITIUM_SPEC`. The connection is in `DATABASE_URL`. The others: see `{MIGRATE}`(1)."));
    roff.section("FILES");
    roff.paragraph(&format!("See `{MIGRATE}`(1)."));
    roff.section("EXAMPLES");
    for (about, line) in told.map_or([].as_slice(), |told| told.examples) {
        example(&mut roff, about, line);
    }
    roff.see_also(&[PROGRAM.into(), MIGRATE.into()]);
    roff.end()
}

fn example(roff: &mut Roff, about: &str, line: &str) {
    roff.example(about, &command(line));
}

fn describe(roff: &mut Roff, flag: &Flag) {
    let term = match (flag.takes, flag.value()) {
        (_, None) => format!("`{}`", flag.long),
        (Takes::Words(words), _) => format!("`{}` `{}`", flag.long, words.join("`|`")),
        (_, Some(value)) => format!("`{}` {value}", flag.long),
    };
    roff.tag(&term, &sentence(flag.about));
}

fn exits(roff: &mut Roff) {
    roff.section("EXIT STATUS");
    for (status, means) in EXITS {
        roff.tag(&format!("`{status}`"), &sentence(means));
    }
    roff.tag(
        "`130`, `143`",
        "Stopped by SIGINT or SIGTERM, where nothing is left half done.",
    );
    roff.paragraph("Trying again helps after 5, 6, 130 and 143.");
}

fn variables(roff: &mut Roff) {
    roff.section("ENVIRONMENT");
    for (name, holds) in VARIABLES {
        roff.tag(&format!("`{name}`"), holds);
    }
}

fn files(roff: &mut Roff) {
    roff.section("FILES");
    for (name, what) in FILES {
        roff.tag(&format!("`{name}`"), what);
    }
}

/// The help begins small and ends without a stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    let text: String = first.into_iter().flatten().chain(chars).collect();
    match text.ends_with(['.', '?']) {
        true => text,
        false => format!("{text}."),
    }
}
