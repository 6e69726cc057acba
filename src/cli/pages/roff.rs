//! A man page in the oldest macros, which every reader of man pages knows. Must never let a word of the
//! text become a command of the typesetter.

/// A page while it is written.
pub struct Roff(String);

impl Roff {
    pub fn begin(page: &str, date: &str, about: &str) -> Roff {
        let version = concat!("initium ", env!("CARGO_PKG_VERSION"));
        let title = literal(&page.to_uppercase());
        let mut roff = Roff(format!(
            ".\\\" Made from the program's own table of arguments; not to be edited.\n\
             .TH \"{title}\" \"1\" \"{date}\" \"{version}\" \"Initium\"\n"
        ));
        roff.section("NAME");
        roff.0 += &format!("{} \\- {}\n", literal(page), prose(about));
        roff
    }

    pub fn section(&mut self, name: &str) {
        self.0 += &format!(".SH {name}\n");
    }

    pub fn paragraph(&mut self, text: &str) {
        if !self.at_section() {
            self.0 += ".PP\n";
        }
        self.line(text);
    }

    /// A term and what it is.
    pub fn tag(&mut self, term: &str, text: &str) {
        self.0 += ".TP\n";
        self.line(term);
        self.line(text);
    }

    /// Lines as they are typed.
    pub fn example(&mut self, about: &str, lines: &str) {
        self.paragraph(about);
        self.0 += ".PP\n.RS 4\n.nf\n";
        for line in lines.lines() {
            self.0 += &format!("{}\n", guarded(literal(line)));
        }
        self.0 += ".fi\n.RE\n";
    }

    pub fn see_also(&mut self, pages: &[String]) {
        self.section("SEE ALSO");
        for (at, page) in pages.iter().enumerate() {
            let comma = if at + 1 < pages.len() { "," } else { "" };
            self.0 += &format!(".BR {} (1){comma}\n", literal(page));
        }
    }

    pub fn end(self) -> String {
        self.0
    }

    fn line(&mut self, text: &str) {
        self.0 += &format!("{}\n", guarded(prose(text)));
    }

    fn at_section(&self) -> bool {
        let last = self.0.trim_end().rsplit('\n').next();
        last.is_some_and(|line| line.starts_with(".SH"))
    }
}

/// Text in which what stands between backticks is typed as it is.
fn prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for (at, part) in text.split('`').enumerate() {
        let part = literal(part);
        match (at % 2, part.is_empty()) {
            (1, false) => out += &format!("\\fB{part}\\fR"),
            _ => out += &part,
        }
    }
    out
}

/// Each sign as itself, and such that it can be copied: a bare hyphen becomes a dash on paper.
pub fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out += "\\e",
            '-' => out += "\\-",
            '\'' => out += "\\(aq",
            '"' => out += "\\(dq",
            '`' => out += "\\(ga",
            '^' => out += "\\(ha",
            '~' => out += "\\(ti",
            _ => out.push(c),
        }
    }
    out
}

/// A line that begins with a dot would be a command.
fn guarded(line: String) -> String {
    match line.starts_with('.') {
        true => format!("\\&{line}"),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_a_text_is_one_of_the_typesetter() {
        let mut roff = Roff::begin("a-b", "2026-01-01", "it's");
        roff.paragraph(".PP \\fB 'x' \"y\" ~^ `--flag` and nothing");
        assert!(roff.0.ends_with(
            "\\&.PP \\efB \\(aqx\\(aq \\(dqy\\(dq \\(ti\\(ha \\fB\\-\\-flag\\fR and nothing\n"
        ));
        assert!(roff.0.contains("\na\\-b \\- it\\(aqs\n"));
    }
}
