//! Where a finding stands, seen from the root of the repository: forges know files by no other name.
//! Looks at no file; the cli says where it is.

use super::findings::Finding;
use std::path::{Component, Path, PathBuf};

/// Where the repository and the program are, and the spec.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// The root of the repository, by each of its names: with links and without.
    pub roots: Vec<PathBuf>,
    pub here: PathBuf,
    /// What a finding belongs to that has no place of its own.
    pub spec: Option<String>,
}

/// A file of the repository, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub path: String,
    pub line: u32,
    pub column: Option<u32>,
    pub last_line: Option<u32>,
}

impl Folders {
    /// The place itself, where it is in the repository.
    pub fn exact(&self, finding: &Finding) -> Option<Spot> {
        let place = finding.place.as_ref()?;
        Some(Spot {
            path: self.relative(&place.file)?,
            line: place.line,
            column: Some(place.column),
            last_line: finding.last_line,
        })
    }

    /// The place, or the spec: some forms drop what has none.
    pub fn nearest(&self, finding: &Finding) -> Option<Spot> {
        let spec = || {
            Some(Spot {
                path: self.relative(self.spec.as_deref()?)?,
                line: 1,
                column: None,
                last_line: None,
            })
        };
        self.exact(finding).or_else(spec)
    }

    /// The text, with the place in it where that is not in the repository.
    pub fn text(&self, finding: &Finding) -> String {
        match (&finding.place, self.exact(finding)) {
            (Some(place), None) => {
                let at = format!("{}:{}:{}", place.file, place.line, place.column);
                format!("{}\nat {at}", finding.text())
            }
            _ => finding.text(),
        }
    }

    fn relative(&self, file: &str) -> Option<String> {
        // Standard input is no file.
        if file.is_empty() || file == "-" || file == "<stdin>" {
            return None;
        }
        let whole = plain(&self.here.join(file))?;
        let inside = |root: &PathBuf| whole.strip_prefix(root).ok();
        let parts: Option<Vec<_>> = self
            .roots
            .iter()
            .find_map(inside)?
            .components()
            .map(|part| part.as_os_str().to_str())
            .collect();
        let path = parts?.join("/");
        (!path.is_empty()).then_some(path)
    }
}

/// Without `.` and `..`, by the words alone: a link may lead to a file that is made anew (a
/// ConfigMap's), and people know the name of the link.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_the_root_of_the_repository() {
        let folders = Folders {
            roots: vec!["/link".into(), "/repo".into()],
            here: "/repo/db".into(),
            spec: None,
        };
        for (file, path) in [
            ("plan.yaml", Some("db/plan.yaml")),
            ("./sql/../plan.yaml", Some("db/plan.yaml")),
            ("../other/a b.sql", Some("other/a b.sql")),
            ("/repo/x.sql", Some("x.sql")),
            ("/link/x.sql", Some("x.sql")),
            ("/repository/x.sql", None),
            ("../../outside.sql", None),
            ("../../../../x", None),
            ("<stdin>", None),
            ("-", None),
        ] {
            assert_eq!(folders.relative(file).as_deref(), path, "{file}");
        }
    }
}
