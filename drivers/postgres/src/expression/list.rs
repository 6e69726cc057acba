//! IN, ANY, ALL and CASE: where many have one type.

use super::choice::{Typed, all_to, common, unify};
use super::operators;
use super::settle::settle;
use initium_driver::sql::expression::{Head, Node, Within};

const BOOLEAN: &str = "boolean";

/// `a IN (1, 2)`. Constants become an array if there are several; what asks a column is compared
/// by itself.
pub fn one_of(mut of: Vec<Node>, within: &Within) -> Typed {
    let left = of.remove(0);
    let is_row = matches!(&left, Node::Apply(Head::Form, word, _) if word == "row");
    let constants = of.iter().filter(|node| !asks(node)).count();
    let (others, list): (Vec<_>, Vec<_>) = match is_row || constants < 2 {
        true => (of, Vec::new()),
        false => of.into_iter().partition(asks),
    };
    // It is said again for each of them; what is long would become longer without end.
    if !others.is_empty() && size(&left) > LONGEST {
        let all = [left].into_iter().chain(list).chain(others);
        let all = all.map(|node| settle(node, within).node).collect();
        return Typed::new(Node::form("in", all), BOOLEAN);
    }
    let mut parts = Vec::new();
    if !list.is_empty() {
        parts.push(among(left.clone(), list, within));
    }
    for other in others {
        parts.push(settle(Node::operator("=", vec![left.clone(), other]), within).node);
    }
    let all = parts
        .into_iter()
        .reduce(|one, other| Node::join("or", one, other));
    Typed::new(all.unwrap_or(left), BOOLEAN)
}

/// How many nodes of what is repeated there may be.
const LONGEST: usize = 16;

fn size(node: &Node) -> usize {
    match node {
        Node::Name(_) | Node::Value(_) => 1,
        Node::Cast(of, _) => 1 + size(of),
        Node::Apply(_, _, of) => 1 + of.iter().map(size).sum::<usize>(),
    }
}

fn among(left: Node, list: Vec<Node>, within: &Within) -> Node {
    let mut all = vec![settle(left, within)];
    all.extend(list.into_iter().map(|node| settle(node, within)));
    let to = common(&all);
    let own = all.remove(0);
    let array = Typed {
        node: Node::form("array", all_to(all, &to)),
        of: match to.as_str() {
            "" => String::new(),
            to => format!("{to}[]"),
        },
    };
    quantified("=", "any", vec![own, array]).node
}

/// Whether a column is in it.
fn asks(node: &Node) -> bool {
    match node {
        Node::Name(_) => true,
        Node::Value(_) => false,
        Node::Cast(of, _) => asks(of),
        Node::Apply(_, _, of) => of.iter().any(asks),
    }
}

/// `a = ANY (b)`
pub fn quantified(sign: &str, kind: &str, mut of: Vec<Typed>) -> Typed {
    let (Some(array), Some(left)) = (of.pop(), of.pop()) else {
        return Typed::new(Node::form(kind, Vec::new()), BOOLEAN);
    };
    let (left, array) = match (operators::is_comparison(sign), left.of.as_str()) {
        (true, _) => fitted(left, array),
        (false, "character varying") => (left.to("text"), array),
        _ => (left, array),
    };
    let (sign, kind, is_not) = match (sign, kind) {
        ("<>", "all") => ("=", "any", true),
        _ => (sign, kind, false),
    };
    let node = Node::form(&format!("{sign} {kind}"), vec![left.node, array.node]);
    Typed::new(if is_not { node.negation() } else { node }, BOOLEAN)
}

/// The left one has the type of an element.
fn fitted(left: Typed, array: Typed) -> (Typed, Typed) {
    let one = match (left.of.as_str(), array.of.strip_suffix("[]")) {
        ("", _) => return (left, array),
        (of, None) if array.of == "unknown" => of.to_string(),
        (_, None) => return (left, array),
        (_, Some(each)) => each.to_string(),
    };
    // What two of them would become.
    let sample = Typed::new(Node::Name(String::new()), &one);
    let (left, sample) = unify(left, sample);
    let to = format!("{}[]", sample.of);
    (left, array.to(&to))
}

pub fn case(word: &str, of: Vec<Node>, within: &Within) -> Typed {
    let mut of = of.into_iter();
    let mut head = match word {
        "case of" => of.next().map(|node| settle(node, within)),
        _ => None,
    };
    // A text is compared as text, whatever its width.
    if let Some(typed) = head.take() {
        head = Some(match typed.of.as_str() {
            "character varying" => typed.to("text"),
            _ => typed,
        });
    }
    let (mut when, mut then) = (Vec::new(), Vec::new());
    let mut rest = of.map(|node| settle(node, within));
    let last = loop {
        match (rest.next(), rest.next()) {
            (Some(condition), Some(result)) => {
                when.push(match &head {
                    Some(head) => {
                        let sample = Typed::new(Node::Name(String::new()), &head.of);
                        unify(sample, condition).1.node
                    }
                    None => condition.node,
                });
                then.push(result);
            }
            (last, _) => break last,
        }
    };
    // Without ELSE the answer is NULL, of whatever type.
    let ends = last.as_ref().is_none_or(|typed| typed.node.is_null());
    let null = Node::value(initium_driver::sql::expression::Kind::Word, "null");
    then.extend(last.filter(|_| !ends));
    let to = common(&then);
    let mut results = all_to(then, &to).into_iter();
    let mut all: Vec<Node> = head.into_iter().map(|typed| typed.node).collect();
    for condition in when {
        all.push(condition);
        all.extend(results.next());
    }
    all.push(results.next().unwrap_or(null));
    Typed::new(Node::form(word, all), &to)
}
