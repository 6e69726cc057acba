//! One way to connect, and what has to come of it, through the binary, as text and as JSON.

use crate::support::{Folder, Initium, initium, unique};

/// What has to come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Encrypted,
    Clear,
    /// This code.
    Fails(&'static str),
}

pub struct Case<'a> {
    pub name: &'a str,
    pub url: String,
    pub variables: &'a [(&'a str, &'a str)],
    pub end: End,
}

/// How a script finds out whether its connection is encrypted, and what an administrator reads.
pub struct Proof {
    /// Makes the table `$1` with one column, `t` or `f`.
    pub writes: fn(&str) -> String,
    pub read: Box<dyn Fn(&str) -> String>,
}

const SECRET: &str = "hunter2";

impl Case<'_> {
    fn initium(&self, words: &[&str]) -> Initium {
        // What proves that it was encrypted is a table that stands there before.
        let mut run = initium(words).beside().env("DATABASE_URL", &self.url);
        for (name, value) in [&[("SSL_CERT_FILE", "")], self.variables].concat() {
            run = run.env(name, value);
        }
        run
    }

    /// What is wrong with it; nothing, usually.
    pub fn run(&self, folder: &Folder, proof: &Proof) -> Vec<String> {
        let table = unique("proof");
        let spec = format!(
            "version: 1\nmigrations:\n  - {{name: one, up: \"{}\"}}\n",
            (proof.writes)(&table)
        );
        let spec = folder.write("spec.yaml", &spec);
        let ledger = format!("ledger_{table}");
        let common = [
            "--spec",
            &spec,
            "--table",
            &ledger,
            "--connect-timeout",
            "0",
        ];
        let words = |verb, format| [&["migrate", verb, "--format", format], &common[..]].concat();
        let mut wrong = Vec::new();
        let mut expect = |what: &str, holds: bool, said: &str| {
            if !holds {
                wrong.push(format!("{}: {what}: {said}", self.name));
            }
        };
        let End::Fails(code) = self.end else {
            let ran = self.initium(&words("apply", "text")).run();
            expect("applies", ran.status == 0, &ran.err);
            if ran.status == 0 {
                let encrypted = (proof.read)(&table) == "t";
                expect(
                    "encrypted as said",
                    encrypted == (self.end == End::Encrypted),
                    "",
                );
            }
            return wrong;
        };
        let text = self.initium(&words("apply", "text")).run();
        expect(code, text.code() == code, &text.err);
        expect("help", text.err.contains("\n  help: "), &text.err);
        expect("no secret", !text.err.contains(SECRET), &text.err);
        let json = self.initium(&words("check", "json")).run();
        let said = format!("{}{}", json.out, json.err);
        let found = serde_json::from_str::<serde_json::Value>(&json.out).unwrap_or_default();
        expect(code, found["error"]["code"] == code, &said);
        expect("help", found["error"]["help"].is_string(), &said);
        expect("no secret", !said.contains(SECRET), &said);
        expect(
            "one status",
            json.status == text.status && text.status != 0,
            &said,
        );
        wrong
    }
}
