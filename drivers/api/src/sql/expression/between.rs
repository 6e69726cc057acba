//! `a >= 1 AND a <= 2` is `a BETWEEN 1 AND 2`, and its opposite is the other. It is put together and
//! not taken apart: what stands twice in the one stands once in the other.

use super::tree::{Head, Node};

/// The parts of an AND or OR, pairs of comparisons of one thing made into one.
pub fn paired(word: &str, of: Vec<Node>) -> Node {
    let signs = match word {
        "and" => (">=", "<="),
        _ => ("<", ">"),
    };
    let mut parts: Vec<Node> = Vec::with_capacity(of.len());
    for node in of {
        match parts.pop() {
            None => parts.push(node),
            Some(last) if is_pair(&last, &node, signs) => {
                let between = pair(last, node);
                parts.push(match word {
                    "and" => between,
                    _ => between.negation(),
                });
            }
            Some(last) => parts.extend([last, node]),
        }
    }
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => Node::operator(word, parts),
    }
}

fn is_pair(one: &Node, other: &Node, signs: (&str, &str)) -> bool {
    match (one, other) {
        (Node::Apply(Head::Operator, from, left), Node::Apply(Head::Operator, to, right)) => {
            from == signs.0
                && to == signs.1
                && left.len() == 2
                && right.len() == 2
                && left[0] == right[0]
        }
        _ => false,
    }
}

fn pair(one: Node, other: Node) -> Node {
    let (Node::Apply(_, _, mut of), Node::Apply(_, _, mut end)) = (one, other) else {
        return Node::form("between", Vec::new());
    };
    of.append(&mut end.split_off(1));
    Node::form("between", of)
}
