//! How high everything stands, the order given: as near as it can to what it is linked with.

use super::web::{Side, Web};
use super::{STEP, straight};

const ROUNDS: usize = 12;

pub(super) fn place(web: &mut Web) {
    let count = web.layers.len();
    for round in 0..ROUNDS {
        // The first rounds carry what one side knows through all layers, the last look at both.
        let late = round >= ROUNDS / 2;
        for layer in 0..count {
            settle(
                web,
                layer,
                if late {
                    &[Side::Left, Side::Right]
                } else {
                    &[Side::Left]
                },
            );
        }
        for layer in (0..count).rev() {
            settle(
                web,
                layer,
                if late {
                    &[Side::Right, Side::Left]
                } else {
                    &[Side::Right]
                },
            );
        }
    }
    // Distances are whole steps, so nothing comes nearer to its neighbour by this.
    for slot in &mut web.slots {
        slot.y = (slot.y + STEP / 2).div_euclid(STEP) * STEP;
    }
    for _ in 0..3 {
        straight::blocks(web);
        straight::trunks(web);
    }
    let top = web.slots.iter().map(|slot| slot.y).min().unwrap_or(0);
    for slot in &mut web.slots {
        slot.y -= top;
    }
}

/// Everything as high as it can.
pub(super) fn stack(web: &mut Web, layer: usize) {
    let mut y = 0;
    for at in 0..web.layers[layer].len() {
        let slot = web.layers[layer][at];
        if at > 0 {
            y += web.gap(web.layers[layer][at - 1], slot);
        }
        web.slots[slot].y = y;
    }
}

/// Where a slot would stand if its neighbours on one side alone decided, in sixteenths.
pub(super) fn wish(web: &Web, slot: usize, side: Side) -> Option<i64> {
    let joints = match side {
        Side::Left => &web.slots[slot].left,
        Side::Right => &web.slots[slot].right,
    };
    let mut sum = 0;
    for joint in joints {
        let joint = &web.joints[*joint];
        let (own, other) = match side {
            Side::Left => (joint.right, joint.left),
            Side::Right => (joint.left, joint.right),
        };
        sum += i64::from(web.y(other) - web.pins[own].below) * 16;
    }
    sum.checked_div(joints.len() as i64)
}

/// Moves a layer to where its neighbours on these sides want it, as far as the order allows: those
/// that would stand in each other's way move together, and stand where they are content on average.
pub(super) fn settle(web: &mut Web, layer: usize, sides: &[Side]) {
    // Where the run would stand, how heavy it is, and how many slots it has.
    let mut runs: Vec<(i64, i64, usize)> = Vec::new();
    let mut offsets = Vec::new();
    let mut offset = 0;
    for (at, &slot) in web.layers[layer].iter().enumerate() {
        if at > 0 {
            offset += i64::from(web.gap(web.layers[layer][at - 1], slot)) * 16;
        }
        offsets.push(offset);
        let wishes: Vec<i64> = sides
            .iter()
            .filter_map(|side| wish(web, slot, *side))
            .collect();
        let (wish, weight) = match wishes.len() as i64 {
            0 => (i64::from(web.slots[slot].y) * 16, 1),
            // A wire that passes is to be straight before anything else.
            count if web.slots[slot].height == 0 => (wishes.iter().sum::<i64>() / count, 24),
            count => (wishes.iter().sum::<i64>() / count, 8),
        };
        let mut run = (wish - offset, weight, 1);
        while let Some(last) = runs.pop_if(|last| last.0 > run.0) {
            let weight = last.1 + run.1;
            run = (
                (last.0 * last.1 + run.0 * run.1) / weight,
                weight,
                last.2 + run.2,
            );
        }
        runs.push(run);
    }
    // Within the picture, as far as it has room for all of them.
    let end = web.layers[layer].last();
    let end = end.map_or(0, |slot| web.slots[*slot].height);
    let room = (i64::from(web.height - end) * 16 - offset).max(0);
    for run in &mut runs {
        run.0 = run.0.clamp(0, room);
    }
    let tops = runs
        .iter()
        .flat_map(|run| std::iter::repeat_n(run.0, run.2));
    for ((top, offset), slot) in tops.zip(offsets).zip(&web.layers[layer]) {
        web.slots[*slot].y = ((top + offset) / 16) as i32;
    }
}
