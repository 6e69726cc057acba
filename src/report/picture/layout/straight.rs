//! Wires without needless corners: what stands is moved within the room that its neighbours leave it.

use super::web::Web;

/// Where the top of a slot may be, between its neighbours in its layer.
fn room(web: &Web, slot: usize) -> (i32, i32) {
    let slots = &web.layers[web.slots[slot].layer];
    let at = slots.iter().position(|it| *it == slot).unwrap_or(0);
    let upper = at.checked_sub(1).map(|at| slots[at]);
    let low = upper.map_or(0, |upper| web.slots[upper].y + web.gap(upper, slot));
    let end = web.height.max(web.slots[slot].y);
    let high = slots.get(at + 1);
    let high = high.map_or(end, |lower| web.slots[*lower].y - web.gap(slot, *lower));
    (low, high)
}

/// A block goes where most of its wires lead straight on; of several such places to the nearest.
pub(super) fn blocks(web: &mut Web) {
    for slot in 0..web.slots.len() {
        if web.slots[slot].height == 0 {
            continue;
        }
        let y = web.slots[slot].y;
        let (low, high) = room(web, slot);
        let mut moves: Vec<i32> = Vec::new();
        for joint in &web.slots[slot].left {
            let joint = &web.joints[*joint];
            moves.push(web.y(joint.left) - web.y(joint.right));
        }
        for joint in &web.slots[slot].right {
            let joint = &web.joints[*joint];
            moves.push(web.y(joint.right) - web.y(joint.left));
        }
        moves.sort_unstable();
        let mut best = (moves.iter().filter(|by| **by == 0).count(), 0_i32);
        for same in moves.chunk_by(|a, b| a == b) {
            let (count, by) = (same.len(), same[0]);
            let is_near = count == best.0 && best.1 != 0 && by.abs() < best.1.abs();
            if (low..=high).contains(&(y + by)) && (count > best.0 || is_near) {
                best = (count, by);
            }
        }
        web.slots[slot].y += best.1;
    }
}

/// A wire that passes several layers stays on one height as long as it can; on that of one of its
/// ends, if that is free.
pub(super) fn trunks(web: &mut Web) {
    for net in 0..web.nets.len() {
        let trunk = web.nets[net].trunk.clone();
        let mut at = 1;
        while at < trunk.len() {
            let (mut low, mut high) = (i32::MIN, i32::MAX);
            let mut end = at;
            while let Some(pin) = trunk.get(end) {
                let (from, to) = room(web, web.pins[*pin].slot);
                if low.max(from) > high.min(to) {
                    break;
                }
                (low, high) = (low.max(from), high.min(to));
                end += 1;
            }
            if end == at {
                at += 1;
                continue;
            }
            let fits = |y: &i32| (low..=high).contains(y);
            let before = web.y(trunk[at - 1]);
            let last = trunk[end - 1];
            let slot = &web.slots[web.pins[last].slot];
            let joints = slot
                .left
                .iter()
                .chain(&slot.right)
                .map(|at| &web.joints[*at]);
            let others = joints.map(|joint| match joint.left == last {
                true => web.y(joint.right),
                false => web.y(joint.left),
            });
            let ahead = others.filter(|y| *y != web.y(last)).find(fits);
            let y = Some(before).filter(fits).or(ahead);
            let y = y.unwrap_or_else(|| before.clamp(low, high));
            for pin in &trunk[at..end] {
                let slot = web.pins[*pin].slot;
                web.slots[slot].y = y;
            }
            at = end;
        }
    }
}
