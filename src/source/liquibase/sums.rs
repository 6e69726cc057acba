//! The checksum of a changeset as Liquibase computes it, in each of its versions. What it cannot know,
//! it leaves out: a false alarm would be worse.

use super::super::digest::md5;
use super::begins_undo;

const BLANK: [char; 4] = [' ', '\n', '\r', '\t'];

/// `sql`: what stands between two headers, with blanks for lines that are no SQL.
pub fn sums(sql: &str, delimiter: Option<&str>) -> Vec<String> {
    // It fills `${...}` first, and lines of such a comment are no part of it.
    if sql.contains("${") || sql.lines().any(begins_undo) {
        return Vec::new();
    }
    let sql = sql.trim_matches(|sign| sign <= ' ');
    let bare: String = sql.split(BLANK).collect();
    let mut all = vec![twice('9', &bare)];
    let words: Vec<&str> = sql.split(BLANK).filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    let written = |text: &str| {
        let text = text.replace('\n', "\\n").replace('\r', "\\r");
        text.replace('\t', "\\t")
    };
    let ends = match delimiter {
        Some(delimiter) => vec![written(delimiter)],
        None => vec!["null".into(), ";".into()],
    };
    // The older one counts attributes that change nothing here.
    for end in ends {
        for others in ["true:true", "true:false", "false:true", "false:false"] {
            all.push(twice('8', &format!("{end}:{others}:{words}")));
        }
    }
    all
}

fn twice(version: char, text: &str) -> String {
    let inner = format!("{version}:{}:", md5(text.as_bytes()));
    format!("{version}:{}", md5(inner.as_bytes()))
}
