//! What the language says, and that nothing of it is skipped.

use super::*;

fn said(text: &str) -> Vec<String> {
    let pieces = pieces(text).expect(text);
    let shown = |piece: &Piece| match &piece.what {
        What::Command(words) => {
            let words: Vec<_> = words.iter().map(|w| spelled(w)).collect();
            words.join(" ")
        }
        What::Step { name, json, body } => format!("{name} {json} {body:?}"),
    };
    pieces.iter().map(shown).collect()
}

#[test]
fn a_line_is_a_command_and_a_remark_is_nothing() {
    let text = "\u{feff}# begin\r\nSET a 1\r\n\n   # x\n  GET  a \t\n";
    assert_eq!(said(text), ["SET a 1", "GET a"]);
    let pieces = pieces(text).expect("pieces");
    assert_eq!(&text[pieces[1].range.clone()], "GET  a");
}

#[test]
fn quotes_are_those_of_redis_cli() {
    for (line, expected) in [
        (r#"SET "a b" 'c d'"#, &[&b"SET"[..], b"a b", b"c d"][..]),
        (r#"a"b c" d"#, &[b"ab c", b"d"]),
        (r#""\x00\xfF\xg\n\"\\""#, &[b"\x00\xffxg\n\"\\"]),
        (r#"'it\'s' '\n'"#, &[b"it's", b"\\n"]),
        ("\"\" ''", &[b"", b""]),
        ("caf\u{e9} #no", &["caf\u{e9}".as_bytes(), b"#no"]),
    ] {
        assert_eq!(words(line).expect(line), expected, "{line}");
    }
}

#[test]
fn a_quote_that_is_wrong_is_refused_with_its_place() {
    for (line, at, unfinished) in [
        ("SET a \"b", 6, true),
        ("SET 'a\\' b", 4, true),
        ("SET \"a\"b", 7, false),
    ] {
        let wrong = words(line).expect_err(line);
        assert_eq!((wrong.at, wrong.unfinished), (at, unfinished), "{line}");
    }
}

#[test]
fn a_step_is_a_line_of_json_and_maybe_lines_of_lua() {
    let text =
        "initium.script {\"keys\": []}\n | return 1\n  |  -- two\n|\nDEL x\ninitium.delete {}";
    let found = pieces(text).expect("pieces");
    assert_eq!(
        found[0].what,
        What::Step {
            name: "script".into(),
            json: "{\"keys\": []}".into(),
            body: Some("return 1\n -- two\n\n".into()),
        }
    );
    assert!(text[found[0].range.clone()].ends_with("\n|"));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_step_that_is_none_is_refused() {
    for (text, at) in [
        ("initium.", 8),
        ("initium.delete", 8),
        ("initium.delete[]", 8),
        ("initium.delete []", 8),
        ("initium.delete {\"a\":}", 20),
        ("DEL a\n| x", 6),
        ("initium.delete {}\n\n| x", 19),
    ] {
        assert_eq!(pieces(text).expect_err(text).at, at, "{text}");
    }
}

#[test]
fn what_is_spelled_is_read_as_the_same_words() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let first = seed;
    for _ in 0..2000 {
        let mut word = Vec::new();
        loop {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            if seed.is_multiple_of(9) {
                break;
            }
            let signs = b"a\"'\\ \n\x00\xff\xc3\xa9#x0";
            word.push(signs[(seed >> 20) as usize % signs.len()]);
        }
        let line = format!("X {} y", spelled(&word));
        let read = words(&line).unwrap_or_else(|e| panic!("{line}: {e:?}, seed {first}"));
        assert_eq!(read, [b"X".to_vec(), word, b"y".to_vec()], "seed {first}");
    }
}
