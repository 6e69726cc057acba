//! The server's messages behind the login, by their lengths alone: the crate collects a message
//! until it is whole, so one without an end must end here. It must never look into a message.

use super::watch::Watch;
use std::io;

/// Of one message. The longest that we ask for holds the `down` and the `cleanup` of a migration.
const LONGEST: u64 = 36 << 20;
/// What a row costs beside its bytes.
const ROW: u64 = 128;

#[derive(Debug, Default)]
pub struct Answers {
    /// A letter and a length, as far as they are here.
    begun: Vec<u8>,
    /// Of the message's body.
    missing: u64,
}

impl Answers {
    pub fn read(&mut self, mut bytes: &[u8], watch: &Watch) -> io::Result<()> {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.missing).map_or(bytes.len(), |n| n.min(bytes.len()));
            self.missing -= skipped as u64;
            bytes = &bytes[skipped..];
            let wanted = (5 - self.begun.len()).min(bytes.len());
            self.begun.extend_from_slice(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            let [_, a, b, c, d] = self.begun[..] else {
                return Ok(());
            };
            self.begun.clear();
            let length = u64::from(u32::from_be_bytes([a, b, c, d]));
            if length < 4 {
                return Err(io::Error::other("the server's answer makes no sense"));
            }
            if length > LONGEST {
                return Err(io::Error::other(format!(
                    "the server began an answer of {} MiB in one piece, and {} are the most",
                    length >> 20,
                    LONGEST >> 20
                )));
            }
            if !watch.spend(length + ROW) {
                return Err(io::Error::other(
                    "the server's answer is longer than what is kept of one",
                ));
            }
            self.missing = length - 4;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_message_that_is_too_long_is_told_by_its_length_however_the_bytes_arrive() {
        let watch = Watch::default();
        let fine = b"D\0\0\0\x07\0\0\0Z\0\0\0\x05I".repeat(3);
        let bad = [&fine[..], b"D\x40\0\0\0"].concat();
        for size in 1..bad.len() {
            let mut answers = Answers::default();
            for chunk in fine.chunks(size) {
                answers.read(chunk, &watch).unwrap();
            }
            let mut answers = Answers::default();
            let all: io::Result<()> = bad
                .chunks(size)
                .try_for_each(|chunk| answers.read(chunk, &watch));
            assert!(all.unwrap_err().to_string().contains("1024 MiB"), "{size}");
        }
    }

    #[test]
    fn what_is_kept_of_an_answer_has_an_end() {
        let watch = Watch::default();
        watch.keep(Some(1000));
        let row = b"D\0\0\0\x06\0\0";
        let mut answers = Answers::default();
        let count = (0..100).take_while(|_| answers.read(row, &watch).is_ok());
        assert_eq!(count.count(), 7);
    }
}
