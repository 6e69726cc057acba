//! Standard output, standard error, the termination log, and the exit status that goes with them.

use super::arguments::{Common, variable};
use crate::report::{
    ErrorDocument, ReportDocument, clean, clean_line, error_text, json, json_line, report,
};
use crate::run::{Failure, Outcomes, Report};
use initium_driver::{Code, Error, Result};
use serde::Serialize;
use std::io::{BufRead, IsTerminal, Write};

/// Where results go, in which form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    form: Form,
    /// The kubelet shows what is written here when a container ends; 4096 bytes of it.
    termination_log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

const TERMINATION_LOG: &str = "/dev/termination-log";

impl Output {
    /// What the line asks for, before it is known to be right: a usage error has a form too.
    pub fn of(words: &[&str]) -> Output {
        Output {
            form: match given(words, "--format").as_deref() {
                Some("json") => Form::Json,
                _ => Form::Text,
            },
            termination_log: given(words, "--termination-log")
                .unwrap_or_else(|| TERMINATION_LOG.into()),
        }
    }

    /// The same from the parsed line, which is the one that counts.
    pub fn settle(&self, common: &Common) -> Result<Output> {
        let form = match common.format.as_deref() {
            None | Some("text") => Form::Text,
            Some("json") => Form::Json,
            Some(_) => {
                return Err(
                    Error::new(Code::SettingInvalid, "--format is no form").help("text or json")
                );
            }
        };
        let log = common.termination_log.as_deref().unwrap_or(TERMINATION_LOG);
        Ok(Output {
            form,
            termination_log: log.into(),
        })
    }

    /// Text to standard output.
    pub fn print(&self, text: &str) {
        self.write(&clean(text));
    }

    /// A reader that went away is not our error.
    fn write(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// A result in the chosen form.
    pub fn show(&self, document: &impl Serialize, text: impl FnOnce() -> String) {
        match self.form {
            Form::Text => self.print(&text()),
            Form::Json => self.write(&(json(document) + "\n")),
        }
    }

    /// An error as the whole result.
    pub fn fail(&self, verb: &str, error: &Error) -> i32 {
        self.failed(
            error,
            &ReportDocument::new(verb, &Report::default(), Some(error)),
            String::new,
        )
    }

    /// An error with the document of what was done before it.
    pub fn failed(
        &self,
        error: &Error,
        document: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> i32 {
        self.show(document, text);
        let shown = error_text(error);
        if self.form == Form::Text {
            let _ = std::io::stderr().lock().write_all(shown.as_bytes());
        }
        self.leave_for_the_kubelet(error, &shown);
        error.exit()
    }

    fn leave_for_the_kubelet(&self, error: &Error, shown: &str) {
        let text = match self.form {
            Form::Text => shown.to_string(),
            Form::Json => json_line(&ErrorDocument::from(error)),
        };
        let end = (0..=text.len().min(4096))
            .rev()
            .find(|n| text.is_char_boundary(*n))
            .unwrap_or(0);
        if let Ok(mut file) = std::fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(&self.termination_log)
        {
            let _ = file.write_all(&text.as_bytes()[..end]);
        }
    }
}

/// The value of a flag or of its variable.
fn given(words: &[&str], flag: &str) -> Option<String> {
    let joined = |word: &&str| word.strip_prefix(flag)?.strip_prefix('=').map(String::from);
    let at = words.iter().position(|word| *word == flag);
    let next = at
        .and_then(|n| words.get(n + 1))
        .map(|word| word.to_string());
    next.or_else(|| words.iter().find_map(joined)).or_else(|| {
        std::env::var(variable(flag))
            .ok()
            .filter(|value| !value.is_empty())
    })
}

impl Output {
    /// Ends a writing verb.
    pub fn finish(&self, verb: &str, outcomes: Outcomes) -> i32 {
        match outcomes {
            Ok(done) => {
                self.show(&ReportDocument::new(verb, &done, None), || report(&done));
                0
            }
            Err(Failure {
                report: done,
                error,
            }) => {
                let document = ReportDocument::new(verb, &done, Some(&error));
                let text = || {
                    if done.done.is_empty() {
                        String::new()
                    } else {
                        report(&done)
                    }
                };
                self.failed(&error, &document, text)
            }
        }
    }
}

/// What to do before saying yes.
pub const LOOK: &str = "look at it with --dry-run, then run it with --yes";

/// A destructive verb asks; where nobody can answer, `--yes` is the answer.
pub fn agree(yes: Yes, question: &str, help: &str) -> Result<()> {
    if yes == Yes::Given {
        return Ok(());
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Error::new(
            Code::ConfirmationRequired,
            format!("{question} needs a yes, and nobody can be asked"),
        )
        .help(help));
    }
    let _ = write!(std::io::stderr().lock(), "{}? [y/N] ", clean_line(question));
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Error::new(
            Code::ConfirmationRequired,
            format!("{question}: not confirmed"),
        )
        .help("nothing was done")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yes {
    Given,
    Ask,
}

impl From<bool> for Yes {
    fn from(flag: bool) -> Yes {
        if flag { Yes::Given } else { Yes::Ask }
    }
}
