//! What comments of a script allow: `-- initium:allow RULE[,RULE] reason` for a statement,
//! `-- initium:allow-file RULE reason` for a script. Markers of other tools are read too. It never
//! allows more than what is named.

use super::rule::Rule;
use super::rules::RULES;
use initium_driver::sql::ddl::Tongue;
use initium_driver::sql::lexer::{Kind, Lexer};
use initium_driver::{Place, Source, Statement, Text};
use std::ops::Range;

/// A marker in a comment.
#[derive(Clone, Debug)]
pub struct Note {
    pub place: Place,
    /// The line that it stands in, for a caret.
    pub excerpt: String,
    pub rules: Vec<&'static Rule>,
    /// What is wrong with it.
    pub trouble: Option<String>,
    pub whose: Whose,
    /// The statements that it is about.
    pub statements: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Ours,
    /// Nobody here promised that it is of use.
    Others,
}

impl Note {
    pub fn allows(&self, rule: &Rule, statement: usize) -> bool {
        self.statements.contains(&statement) && self.rules.iter().any(|one| one.id == rule.id)
    }
}

const MARKS: &[&str] = &["initium:allow", "atlas:nolint", "squawk-ignore"];

fn is_marked(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// The markers in the scripts of a migration. `statements` are theirs, in order.
pub fn notes(sources: &[Source], statements: &[Statement], tongue: Tongue) -> Vec<Note> {
    let marked = |source: &Source| matches!(&source.text, Text::Held(text) if is_marked(text));
    if !sources.iter().any(marked) {
        return Vec::new();
    }
    let mut notes = Vec::new();
    let mut next = 0;
    for source in sources {
        match &source.text {
            Text::Held(text) => {
                let mut walk = Walk {
                    source,
                    text,
                    tongue,
                    statements,
                    first: next,
                    next,
                    notes: Vec::new(),
                };
                walk.run();
                next = walk.next;
                notes.extend(walk.notes);
            }
            Text::Long(_) => {
                let theirs = |one: &&Statement| one.place.file == source.file;
                next += statements[next..].iter().take_while(theirs).count();
            }
        }
    }
    notes
}

/// Goes through one script, beside its statements.
struct Walk<'s> {
    source: &'s Source,
    text: &'s str,
    tongue: Tongue,
    statements: &'s [Statement],
    first: usize,
    next: usize,
    notes: Vec<Note>,
}

impl Walk<'_> {
    fn run(&mut self) {
        let mut lexer = Lexer::new(self.text, self.tongue.rules());
        // Markers that wait for their statement begin here.
        let mut waiting = 0;
        let mut last_end = None;
        while let Ok(Some(token)) = lexer.token() {
            let at = token.range.start;
            match token.kind {
                Kind::Blank => {}
                Kind::Comment => {
                    let same_line =
                        last_end.is_some_and(|end: usize| !self.text[end..at].contains('\n'));
                    let before = self.notes.len();
                    self.comment(&self.text[token.range], at);
                    if same_line {
                        self.settle(before, self.next - 1..self.next);
                        waiting = self.notes.len();
                    }
                }
                _ => {
                    let Some(statement) = self.statements.get(self.next) else {
                        continue;
                    };
                    if !self.text[at..].starts_with(&statement.text) {
                        continue;
                    }
                    let end = at + statement.text.len();
                    if is_marked(&statement.text) {
                        self.within(at, end);
                    }
                    self.settle(waiting, self.next..self.next + 1);
                    waiting = self.notes.len();
                    self.next += 1;
                    last_end = Some(end);
                    lexer.jump(end);
                }
            }
        }
        let whole = self.first..self.next;
        for note in self
            .notes
            .iter_mut()
            .filter(|note| note.statements.end == 0)
        {
            note.statements = whole.clone();
        }
    }

    /// Comments in the middle of a statement.
    fn within(&mut self, from: usize, to: usize) {
        let mut lexer = Lexer::new(&self.text[from..to], self.tongue.rules());
        while let Ok(Some(token)) = lexer.token() {
            if token.kind == Kind::Comment {
                let range = from + token.range.start..from + token.range.end;
                self.comment(&self.text[range.clone()], range.start);
            }
        }
    }

    /// Says which statements the markers from `from` on are about; of a script's, nothing yet.
    fn settle(&mut self, from: usize, statements: Range<usize>) {
        for note in &mut self.notes[from..] {
            if note.statements.end != 0 {
                note.statements = statements.clone();
            }
        }
    }

    fn comment(&mut self, text: &str, at: usize) {
        for line in text.lines() {
            let within = line.as_ptr() as usize - text.as_ptr() as usize;
            let bare = line.trim_start_matches(|c: char| "-#/*! \t".contains(c));
            let offset = at + within + (line.len() - bare.len());
            let bare = bare.trim_end().trim_end_matches("*/").trim_end();
            if let Some((mark, rest)) = marker(bare) {
                let (rules, trouble) = match mark.whose {
                    Whose::Ours => ours(rest),
                    Whose::Others => (others(mark.tool, rest), None),
                };
                self.notes.push(Note {
                    place: self.source.place(offset),
                    excerpt: self.source.excerpt(offset),
                    rules,
                    trouble,
                    whose: mark.whose,
                    statements: match mark.reach {
                        Reach::Statement => usize::MAX..usize::MAX,
                        Reach::Script => 0..0,
                    },
                });
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Mark {
    word: &'static str,
    whose: Whose,
    tool: &'static str,
    reach: Reach,
}

#[derive(Clone, Copy)]
enum Reach {
    Statement,
    Script,
}

/// Longer ones first.
const WORDS: &[Mark] = &[
    Mark {
        word: "initium:allow-file",
        whose: Whose::Ours,
        tool: "",
        reach: Reach::Script,
    },
    Mark {
        word: "initium:allow",
        whose: Whose::Ours,
        tool: "",
        reach: Reach::Statement,
    },
    Mark {
        word: "squawk-ignore-file",
        whose: Whose::Others,
        tool: "squawk:",
        reach: Reach::Script,
    },
    Mark {
        word: "squawk-ignore",
        whose: Whose::Others,
        tool: "squawk:",
        reach: Reach::Statement,
    },
    Mark {
        word: "atlas:nolint",
        whose: Whose::Others,
        tool: "atlas:",
        reach: Reach::Statement,
    },
];

fn marker(text: &str) -> Option<(Mark, &str)> {
    let found = WORDS.iter().find_map(|mark| {
        let rest = text.strip_prefix(mark.word)?;
        Some((*mark, rest))
    })?;
    let (_, rest) = found;
    rest.is_empty()
        .then_some(found)
        .or_else(|| rest.starts_with([' ', '\t', ':']).then_some(found))
}

/// `RULE[,RULE] reason`
fn ours(rest: &str) -> (Vec<&'static Rule>, Option<String>) {
    // A blank behind a comma does not end the list.
    let mut ids = Vec::new();
    let mut reason = rest.trim();
    loop {
        let word = reason.split(char::is_whitespace).next().unwrap_or_default();
        reason = reason[word.len()..].trim_start();
        ids.extend(word.split(',').filter(|id| !id.is_empty()));
        if !word.ends_with(',') && !reason.starts_with(',') {
            break;
        }
    }
    let known = |id: &&str| RULES.iter().find(|rule| rule.id == *id);
    let unknown = ids.iter().find(|id| known(id).is_none());
    let trouble = match (ids.is_empty(), unknown) {
        (true, _) => Some("names no rule".to_string()),
        (_, Some(id)) => Some(format!("names '{id}', which is no rule")),
        _ if reason.is_empty() => Some("gives no reason".into()),
        _ => None,
    };
    match trouble {
        // Without a reason it allows nothing: who reads it later would not know why.
        Some(trouble) => (Vec::new(), Some(trouble)),
        None => (ids.iter().filter_map(known).copied().collect(), None),
    }
}

/// All of them where none is named.
fn others(tool: &str, rest: &str) -> Vec<&'static Rule> {
    let words: Vec<&str> = rest
        .split(|c: char| c.is_whitespace() || c == ',' || c == ':')
        .filter(|word| !word.is_empty())
        .collect();
    let theirs = |rule: &&&'static Rule| {
        rule.others
            .iter()
            .filter_map(|name| name.strip_prefix(tool))
            .any(|name| words.is_empty() || words.iter().any(|word| is_called(name, word)))
    };
    RULES.iter().filter(theirs).copied().collect()
}

/// By its code, or by the group of Atlas that it is in.
fn is_called(name: &str, word: &str) -> bool {
    let group = match word {
        "destructive" => "DS",
        "data_depend" => "MF",
        "incompatible" => "BC",
        "concurrent_index" => "PG10",
        _ => return name == word,
    };
    name.starts_with(group)
}
