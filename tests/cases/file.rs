//! Files of cases: names, and under each what it says.

use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default)]
    current: String,
    #[serde(default)]
    desired: String,
    #[serde(default)]
    up: String,
    #[serde(default)]
    down: String,
    only: Option<String>,
    since: Option<u32>,
    #[serde(default)]
    renamed: std::collections::BTreeMap<String, String>,
    refused: Option<String>,
    #[serde(default)]
    one_way: bool,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub current: String,
    pub desired: String,
    pub up: String,
    pub down: String,
    /// The one of two databases it is for; on the other it must fail.
    pub only: Option<String>,
    /// The first major version that can do it; before, it must fail.
    pub since: Option<u32>,
    /// Hints, new to old: `table: old`, `table.column: old`.
    pub renamed: std::collections::BTreeMap<String, String>,
    /// The refusal has these words in it.
    pub refused: Option<String>,
    /// There is no way back: what undoes it is refused.
    pub one_way: bool,
}

pub struct File {
    pub path: PathBuf,
    pub cases: Vec<Case>,
    /// The remarks at its head.
    head: String,
}

pub fn writes() -> bool {
    std::env::var("INITIUM_WRITE").as_deref() == Ok("1")
}

impl File {
    pub fn all(folder: &str) -> Vec<File> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/cases")
            .join(folder);
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yml"))
            .collect();
        paths.sort();
        paths.into_iter().map(File::read).collect()
    }

    fn read(path: PathBuf) -> File {
        let text = std::fs::read_to_string(&path).unwrap();
        let told: serde_yaml::Mapping =
            serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let cases = told
            .into_iter()
            .map(|(name, told)| {
                let name = name.as_str().unwrap().to_string();
                let told: Told = serde_yaml::from_value(told)
                    .unwrap_or_else(|e| panic!("{}: {name}: {e}", path.display()));
                Case {
                    name,
                    current: told.current,
                    desired: told.desired,
                    up: told.up,
                    down: told.down,
                    only: told.only,
                    since: told.since,
                    renamed: told.renamed,
                    refused: told.refused,
                    one_way: told.one_way,
                }
            })
            .collect();
        let head = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        File { path, cases, head }
    }

    pub fn write(&self) {
        let mut text = self.head.clone();
        for case in &self.cases {
            text += &format!("{}:\n", serde_json::to_string(&case.name).unwrap());
            let words = [("only", &case.only), ("refused", &case.refused)];
            for (key, word) in words {
                if let Some(word) = word {
                    text += &format!("  {key}: {}\n", serde_json::to_string(word).unwrap());
                }
            }
            if let Some(since) = case.since {
                text += &format!("  since: {since}\n");
            }
            if case.one_way {
                text += "  one_way: true\n";
            }
            if !case.renamed.is_empty() {
                text += &format!(
                    "  renamed: {}\n",
                    serde_json::to_string(&case.renamed).unwrap()
                );
            }
            for (key, sql) in [
                ("current", &case.current),
                ("desired", &case.desired),
                ("up", &case.up),
                ("down", &case.down),
            ] {
                if !sql.is_empty() {
                    let lines = sql.trim_end().lines().map(|line| match line {
                        "" => "\n".to_string(),
                        line => format!("    {line}\n"),
                    });
                    text += &format!("  {key}: |\n{}", lines.collect::<String>());
                }
            }
        }
        std::fs::write(&self.path, text).unwrap();
    }
}
