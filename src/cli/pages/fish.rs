//! Completion for fish, which cuts a line into words by itself; what of them is a flag's value is ours
//! to say.

use super::super::values;
use super::super::verb::VERBS;
use super::{COMMANDS, Flag, Takes, common, every, names, own};

const BEGINNING: &str = "# Completion of initium for fish. Made from the program's own table of arguments; not to be edited.

function __initium_words --description 'the words before the cursor that are no flags and no values of flags'
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
            continue
        end
        switch $word
            case '--*=*'
";

const FUNCTIONS: &str = r#"                set value yes
            case '-*'
            case '*'
                echo $word
        end
    end
end

function __initium_place --description 'the words so far are these'
    set -l words (__initium_words)
    test "$words" = "$argv"
end

function __initium_migrate --description 'after migrate, before or behind the verb'
    set -l words (__initium_words)
    test "$words[1]" = migrate
end

function __initium_verb --description 'behind one of these verbs'
    set -l words (__initium_words)
    test "$words[1]" = migrate; and contains -- "$words[2]" $argv
end

complete -c initium -f
complete -c initium -s h -l help -d 'show help'
complete -c initium -n '__initium_place' -s V -l version -d 'show version, commit and drivers'
"#;

pub fn script() -> String {
    let mut out = BEGINNING.to_string();
    let valued: Vec<_> = every()
        .iter()
        .filter(|flag| flag.takes != Takes::Nothing)
        .map(|flag| flag.long)
        .collect();
    out += &format!("            case {}\n", valued.join(" "));
    out += FUNCTIONS;
    for (word, about) in COMMANDS {
        out += &word_at("__initium_place", word, about);
    }
    out += &word_at("__initium_place help", "migrate", "flags of a verb");
    for place in ["migrate", "migrate help", "help migrate"] {
        for verb in VERBS {
            out += &word_at(&format!("__initium_place {place}"), verb.name, verb.about);
        }
    }
    out += &word_at("__initium_place migrate", "help", "flags of a verb");
    for verb in VERBS {
        for word in values::of_verb(verb.name).unwrap_or_default() {
            for name in names(verb) {
                out += &word_at(&format!("__initium_place migrate {name}"), word, "");
            }
        }
    }
    for flag in common() {
        out += &line("__initium_migrate", &flag);
    }
    for verb in VERBS {
        for flag in own(verb) {
            out += &line(&format!("__initium_verb {}", names(verb).join(" ")), &flag);
        }
    }
    out
}

fn word_at(condition: &str, word: &str, about: &str) -> String {
    let about = match about {
        "" => String::new(),
        about => format!(" -d {}", quoted(about)),
    };
    format!("complete -c initium -n '{condition}' -a {word}{about}\n")
}

fn line(condition: &str, flag: &Flag) -> String {
    let takes = match flag.takes {
        Takes::Nothing => String::new(),
        Takes::Words(words) => format!(" -x -a '{}'", words.join(" ")),
        Takes::File => " -r -F".into(),
        Takes::Folder => " -x -a '(__fish_complete_directories)'".into(),
        Takes::Other(_) => " -x".into(),
    };
    let (name, about) = (flag.name(), quoted(flag.brief()));
    format!("complete -c initium -n '{condition}' -l {name}{takes} -d {about}\n")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
