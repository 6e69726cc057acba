//! The scripts in SQLite's own tests, which are written in Tcl.
#![allow(clippy::unwrap_used)]

/// What stands before the braces around a script.
const COMMANDS: &[&str] = &[
    "execsql ",
    "catchsql ",
    "do_execsql_test ",
    "do_catchsql_test ",
    "db eval ",
];

/// The scripts in a test written in Tcl. What is between braces is taken as it is.
pub fn scripts(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for command in COMMANDS {
        for (at, _) in text.match_indices(command) {
            let line = text[at..].lines().next().unwrap();
            if !line.trim_end().ends_with('{') {
                continue;
            }
            let start = at + line.rfind('{').unwrap() + 1;
            let mut depth = 1;
            let end = text[start..].find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0
            });
            found.extend(end.map(|end| (start, &text[start..start + end])));
        }
    }
    // In the order of the file: the tables of one are those of the next.
    found.sort_by_key(|(start, _)| *start);
    found.dedup();
    found.into_iter().map(|(_, script)| script).collect()
}
