//! Whether a semicolon stands inside the body of a routine, a trigger, an event or a block. Follows
//! statement starts, so that the functions IF() and REPEAT() and a column named `end` open and close
//! nothing.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Begin,
    If,
    /// CASE as a statement: THEN begins statements.
    Case,
    /// CASE as an expression: THEN begins expressions.
    Choice,
    Loop,
    Repeat,
    /// REPEAT behind its UNTIL.
    Until,
    While,
    For,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// The first words, which tell what the statement is.
    #[default]
    Start,
    /// MariaDB's SET STATEMENT .. FOR: the statement itself follows.
    Prefix,
    /// CREATE or ALTER, and not yet of what.
    Create,
    /// No body, or one of a single statement.
    Plain,
    /// A routine, a trigger, an event: before its name and parameters are over.
    Name(Object),
    /// The same, where its body may begin.
    Ready,
    Inside,
    /// Behind the last END.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    Routine,
    Trigger,
    Event,
    Package,
}

/// One statement's state.
#[derive(Debug, Default)]
pub struct Body {
    phase: Phase,
    /// It creates something with a body, whatever the body is.
    routine: bool,
    open: Vec<Open>,
    parens: usize,
    /// The next word begins an inner statement.
    fresh: bool,
    /// The last token began an inner statement, so a colon makes it a label.
    label: bool,
    /// Behind DECLARE .. HANDLER FOR: a statement follows the conditions.
    declare: bool,
    handler: bool,
    package: bool,
    returns: bool,
    last: String,
}

/// What CREATE makes that has no body.
const BODILESS: &[&str] = &[
    "TABLE",
    "TEMPORARY",
    "VIEW",
    "INDEX",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "VECTOR",
    "DATABASE",
    "SCHEMA",
    "USER",
    "ROLE",
    "SERVER",
    "SEQUENCE",
    "TABLESPACE",
    "LOGFILE",
    "ALGORITHM",
    "SQL",
    "UNDO",
    "RESOURCE",
    "LIBRARY",
    "INSTANCE",
];

/// Words a simple statement begins with; behind a routine's head they are its whole body.
const VERBS: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "SET", "CALL", "WITH", "DO", "TRUNCATE",
    "SIGNAL", "RESIGNAL", "LEAVE", "ITERATE", "OPEN", "FETCH", "CLOSE", "EXECUTE", "PREPARE",
    "CREATE", "DROP", "ALTER", "GET", "COMMIT", "ROLLBACK", "START", "VALUES", "TABLE", "LOAD",
];

/// BEGIN WORK begins a transaction.
fn is_work(word: &str) -> bool {
    word.eq_ignore_ascii_case("WORK")
}

impl Body {
    /// A semicolon here ends no statement.
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Inside
    }

    /// Words still matter to it.
    pub fn is_watching(&self) -> bool {
        !matches!(self.phase, Phase::Plain | Phase::Over)
    }

    /// Certainly no routine.
    pub fn is_plain(&self) -> bool {
        !self.routine && matches!(self.phase, Phase::Start | Phase::Plain)
    }

    pub fn semicolon(&mut self) {
        (self.fresh, self.label, self.declare, self.handler) = (true, false, false, false);
        self.last = ";".into();
    }

    pub fn quoted(&mut self) {
        self.label = self.fresh;
        self.fresh = false;
        self.last.clear();
    }

    pub fn sign(&mut self, sign: &str, next: &str) {
        match sign {
            "(" => self.parens += 1,
            ")" => {
                self.parens = self.parens.saturating_sub(1);
                if self.parens == 0 && self.phase == Phase::Name(Object::Routine) {
                    self.phase = Phase::Ready;
                }
            }
            _ => {}
        }
        // `name:` keeps what begins beginning; `name :=` does not.
        self.fresh = sign == ":" && self.label && next != "=";
        self.label = false;
        self.last = sign.into();
    }

    /// `/*!50001 CREATE FUNCTION f() */`: what it creates may have its body outside.
    pub fn code(&mut self, text: &str) {
        let creates = || text.to_ascii_uppercase().contains("CREATE");
        self.routine |= self.phase == Phase::Start && creates();
        self.quoted();
    }

    /// A word in capitals, and the token behind it.
    pub fn word(&mut self, word: &str, next: &str) {
        let last = std::mem::replace(&mut self.last, word.into());
        // A member or a variable, whatever its name is.
        if last == "." || last == "@" {
            self.fresh = false;
            self.label = false;
            return;
        }
        match self.phase {
            Phase::Start => self.start(word, next),
            Phase::Prefix if word == "FOR" && self.parens == 0 => self.phase = Phase::Start,
            Phase::Prefix => {}
            Phase::Create => self.create(word),
            Phase::Name(object) => self.name(word, object),
            Phase::Ready => self.ready(word, &last),
            Phase::Inside => self.inside(word, &last),
            Phase::Plain | Phase::Over => {}
        }
    }

    fn start(&mut self, word: &str, next: &str) {
        if next == ":" {
            // A label; what it names follows.
            (self.fresh, self.label) = (false, true);
            return;
        }
        // The anonymous blocks of Oracle's mode; only a DELIMITER of their own keeps them whole.
        let block = match word {
            "BEGIN" => next.starts_with(|c: char| c.is_alphabetic() || c == '<') && !is_work(next),
            word => word == "DECLARE",
        };
        self.routine |= block;
        self.phase = match word {
            "CREATE" | "ALTER" => Phase::Create,
            "SET" if next.eq_ignore_ascii_case("STATEMENT") => Phase::Prefix,
            "BEGIN" if next.eq_ignore_ascii_case("NOT") => Phase::Inside,
            // MariaDB runs these outside routines too.
            "IF" | "CASE" | "LOOP" | "REPEAT" | "WHILE" | "FOR" => Phase::Inside,
            _ => Phase::Plain,
        };
        if self.phase == Phase::Inside {
            self.routine = true;
            self.fresh = true;
            self.inside(word, "");
        }
    }

    fn create(&mut self, word: &str) {
        let object = match word {
            "PROCEDURE" | "FUNCTION" => Object::Routine,
            "TRIGGER" => Object::Trigger,
            "EVENT" => Object::Event,
            "PACKAGE" => Object::Package,
            word if BODILESS.contains(&word) => {
                self.phase = Phase::Plain;
                return;
            }
            // OR REPLACE, DEFINER = a@b, AGGREGATE
            _ => return,
        };
        self.routine = true;
        self.phase = Phase::Name(object);
    }

    fn name(&mut self, word: &str, object: Object) {
        match (object, word) {
            (Object::Trigger, "ROW") | (Object::Event, "DO") => self.phase = Phase::Ready,
            (Object::Routine, "AS" | "IS") if self.parens == 0 => self.phase = Phase::Ready,
            (Object::Package, "AS" | "IS") => {
                self.package = true;
                self.push(Open::Begin);
            }
            _ => {}
        }
    }

    fn ready(&mut self, word: &str, last: &str) {
        if self.parens > 0 {
            return;
        }
        match word {
            "RETURNS" => self.returns = true,
            "BEGIN" | "IF" | "CASE" | "LOOP" | "REPEAT" | "WHILE" | "FOR" => {
                self.fresh = true;
                self.inside(word, last);
            }
            // RETURNS SET(..), CHARACTER SET
            "SET" if last == "RETURNS" || last == "CHARACTER" => {}
            "RETURN" if self.returns => self.phase = Phase::Plain,
            word if VERBS.contains(&word) => self.phase = Phase::Plain,
            _ => {}
        }
    }

    fn inside(&mut self, word: &str, last: &str) {
        let fresh = std::mem::replace(&mut self.fresh, false);
        self.label = fresh;
        let begins = fresh || self.handler;
        let top = self.open.last().copied();
        match word {
            "END" if fresh || matches!(top, Some(Open::Choice | Open::Until)) => {
                self.open.pop();
                if self.open.is_empty() {
                    self.phase = Phase::Over;
                }
            }
            "BEGIN" if begins || self.package => self.push(Open::Begin),
            "IF" if begins => self.push(Open::If),
            "CASE" if begins => self.push(Open::Case),
            "CASE" if last != "END" => self.push(Open::Choice),
            "LOOP" if begins => self.push(Open::Loop),
            "REPEAT" if begins => self.push(Open::Repeat),
            "WHILE" if begins => self.push(Open::While),
            "FOR" if fresh => self.push(Open::For),
            "UNTIL" if fresh && top == Some(Open::Repeat) => {
                self.open.pop();
                self.open.push(Open::Until);
            }
            "THEN" | "ELSE" => self.fresh = matches!(top, Some(Open::If | Open::Case)),
            // LOOP: the spelling of Oracle's mode.
            "DO" | "LOOP" if !fresh => {
                self.fresh = matches!(top, Some(Open::While | Open::For));
            }
            // BEGIN NOT ATOMIC
            "ATOMIC" => self.fresh = top == Some(Open::Begin),
            "DECLARE" => self.declare = fresh,
            "HANDLER" => self.handler = self.declare,
            word if VERBS.contains(&word) => self.handler = false,
            _ => {}
        }
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        self.phase = Phase::Inside;
        (self.declare, self.handler) = (false, false);
        self.fresh = matches!(open, Open::Begin | Open::Loop | Open::Repeat);
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use initium_driver::Source;

    /// How many statements, for the family named by the last letter.
    fn count(text: &str) -> Option<usize> {
        let dialect = crate::dialect::MySql::offline(Family::MariaDb);
        initium_driver::Dialect::split(&dialect, &Source::file("t", text))
            .ok()
            .map(|found| found.len())
    }

    #[test]
    fn a_body_keeps_its_semicolons() {
        for body in [
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            "create or replace definer=root@localhost procedure if not exists p(in a int) begin end",
            "CREATE PROCEDURE p() LANGUAGE SQL COMMENT 'x' a: BEGIN LEAVE a; END a",
            "CREATE FUNCTION f(a SET('x','y')) RETURNS SET('a') CHARACTER SET utf8mb4 DETERMINISTIC BEGIN RETURN IF(a, 1, 2); END",
            "CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON x FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; END IF",
            "CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW FOLLOWS u CASE NEW.end WHEN 1 THEN SET @begin = 1; ELSE SET @end = 2; END CASE",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END",
            "ALTER EVENT e DO BEGIN DELETE FROM t; END",
            "CREATE PROCEDURE p() BEGIN DECLARE i INT DEFAULT 0; \
             DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE '42000' BEGIN SET i = 1; END; \
             DECLARE EXIT HANDLER FOR SQLEXCEPTION SET i = IF(i, 1, 2); \
             IF EXISTS (SELECT 1) THEN IF i THEN SET i = 1; ELSEIF i THEN SET i = 2; ELSE SET i = 3; END IF; END IF; \
             l: LOOP SET i = i + 1; IF i > 3 THEN LEAVE l; END IF; END LOOP l; \
             REPEAT SET i := REPEAT('x', 2); UNTIL IF(i, 1, 0) END REPEAT; \
             WHILE IF(i, 0, 0) DO DO IF(1, 2, 3); END WHILE; \
             SELECT CASE WHEN i THEN IF(1,2,3) ELSE IF(1,2,3) END, CASE i WHEN 1 THEN 2 END INTO i; \
             CASE WHEN i = CASE 1 WHEN 1 THEN 2 END THEN SELECT 1; ELSE BEGIN END; END CASE; \
             DROP TABLE IF EXISTS a; END",
            "BEGIN NOT ATOMIC IF 1 THEN SELECT 1; END IF; END",
            "IF EXISTS (SELECT 1) THEN SELECT 2; END IF",
            "FOR i IN 1..3 DO SELECT i; END FOR",
            "CREATE PROCEDURE p() FOR i IN 1..3 DO SELECT i; END FOR",
            "CREATE FUNCTION f() RETURNS INT RETURN CASE WHEN 1 THEN IF(1,2,3) END",
            "CREATE PROCEDURE p() UPDATE t SET a = IF(b, 1, 2)",
            "CREATE PROCEDURE p() IF 1 THEN SELECT 1; END IF",
            "SET STATEMENT sql_mode = '', a = (SELECT 1 FOR UPDATE) FOR CREATE PROCEDURE p() BEGIN SELECT 1; END",
            "SET STATEMENT max_statement_time = 1 FOR SELECT IF(1, 2, 3)",
        ] {
            assert_eq!(count(&format!("{body};SELECT 1;")), Some(2), "{body}");
            assert_eq!(count(body), Some(1), "{body}");
        }
    }

    #[test]
    fn a_block_that_only_its_delimiter_shows_is_kept() {
        for block in [
            "DECLARE a INT; BEGIN SELECT a; SELECT 2; END;",
            "BEGIN SELECT 1; SELECT 2; END;",
            "BEGIN <<a>> SELECT 1; SELECT 2; END;",
            "/*!50001 CREATE FUNCTION f() */ RETURNS int BEGIN SELECT 1; RETURN 3; END;",
        ] {
            assert_eq!(
                count(&format!(
                    "DELIMITER //\n{block}\n//\nBEGIN; BEGIN WORK; SELECT 3//"
                )),
                Some(4),
                "{block}"
            );
        }
    }

    #[test]
    fn what_only_looks_like_a_body_opens_none() {
        for text in [
            "SELECT IF(1, 2, 3)",
            "CREATE TABLE event (begin int, trigger_id int)",
            "CREATE TABLE IF NOT EXISTS t (a int)",
            "CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END",
            "DROP PROCEDURE IF EXISTS p",
            "INSERT INTO t VALUES (REPEAT('x', 3))",
            "BEGIN",
            "SET @x = CASE 1 WHEN 1 THEN 2 END",
            "REPLACE INTO t VALUES (1)",
            "ALTER TABLE t ADD COLUMN `begin` int",
            "CREATE FUNCTION f RETURNS INT SONAME 'f.so'",
            "ALTER PROCEDURE p COMMENT 'x'",
        ] {
            assert_eq!(count(&format!("{text};{text};")), Some(2), "{text}");
        }
    }

    #[test]
    fn a_body_that_never_ends_is_refused() {
        assert_eq!(
            count("SELECT 1; CREATE PROCEDURE p() BEGIN SELECT 1;"),
            None
        );
        assert_eq!(count("BEGIN NOT ATOMIC IF 1 THEN SELECT 1; END;"), None);
    }
}
