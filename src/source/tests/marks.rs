//! The sums of Liquibase and sqitch, as the tools themselves wrote them.

use super::super::digest::{md5, sha1};
use super::*;

#[test]
fn digests_are_those_of_their_standards() {
    // Of RFC 1321 and RFC 3174; around the end of a block from `md5sum` and `sha1sum`.
    assert_eq!(md5(b""), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(md5(b"message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    assert_eq!(sha1(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    for (length, five, one) in LONG {
        let text = "a".repeat(*length);
        assert_eq!(md5(text.as_bytes()), *five, "{length}");
        assert_eq!(sha1(text.as_bytes()), *one, "{length}");
    }
}

const LONG: &[(usize, &str, &str)] = &[
    (
        55,
        "ef1772b6dff9a122358552954ad0df65",
        "c1c8bbdc22796e28c0e15163d20899b65621d65a",
    ),
    (
        56,
        "3b0c8ac703f828b04c6c197006d17218",
        "c2db330f6083854c99d4b5bfb6e8f29f201be699",
    ),
    (
        63,
        "b06521f39153d618550606be297466d5",
        "03f09f5b158a7a8cdad920bddc29b81c18a551f5",
    ),
    (
        64,
        "014842d480b571495a4a0363793f7367",
        "0098ba824b5c16427bd7a1122a5a442a25ec644d",
    ),
    (
        119,
        "8a7bd0732ed6a28ce75f6dabc90e1613",
        "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56",
    ),
    (
        1000,
        "cabe45dcc9ae5b66ba86600cca6b8ba8",
        "291e9a6c66994949b57ba5e650361e98fc36b1ba",
    ),
];

/// A changeset's attributes and text, and what Liquibase 4.33.0 and 4.20.0 wrote.
const CHANGESETS: &[(&str, &str, &str, &str)] = &[
    (
        "",
        "create table v1 (a int);\n",
        "9:937978f9370dd9a8bc96d92ec6a17556",
        "8:0f7bb44eb5062c21f61668cffe0a77e1",
    ),
    (
        "",
        "-- a comment\ncreate table v2 (a int); -- tail\n/* block */\n",
        "9:693b5491a0bd4c5db05b23527ba28e89",
        "8:dabb75c288028b797be5f56fa986d315",
    ),
    (
        "",
        "\n\ncreate\ttable   v3\n\n (a int);\n\n\n",
        "9:6fdb94255c9750a5b04640f05ecd4793",
        "8:09ccb05bf2950636acc57fa8af28493c",
    ),
    (
        "",
        "create table v4\r\n(a int);\r\n",
        "9:d6aa3e32017c0fa0f85f47ee8eac609b",
        "8:1ee513e970919d482596c67f9523c40b",
    ),
    (
        " endDelimiter:/",
        "create table v5 (a int)\n/\n",
        "9:13b469d09ee857d38eb9760c23b56d43",
        "8:c48027651a771ce8faafc2d4f9870f4f",
    ),
    (
        " splitStatements:false",
        "create table v6 (a int);\n",
        "9:cf0adc24d6d9736acd5608a6e08d85aa",
        "8:7f34eb8367e6906d7a3b08e28b6ae180",
    ),
    (
        " stripComments:false",
        "create table v7 (a int); -- x\n",
        "9:04318aea4429180543e6a8f77c2386d4",
        "8:59165494deedd314ad418b5629c4e41c",
    ),
    (
        "",
        "comment on table v1 is 'Größe 🦀';\n",
        "9:bbfbaaa4cf9d8b425f02f5686ad0c28f",
        "8:8756c56abec6a66c46086729478f3a5e",
    ),
    (
        "",
        "comment on table v1 is 'Gro\u{308}ße';\n",
        "9:5f6a63547ef92bea386a1a09007ab426",
        "8:9183b952b332e34ba0e64d9f0a98410a",
    ),
    (
        "",
        "create table v8 (a int);\n--rollback drop table v8;\ncreate table v9 (a int);\n",
        "9:6d6f084b3639461182bca96d039e5078",
        "8:4b1904e5d7da3269e6bdf87eb3fb8158",
    ),
    (
        " runInTransaction:false labels:x context:y",
        "create table v10 (a int);\n",
        "9:0fa04505d286dc592ea8bd8dfdb2284a",
        "8:611a5786f59e6da99358957c2744f9ac",
    ),
    (
        "",
        "comment on table v1 is 'a  b   c';\n",
        "9:a2e59acabc8a972c24f6998d007269e3",
        "8:5a2d88749510817fb6bb58f9dc6e00b0",
    ),
    (
        "",
        "create table v11 (a int); -- \u{a0} \u{b} \u{2028} x\n",
        "9:22d3b8b27b53c144d7c604756d8557bd",
        "8:fbcf765b9dde2d287a28a4e6a6ddfa6c",
    ),
    (
        "",
        "create table v12 (a int);\n-- end\n",
        "9:275aefe673faafbd7b762dbff7fa506a",
        "8:cfaabde5a69f6e4d8ad89658a1d39e3e",
    ),
];

#[test]
fn checksums_of_changesets_are_those_of_liquibase_in_both_versions() {
    for (attributes, text, nine, eight) in CHANGESETS {
        let text = format!("--liquibase formatted sql\n--changeset a:1{attributes}\n{text}");
        let (_, found) = told(&[("x.sql", &text)]).unwrap();
        let sums = found[0].origin.sum.clone().unwrap();
        let sums: Vec<_> = sums.split(' ').collect();
        assert!(sums.contains(nine), "{text:?}");
        assert!(sums.contains(eight), "{text:?}");
        let count = |rule: &str| sums.iter().filter(|sum| sum.starts_with(rule)).count();
        assert_eq!(count("9:"), 1, "{text:?}");
    }
}

#[test]
fn what_liquibase_fills_first_has_no_sum() {
    for text in [
        "select '${name}';\n",
        "select 1;\n/* liquibase rollback\nselect 2;\n*/\n",
    ] {
        let text = format!("--liquibase formatted sql\n--changeset a:1\n{text}");
        let (_, found) = told(&[("x.sql", &text)]).unwrap();
        assert_eq!(found[0].origin.sum, None, "{text:?}");
    }
}

#[test]
fn the_sum_of_a_change_is_that_of_its_whole_script() {
    let script = "-- Deploy shop:a\nBEGIN;\nselect 1;\nCOMMIT;\n";
    let files = folder(&[
        (
            "sqitch.plan",
            "%project=shop\na 2024-01-02T00:00:00Z A <a@b>\n",
        ),
        ("deploy/a.sql", script),
    ]);
    let found = read("db", &files, None).unwrap().found;
    let sum = sha1(script.as_bytes());
    assert_eq!(found[0].origin.sum.as_deref(), Some(sum.as_str()));
}
