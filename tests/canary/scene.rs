//! One run of the binary as a combination of the table says, and the search of all it left.

use super::forms::found;
use super::supply::Given;
use super::support::{Folder, Initium, Ran, initium};

pub const FORMS: &[&str] = &["text", "json"];

/// What a combination is called when it leaks.
#[derive(Clone, Debug)]
pub struct Name {
    pub supply: &'static str,
    pub failure: &'static str,
    pub form: &'static str,
}

pub struct Scene {
    pub folder: Folder,
    log: String,
}

impl Scene {
    pub fn new() -> Scene {
        let folder = Folder::new();
        let log = folder.write("termination-log", "");
        Scene { folder, log }
    }

    /// The binary, as talkative as it can be.
    pub fn prepare(&self, words: &[&str], given: &Given, form: &str) -> Initium {
        let talkative = [
            "--log-level",
            "trace",
            "--log-format",
            form,
            "--format",
            form,
            "--termination-log",
            &self.log,
        ];
        let given_words = given.arguments.iter().map(String::as_str);
        let all: Vec<&str> = words
            .iter()
            .copied()
            .chain(talkative)
            .chain(given_words)
            .collect();
        let base = initium(&all).at(self.folder.root());
        let variables = given.variables.iter();
        variables.fold(base, |run, (name, value)| run.env(name, value))
    }

    /// Searches what a run left; `more` are texts of the case (ledger, plan file).
    pub fn search(&self, name: &Name, secret: &str, ran: &Ran, more: &[String]) {
        let log = std::fs::read_to_string(&self.log).unwrap();
        let left = [
            ("standard output", &ran.out),
            ("standard error", &ran.err),
            ("the termination log", &log),
        ];
        let more = more.iter().map(|text| ("the ledger or a plan", text));
        for (place, text) in left.into_iter().chain(more) {
            if let Some(form) = found(text, secret) {
                let (supply, failure) = (name.supply, name.failure);
                let form_of_it = name.form;
                panic!(
                    "{supply} x {failure} x {form_of_it}: {secret:?} leaks into {place} as {form}:\n{text}"
                );
            }
        }
    }
}

/// The code of a run's error, in text or JSON.
pub fn code(ran: &Ran, form: &str) -> String {
    match form {
        "json" => ran.json()["error"]["code"].as_str().unwrap_or("").into(),
        _ => ran.code().into(),
    }
}
