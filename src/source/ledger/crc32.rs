//! CRC-32, as zip has it.

/// Goes on from `crc`, which is 0 at the beginning.
pub fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    let mut crc = !crc;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let odd = crc & 1;
            crc = (crc >> 1) ^ (0xedb8_8320 * odd);
        }
    }
    !crc
}
