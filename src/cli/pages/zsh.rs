//! Completion for zsh, with its own `_arguments`.

use super::super::values;
use super::super::verb::{VERBS, Verb};
use super::{COMMANDS, Flag, Takes, common, names, own};
use argh::Optionality;

const BEGINNING: &str = "#compdef initium
# Completion of initium for zsh. Made from the program's own table of arguments; not to be edited.

";

const END: &str = r#"
_initium() {
    local curcontext=$curcontext state state_descr line ret=1
    typeset -A opt_args
    _arguments -C -A '-*' \
        '(- *)'{-h,--help}'[show help]' \
        '(- *)'{-V,--version}'[show version, commit and drivers]' \
        '1:command:_initium_commands' \
        '*::word:->rest' && ret=0
    [[ $state == rest ]] || return ret
    case $words[1] in
        migrate) _initium_migrate && ret=0 ;;
        help) _arguments '1:command:(migrate)' '2:verb:_initium_verbs' && ret=0 ;;
    esac
    return ret
}

_initium_migrate() {
    local curcontext=$curcontext state state_descr line ret=1
    local -a common
    typeset -A opt_args
    _initium_common
    _arguments -C -A '-*' $common '1:verb:_initium_verbs' '*::word:->rest' && ret=0
    [[ $state == rest ]] || return ret
    local -a own
    _initium_own $words[1]
    _arguments $common $own && ret=0
    return ret
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _initium "$@"
else
    compdef _initium initium
fi
"#;

pub fn script() -> String {
    let mut out = BEGINNING.to_string();
    out += &list("_initium_commands", "command", COMMANDS.iter().copied());
    let verbs = VERBS.iter().map(|verb| (verb.name, verb.about));
    let verbs = verbs.chain([("help", "flags of a verb")]);
    out += &list("_initium_verbs", "verb", verbs);
    out += "# Flags of every verb.\n_initium_common() {\n    common=(\n";
    out += &format!("        {}\n", "'(- *)'{-h,--help}'[show help]'");
    for flag in common() {
        out += &format!("        {}\n", spec(&flag));
    }
    out += "    )\n}\n\n# What only one verb takes.\n_initium_own() {\n    case $1 in\n";
    for verb in VERBS {
        let lines: Vec<_> = places(verb)
            .into_iter()
            .chain(own(verb).iter().map(spec))
            .collect();
        if !lines.is_empty() {
            let names = names(verb).join("|");
            let lines = lines.join("\n            ");
            out += &format!("        {names}) own=(\n            {lines}\n        ) ;;\n");
        }
    }
    out += "        help) own=('1:verb:_initium_verbs') ;;\n";
    out + "    esac\n}\n" + END
}

fn list<'a>(function: &str, what: &str, words: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = format!("{function}() {{\n    local -a words=(\n");
    for (word, about) in words {
        out += &format!("        {}\n", quoted(&format!("{word}:{about}")));
    }
    out + &format!("    )\n    _describe {what} words\n}}\n\n")
}

/// A flag in the language of `_arguments`.
fn spec(flag: &Flag) -> String {
    let many = if flag.repeats { "*" } else { "" };
    let about = bracketed(flag.brief());
    let rest = match flag.takes {
        Takes::Nothing => return quoted(&format!("{many}{}[{about}]", flag.long)),
        Takes::Words(words) => format!("value:({})", words.join(" ")),
        Takes::File => "file:_files".into(),
        // `_files -/` would offer files where there are no folders.
        Takes::Folder => "folder:_path_files -/".into(),
        // A colon, so that nothing else is offered.
        Takes::Other(word) => format!("{}: ", bracketed(word)),
    };
    quoted(&format!("{many}{}=[{about}]:{rest}", flag.long))
}

fn places(verb: &Verb) -> Vec<String> {
    let places = (verb.info)().positionals.iter().enumerate();
    // A program behind `--` is the shell's own to complete.
    places
        .filter(|(_, place)| !matches!(place.optionality, Optionality::Greedy))
        .map(|(at, place)| {
            let maybe = match place.optionality {
                Optionality::Required => ":",
                _ => "::",
            };
            let words = match (at, values::of_verb(verb.name)) {
                (0, Some(words)) => format!("({})", words.join(" ")),
                _ => " ".into(),
            };
            quoted(&format!("{}{maybe}{}:{words}", at + 1, place.name))
        })
        .collect()
}

/// Inside `[...]` and between colons these have a meaning.
fn bracketed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "[]:\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
