//! The forms that a result can have. Decides nothing: the cli is told one, and asks what it means.

/// What `--format` chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
    /// Workflow commands behind the text, a job summary and step outputs.
    Github,
    Sarif,
    Junit,
    /// GitLab's code quality report.
    Gitlab,
}

impl Form {
    pub const ALL: &'static [Form] = &[
        Form::Text,
        Form::Json,
        Form::Github,
        Form::Sarif,
        Form::Junit,
        Form::Gitlab,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Form::Text => "text",
            Form::Json => "json",
            Form::Github => "github",
            Form::Sarif => "sarif",
            Form::Junit => "junit",
            Form::Gitlab => "gitlab",
        }
    }

    pub fn parse(word: &str) -> Option<Form> {
        Form::ALL.iter().copied().find(|form| form.word() == word)
    }

    /// Whether standard output is for people; where it is a document, they read standard error.
    pub fn is_read_by_people(self) -> bool {
        matches!(self, Form::Text | Form::Github)
    }
}
