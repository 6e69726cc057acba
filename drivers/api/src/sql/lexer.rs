//! Tokens of SQL text. Nothing is left out: the tokens concatenate to the text, always.

use std::ops::Range;

/// What differs between the databases.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `/* /* */ */`
    pub nested_comments: bool,
    /// `# to the end of the line`
    pub hash_comments: bool,
    /// `--` begins a comment only before a blank.
    pub dash_needs_blank: bool,
    /// `$tag$ ... $tag$`
    pub dollar_quotes: bool,
    /// `E'..\'..'`
    pub escape_strings: bool,
    /// `'..\'..'` and `"..\".."`
    pub backslashes: bool,
    pub backticks: bool,
    /// `[name]`
    pub brackets: bool,
    /// `/*! .. */` is code, not comment.
    pub code_comments: bool,
    /// A comment may end with the text.
    pub open_comment_ends: bool,
}

pub const ANSI: Rules = Rules {
    nested_comments: false,
    hash_comments: false,
    dash_needs_blank: false,
    dollar_quotes: false,
    escape_strings: false,
    backslashes: false,
    backticks: false,
    brackets: false,
    code_comments: false,
    open_comment_ends: false,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, an unquoted name or a number.
    Word,
    /// A string, a quoted name, a dollar-quoted body.
    Quoted,
    /// One character.
    Sign,
    /// `/*! .. */`
    Code,
    Comment,
    Blank,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// Something is opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub offset: usize,
    pub what: &'static str,
}

/// All tokens of a text, in order.
pub fn tokens(text: &str, rules: &Rules) -> Result<Vec<Token>, Unfinished> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        rules,
        at: 0,
        escaped: false,
    };
    let mut tokens = Vec::new();
    while lexer.at < text.len() {
        let start = lexer.at;
        let kind = lexer.next()?;
        if !matches!(kind, Kind::Blank | Kind::Comment | Kind::Quoted) {
            lexer.escaped = false;
        }
        tokens.push(Token {
            kind,
            range: start..lexer.at,
        });
    }
    Ok(tokens)
}

/// The tokens that count, joined by a sign no SQL holds; the same for every way to lay a text out.
pub fn normal_form(text: &str, rules: &Rules) -> String {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let Ok(tokens) = tokens(&text, rules) else {
        return text;
    };
    let mut words: Vec<&str> = tokens
        .iter()
        .filter(|t| !matches!(t.kind, Kind::Blank | Kind::Comment))
        .map(|t| &text[t.range.clone()])
        .collect();
    while words.last() == Some(&";") {
        words.pop();
    }
    words.join("\u{1f}")
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    rules: &'a Rules,
    at: usize,
    /// The last string was `E'..'`: its continuation on the next line has the same escapes.
    escaped: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next(&mut self) -> Result<Kind, Unfinished> {
        let (one, two) = (self.peek(0), self.peek(1));
        if one.is_ascii_whitespace() || one == 0x0b {
            self.run(|b| b.is_ascii_whitespace() || b == 0x0b);
            return Ok(Kind::Blank);
        }
        if one == b'-' && two == b'-' && self.dashes_comment()
            || one == b'#' && self.rules.hash_comments
        {
            self.run(|b| b != b'\n');
            return Ok(Kind::Comment);
        }
        if one == b'/' && two == b'*' {
            return self.block_comment();
        }
        match one {
            b'\'' => self.string(b'\'', self.rules.backslashes || self.escaped, "a string"),
            b'"' => self.string(b'"', self.rules.backslashes, "a quoted name"),
            b'`' if self.rules.backticks => self.string(b'`', false, "a quoted name"),
            b'[' if self.rules.brackets => self.bracket(),
            b'E' | b'e' if two == b'\'' && self.rules.escape_strings => {
                self.at += 1;
                self.escaped = true;
                self.string(b'\'', true, "a string")
            }
            b'$' if self.rules.dollar_quotes => self.dollar(),
            b if is_word(b) => {
                self.run(|b| is_word(b) || b == b'$');
                Ok(Kind::Word)
            }
            _ => {
                self.at += 1;
                Ok(Kind::Sign)
            }
        }
    }

    fn run(&mut self, keep: impl Fn(u8) -> bool) {
        while self.at < self.bytes.len() && keep(self.bytes[self.at]) {
            self.at += 1;
        }
    }

    fn dashes_comment(&self) -> bool {
        let third = self.peek(2);
        !self.rules.dash_needs_blank
            || third == 0
            || third.is_ascii_whitespace()
            || third.is_ascii_control()
    }

    fn block_comment(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        let code = self.rules.code_comments
            && (matches!(self.peek(2), b'!' | b'+')
                || (self.peek(2) == b'M' && self.peek(3) == b'!'));
        let mut depth = 0;
        while self.at < self.bytes.len() {
            if self.peek(0) == b'*' && self.peek(1) == b'/' {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    return Ok(if code { Kind::Code } else { Kind::Comment });
                }
            } else if self.peek(0) == b'/'
                && self.peek(1) == b'*'
                && (depth == 0 || self.rules.nested_comments)
            {
                self.at += 2;
                depth += 1;
            } else {
                self.at += 1;
            }
        }
        if self.rules.open_comment_ends {
            return Ok(Kind::Comment);
        }
        Err(Unfinished {
            offset: start,
            what: "a comment",
        })
    }

    fn string(&mut self, quote: u8, escapes: bool, what: &'static str) -> Result<Kind, Unfinished> {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            if byte == b'\\' && escapes {
                self.at += 2;
            } else if byte != quote {
                self.at += 1;
            } else if self.peek(1) == quote {
                self.at += 2;
            } else {
                self.at += 1;
                return Ok(Kind::Quoted);
            }
        }
        Err(Unfinished {
            offset: start,
            what,
        })
    }

    fn bracket(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        self.run(|b| b != b']');
        if self.at == self.bytes.len() {
            return Err(Unfinished {
                offset: start,
                what: "a quoted name",
            });
        }
        self.at += 1;
        Ok(Kind::Quoted)
    }

    fn dollar(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let tag_end = rest.find('$').filter(|&end| {
            let tag = &rest[..end];
            tag.bytes().all(is_word) && !tag.starts_with(|c: char| c.is_ascii_digit())
        });
        let Some(end) = tag_end else {
            self.at += 1;
            return Ok(Kind::Sign);
        };
        let tag = &self.text[start..start + end + 2];
        match self.text[start + tag.len()..].find(tag) {
            Some(close) => {
                self.at = start + tag.len() + close + tag.len();
                Ok(Kind::Quoted)
            }
            None => Err(Unfinished {
                offset: start,
                what: "a dollar-quoted text",
            }),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    const PG: Rules = Rules {
        nested_comments: true,
        dollar_quotes: true,
        escape_strings: true,
        ..ANSI
    };
    const MY: Rules = Rules {
        hash_comments: true,
        dash_needs_blank: true,
        backslashes: true,
        backticks: true,
        code_comments: true,
        ..ANSI
    };

    fn kinds(text: &str, rules: &Rules) -> Vec<(Kind, String)> {
        let tokens = tokens(text, rules).expect("finished");
        assert_eq!(
            tokens
                .iter()
                .map(|t| &text[t.range.clone()])
                .collect::<String>(),
            text
        );
        tokens
            .into_iter()
            .filter(|t| t.kind != Kind::Blank)
            .map(|t| (t.kind, text[t.range].to_string()))
            .collect()
    }

    #[test]
    fn a_dollar_in_a_name_does_not_open_a_quote() {
        assert_eq!(kinds("a$$b", &PG), [(Kind::Word, "a$$b".into())]);
        assert_eq!(kinds("$x$;$$;$x$", &PG).len(), 1);
        assert_eq!(kinds("$1", &PG)[0].0, Kind::Sign);
    }

    #[test]
    fn a_continued_escape_string_keeps_its_escapes() {
        let found = kinds("E'a'\n'b\\';c'", &PG);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|(kind, _)| *kind == Kind::Quoted));
    }

    #[test]
    fn comments_are_those_of_the_database() {
        assert_eq!(kinds("/* /* */ */", &PG)[0].1.len(), 11);
        assert_eq!(kinds("5--3", &MY).len(), 4);
        assert_eq!(kinds("# x ; y", &MY)[0].0, Kind::Comment);
        assert_eq!(kinds("/*!50001 SELECT 1; */", &MY)[0].0, Kind::Code);
    }

    #[test]
    fn what_is_never_closed_is_named_with_its_place() {
        assert_eq!(
            tokens("a 'b", &PG).err(),
            Some(Unfinished {
                offset: 2,
                what: "a string"
            })
        );
        assert_eq!(
            tokens("$f$ x", &PG).err().map(|u| u.what),
            Some("a dollar-quoted text")
        );
    }

    #[test]
    fn layout_does_not_count_and_text_does() {
        let form = |text| normal_form(text, &PG);
        assert_eq!(form("\u{feff}SELECT  1;\r\n-- x\n"), form("SELECT 1"));
        assert_eq!(form("a+b"), form("a + b"));
        assert_ne!(form("SELECT 'a  b'"), form("SELECT 'a b'"));
        assert_eq!(form("$$a\r\nb$$"), form("$$a\nb$$"));
    }
}
