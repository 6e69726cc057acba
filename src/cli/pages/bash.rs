//! Completion for bash 3.2 and later; it needs nothing of the package bash-completion. bash breaks a
//! line at `=` as well, so `--format=json` arrives as three words and is put together first.

use super::super::values;
use super::super::verb::VERBS;
use super::{COMMANDS, Flag, Takes, common, every, names, own};

const BEGINNING: &str = r#"# Completion of initium for bash. Made from the program's own table of arguments; not to be edited.

# What stands behind a flag of a verb, or before any verb: file, folder, other, or a list of words.
# Status 1 for a flag that takes nothing or is not known there.
_initium_takes() {
    case " $(_initium_flags "$2")" in
        *" $1 "*) ;;
        *) return 1 ;;
    esac
    case $1 in
"#;

const END: &str = r#"
# Answers with what of a list, of the files or of the folders begins with what is typed.
_initium_answer() {
    local list=$1 typed=$2 before=${3-} found
    case $list in
        file | folder) compopt -o filenames 2>/dev/null ;;
    esac
    while IFS= read -r found; do
        COMPREPLY+=("$before$found")
    done < <(
        case $list in
            file) compgen -f -- "$typed" ;;
            folder) compgen -d -- "$typed" ;;
            other) ;;
            *) compgen -W "$list" -- "$typed" ;;
        esac
    )
}

_initium() {
    local i word last line=() verb='' flag='' places=0 takes='' before=''
    COMPREPLY=()
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        last=$((${#line[@]} - 1))
        if ((last >= 0)) && [[ $word == = && ${line[last]} == --* ]]; then
            line[last]+==
        elif ((last >= 0)) && [[ ${COMP_WORDS[i - 1]} == = && ${line[last]} == --*= ]]; then
            line[last]+=$word
        else
            line+=("$word")
        fi
    done
    last=$((${#line[@]} - 1))
    word=${line[last]}
    if ((last == 0)); then
        _initium_answer "$_initium_commands" "$word"
        return
    fi
    if [[ ${line[0]} == help ]]; then
        case $last in
            1) _initium_answer migrate "$word" ;;
            2) _initium_answer "$_initium_verbs" "$word" ;;
        esac
        return
    fi
    [[ ${line[0]} == migrate ]] || return 0
    for ((i = 1; i < last; i++)); do
        if [[ -n $flag ]]; then
            flag=''
            continue
        fi
        case ${line[i]} in
            --) return 0 ;;
            --*=*) ;;
            -*) if _initium_takes "${line[i]}" "$verb"; then flag=${line[i]}; fi ;;
            *) if [[ -z $verb ]]; then verb=${line[i]}; else places=$((places + 1)); fi ;;
        esac
    done
    if [[ -z $flag && $word == --*=* ]]; then
        flag=${word%%=*}
        word=${word#*=}
        # Where bash does not break at `=`, the answer is the whole word.
        case $COMP_WORDBREAKS in
            *=*) ;;
            *) before=$flag= ;;
        esac
    fi
    if [[ -n $flag ]]; then
        if _initium_takes "$flag" "$verb"; then _initium_answer "$takes" "$word" "$before"; fi
        return 0
    fi
    case $verb in
        '')
            case $word in
                -*) _initium_answer "$(_initium_flags) -h --help -V --version" "$word" ;;
                *) _initium_answer "$_initium_verbs help" "$word" ;;
            esac
            ;;
        help) if ((places == 0)); then _initium_answer "$_initium_verbs" "$word"; fi ;;
        *)
            if [[ $word != -* ]] && ((places == 0)) && [[ -n $(_initium_words "$verb") ]]; then
                _initium_answer "$(_initium_words "$verb")" "$word"
            else
                _initium_answer "$(_initium_flags "$verb") -h --help" "$word"
            fi
            ;;
    esac
}

complete -F _initium initium
"#;

pub fn script() -> String {
    let mut out = BEGINNING.to_string();
    for (kind, flags) in by_kind(&every()) {
        out += &format!("        {}) takes='{kind}' ;;\n", flags.join(" | "));
    }
    out += "        *) return 1 ;;\n    esac\n}\n\n";
    out += "# The flags of a verb, those of every verb first.\n";
    out += "_initium_flags() {\n";
    out += &format!(
        "    printf '%s ' '{}'\n    case ${{1-}} in\n",
        longs(&common())
    );
    for verb in VERBS.iter().filter(|verb| !own(verb).is_empty()) {
        let (names, flags) = (names(verb).join(" | "), longs(&own(verb)));
        out += &format!("        {names}) printf '%s ' '{flags}' ;;\n");
    }
    out +=
        "    esac\n}\n\n# The words of a verb's first place.\n_initium_words() {\n    case $1 in\n";
    for verb in VERBS {
        if let Some(words) = values::of_verb(verb.name) {
            out += &format!("        {}) echo '{}' ;;\n", verb.name, words.join(" "));
        }
    }
    out += "    esac\n}\n\n";
    let verbs: Vec<_> = VERBS.iter().map(|verb| verb.name).collect();
    out += &format!("_initium_verbs='{}'\n", verbs.join(" "));
    let commands: Vec<_> = COMMANDS.iter().map(|(word, _)| *word).collect();
    let commands = commands.join(" ");
    out += &format!("_initium_commands='{commands} -h --help -V --version'\n");
    out + END
}

fn longs(flags: &[Flag]) -> String {
    let longs: Vec<_> = flags.iter().map(|flag| flag.long).collect();
    longs.join(" ")
}

/// What flags take, each kind with its flags.
fn by_kind(flags: &[Flag]) -> Vec<(String, Vec<&'static str>)> {
    let mut kinds: Vec<(String, Vec<_>)> = Vec::new();
    for flag in flags {
        let kind = match flag.takes {
            Takes::Nothing => continue,
            Takes::Words(words) => words.join(" "),
            Takes::File => "file".into(),
            Takes::Folder => "folder".into(),
            Takes::Other(_) => "other".into(),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, flags)) => flags.push(flag.long),
            None => kinds.push((kind, vec![flag.long])),
        }
    }
    kinds
}
