//! MD5 and SHA-1, by which Liquibase and sqitch know their texts again. Must never guard anything:
//! both have been broken for long.

/// Of each round's steps, by how far they turn.
const TURNS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// `floor(2^32 * abs(sin(n + 1)))`, as a table because no two libraries have to agree on a sine.
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];

const START: [u32; 5] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

pub fn md5(bytes: &[u8]) -> String {
    let mut state = START;
    let length = (bytes.len() as u64 * 8).to_le_bytes();
    for words in blocks(bytes, length, u32::from_le_bytes) {
        let [mut a, mut b, mut c, mut d, _] = state;
        for n in 0..64 {
            let (mixed, word) = match n / 16 {
                0 => (b & c | !b & d, n),
                1 => (d & b | !d & c, 5 * n + 1),
                2 => (b ^ c ^ d, 3 * n + 5),
                _ => (c ^ (b | !d), 7 * n),
            };
            let sum = [mixed, a, SINES[n], words[word % 16]];
            let sum = sum.into_iter().fold(0, u32::wrapping_add);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(TURNS[n / 16][n % 4]));
        }
        add(&mut state, [a, b, c, d, 0]);
    }
    state[..4]
        .iter()
        .map(|word| hex(word.to_le_bytes()))
        .collect()
}

pub fn sha1(bytes: &[u8]) -> String {
    let mut state = START;
    let length = (bytes.len() as u64 * 8).to_be_bytes();
    for words in blocks(bytes, length, u32::from_be_bytes) {
        let mut words = words.to_vec();
        for n in 16..80 {
            let mixed = words[n - 3] ^ words[n - 8] ^ words[n - 14] ^ words[n - 16];
            words.push(mixed.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (n, word) in words.into_iter().enumerate() {
            let (mixed, constant) = match n / 20 {
                0 => (b & c | !b & d, 0x5a827999),
                1 => (b ^ c ^ d, 0x6ed9eba1),
                2 => (b & c | b & d | c & d, 0x8f1bbcdc),
                _ => (b ^ c ^ d, 0xca62c1d6),
            };
            let sum = [a.rotate_left(5), mixed, e, constant, word];
            let sum = sum.into_iter().fold(0, u32::wrapping_add);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        add(&mut state, [a, b, c, d, e]);
    }
    state.iter().map(|word| hex(word.to_be_bytes())).collect()
}

/// The bytes with the mark and the length behind them, sixteen words at a time.
fn blocks(bytes: &[u8], length: [u8; 8], word: fn([u8; 4]) -> u32) -> Vec<[u32; 16]> {
    let mut all = bytes.to_vec();
    all.push(0x80);
    all.resize((bytes.len() + 9).next_multiple_of(64) - 8, 0);
    all.extend(length);
    let block = |bytes: &[u8]| {
        let mut block = [0; 16];
        for (one, four) in block.iter_mut().zip(bytes.chunks_exact(4)) {
            *one = word([four[0], four[1], four[2], four[3]]);
        }
        block
    };
    all.chunks_exact(64).map(block).collect()
}

fn add(state: &mut [u32; 5], more: [u32; 5]) {
    for (one, other) in state.iter_mut().zip(more) {
        *one = one.wrapping_add(other);
    }
}

fn hex(bytes: [u8; 4]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
