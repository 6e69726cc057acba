//! One changeset to one migration.

use super::super::cut::at_delimiter;
use super::super::lines::{Line, Spot, piece};
use super::super::{File, Format, Found, Script, Way, begun, stem};
use super::attributes::Attributes;
use super::sums::sums;
use initium_driver::{Code, Error, Lines, Place, Result, Source, Text};

/// A line of what takes a change back, and where its text stands.
pub struct RollbackLine {
    number: u32,
    column: u32,
    text: String,
}

impl RollbackLine {
    pub fn of(line: &Line, text: &str) -> RollbackLine {
        let before = line.text.find(text).unwrap_or(0);
        RollbackLine {
            number: line.number,
            column: line.text[..before].chars().count() as u32 + 1,
            text: text.into(),
        }
    }
}

pub struct Changeset {
    pub attributes: Attributes,
    /// Of the file, where it says one.
    pub path: Option<String>,
    header: Spot,
    begin: Spot,
    pub end: u64,
    pub comment: String,
    pub sums: Vec<String>,
    pub rollback: Vec<RollbackLine>,
    up: Vec<Source>,
}

impl Changeset {
    pub fn begun(attributes: Attributes, line: &Line) -> Changeset {
        Changeset {
            attributes,
            path: None,
            header: line.start(),
            begin: line.behind(),
            end: line.next,
            comment: String::new(),
            sums: Vec::new(),
            rollback: Vec::new(),
            up: Vec::new(),
        }
    }

    fn wrong(&self, place: Place, message: &str) -> Error {
        let Attributes { author, id, .. } = &self.attributes;
        let message = format!("the changeset {author}:{id} {message}");
        Error::new(Code::SpecInvalid, message).place(place)
    }

    /// Takes its statements out of the text.
    pub fn cut(&mut self, file: &Source) -> Result<()> {
        let Some(up) = piece(file, self.begin, self.end)? else {
            return Err(self.wrong(self.header.place(file), "has no statements"));
        };
        if let Text::Held(text) = &up.text {
            self.sums
                .extend(sums(text, self.attributes.delimiter.as_deref()));
        }
        self.up = match &self.attributes.delimiter {
            Some(delimiter) => at_delimiter(&up, delimiter)?,
            None => vec![up],
        };
        Ok(())
    }

    /// Nothing, where it is for no database of ours.
    pub fn found(self, file: &File) -> Result<Option<Found>> {
        let none = |databases: &Vec<&str>| databases.is_empty();
        if self.attributes.ignored || self.attributes.databases.as_ref().is_some_and(none) {
            return Ok(None);
        }
        let down = self.down(file)?;
        let Attributes { author, id, .. } = &self.attributes;
        let own = self.attributes.path.as_ref().or(self.path.as_ref());
        let path = own.map_or(file.name.as_str(), String::as_str);
        // As Liquibase itself writes it.
        let version = format!("{path}::{id}::{author}");
        let name = format!("{}-{author}-{id}", stem(&file.name));
        let mut found = begun(Format::Liquibase, file, &version, &self.comment, &name);
        found.origin.sum = (!self.sums.is_empty()).then(|| self.sums.join(" "));
        found.place = self.header.place(&file.text);
        found.turn = self.attributes.turn;
        found.down = down;
        found.up = self.way(&self.up);
        found.tags = self.attributes.tags;
        Ok(Some(found))
    }

    fn way(&self, texts: &[Source]) -> Way {
        let databases = match &self.attributes.databases {
            None => vec![None],
            Some(databases) => databases.iter().map(|one| Some(*one)).collect(),
        };
        let each = |database| {
            texts.iter().map(move |text| Script {
                database,
                text: text.clone(),
            })
        };
        Way {
            scripts: databases.into_iter().flat_map(each).collect(),
            within: self.attributes.within,
        }
    }

    fn down(&self, file: &File) -> Result<Option<Way>> {
        let Some(first) = self.rollback.first() else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut number = first.number;
        for line in &self.rollback {
            // Lines between keep their places by empty ones.
            text.push_str(&"\n".repeat((line.number - number) as usize));
            text.push_str(&line.text);
            number = line.number;
        }
        let place = Place {
            column: first.column,
            line: first.number,
            file: file.text.file.clone(),
        };
        let small = text.trim().to_ascii_lowercase();
        if small.contains("changesetid") {
            return Err(self.wrong(
                place,
                "is taken back by another one, which is not supported",
            ));
        }
        if small.starts_with("not required") || small.starts_with("empty") {
            return Ok(Some(self.way(&[])));
        }
        if small.is_empty() {
            return Ok(None);
        }
        let source = Source {
            file: place.file,
            line: place.line,
            column: place.column,
            lines: Lines::Indented(place.column - 1),
            text: Text::Held(text),
        };
        let whole = match &self.attributes.back {
            Some(delimiter) => at_delimiter(&source, delimiter)?,
            None => vec![source],
        };
        Ok(Some(self.way(&whole)))
    }
}
