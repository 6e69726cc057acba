//! The one way out for words of others: servers, specs, file names, users. What could drive a
//! terminal, hide text or turn it round becomes visible. Decides nothing and prints nothing.

use serde::Serialize;

/// Whether a character does something else than stand there: control characters (C0, DEL, C1),
/// directions, separators and marks that nobody sees.
fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Text of several lines that cannot move a cursor, change a colour or read backwards.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if disturbs(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// The same on one line: a message cannot look like the next line of a log or table.
pub fn clean_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// A document for people and programs. JSON itself escapes C0 alone.
pub fn json(document: &impl Serialize) -> String {
    escaped(serde_json::to_string_pretty(document).unwrap_or_default())
}

/// The same on one line.
pub fn json_line(document: &impl Serialize) -> String {
    escaped(serde_json::to_string(document).unwrap_or_default())
}

/// Outside of its strings JSON has line breaks and blanks alone, so this changes no meaning.
pub fn escaped(json: String) -> String {
    let stays = |c: char| c == '\n' || !disturbs(c);
    if json.chars().all(stays) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if stays(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind.
    const ALL: &str = "\0\u{7}\u{8}\r\u{1b}]0;x\u{7f}\u{80}\u{85}\u{9b}31m\u{9d}\u{ad}\u{61c}\u{200b}\u{200e}\
        \u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{fff9}\u{e0041}";

    #[test]
    fn a_message_cannot_drive_the_terminal() {
        assert_eq!(
            clean("a\u{1b}[31m\r\u{202e}b\tc\n"),
            "a\\u{1b}[31m\\u{d}\\u{202e}b\tc\n"
        );
        assert_eq!(clean_line("a\nb\tc"), "a b c");
        assert!(!clean(ALL).chars().any(disturbs));
        assert_eq!(clean(&clean(ALL)), clean(ALL), "twice is once");
    }

    #[test]
    fn letters_of_all_languages_stay() {
        let text = "Größe таблица 表 جدول \u{1f600} e\u{301}";
        assert_eq!(clean(text), text);
    }

    #[test]
    fn json_says_the_same_without_what_drives_a_terminal() {
        let text = json(&vec![ALL, "ä\u{1f600}"]);
        assert!(!text.chars().any(|c| c != '\n' && disturbs(c)), "{text:?}");
        let back: Vec<String> = serde_json::from_str(&text).expect("still JSON");
        assert_eq!(back, [ALL, "ä\u{1f600}"]);
        assert!(json_line(&ALL).contains("\\udb40\\udc41"), "a pair");
    }
}
