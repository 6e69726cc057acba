//! Words of others on a picture: what each format must not take for its own, and how wide they stand.
//! It knows no fonts: the width is that of a fixed-width one, where a wide sign takes two places.

use crate::report::clean_line;

/// For SVG, HTML and the labels of Graphviz, between tags and in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in clean_line(text).chars() {
        push(&mut out, c);
    }
    out
}

/// The same with line breaks kept: statements.
pub(super) fn escape_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in crate::report::clean(text).chars() {
        push(&mut out, c);
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        // No XML document may have them.
        '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
        c => out.push(c),
    }
}

/// How many places of a fixed-width font it takes.
pub(super) fn places(text: &str) -> usize {
    text.chars().map(place).sum()
}

fn place(c: char) -> usize {
    match c {
        // Accents stand over the sign before them.
        '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{3ffff}' => 2,
        _ => 1,
    }
}

/// On one line, visible, and at most so many places wide.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = clean_line(text);
    if places(&text) <= most {
        return text;
    }
    let mut out = String::new();
    let mut left = most - 1;
    for c in text.chars() {
        if place(c) > left {
            break;
        }
        left -= place(c);
        out.push(c);
    }
    out.push('…');
    out
}

/// An id that HTML, SVG and an address can hold; two names never have the same.
pub(super) fn id(kind: char, text: &str) -> String {
    let mut out = format!("{kind}-");
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => out.push(c),
            // Doubled, because it begins the others.
            '_' => out.push_str("__"),
            c => out.push_str(&format!("_{:x}.", u32::from(c))),
        }
    }
    out
}

/// 1234567 as `1,234,567`.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 table`, `2 tables`
pub(super) fn count(count: usize, one: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {one}{s}", number(count as u64))
}

pub(super) fn wide(text: &str) -> i32 {
    (places(text) * 29).div_ceil(4) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_markup() {
        assert_eq!(
            escape("<script>alert('x')</script> & \"y\"\n\u{202e}\u{0}\u{ffff}"),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot; \\u{202e}\\u{0}\u{fffd}"
        );
        assert_eq!(escape_lines("a\n<b>"), "a\n&lt;b&gt;");
    }

    #[test]
    fn a_long_name_is_cut_at_a_sign() {
        assert_eq!(cut("users", 5), "users");
        assert_eq!(cut("customers", 5), "cust…");
        assert_eq!(cut("表表表表", 5), "表表…");
        assert_eq!(places(&cut("表表表表", 4)), 3);
        assert_eq!(places("e\u{301}"), 1);
    }

    #[test]
    fn two_names_never_have_one_id() {
        let names = ["a b", "a_b", "a_20.b", "a__b", "a.b", "a\"b", "A b", "ä"];
        let mut ids: Vec<_> = names.iter().map(|name| id('t', name)).collect();
        assert_eq!(ids[0], "t-a_20.b");
        assert_eq!(ids[2], "t-a__20.b");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), names.len());
    }

    #[test]
    fn numbers_are_grouped() {
        let told: Vec<_> = [0, 999, 1000, 1_234_567].map(number).into();
        assert_eq!(told, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "table"), "1 table");
        assert_eq!(count(1200, "table"), "1,200 tables");
    }
}
