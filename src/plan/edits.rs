//! What was edited, line by line: two texts as a unified diff. Pure, and bounded: texts that have
//! little in common are not compared for long.

use std::fmt::Write;

/// Lines of a text that stay the same around one that does not.
const AROUND: usize = 3;
/// Lines that are shown.
const SHOWN: usize = 40;
/// Removed and added lines, together, up to which the fewest are looked for.
const FEWEST: usize = 200;

/// A stretch of the old text that a stretch of the new one replaces; either may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    old: (usize, usize),
    new: (usize, usize),
}

/// Nothing where no line differs. `name` says whose text the new one is.
pub(super) fn unified(old: &str, new: &str, name: &str) -> Option<String> {
    // Without their line ends, which do not count.
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = edits(&old, &new);
    if edits.is_empty() {
        return None;
    }
    let lines = hunks(&old, &new, &edits);
    let mut out = format!("--- as it was applied\n+++ {name}\n");
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(out, "{line}");
    }
    if lines.len() > SHOWN {
        let _ = writeln!(out, "... {} more lines", lines.len() - SHOWN);
    }
    Some(out)
}

fn hunks(old: &[&str], new: &[&str], edits: &[Edit]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = edits;
    while let Some(first) = rest.first() {
        let near = |two: &[Edit]| two[1].old.0 - two[0].old.1 <= 2 * AROUND;
        let count = 1 + rest.windows(2).take_while(|two| near(two)).count();
        let (hunk, behind) = rest.split_at(count);
        let last = hunk[count - 1];
        let before = first.old.0.min(AROUND);
        let after = (old.len() - last.old.1).min(AROUND);
        let (from, to) = (first.old.0 - before, last.old.1 + after);
        let (new_from, new_to) = (first.new.0 - before, last.new.1 + after);
        lines.push(format!(
            "@@ -{} +{} @@",
            span(from, to),
            span(new_from, new_to)
        ));
        let mut at = from;
        let same = |lines: &mut Vec<String>, range: std::ops::Range<usize>| {
            lines.extend(old[range].iter().map(|line| format!(" {line}")));
        };
        for edit in hunk {
            same(&mut lines, at..edit.old.0);
            let gone = &old[edit.old.0..edit.old.1];
            lines.extend(gone.iter().map(|line| format!("-{line}")));
            let come = &new[edit.new.0..edit.new.1];
            lines.extend(come.iter().map(|line| format!("+{line}")));
            at = edit.old.1;
        }
        same(&mut lines, at..to);
        rest = behind;
    }
    lines
}

/// As `diff` counts: from 1, and an empty stretch by the line before it.
fn span(from: usize, to: usize) -> String {
    match to - from {
        0 => format!("{from},0"),
        1 => format!("{}", from + 1),
        n => format!("{},{n}", from + 1),
    }
}

/// What differs, in order.
fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[same..], &new[same..]);
    let tail = a.iter().rev().zip(b.iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut found: Vec<Edit> = Vec::new();
    let (mut x, mut y) = (0, 0);
    let mut add = |to_x: usize, to_y: usize, pairs: usize| {
        if (to_x, to_y) != (x, y) {
            found.push(Edit {
                old: (same + x, same + to_x),
                new: (same + y, same + to_y),
            });
        }
        (x, y) = (to_x + pairs, to_y + pairs);
    };
    for (to_x, to_y, pairs) in common(a, b).unwrap_or_default() {
        add(to_x, to_y, pairs);
    }
    add(a.len(), b.len(), 0);
    found
}

/// The stretches that both have, as (where in `a`, where in `b`, how long): those of the shortest
/// way from one to the other, by Myers' greedy search; nothing where that way is too long.
fn common(a: &[&str], b: &[&str]) -> Option<Vec<(usize, usize, usize)>> {
    let (n, m) = (a.len() as isize, b.len() as isize);
    // The furthest `x` on each diagonal `x - y`, and how it was before each round.
    let most = FEWEST.min(a.len() + b.len()) as isize;
    let mut furthest = vec![0_isize; 2 * most as usize + 3];
    let at = |k: isize| (k + most + 1) as usize;
    let mut before: Vec<Vec<isize>> = Vec::new();
    for d in 0..=most {
        before.push(furthest[at(-d - 1)..=at(d + 1)].to_vec());
        for k in (-d..=d).step_by(2) {
            let down = k == -d || k != d && furthest[at(k - 1)] < furthest[at(k + 1)];
            let mut x = match down {
                true => furthest[at(k + 1)],
                false => furthest[at(k - 1)] + 1,
            };
            while x < n && x - k < m && a[x as usize] == b[(x - k) as usize] {
                x += 1;
            }
            furthest[at(k)] = x;
            if x >= n && x - k >= m {
                return Some(back(&before, (n, m)));
            }
        }
    }
    None
}

/// The way back from the end, turned around.
fn back(before: &[Vec<isize>], end: (isize, isize)) -> Vec<(usize, usize, usize)> {
    let (mut x, mut y) = end;
    let mut found = Vec::new();
    for (d, row) in before.iter().enumerate().rev() {
        let d = d as isize;
        let of = |k: isize| row[(k + d + 1) as usize];
        let k = x - y;
        let down = k == -d || k != d && of(k - 1) < of(k + 1);
        let from = match (d, down) {
            (0, _) => 0,
            (_, true) => of(k + 1),
            (_, false) => of(k - 1) + 1,
        };
        if x > from {
            found.push((from as usize, (from - k) as usize, (x - from) as usize));
        }
        (x, y) = match (d, down) {
            (0, _) => (0, 0),
            (_, true) => (from, from - k - 1),
            (_, false) => (from - 1, from - k),
        };
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> String {
        unified(old, new, "a.sql").unwrap_or_default()
    }

    #[test]
    fn a_line_that_was_edited_is_shown_with_three_around_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let shown = diff(old, &old.replace("5\n", "five\n"));
        let expected = "--- as it was applied\n+++ a.sql\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn edits_far_apart_are_hunks_of_their_own() {
        let old: String = (1..=30).map(|n| format!("{n}\n")).collect();
        let new = old.replace("3\n4\n", "4\n").replace("28\n", "28\nx\n");
        let shown = diff(&old, &new);
        let heads = shown.lines().filter(|line| line.starts_with("@@"));
        assert_eq!(heads.count(), 2, "{shown}");
        assert!(shown.contains("\n-3\n"), "{shown}");
        assert!(shown.contains("\n+x\n"), "{shown}");
    }

    #[test]
    fn line_ends_and_nothing_are_no_edits() {
        assert_eq!(unified("a\r\nb", "a\nb\n", "a.sql"), None);
        assert_eq!(unified("", "", "a.sql"), None);
        assert_eq!(
            diff("", "a"),
            "--- as it was applied\n+++ a.sql\n@@ -0,0 +1 @@\n+a\n"
        );
    }

    #[test]
    fn more_than_forty_lines_are_counted() {
        let old: String = (1..=100).map(|n| format!("{n}\n")).collect();
        let shown = diff(&old, "");
        assert_eq!(shown.lines().count(), 2 + SHOWN + 1);
        assert!(shown.ends_with("... 61 more lines\n"), "{shown}");
    }

    /// What the diff says was done to the old text makes the new one, and no shorter way was missed
    /// where that can be counted.
    #[test]
    fn the_edits_make_the_new_text_of_the_old_one() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        for round in 0..3000 {
            let signs = ["a", "b", "c"];
            let mut text = || {
                let long = random(12);
                (0..long).map(|_| signs[random(3)]).collect::<Vec<_>>()
            };
            let (old, new) = (text(), text());
            let found = edits(&old, &new);
            let (mut made, mut at) = (Vec::<&str>::new(), 0);
            for edit in &found {
                made.extend(&old[at..edit.old.0]);
                assert_eq!(made.len(), edit.new.0, "round {round}: {old:?} {new:?}");
                made.extend(&new[edit.new.0..edit.new.1]);
                at = edit.old.1;
            }
            made.extend(&old[at..]);
            assert_eq!(made, new, "round {round}: {old:?} {found:?}");
            let cost = |e: &Edit| e.old.1 - e.old.0 + e.new.1 - e.new.0;
            let cost: usize = found.iter().map(cost).sum();
            let fewest = old.len() + new.len() - 2 * longest(&old, &new);
            assert_eq!(cost, fewest, "round {round}: {old:?} {new:?} {found:?}");
        }
    }

    fn longest(a: &[&str], b: &[&str]) -> usize {
        let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
        for x in 0..a.len() {
            for y in 0..b.len() {
                rows[x + 1][y + 1] = match a[x] == b[y] {
                    true => rows[x][y] + 1,
                    false => rows[x][y + 1].max(rows[x + 1][y]),
                };
            }
        }
        rows[a.len()][b.len()]
    }

    #[test]
    fn a_mebibyte_with_nothing_in_common_ends_soon() {
        let text = |sign: &str| (0..500_000).map(|n| format!("{sign}{}\n", n % 7)).collect();
        let (old, new): (String, String) = (text("a"), text("b"));
        assert!(diff(&old, &new).ends_with("more lines\n"));
        // Without a bound of its work this would not end.
    }
}
