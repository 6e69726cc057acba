//! What the style has to be, which no golden file could tell.
#![allow(clippy::unwrap_used)]

use super::{page, svg};
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("page.css");

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..4 {
            out.push(match n <= three.len() {
                true => char::from(SIGNS[(bits >> (18 - 6 * n)) as usize & 63]),
                false => '=',
            });
        }
    }
    out
}

#[test]
fn the_policy_allows_the_two_styles_and_nothing_else() {
    for style in [PAGE, svg::STYLE] {
        let hash = base64(&Sha256::digest(style));
        assert!(page::POLICY.contains(&format!("'sha256-{hash}'")), "{hash}");
        assert!(!style.contains("</"), "it would end");
        assert!(!style.contains("url("), "it would ask somebody");
    }
    assert_eq!(page::POLICY.matches("sha256-").count(), 2);
    assert!(page::POLICY.starts_with("default-src 'none';"));
}

/// The colour that the last rule of this selector gives a property.
fn colour(style: &str, selector: &str, property: &str) -> Option<u32> {
    let mut found = None;
    for rule in style.split('}') {
        let (selectors, body) = rule.rsplit_once('{').unwrap_or_default();
        let selectors = selectors.rsplit(['{', '\n']).next().unwrap_or_default();
        if !selectors.split(',').any(|it| it.trim() == selector) {
            continue;
        }
        for line in body.split(';') {
            if let Some(("", hex)) = line.trim().split_once(&format!("{property}:#")) {
                let long = match hex.len() {
                    3 => hex.chars().flat_map(|c| [c, c]).collect(),
                    _ => hex.to_string(),
                };
                found = u32::from_str_radix(&long, 16).ok();
            }
        }
    }
    found
}

fn contrast(a: u32, b: u32) -> f64 {
    let light = |rgb: u32| {
        let part = |shift: u32| {
            let c = f64::from(rgb >> shift & 255) / 255.0;
            match c <= 0.04045 {
                true => c / 12.92,
                false => ((c + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Light, and what the dark style makes of it.
fn schemes(style: &str) -> [String; 2] {
    let (light, dark) = style
        .split_once("@media screen and (prefers-color-scheme:dark){")
        .unwrap();
    [light.into(), format!("{light}\n{dark}")]
}

#[test]
fn text_in_the_drawing_can_be_read_in_light_and_dark() {
    let texts = ["text", ".keys", ".type", ".badge"];
    let grounds = [
        ".ground",
        ".box",
        ".head",
        ".wash.added",
        ".wash.changed",
        ".wash.dropped",
    ];
    let mut count = 0;
    for style in schemes(svg::STYLE) {
        let fill = |selector: &str| colour(&style, &format!(".er {selector}"), "fill");
        let mut pairs = Vec::new();
        for text in texts {
            pairs.extend(grounds.map(|ground| (text.to_string(), ground.to_string())));
        }
        for shade in ["added", "changed", "dropped"] {
            for text in [".badge", ".sign"] {
                for ground in [".head", ".wash"] {
                    pairs.push((format!("{text}.{shade}"), format!("{ground}.{shade}")));
                }
            }
            pairs.push((format!(".sign.{shade}"), ".box".into()));
        }
        for (text, ground) in pairs {
            let ratio = contrast(fill(&text).unwrap(), fill(&ground).unwrap());
            assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}\n{style}");
            count += 1;
        }
        // Lines and borders have to be seen, too.
        for line in [
            ".line",
            ".line.added",
            ".line.changed",
            ".line.dropped",
            ".box.added",
            ".box",
        ] {
            let stroke = colour(&style, &format!(".er {line}"), "stroke").unwrap();
            let ratio = contrast(stroke, fill(".ground").unwrap());
            assert!(ratio >= 3.0, "{line}: {ratio:.2}\n{style}");
        }
    }
    assert_eq!(count, 2 * (24 + 15));
}

#[test]
fn text_of_the_page_can_be_read_in_light_and_dark() {
    for style in schemes(PAGE) {
        let value = |name: &str| colour(&style, ":root", &format!("--{name}")).unwrap();
        for (text, ground) in [
            ("text", "ground"),
            ("text", "raised"),
            ("quiet", "ground"),
            ("quiet", "raised"),
            ("link", "ground"),
            ("good", "good-back"),
            ("warn", "warn-back"),
            ("bad", "bad-back"),
            ("bad", "ground"),
            ("bad", "raised"),
            ("warn", "raised"),
        ] {
            let ratio = contrast(value(text), value(ground));
            assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}\n{style}");
        }
    }
}

#[test]
fn a_colour_is_read_as_browsers_read_it() {
    let style = ".a,.b{fill:#fff;stroke:#123456}\n@media x{\n.b{fill:#000}\n}";
    assert_eq!(colour(style, ".a", "fill"), Some(0xff_ff_ff));
    assert_eq!(colour(style, ".b", "fill"), Some(0));
    assert_eq!(colour(style, ".a", "stroke"), Some(0x12_34_56));
    assert_eq!(colour(style, ".c", "fill"), None);
    assert!((contrast(0, 0xff_ff_ff) - 21.0).abs() < 0.01);
    assert_eq!(base64(b"ab"), "YWI=");
}
