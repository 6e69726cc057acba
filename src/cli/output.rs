//! Standard output, standard error, the termination log, and the exit status that goes with them.

use super::arguments::{Common, variable};
use super::many::Sink;
use super::pipeline;
use crate::report::{
    Answer, Document, ErrorDocument, Form, ReportDocument, clean, clean_line, error_text, harmless,
    json, json_line, report,
};
use crate::run::{Failure, Outcomes, Report};
use initium_driver::{Code, Error, Result};
use std::io::{BufRead, IsTerminal, Write};

/// Where results go, in which form.
#[derive(Clone, Debug)]
pub struct Output {
    form: Form,
    /// What a finding without a place belongs to.
    spec: Option<String>,
    /// Whose standard output is.
    stdout: Stdout,
    /// Where a result goes instead, where it is a part of a larger one.
    sink: Option<Sink>,
    /// The kubelet shows what is written here when a container ends; 4096 bytes of it.
    termination_log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stdout {
    Ours,
    /// That of the program which this process becomes: ours goes to standard error.
    Programs,
}

const TERMINATION_LOG: &str = "/dev/termination-log";

impl Output {
    /// What the line asks for, before it is known to be right: a usage error has a form too.
    pub fn of(words: &[&str]) -> Output {
        Output {
            form: given(words, "--format")
                .and_then(|word| Form::parse(&word))
                .unwrap_or(Form::Text),
            spec: given(words, "--spec"),
            stdout: Stdout::Ours,
            sink: None,
            termination_log: given(words, "--termination-log")
                .unwrap_or_else(|| TERMINATION_LOG.into()),
        }
    }

    /// The same from the parsed line, which is the one that counts.
    /// `more` are forms that the verb has beside those of all.
    pub fn settle(&self, common: &Common, more: &[&str]) -> Result<Output> {
        let form = match common.format.as_deref() {
            None => Form::Text,
            Some(word) => Form::parse(word).ok_or_else(|| {
                let words = Form::ALL.iter().map(|form| form.word());
                let words: Vec<_> = words.chain(more.iter().copied()).collect();
                let all = words.join(", ");
                Error::new(Code::SettingInvalid, "--format is no form")
                    .help(format!("one of {all}"))
            })?,
        };
        let log = common.termination_log.as_deref().unwrap_or(TERMINATION_LOG);
        Ok(Output {
            form,
            spec: common.spec.first().cloned(),
            stdout: Stdout::Ours,
            sink: None,
            termination_log: log.into(),
        })
    }

    /// Text to standard output.
    pub fn print(&self, text: &str) {
        self.write(&self.guarded(&clean(text)));
    }

    /// What is for programs, and is already as they read it.
    pub fn exactly(&self, text: &str) {
        self.write(text);
    }

    /// What people should see before the answer, which may be a document.
    pub fn aside(&self, text: &str) {
        match self.form.is_read_by_people() {
            true => self.print(text),
            false => tell(&clean(text)),
        }
    }

    /// GitHub's runner takes orders from both streams; none comes from a text.
    fn guarded(&self, text: &str) -> String {
        match self.form {
            Form::Github => harmless(text),
            _ => text.into(),
        }
    }

    /// The same, where standard output belongs to a program that comes after.
    pub fn beside_a_program(&self) -> Output {
        Output {
            stdout: Stdout::Programs,
            ..self.clone()
        }
    }

    /// A reader that went away is not our error.
    fn write(&self, text: &str) {
        if self.stdout == Stdout::Programs {
            return tell(text);
        }
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// A result in the chosen form.
    pub fn show(&self, document: &impl Document, text: impl FnOnce() -> String) {
        if let Some(sink) = &self.sink {
            return match self.form {
                Form::Text => sink.take(text(), None),
                Form::Json => sink.take(json_line(document), None),
                _ => sink.take(text(), Some(document.answer())),
            };
        }
        match self.form {
            Form::Text => self.print(&text()),
            Form::Json => self.write(&(json(document) + "\n")),
            form => {
                self.aside(&text());
                let answers = vec![(None, document.answer())];
                self.write(&pipeline::render(form, answers, self.spec.as_deref()));
            }
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
        document: &impl Document,
        text: impl FnOnce() -> String,
    ) -> i32 {
        self.show(document, text);
        if let Some(sink) = &self.sink {
            sink.fail(error);
            return error.exit();
        }
        let shown = error_text(error);
        if self.form != Form::Json {
            tell(&self.guarded(&shown));
        }
        self.leave_for_the_kubelet(match self.form {
            Form::Json => json_line(&ErrorDocument::from(error)),
            _ => shown,
        });
        error.exit()
    }

    fn leave_for_the_kubelet(&self, text: String) {
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

/// What is told of many databases, piece by piece: a run over thousands keeps none of it, but for a
/// form that is one document of lists.
impl Output {
    /// The same form, for one of them.
    pub fn to_sink(&self, sink: &Sink) -> Output {
        Output {
            sink: Some(sink.clone()),
            ..self.clone()
        }
    }

    pub fn piece(&self, text: impl FnOnce() -> String, json: impl FnOnce() -> String) {
        match self.form {
            Form::Json => self.write(&json()),
            _ => self.aside(&text()),
        }
    }

    /// The answers of all of them, where the form is made of answers.
    pub fn gathered(&self, answers: Vec<(Option<String>, Answer)>) {
        self.write(&pipeline::render(self.form, answers, self.spec.as_deref()));
    }

    /// How many migrations are pending, for whoever adds up.
    pub fn pending(&self, count: usize) {
        if let Some(sink) = &self.sink {
            sink.pending(count);
        }
    }

    /// An error of one of them, as it happens.
    pub fn tell_error(&self, error: &Error) {
        if self.form != Form::Json {
            tell(&self.guarded(&error_text(error)));
        }
    }

    /// Why the container ended.
    pub fn leave(&self, text: impl FnOnce() -> String, json: impl FnOnce() -> String) {
        self.leave_for_the_kubelet(match self.form {
            Form::Json => json(),
            _ => text(),
        });
    }
}

fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
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
