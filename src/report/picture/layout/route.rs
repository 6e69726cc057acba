//! The wires' way: along a pin's height to a track in the channel between two layers, along the track,
//! and on. No wire lies upon a part of another.

use super::web::{Net, Side, Way, Web};
use super::{Block, Places, Point, STEP, Wire};

/// Between a layer and the first track: room for what a wire's end looks like.
const MARGIN: i32 = 26;
const TRACK: i32 = 10;
/// How far a pin moves that would lie upon another.
const SHIFTS: [i32; 5] = [0, 6, -6, 3, -3];

/// A net in a channel.
struct Lane {
    net: usize,
    left: Vec<usize>,
    right: Vec<usize>,
    track: Option<usize>,
}

/// Its heights, at the left, at the right, and from where to where its track goes.
struct Reach {
    left: Vec<i32>,
    right: Vec<i32>,
    low: i32,
    high: i32,
}

pub(super) fn route(blocks: &[Block], wires: &[Wire], mut web: Web) -> Places {
    let count = web.layers.len();
    let mut channels: Vec<Vec<Lane>> = Vec::new();
    for layer in 0..count.saturating_sub(1) {
        let lanes = lanes(&web, layer);
        channels.push(tracks(&mut web, lanes));
    }
    // Where layers and channels begin.
    let (mut x, mut xs, mut widths, mut begins) = (0, Vec::new(), Vec::new(), Vec::new());
    let loops = loops(blocks.len(), wires);
    for layer in 0..count {
        let here = |block: &&usize| **block < blocks.len();
        let own = web.layers[layer].iter().filter(here);
        let (mut width, mut room) = (0, 0);
        for &block in own {
            width = width.max(blocks[block].width);
            room = room.max(loop_width(loops[block]));
        }
        xs.push(x);
        widths.push(width);
        x += width + room;
        begins.push(x);
        if let Some(lanes) = channels.get(layer) {
            let tracks = lanes.iter().filter_map(|lane| lane.track).max();
            x += 2 * MARGIN + tracks.map_or(0, |last| last as i32 * TRACK);
        }
    }
    let mut out = Places::default();
    for block in 0..blocks.len() {
        let slot = &web.slots[block];
        out.blocks.push((xs[slot.layer], slot.y));
        out.widths.push(widths[slot.layer]);
        out.height = out.height.max(slot.y + slot.height);
    }
    let mut turns = vec![0; blocks.len()];
    for way in &web.ways {
        out.wires.push(match *way {
            Way::Along(net, pin) => {
                let ends = [xs.as_slice(), widths.as_slice(), begins.as_slice()];
                along(&web, &channels, ends, net, pin)
            }
            Way::Turn(child, parent) => {
                let block = web.pins[child].slot;
                turns[block] += 1;
                let x = out.blocks[block].0 + out.widths[block];
                let far = x + loop_width(turns[block]);
                let (from, to) = (web.y(child), web.y(parent));
                vec![(x, from), (far, from), (far, to), (x, to)]
            }
        });
    }
    out.width = x;
    // A wire may be lower than every block.
    for (_, y) in out.wires.iter().flatten() {
        out.height = out.height.max(*y + 8);
    }
    out
}

/// How often each block refers to itself.
fn loops(count: usize, wires: &[Wire]) -> Vec<usize> {
    let mut loops = vec![0; count];
    for wire in wires.iter().filter(|w| w.child.block == w.parent.block) {
        loops[wire.child.block] += 1;
    }
    loops
}

fn loop_width(count: usize) -> i32 {
    match count {
        0 => 0,
        count => MARGIN + (count as i32 - 1) * TRACK,
    }
}

fn along(
    web: &Web,
    channels: &[Vec<Lane>],
    [xs, widths, begins]: [&[i32]; 3],
    net: usize,
    pin: usize,
) -> Vec<Point> {
    let Net { side, trunk, .. } = &web.nets[net];
    let first = web.slots[web.pins[trunk[0]].slot].layer;
    let last = web.slots[web.pins[pin].slot].layer;
    let edge = |layer: usize, side: Side| match side {
        Side::Right => xs[layer] + widths[layer],
        Side::Left => xs[layer],
    };
    let mut points = vec![(edge(first, *side), web.y(trunk[0]))];
    let mut y = points[0].1;
    for steps in 0..first.abs_diff(last) {
        let channel = match side {
            Side::Right => first + steps,
            Side::Left => first - steps - 1,
        };
        let next = match steps + 1 == first.abs_diff(last) {
            true => web.y(pin),
            false => web.y(trunk[steps + 1]),
        };
        let lane = channels[channel].iter().find(|lane| lane.net == net);
        if let Some(track) = lane.and_then(|lane| lane.track)
            && next != y
        {
            let x = begins[channel] + MARGIN + track as i32 * TRACK;
            points.push((x, y));
            points.push((x, next));
        }
        y = next;
    }
    let back = match side {
        Side::Right => Side::Left,
        Side::Left => Side::Right,
    };
    points.push((edge(last, back), y));
    points.reverse();
    points
}

fn lanes(web: &Web, layer: usize) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut of_net = vec![usize::MAX; web.nets.len()];
    for slot in &web.layers[layer] {
        for joint in &web.slots[*slot].right {
            let joint = &web.joints[*joint];
            if of_net[joint.net] == usize::MAX {
                of_net[joint.net] = lanes.len();
                lanes.push(Lane {
                    net: joint.net,
                    left: Vec::new(),
                    right: Vec::new(),
                    track: None,
                });
            }
            let lane = &mut lanes[of_net[joint.net]];
            for (pins, pin) in [(&mut lane.left, joint.left), (&mut lane.right, joint.right)] {
                if !pins.contains(&pin) {
                    pins.push(pin);
                }
            }
        }
    }
    lanes
}

fn reach(web: &Web, lane: &Lane) -> Reach {
    let left: Vec<i32> = lane.left.iter().map(|pin| web.y(*pin)).collect();
    let right: Vec<i32> = lane.right.iter().map(|pin| web.y(*pin)).collect();
    let all = || left.iter().chain(&right).copied();
    let (low, high) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
    Reach {
        left,
        right,
        low,
        high,
    }
}

/// What it costs when the one has its track left of the other's.
fn price(left: &Reach, right: &Reach) -> usize {
    let within = |y: &&i32, of: &Reach| of.low < **y && **y < of.high;
    let mut cost = right.left.iter().filter(|y| within(y, left)).count();
    cost += left.right.iter().filter(|y| within(y, right)).count();
    // They would lie upon each other between the two tracks.
    cost + 1000 * left.right.iter().filter(|y| right.left.contains(y)).count()
}

/// Which lane has which track, counted from the left.
fn tracks(web: &mut Web, lanes: Vec<Lane>) -> Vec<Lane> {
    let reaches: Vec<Reach> = lanes.iter().map(|lane| reach(web, lane)).collect();
    let mut order: Vec<(i64, usize)> = Vec::new();
    for (at, reach) in reaches.iter().enumerate() {
        // Those that go down begin with the lowest, those that go up with the highest.
        let mean =
            |ys: &[i32]| ys.iter().map(|y| i64::from(*y)).sum::<i64>() / ys.len().max(1) as i64;
        let (from, to) = (mean(&reach.left), mean(&reach.right));
        order.push((if to > from { -from } else { from }, at));
    }
    order.sort_unstable();
    let mut order: Vec<usize> = order.into_iter().map(|(_, at)| at).collect();
    let touch = |a: &Reach, b: &Reach| a.low <= b.high && b.low <= a.high;
    for _ in 0..order.len() {
        let mut any = false;
        for at in 1..order.len() {
            let (a, b) = (&reaches[order[at - 1]], &reaches[order[at]]);
            if touch(a, b) && price(b, a) < price(a, b) {
                order.swap(at - 1, at);
                any = true;
            }
        }
        if !any {
            break;
        }
    }
    for (at, a) in order.iter().enumerate() {
        for pin in &lanes[*a].right {
            let free = |y: i32| {
                !order[at + 1..]
                    .iter()
                    .any(|b| reaches[*b].left.contains(&y))
            };
            let (y, off) = (web.y(*pin), web.pins[*pin].below - web.pins[*pin].home);
            let fits = |by: &&i32| (off + **by).abs() < STEP / 2 && free(y + **by);
            web.pins[*pin].below += SHIFTS.iter().find(fits).unwrap_or(&0);
        }
    }
    let mut lanes: Vec<Option<Lane>> = lanes.into_iter().map(Some).collect();
    let mut done: Vec<(Lane, Reach)> = Vec::new();
    for at in order {
        let Some(mut lane) = lanes[at].take() else {
            continue;
        };
        let own = reach(web, &lane);
        if own.low < own.high {
            let before = done.iter().filter(|(_, other)| touch(&own, other));
            let last = before.filter_map(|(lane, _)| lane.track).max();
            lane.track = Some(last.map_or(0, |last| last + 1));
        }
        done.push((lane, own));
    }
    done.into_iter().map(|(lane, _)| lane).collect()
}
