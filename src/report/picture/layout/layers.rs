//! Which blocks stand above each other: a parent stands left of its children, circles are cut where it
//! costs least, and no layer becomes higher than it may.

use super::{Block, Wire};

pub(super) fn layers(blocks: &[Block], wires: &[Wire], most: i32) -> Vec<usize> {
    let sequence = sequence(blocks.len(), wires);
    let mut rank = vec![0; blocks.len()];
    for (at, block) in sequence.iter().enumerate() {
        rank[*block] = at;
    }
    // Every wire from the earlier to the later, whatever it means: that is how circles are cut.
    let mut before = vec![Vec::new(); blocks.len()];
    let mut after = vec![Vec::new(); blocks.len()];
    for wire in wires {
        let (mut a, mut b) = (wire.parent.block, wire.child.block);
        if a == b {
            continue;
        }
        if rank[a] > rank[b] {
            (a, b) = (b, a);
        }
        before[b].push(a);
        after[a].push(b);
    }
    let sequence = together(&before, &after);
    let mut layers = vec![0; blocks.len()];
    let mut heights: Vec<i32> = Vec::new();
    let height = |block: usize| blocks[block].height + 40;
    for &block in &sequence {
        let first = before[block]
            .iter()
            .map(|b| layers[*b] + 1)
            .max()
            .unwrap_or(0);
        let mut layer = first;
        loop {
            if layer >= heights.len() {
                heights.resize(layer + 1, 0);
            }
            if heights[layer] == 0 || heights[layer] + height(block) <= most {
                break;
            }
            layer += 1;
        }
        heights[layer] += height(block);
        layers[block] = layer;
    }
    // What more wires pull to the right than to the left goes there, as far as there is room.
    for &block in sequence.iter().rev() {
        let Some(last) = after[block].iter().map(|b| layers[*b]).min() else {
            continue;
        };
        if after[block].len() <= before[block].len() {
            continue;
        }
        // Near its children it may be a little fuller.
        let fits = |layer: &usize| heights[*layer] + height(block) <= most + most / 4;
        if let Some(layer) = (layers[block] + 1..last).rev().find(fits) {
            heights[layers[block]] -= height(block);
            heights[layer] += height(block);
            layers[block] = layer;
        }
    }
    // A layer may have become empty.
    let mut names = vec![0; heights.len()];
    for layer in &layers {
        names[*layer] = 1;
    }
    let mut count = 0;
    for name in &mut names {
        count += *name;
        *name = count - *name;
    }
    layers.iter().map(|layer| names[*layer]).collect()
}

/// Parents before children, as far as it goes: whoever has no parent left comes next; where everybody
/// has one, whoever has the most children more than parents (Eades, Lin and Smyth).
fn sequence(count: usize, wires: &[Wire]) -> Vec<usize> {
    let mut parents = vec![0_i64; count];
    let mut children = vec![0_i64; count];
    let mut kin = vec![Vec::new(); count];
    for wire in wires {
        let (parent, child) = (wire.parent.block, wire.child.block);
        if parent != child {
            parents[child] += 1;
            children[parent] += 1;
            kin[parent].push((child, 1));
            kin[child].push((parent, 0));
        }
    }
    let mut done = vec![false; count];
    let mut sequence = Vec::new();
    for _ in 0..count {
        let left = (0..count).filter(|block| !done[*block]);
        let best = left.max_by_key(|block| {
            let is_free = parents[*block] == 0;
            (
                is_free,
                children[*block] - parents[*block],
                -(*block as i64),
            )
        });
        let Some(block) = best else { break };
        done[block] = true;
        sequence.push(block);
        for (other, side) in &kin[block] {
            match side {
                1 => parents[*other] -= 1,
                _ => children[*other] -= 1,
            }
        }
    }
    sequence
}

/// The same promise, and what hangs together one after the other: next is whoever's last parent came
/// most recently; where nobody's has come, whoever lets most of those go on that wait.
fn together(before: &[Vec<usize>], after: &[Vec<usize>]) -> Vec<usize> {
    let count = before.len();
    let mut missing: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut recent = vec![0; count];
    let mut done = vec![false; count];
    let mut sequence = Vec::new();
    for time in 1..=count {
        let ready = (0..count).filter(|block| !done[*block] && missing[*block] == 0);
        let next = ready.max_by_key(|block| {
            let waits = |child: &&usize| recent[**child] > 0;
            let waiting = after[*block].iter().filter(waits).count();
            (recent[*block], waiting, std::cmp::Reverse(*block))
        });
        let Some(block) = next else { break };
        done[block] = true;
        sequence.push(block);
        for child in &after[block] {
            missing[*child] -= 1;
            recent[*child] = time;
        }
    }
    sequence
}
