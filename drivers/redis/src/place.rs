//! Where in a statement an error of Lua stands.

/// The words of Lua, if it was Lua that failed: `script:3: what`, with a server's remarks cut off.
pub fn ours(said: &str) -> Option<&str> {
    let at = said.find("script:")?;
    let rest = &said[at + "script:".len()..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (at <= 4 && digits > 0).then(|| rest[digits..].trim_start_matches([':', ' ']))
}

/// The byte where that line of the body begins: the first line of a step is not part of it.
pub fn offset(said: &str, statement: &str) -> Option<usize> {
    ours(said)?;
    let at = said.find("script:")? + "script:".len();
    let digits = said[at..].bytes().take_while(u8::is_ascii_digit).count();
    let number: usize = said[at..at + digits].parse().ok()?;
    let begin = statement
        .split_inclusive('\n')
        .take(number)
        .map(str::len)
        .sum::<usize>();
    let line = statement.get(begin..)?;
    let blank = line.len() - line.trim_start_matches([' ', '\t', '|']).len();
    (!line.is_empty()).then_some(begin + blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_lua_is_found_in_the_statement() {
        let statement = "initium.script {}\n  | local x\n  | error('no')\n";
        let said = "script:2: no";
        assert_eq!(ours(said), Some("no"));
        let at = offset(said, statement).expect("a place");
        assert!(statement[at..].starts_with("error('no')"));
        assert_eq!(offset("script:9: no", statement), None);
        assert_eq!(ours("WRONGTYPE Operation"), None);
    }
}
