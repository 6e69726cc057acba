//! What holds of every arrangement, on graphs made at random.

use super::*;

/// Small, quick and the same everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn of(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % most as u64) as usize
    }
}

fn graph(dice: &mut Dice, count: usize, wires: usize) -> (Vec<Block>, Vec<Wire>) {
    let mut blocks = Vec::new();
    for _ in 0..count {
        let (lines, width) = (1 + dice.of(12) as i32, 100 + dice.of(200) as i32);
        blocks.push(Block {
            width,
            height: 36 + STEP * lines,
        });
    }
    let mut all = Vec::new();
    for _ in 0..wires {
        let mut port = |block: usize| Port {
            block,
            below: STEP * (2 + dice.of(((blocks[block].height - 36) / STEP) as usize) as i32),
        };
        let child = port(all.len() % count);
        let mut parent = port(0);
        parent.block = match dice.of(10) {
            0 => child.block,
            1..4 => dice.of(count.min(3)),
            _ => dice.of(count),
        };
        parent.below = 2 * STEP;
        all.push(Wire {
            child,
            parent,
            kind: dice.of(2) as u8,
        });
    }
    (blocks, all)
}

fn seed() -> u64 {
    let given = std::env::var("INITIUM_TEST_SEED").ok();
    given.and_then(|seed| seed.parse().ok()).unwrap_or(17)
}

/// Pieces of a wire, from the lesser to the greater.
fn pieces(points: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    points
        .windows(2)
        .map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])))
}

/// What is wrong with it.
fn judge(blocks: &[Block], wires: &[Wire], places: &Places) -> Result<(), String> {
    let boxes: Vec<(i32, i32, i32, i32)> = (0..blocks.len())
        .map(|at| {
            let (x, y) = places.blocks[at];
            (x, y, x + places.widths[at], y + blocks[at].height)
        })
        .collect();
    for (at, a) in boxes.iter().enumerate() {
        if a.0 < 0 || a.1 < 0 || a.2 > places.width || a.3 > places.height {
            return Err(format!("block {at} stands outside"));
        }
        if places.widths[at] < blocks[at].width {
            return Err(format!("block {at} is too narrow"));
        }
        let air = 2 * STEP - 6;
        let meet = |b: &&(i32, i32, i32, i32)| {
            a.0 < b.2 && b.0 < a.2 && a.1 < b.3 + air.min(20) && b.1 < a.3 + air.min(20)
        };
        if boxes[at + 1..].iter().find(meet).is_some() {
            return Err(format!("block {at} stands on another"));
        }
    }
    for (at, (wire, points)) in wires.iter().zip(&places.wires).enumerate() {
        let (first, last) = (points[0], points[points.len() - 1]);
        for (port, (x, y)) in [(wire.child, first), (wire.parent, last)] {
            let own = boxes[port.block];
            let off = (y - own.1 - port.below).abs();
            if (x != own.0 && x != own.2) || off >= STEP / 2 {
                return Err(format!("wire {at} ends {off} off its line, at {x}"));
            }
        }
        for (from, to) in pieces(points) {
            if from.0 != to.0 && from.1 != to.1 {
                return Err(format!("wire {at} is slanting"));
            }
            let through = |b: &&(i32, i32, i32, i32)| {
                from.0 < b.2 && to.0 > b.0 && from.1 < b.3 && to.1 > b.1
            };
            if let Some(hit) = boxes.iter().position(|b| through(&b)) {
                return Err(format!(
                    "wire {at} goes through block {hit}: {from:?} {to:?}"
                ));
            }
        }
    }
    for (a, one) in wires.iter().enumerate() {
        for (b, other) in wires.iter().enumerate().skip(a + 1) {
            let net = |wire: &Wire| (wire.parent.block, wire.parent.below, wire.kind);
            if net(one) == net(other) {
                continue;
            }
            for (p, q) in pieces(&places.wires[a]) {
                for (r, s) in pieces(&places.wires[b]) {
                    let lie = |low: i32, high: i32| high - low > 0;
                    let level = p.1 == q.1 && r.1 == s.1 && p.1 == r.1;
                    let upright = p.0 == q.0 && r.0 == s.0 && p.0 == r.0;
                    if level && lie(p.0.max(r.0), q.0.min(s.0))
                        || upright && lie(p.1.max(r.1), q.1.min(s.1))
                    {
                        return Err(format!(
                            "wires {a} and {b} lie upon each other at {p:?} {q:?} {r:?} {s:?}"
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn no_block_is_covered_and_no_wire_goes_through_one_or_upon_another() {
    let seed = seed();
    for round in 0..400 {
        let mut dice = Dice(seed.wrapping_add(round));
        let count = 1 + dice.of(30);
        let most = dice.of(2 * count);
        let (blocks, wires) = graph(&mut dice, count, most);
        let places = places(&blocks, &wires);
        if let Err(wrong) = judge(&blocks, &wires, &places) {
            panic!(
                "{wrong} (INITIUM_TEST_SEED={seed}, round {round}, {count} blocks, {most} wires)"
            );
        }
    }
}

#[test]
fn a_wire_between_two_neighbours_is_straight() {
    let block = Block {
        width: 100,
        height: 96,
    };
    let port = |block, line| Port {
        block,
        below: STEP * (2 + line),
    };
    let wire = Wire {
        child: port(1, 1),
        parent: port(0, 0),
        kind: 0,
    };
    let places = places(&[block, block], &[wire]);
    assert_eq!(places.wires[0].len(), 2, "{places:?}");
    assert!(
        places.blocks[0].0 < places.blocks[1].0,
        "the parent is left"
    );
}

#[test]
fn nothing_is_an_arrangement_too() {
    let none = places(&[], &[]);
    assert_eq!((none.width, none.height), (0, 0));
}

#[test]
fn the_judge_finds_what_is_wrong() {
    let mut dice = Dice(1);
    let (blocks, wires) = graph(&mut dice, 6, 8);
    let good = places(&blocks, &wires);
    assert_eq!(judge(&blocks, &wires, &good), Ok(()));
    let mut moved = good.clone();
    moved.blocks[0] = moved.blocks[1];
    assert!(judge(&blocks, &wires, &moved).is_err());
    let mut through = good.clone();
    let far = (good.blocks[5].0 + 20, good.blocks[5].1 + 20);
    through.wires[0].splice(1..1, [(far.0, far.1), (far.0 + 9, far.1)]);
    assert!(judge(&blocks, &wires, &through).is_err());
}
