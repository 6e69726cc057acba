//! Reading the bytes of a packet, whatever they are. Must never trust a length it reads, and never
//! fail otherwise than by saying so.

use crate::error::Fault;

pub struct Bytes<'a>(&'a [u8]);

const TORN: Fault = Fault::Torn("a packet of it is torn");

impl<'a> Bytes<'a> {
    pub fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(TORN)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A little-endian number of so many bytes.
    fn number(&mut self, bytes: usize) -> Result<u64, Fault> {
        let taken = self.take(bytes)?.iter().rev();
        Ok(taken.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.number(1)? as u8)
    }

    pub fn u16(&mut self) -> Result<u16, Fault> {
        Ok(self.number(2)? as u16)
    }

    pub fn u32(&mut self) -> Result<u32, Fault> {
        Ok(self.number(4)? as u32)
    }

    /// Up to the next zero, which goes too; to the end, where there is none: old servers forget it.
    pub fn name(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let name = &self.0[..end.unwrap_or(self.0.len())];
        self.0 = self.0.get(name.len() + 1..).unwrap_or_default();
        name
    }

    /// A number that says its own length; `None` is NULL.
    pub fn counted(&mut self) -> Result<Option<u64>, Fault> {
        Ok(Some(match self.u8()? {
            0xfb => return Ok(None),
            0xfc => self.number(2)?,
            0xfd => self.number(3)?,
            0xfe => self.number(8)?,
            0xff => return Err(TORN),
            small => small.into(),
        }))
    }

    /// A text with its length before it; `None` is NULL.
    pub fn text(&mut self) -> Result<Option<&'a [u8]>, Fault> {
        match self.counted()? {
            None => Ok(None),
            Some(length) => {
                let length = usize::try_from(length).map_err(|_| TORN)?;
                self.take(length).map(Some)
            }
        }
    }
}

/// A text with its length before it.
pub fn put_text(into: &mut Vec<u8>, text: &[u8]) {
    match text.len() {
        small @ 0..=0xfa => into.push(small as u8),
        middle @ ..=0xffff => {
            into.push(0xfc);
            into.extend_from_slice(&(middle as u16).to_le_bytes());
        }
        long => {
            into.push(0xfe);
            into.extend_from_slice(&(long as u64).to_le_bytes());
        }
    }
    into.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_end_is_torn() {
        for bytes in [
            &[5u8, 1, 2][..],
            &[0xfc, 1],
            &[0xfd, 0xff, 0xff, 0xff],
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xff],
            &[],
        ] {
            let torn = matches!(Bytes::new(bytes).text(), Err(Fault::Torn(_)));
            assert!(torn, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_put_is_read() {
        for length in [0, 250, 251, 65_535, 65_536] {
            let text = vec![b'x'; length];
            let mut packet = Vec::new();
            put_text(&mut packet, &text);
            let read = Bytes::new(&packet).text().expect("a text").map(<[u8]>::len);
            assert_eq!(read, Some(length));
        }
    }

    #[test]
    fn a_name_ends_at_its_zero_or_with_the_packet() {
        let mut bytes = Bytes::new(b"one\0two");
        assert_eq!(bytes.name(), b"one");
        assert_eq!(bytes.name(), b"two");
        assert!(bytes.name().is_empty() && bytes.is_empty());
    }
}
