//! Blocks and the wires between them get places: layers from left to right, the referenced before
//! those that refer to them, wires in the channels between. It knows sizes and numbers only, counts in
//! whole ones and leaves nothing to chance, so the same input gives the same places on every machine.

mod layers;
mod order;
mod pack;
mod place;
mod route;
mod straight;
#[cfg(test)]
mod tests;
mod web;

/// What each vertical distance within a block and between blocks is a multiple of: wires that lead
/// straight on are straight.
pub(in crate::report) const STEP: i32 = 20;

#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Where a wire ends: a block and how far below its top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) block: usize,
    pub(super) below: i32,
}

/// From the child to its parent. Those of one kind that have one parent run together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    pub(super) child: Port,
    pub(super) parent: Port,
    pub(super) kind: u8,
}

pub(super) type Point = (i32, i32);

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) blocks: Vec<Point>,
    /// Blocks above each other are of one width.
    pub(super) widths: Vec<i32>,
    /// From the child to the parent, with the corners.
    pub(super) wires: Vec<Vec<Point>>,
}

pub(super) fn places(blocks: &[Block], wires: &[Wire]) -> Places {
    let mut groups = pack::groups(blocks.len(), wires);
    let lone = groups.split_off(groups.partition_point(|group| group.len() > 1));
    let turns = |block: &usize| wires.iter().any(|wire| wire.child.block == *block);
    let (turning, lone) = lone.concat().into_iter().partition::<Vec<_>, _>(turns);
    groups.extend(turning.into_iter().map(|block| vec![block]));
    let mut drawn: Vec<Places> = Vec::new();
    for group in &groups {
        drawn.push(part(blocks, wires, group));
    }
    pack::pack(blocks, wires, (&groups, &drawn), &lone)
}

/// Blocks that hang together, on their own. Of several heights the one that gives the best shape.
fn part(blocks: &[Block], wires: &[Wire], group: &[usize]) -> Places {
    let mut inner = vec![usize::MAX; blocks.len()];
    for (at, block) in group.iter().enumerate() {
        inner[*block] = at;
    }
    let own: Vec<Block> = group.iter().map(|block| blocks[*block]).collect();
    let mut own_wires = Vec::new();
    for wire in wires
        .iter()
        .filter(|wire| inner[wire.child.block] != usize::MAX)
    {
        let mut wire = *wire;
        wire.child.block = inner[wire.child.block];
        wire.parent.block = inner[wire.parent.block];
        own_wires.push(wire);
    }
    let tallest = own.iter().map(|block| block.height).max().unwrap_or(0);
    let area: i64 = own
        .iter()
        .map(|b| i64::from(b.width + 120) * i64::from(b.height + 40))
        .sum();
    let ideal = (area * 2 / 3).isqrt() as i32;
    let mut best: Option<(i64, Places)> = None;
    for share in [50, 70, 90, 120, 160] {
        let most = tallest.max(ideal / 100 * share);
        let layers = layers::layers(&own, &own_wires, most);
        let mut web = web::Web::new(&own, &own_wires, &layers);
        order::order(&mut web);
        place::place(&mut web);
        let places = route::route(&own, &own_wires, web);
        let cost = cost(&places);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, places));
        }
    }
    best.map(|(_, places)| places).unwrap_or_default()
}

/// A picture is read on a screen: what counts is how small it has to become to be seen as a whole,
/// and how long one follows a wire.
fn cost(places: &Places) -> i64 {
    let side = i64::from(places.width.max(places.height * 3 / 2));
    let mut length = 0;
    for wire in &places.wires {
        for pair in wire.windows(2) {
            length += i64::from((pair[0].0 - pair[1].0).abs() + (pair[0].1 - pair[1].1).abs());
        }
    }
    side * 3 + length / (places.wires.len().max(1) as i64)
}
