//! The order within each layer: everything near what it is linked with, few wires across others.

use super::place;
use super::web::{Side, Web};

const ROUNDS: usize = 10;

pub(super) fn order(web: &mut Web) {
    for layer in 0..web.layers.len() {
        place::stack(web, layer);
    }
    let mut best = (crossings(web), web.layers.clone());
    for _ in 0..ROUNDS {
        let count = web.layers.len();
        for layer in 1..count {
            sweep(web, layer, Side::Left);
        }
        for layer in (0..count.saturating_sub(1)).rev() {
            sweep(web, layer, Side::Right);
        }
        swap(web);
        let now = crossings(web);
        if now < best.0 {
            best = (now, web.layers.clone());
        }
        if best.0 == 0 {
            break;
        }
    }
    web.layers = best.1;
}

/// Sorts a layer by where the neighbours on one side stand.
fn sweep(web: &mut Web, layer: usize, side: Side) {
    let mut wishes: Vec<(i64, usize)> = Vec::new();
    for (at, &slot) in web.layers[layer].iter().enumerate() {
        let y = place::wish(web, slot, side).unwrap_or(i64::from(web.slots[slot].y) * 16);
        // By the middle: a tall block whose top is high does not belong above a low one.
        wishes.push((y + i64::from(web.slots[slot].height) * 8, at));
    }
    wishes.sort_unstable();
    let sorted = wishes.iter().map(|(_, at)| web.layers[layer][*at]);
    web.layers[layer] = sorted.collect();
    place::settle(web, layer, &[side]);
}

/// Neighbours change places as long as that takes a crossing away.
fn swap(web: &mut Web) {
    for layer in 0..web.layers.len() {
        for _ in 0..4 {
            let mut any = false;
            for at in 1..web.layers[layer].len() {
                let (a, b) = (web.layers[layer][at - 1], web.layers[layer][at]);
                if between(web, b, a) < between(web, a, b) {
                    web.layers[layer].swap(at - 1, at);
                    any = true;
                }
            }
            if !any {
                break;
            }
        }
        place::stack(web, layer);
    }
}

/// How many wires cross of two slots of a layer, where the first stands above.
fn between(web: &Web, upper: usize, lower: usize) -> usize {
    let (upper, lower) = (&web.slots[upper], &web.slots[lower]);
    let mut count = 0;
    for a in &upper.left {
        let y = web.y(web.joints[*a].left);
        count += lower
            .left
            .iter()
            .filter(|b| web.y(web.joints[**b].left) < y)
            .count();
    }
    for a in &upper.right {
        let y = web.y(web.joints[*a].right);
        count += lower
            .right
            .iter()
            .filter(|b| web.y(web.joints[**b].right) < y)
            .count();
    }
    count
}

fn crossings(web: &mut Web) -> usize {
    for layer in 0..web.layers.len() {
        place::stack(web, layer);
    }
    let mut count = 0;
    for layer in &web.layers {
        let mut ends: Vec<(i64, usize)> = Vec::new();
        for joint in layer.iter().flat_map(|slot| &web.slots[*slot].right) {
            let joint = &web.joints[*joint];
            let right = web.y(joint.right) as usize;
            ends.push((i64::from(web.y(joint.left)), right));
        }
        ends.sort_unstable();
        // Those before it that end below it.
        let mut seen: Vec<usize> = Vec::new();
        for (_, right) in ends {
            let at = seen.partition_point(|other| *other <= right);
            count += seen.len() - at;
            seen.insert(at, right);
        }
    }
    count
}
