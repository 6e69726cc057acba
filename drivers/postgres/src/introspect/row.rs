//! A row of an answer: its cells as what they mean. What is not there is nothing, never an error:
//! the questions are ours.

use initium_driver::catalog::{Name, Options};
use initium_driver::sorted;
use postgres::SimpleQueryRow;

pub struct Row<'a>(pub &'a SimpleQueryRow);

impl Row<'_> {
    pub fn get(&self, at: usize) -> Option<&str> {
        self.0.try_get(at).ok().flatten()
    }

    pub fn maybe(&self, at: usize) -> Option<String> {
        self.get(at).map(String::from)
    }

    pub fn text(&self, at: usize) -> String {
        self.get(at).unwrap_or_default().to_string()
    }

    pub fn flag(&self, at: usize) -> bool {
        self.get(at) == Some("t")
    }

    pub fn id(&self, at: usize) -> u32 {
        self.number(at).unwrap_or_default()
    }

    pub fn number<T: std::str::FromStr>(&self, at: usize) -> Option<T> {
        self.get(at)?.parse().ok()
    }

    /// A schema and a name, in two cells.
    pub fn name(&self, at: usize) -> Name {
        Name {
            schema: self.maybe(at),
            name: self.text(at + 1),
        }
    }

    /// An array of texts.
    pub fn list(&self, at: usize) -> Vec<String> {
        self.get(at).map(list).unwrap_or_default()
    }

    /// An array of `name=value`.
    pub fn options(&self, at: usize) -> Options {
        let pair = |text: String| {
            let (name, value) = text.split_once('=')?;
            Some((name.to_string(), value.to_string()))
        };
        sorted::map(self.list(at).into_iter().filter_map(pair))
    }
}

/// `{a,"b,c",NULL}`
pub fn list(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut chars = text.trim_start_matches('{').chars();
    let mut item = String::new();
    let (mut quoted, mut any) = (false, false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => item.extend(chars.next()),
            '"' => (quoted, any) = (!quoted, true),
            ',' | '}' if !quoted => {
                if any || !item.is_empty() {
                    all.push(std::mem::take(&mut item));
                }
                any = false;
            }
            c => item.push(c),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn an_array_is_read_as_the_server_writes_it() {
        assert_eq!(list("{}"), [""; 0]);
        assert_eq!(list("{a,b}"), ["a", "b"]);
        assert_eq!(
            list(r#"{"a,b","c\"d\\","","{}"}"#),
            ["a,b", "c\"d\\", "", "{}"]
        );
    }
}
