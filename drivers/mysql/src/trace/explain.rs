//! Whether an ALTER TABLE explains a difference that was found, and how a difference is told to
//! people. Names decide: a part whose name does not occur in the statement was changed by somebody
//! else.

use super::aim::Aim;
use super::alter::{CHECK, COLUMN, FOREIGN, INDEX};
use super::seen::{Part, Parts};

/// A part that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub part: Part,
    pub what: &'static str,
}

pub fn differences(before: &Parts, now: &Parts) -> Vec<Difference> {
    let gone = before.keys().filter(|part| !now.contains_key(part));
    let gone = gone.map(|part| (part, "dropped"));
    let others = now
        .iter()
        .filter_map(|(part, value)| match before.get(part) {
            None => Some((part, "added")),
            Some(old) if old != value => Some((part, "changed")),
            _ => None,
        });
    gone.chain(others)
        .filter(|(part, _)| part.letter != 'S')
        .map(|(part, what)| Difference {
            part: part.clone(),
            what,
        })
        .collect()
}

impl Difference {
    /// In words, for instance `column y of t was added`.
    pub fn told(&self, table: &str) -> String {
        let name = self.part.full_name(table);
        let (what, name) = match self.part.letter {
            COLUMN => ("column", name.as_ref()),
            INDEX => ("index", name.as_ref()),
            FOREIGN | 'R' => ("foreign key", name.as_ref()),
            CHECK => ("check", name.as_ref()),
            'G' => ("trigger", name.as_ref()),
            'P' => ("partition", name.as_ref()),
            'T' => ("the", name.as_ref()),
            'O' => ("the", "order of the columns"),
            'A' => ("the", "parameters"),
            'Z' => ("the", "time of the last change"),
            'N' => ("the", "number of tables"),
            _ => return format!("{table} was {}", self.what),
        };
        format!("{what} {name} of {table} was {}", self.what)
    }

    /// The statement does such a thing to a part of this name.
    pub fn is_explained(&self, aim: &Aim, before: &Parts, now: &Parts) -> bool {
        let says = |words: &[&str]| words.iter().any(|word| aim.says(word));
        let named = |name: &str| aim.says(&name.to_lowercase());
        let Part {
            letter,
            name,
            inner,
        } = &self.part;
        let made = is_made(name);
        let full = self.part.full_name(&aim.objects[0].name);
        match *letter {
            'Z' => true,
            'O' => says(&["add", "drop", "change", "modify", "rename", "index"]),
            'T' => match name.as_str() {
                "comment" => says(&["comment"]),
                "collation" => says(&["charset", "character", "collate", "convert"]),
                "type" => says(&["versioning"]),
                "engine" => says(&["engine"]),
                // Nearly every other word of the statement is an option of the table.
                _ => !says(&["rename"]) || aim.objects.len() == 1,
            },
            COLUMN => named(name) || says(&["convert"]),
            INDEX => {
                let all = || before.keys().chain(now.keys());
                let mut columns = all().filter(|p| p.letter == INDEX && p.name == *name);
                // What a foreign key brought along goes where another index serves it.
                let mut follows = all().filter(|p| p.letter == FOREIGN);
                named(name)
                    || name.starts_with("functional_index")
                    || columns.any(|p| named(&p.inner))
                    || follows.any(|p| p.name == *name || p.inner == *name)
                    || says(&["convert", "engine"])
            }
            FOREIGN | 'R' => {
                named(&full) || named(inner) || made && says(&["foreign", "references"])
            }
            CHECK => named(&full) || made && says(&["check"]) || says(&["change", "rename"]),
            'P' => says(&["partition", "partitions", "partitioning"]),
            _ => false,
        }
    }
}

/// A name the server made: `*_ibfk_1`, `CONSTRAINT_1`, `1`.
fn is_made(name: &str) -> bool {
    let name = name.strip_prefix("CONSTRAINT_").unwrap_or(name);
    name.starts_with('*') || name.bytes().all(|b| b.is_ascii_digit())
}
