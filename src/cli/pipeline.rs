//! The forms of continuous integration, and what they need of the machine that runs it: where the
//! repository is, and the files into which a step of GitHub Actions writes.

use crate::report::{Answer, Folders, Form, annotations, gitlab, junit, outputs, sarif, summary};
use std::env::{current_dir, var_os};
use std::fs::{OpenOptions, canonicalize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a job summary may hold; one byte more and nothing of it is shown.
const PAGE: u64 = 1 << 20;

/// The document for standard output. With `github` the files of the step are written too. One
/// answer, or one for each database, with its name.
pub fn render(form: Form, answers: Vec<(Option<String>, Answer)>, spec: Option<&str>) -> String {
    let answer = Answer::gather(answers);
    let folders = folders(spec);
    match form {
        // These two have no need of it.
        Form::Text | Form::Json => String::new(),
        Form::Sarif => sarif(&answer, &folders),
        Form::Junit => junit(&answer, &folders),
        Form::Gitlab => gitlab(&answer, &folders),
        Form::Github => {
            if let Some(path) = file("GITHUB_STEP_SUMMARY") {
                let taken = std::fs::metadata(&path).map_or(0, |found| found.len());
                let room = usize::try_from(PAGE.saturating_sub(taken)).unwrap_or(0);
                append(&path, &summary(&answer, &folders, room));
            }
            if let Some(path) = file("GITHUB_OUTPUT") {
                append(&path, &outputs(&answer));
            }
            annotations(&answer, &folders)
        }
    }
}

fn file(variable: &str) -> Option<PathBuf> {
    var_os(variable)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// What was done stays done, whether a page tells of it or not.
fn append(path: &Path, text: &str) {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    if let Err(error) = opened.and_then(|mut file| file.write_all(text.as_bytes())) {
        log::warn!("cannot write to '{}': {error}", path.display());
    }
}

fn folders(spec: Option<&str>) -> Folders {
    let here = current_dir().unwrap_or_default();
    let said = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
        .into_iter()
        .find_map(file);
    let plain = said.as_ref().and_then(|path| canonicalize(path).ok());
    let mut roots: Vec<_> = plain.into_iter().chain(said).collect();
    // A variable that is about another folder says nothing of this one.
    if !roots.iter().any(|root| here.starts_with(root)) {
        let above = here.ancestors().find(|above| above.join(".git").exists());
        roots = vec![above.unwrap_or(&here).to_path_buf()];
    }
    Folders {
        roots,
        here,
        spec: spec.map(String::from),
    }
}
