//! Parts of a picture that have nothing to do with each other, side by side.

use super::{Block, Places, Wire};

const AIR: i32 = 60;

/// Blocks that hang together, the largest group first, then by their numbers.
pub(super) fn groups(count: usize, wires: &[Wire]) -> Vec<Vec<usize>> {
    let mut leads: Vec<usize> = (0..count).collect();
    fn lead(leads: &mut [usize], mut at: usize) -> usize {
        while leads[at] != at {
            leads[at] = leads[leads[at]];
            at = leads[at];
        }
        at
    }
    for wire in wires {
        let a = lead(&mut leads, wire.child.block);
        let b = lead(&mut leads, wire.parent.block);
        leads[a.max(b)] = a.min(b);
    }
    let mut groups = vec![Vec::new(); count];
    for block in 0..count {
        groups[lead(&mut leads, block)].push(block);
    }
    let mut order: Vec<(i64, usize)> = Vec::new();
    for (at, group) in groups
        .iter()
        .enumerate()
        .filter(|(_, group)| !group.is_empty())
    {
        order.push((-(group.len() as i64), at));
    }
    order.sort_unstable();
    let taken = order.iter().map(|(_, at)| std::mem::take(&mut groups[*at]));
    taken.collect()
}

/// Drawn groups in rows, the tallest first, and below them single blocks in columns.
pub(super) fn pack(
    blocks: &[Block],
    wires: &[Wire],
    (groups, drawn): (&[Vec<usize>], &[Places]),
    lone: &[usize],
) -> Places {
    let mut out = Places {
        blocks: vec![(0, 0); blocks.len()],
        widths: blocks.iter().map(|block| block.width).collect(),
        wires: vec![Vec::new(); wires.len()],
        ..Places::default()
    };
    let area = |width: i32, height: i32| i64::from(width + AIR) * i64::from(height + AIR);
    let mut total: i64 = drawn.iter().map(|part| area(part.width, part.height)).sum();
    for block in lone {
        total += area(blocks[*block].width, blocks[*block].height);
    }
    let widest = drawn.iter().map(|part| part.width).max().unwrap_or(0);
    let most = widest.max((total * 3 / 2).isqrt() as i32);
    let mut order: Vec<(i64, usize)> = Vec::new();
    for (at, part) in drawn.iter().enumerate() {
        order.push((-i64::from(part.height), at));
    }
    order.sort_unstable();
    let mut group_of = vec![usize::MAX; blocks.len()];
    let mut corners = vec![(0, 0); drawn.len()];
    let (mut x, mut y, mut tall) = (0, 0, 0);
    for (_, at) in order {
        let part = &drawn[at];
        if x > 0 && x + part.width > most {
            (x, y, tall) = (0, y + tall + AIR, 0);
        }
        corners[at] = (x, y);
        for (inner, block) in groups[at].iter().enumerate() {
            let place = part.blocks[inner];
            group_of[*block] = at;
            out.blocks[*block] = (x + place.0, y + place.1);
            out.widths[*block] = part.widths[inner];
        }
        out.width = out.width.max(x + part.width);
        x += part.width + AIR;
        tall = tall.max(part.height);
    }
    if !drawn.is_empty() {
        y += tall + AIR;
    }
    columns(&mut out, blocks, lone, (most, y));
    let mut next = vec![0; drawn.len()];
    for (at, wire) in wires.iter().enumerate() {
        let group = group_of[wire.child.block];
        let (x, y) = corners[group];
        let points = drawn[group].wires[next[group]].iter();
        next[group] += 1;
        out.wires[at] = points.map(|point| (point.0 + x, point.1 + y)).collect();
    }
    for (part, corner) in drawn.iter().zip(&corners) {
        out.height = out.height.max(corner.1 + part.height);
    }
    for (block, at) in blocks.iter().zip(&out.blocks) {
        out.height = out.height.max(at.1 + block.height);
    }
    out
}

/// Each where the columns are shortest.
fn columns(out: &mut Places, blocks: &[Block], lone: &[usize], (most, top): (i32, i32)) {
    let widths = lone.iter().map(|block| blocks[*block].width);
    let Some(width) = widths.max() else { return };
    let pitch = width + AIR / 2;
    let count = ((most + AIR / 2) / pitch).max(1) as usize;
    let mut ends = vec![top; count.min(lone.len())];
    for block in lone {
        let shortest = (0..ends.len()).min_by_key(|at| (ends[*at], *at));
        let at = shortest.unwrap_or(0);
        out.blocks[*block] = (at as i32 * pitch, ends[at]);
        out.widths[*block] = width;
        ends[at] += blocks[*block].height + AIR / 2;
        out.width = out.width.max((at as i32 + 1) * pitch - AIR / 2);
    }
}
