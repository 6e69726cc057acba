//! Packets there and back: four bytes of length and number before each, long ones in pieces. Must
//! never hold more than the reader asked for, whatever length is announced.

use crate::error::Fault;
use initium_socket::Stream;
use std::io::{self, BufRead, BufReader, Read, Write};

/// What one piece can hold; a packet of exactly this goes on with the next.
const PIECE: usize = 0xff_ffff;
/// No server takes or sends more in one packet.
pub const LONGEST: usize = 1 << 30;
/// What is held of an answer that is a few numbers and words.
pub const SHORT: usize = 1 << 20;
/// Sent in one go, so that the network sees one message.
const TOGETHER: usize = 1 << 16;

pub struct Packets {
    stream: BufReader<Stream>,
    /// Of the next piece; both sides count.
    number: u8,
}

/// What came, as far as it was kept.
pub struct Packet {
    pub bytes: Vec<u8>,
    pub length: usize,
}

impl Packets {
    pub fn new(stream: Stream) -> Packets {
        Packets {
            stream: BufReader::with_capacity(1 << 14, stream),
            number: 0,
        }
    }

    pub fn stream(&mut self) -> &mut Stream {
        self.stream.get_mut()
    }

    pub fn agreed(&self) -> Option<String> {
        self.stream.get_ref().agreed()
    }

    pub fn is_safe(&self) -> bool {
        self.stream.get_ref().is_safe()
    }

    pub fn is_encrypted(&self) -> bool {
        !matches!(self.stream.get_ref(), Stream::Clear(_))
    }

    /// The connection without its packets. What was said before its turn came from somebody who
    /// expects that it is taken for what comes later, encrypted.
    #[cfg(feature = "tls")]
    pub fn unwrapped(self) -> Result<(Stream, Numbered), Fault> {
        match self.stream.buffer().is_empty() {
            true => Ok((self.stream.into_inner(), Numbered(self.number))),
            false => Err(Fault::Early),
        }
    }

    #[cfg(feature = "tls")]
    pub fn again(stream: Stream, numbered: Numbered) -> Packets {
        let mut packets = Packets::new(stream);
        packets.number = numbered.0;
        packets
    }

    /// A packet of at most so many bytes.
    pub fn read(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        Ok(self.receive(limit, limit)?.bytes)
    }

    /// A packet of any length, of which the beginning is kept.
    pub fn skim(&mut self) -> Result<Packet, Fault> {
        self.receive(SHORT, LONGEST)
    }

    fn receive(&mut self, kept: usize, limit: usize) -> Result<Packet, Fault> {
        let mut packet = Packet {
            bytes: Vec::new(),
            length: 0,
        };
        loop {
            let mut head = [0; 4];
            self.stream.read_exact(&mut head)?;
            let piece = u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize;
            packet.length += piece;
            if packet.length > limit {
                return Err(Fault::Torn("a packet of it is longer than any may be"));
            }
            let keep = piece.min(kept.saturating_sub(packet.bytes.len()));
            // It grows with what comes, not with what is announced.
            let came = (&mut self.stream)
                .take(keep as u64)
                .read_to_end(&mut packet.bytes)?;
            if came < keep {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            self.skip(piece - keep)?;
            // A server that ends the session says so out of turn.
            if head[3] != self.number && packet.bytes.first() != Some(&0xff) {
                return Err(Fault::Torn("its packets are out of order"));
            }
            self.number = head[3].wrapping_add(1);
            if piece < PIECE {
                return Ok(packet);
            }
        }
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Fault> {
        while count > 0 {
            let here = self.stream.fill_buf()?.len().min(count);
            if here == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            self.stream.consume(here);
            count -= here;
        }
        Ok(())
    }

    /// One short packet of a conversation.
    pub fn write(&mut self, payload: &[u8]) -> Result<(), Fault> {
        self.pieces(&[], payload)
    }

    /// A command with what it is about; the counting begins again.
    pub fn command(&mut self, word: u8, about: &[u8]) -> Result<(), Fault> {
        self.number = 0;
        self.pieces(&[word], about)
    }

    fn pieces(&mut self, mut first: &[u8], mut rest: &[u8]) -> Result<(), Fault> {
        loop {
            let piece = (first.len() + rest.len()).min(PIECE);
            let (here, later) = rest.split_at(piece - first.len());
            let mut head = (piece as u32).to_le_bytes().to_vec();
            head[3] = self.number;
            self.number = self.number.wrapping_add(1);
            head.extend_from_slice(first);
            let stream = self.stream.get_mut();
            if here.len() <= TOGETHER {
                head.extend_from_slice(here);
                stream.write_all(&head)?;
            } else {
                stream.write_all(&head)?;
                stream.write_all(here)?;
            }
            (first, rest) = (&[], later);
            if piece < PIECE {
                return Ok(stream.flush()?);
            }
        }
    }
}

/// Where the counting stands.
#[cfg(feature = "tls")]
pub struct Numbered(u8);
