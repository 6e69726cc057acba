//! Layers with everything that stands in them: blocks, and the places where a wire passes between
//! them. Wires of one kind to one parent are one net, a tree that branches on its way.

use super::{Block, STEP, Wire, place};

pub(super) struct Web {
    pub(super) slots: Vec<Slot>,
    /// Slots from top to bottom.
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) pins: Vec<Pin>,
    pub(super) joints: Vec<Joint>,
    pub(super) nets: Vec<Net>,
    /// Of each wire.
    pub(super) ways: Vec<Way>,
    /// How high the picture is meant to be.
    pub(super) height: i32,
}

#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Along this net to this pin of the child.
    Along(usize, usize),
    /// To the block itself: the pin of the child, and that of the parent.
    Turn(usize, usize),
}

/// What takes room in a layer; the first are the blocks.
pub(super) struct Slot {
    pub(super) layer: usize,
    pub(super) height: i32,
    /// Its top.
    pub(super) y: i32,
    /// Its joints, by number.
    pub(super) left: Vec<usize>,
    pub(super) right: Vec<usize>,
}

/// Where a wire leaves a slot.
#[derive(Clone, Copy)]
pub(super) struct Pin {
    pub(super) slot: usize,
    pub(super) below: i32,
    /// Where it was meant to be: it moves a little to make room for others.
    pub(super) home: i32,
}

/// From a pin in one layer to one in the next.
pub(super) struct Joint {
    pub(super) net: usize,
    pub(super) left: usize,
    pub(super) right: usize,
}

pub(super) struct Net {
    parent: (usize, i32, u8),
    /// Whether its parent stands at the left end of it.
    pub(super) side: Side,
    /// A pin per layer, from the parent on.
    pub(super) trunk: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The children stand to the right.
    Right,
    Left,
}

impl Side {
    /// The layer that is so far from this one.
    pub(super) fn walk(self, layer: usize, steps: usize) -> usize {
        match self {
            Side::Right => layer + steps,
            Side::Left => layer - steps,
        }
    }
}

impl Web {
    pub(super) fn new(blocks: &[Block], wires: &[Wire], layers: &[usize]) -> Web {
        let count = layers.iter().max().map_or(0, |last| last + 1);
        let mut web = Web {
            slots: Vec::new(),
            layers: vec![Vec::new(); count],
            pins: Vec::new(),
            joints: Vec::new(),
            nets: Vec::new(),
            ways: Vec::new(),
            height: 0,
        };
        for (block, layer) in blocks.iter().zip(layers) {
            web.slot(*layer, block.height);
        }
        for wire in wires {
            let way = web.wire(wire);
            web.ways.push(way);
        }
        web.spread(wires);
        for layer in 0..count {
            let last = web.layers[layer].last().copied();
            place::stack(&mut web, layer);
            let end = last.map_or(0, |slot| web.slots[slot].y + web.slots[slot].height);
            web.height = web.height.max(end + end / 8);
        }
        web
    }

    fn slot(&mut self, layer: usize, height: i32) -> usize {
        let at = self.slots.len();
        self.layers[layer].push(at);
        self.slots.push(Slot {
            layer,
            height,
            y: 0,
            left: Vec::new(),
            right: Vec::new(),
        });
        at
    }

    fn pin(&mut self, slot: usize, below: i32) -> usize {
        let home = below;
        self.pins.push(Pin { slot, below, home });
        self.pins.len() - 1
    }

    fn joint(&mut self, net: usize, near: usize, far: usize) {
        let (left, right) = match self.nets[net].side {
            Side::Right => (near, far),
            Side::Left => (far, near),
        };
        let at = self.joints.len();
        self.slots[self.pins[left].slot].right.push(at);
        self.slots[self.pins[right].slot].left.push(at);
        self.joints.push(Joint { net, left, right });
    }

    fn wire(&mut self, wire: &Wire) -> Way {
        let (parent, child) = (wire.parent.block, wire.child.block);
        let (from, to) = (self.slots[parent].layer, self.slots[child].layer);
        if parent == child {
            let pin = self.pin(child, wire.child.below);
            return Way::Turn(pin, self.pin(parent, wire.parent.below));
        }
        let side = if from < to { Side::Right } else { Side::Left };
        let key = (parent, wire.parent.below, wire.kind);
        let is_it = |net: &Net| net.parent == key && net.side == side;
        let net = match self.nets.iter().position(is_it) {
            Some(net) => net,
            None => {
                let pin = self.pin(parent, wire.parent.below);
                self.nets.push(Net {
                    parent: key,
                    side,
                    trunk: vec![pin],
                });
                self.nets.len() - 1
            }
        };
        for steps in self.nets[net].trunk.len()..from.abs_diff(to) {
            let slot = self.slot(side.walk(from, steps), 0);
            let pin = self.pin(slot, 0);
            self.joint(net, self.nets[net].trunk[steps - 1], pin);
            self.nets[net].trunk.push(pin);
        }
        let pin = self.pin(child, wire.child.below);
        self.joint(net, self.nets[net].trunk[from.abs_diff(to) - 1], pin);
        Way::Along(net, pin)
    }

    /// Several pins at one point of a block move a little apart, but for parents' of one kind.
    fn spread(&mut self, wires: &[Wire]) {
        // Where it is, what it is, and the pin.
        let mut all: Vec<([i32; 4], usize)> = Vec::new();
        let mut add = |pins: &[Pin], pin: usize, is_left: bool, kind: usize| {
            let Pin { slot, below, .. } = pins[pin];
            all.push(([slot as i32, i32::from(is_left), below, kind as i32], pin));
        };
        for net in &self.nets {
            let kind = usize::from(net.parent.2);
            add(&self.pins, net.trunk[0], net.side == Side::Left, kind);
        }
        for (wire, way) in wires.iter().zip(&self.ways) {
            match *way {
                Way::Along(net, pin) => {
                    add(
                        &self.pins,
                        pin,
                        self.nets[net].side == Side::Right,
                        256 + pin,
                    );
                }
                Way::Turn(child, parent) => {
                    add(&self.pins, child, false, 256 + child);
                    add(&self.pins, parent, false, usize::from(wire.kind));
                }
            }
        }
        all.sort_unstable();
        for same in all.chunk_by(|a, b| a.0[..3] == b.0[..3]) {
            let kinds = same.chunk_by(|a, b| a.0[3] == b.0[3]).count() as i32;
            let gap = (STEP - 10).checked_div(kinds - 1).unwrap_or(0);
            for (at, alike) in same.chunk_by(|a, b| a.0[3] == b.0[3]).enumerate() {
                for (_, pin) in alike {
                    self.pins[*pin].below += at as i32 * gap - (kinds - 1) * gap / 2;
                }
            }
        }
    }

    pub(super) fn y(&self, pin: usize) -> i32 {
        self.slots[self.pins[pin].slot].y + self.pins[pin].below
    }

    /// How far apart the tops of two neighbours in a layer are at least.
    pub(super) fn gap(&self, upper: usize, lower: usize) -> i32 {
        let (upper, lower) = (self.slots[upper].height, self.slots[lower].height);
        let air = match (upper, lower) {
            (0, 0) => STEP,
            (0, _) | (_, 0) => STEP + STEP / 2,
            _ => 2 * STEP,
        };
        (upper + air + STEP - 1) / STEP * STEP
    }
}
