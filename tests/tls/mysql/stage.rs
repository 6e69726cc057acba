//! One way to connect, and what has to come of it: through the binary, as text and as JSON, with what
//! the server says of the encryption.

use super::server::Server;
use crate::support::{Folder, initium, unique};

/// What has to come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Encrypted,
    Clear,
    /// This code.
    Fails(&'static str),
}
pub const SECRET: &str = "hunter2";
pub struct Stage {
    pub server: Server,
    pub folder: Folder,
    pub wrong: Vec<String>,
    pub count: usize,
    /// The file of the authority that signs for the server.
    pub roots: String,
}

impl Stage {
    /// One way to connect: the user, the options, and what has to come of it.
    pub fn case(&mut self, login: &str, options: &str, end: End) {
        self.at(
            login,
            &format!("localhost:{}", self.server.port),
            options,
            &[],
            end,
        );
    }

    pub fn at(&mut self, login: &str, place: &str, options: &str, more: &[(&str, &str)], end: End) {
        self.count += 1;
        let options = options.replace("ROOTS", &self.roots);
        let url = self.server.url_of(login, place, &options);
        let table = unique("proof");
        let view = match self.server.kind {
            "mariadb" => "information_schema.session_status",
            _ => "performance_schema.session_status",
        };
        let spec = format!(
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE {table} (v text);\n      \
             INSERT INTO {table} SELECT variable_value FROM {view} WHERE variable_name = 'Ssl_cipher';\n"
        );
        let spec = self.folder.write("spec.yaml", &spec);
        let ledger = format!("l_{table}");
        let run = |verb, format| {
            let words = ["migrate", verb, "--format", format, "--spec", &spec];
            let more_words = ["--table", &ledger, "--connect-timeout", "0"];
            let mut run = initium(&[&words[..], &more_words[..]].concat()).beside();
            for (name, value) in [
                &[("DATABASE_URL", url.as_str()), ("SSL_CERT_FILE", "")],
                more,
            ]
            .concat()
            {
                run = run.env(name, value);
            }
            run.run()
        };
        let kind = self.server.kind;
        let mut expect = |what: &str, holds: bool, said: &str| {
            if !holds {
                self.wrong.push(format!(
                    "{kind} {login} {place} {options}: {end:?}, {what}: {said}"
                ));
            }
        };
        let text = run("apply", "text");
        let End::Fails(code) = end else {
            expect("applies", text.status == 0, &text.err);
            if text.status == 0 {
                let cipher = self.server.ask(&format!("SELECT v FROM initium.{table}"));
                expect("as said", cipher.is_empty() == (end == End::Clear), &cipher);
            }
            return;
        };
        expect(code, text.code() == code, &text.err);
        expect("help", text.err.contains("\n  help: "), &text.err);
        expect("no secret", !text.err.contains(SECRET), &text.err);
        let json = run("check", "json");
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
    }
}
