//! Somebody between client and server, who keeps what the client says.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// None: passes on what comes.
    Pass,
    /// Says in the server's name that it has no TLS.
    Strip,
    /// Puts words of its own right behind the greeting.
    Early,
    /// Puts them where the handshake of TLS should begin.
    Late,
}

pub struct Between {
    pub port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

/// A login that was taken, as if it came from inside.
const TAKEN: &[u8] = b"\x07\0\0\x02\0\0\0\x02\0\0\0";

impl Between {
    pub fn before(server: u16, trick: Trick) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = heard.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let hearing = hearing.clone();
                std::thread::spawn(move || between(client, server, trick, &hearing));
            }
        });
        Between { port, heard }
    }

    /// Whether the client said this since the last question.
    pub fn heard(&self, words: &[&str]) -> bool {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        assert!(!heard.is_empty(), "nobody spoke");
        let has = |word: &&str| {
            heard
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        words.iter().any(has)
    }
}

fn between(mut client: TcpStream, server: u16, trick: Trick, heard: &Arc<Mutex<Vec<u8>>>) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).unwrap();
    let mut greeting = [0; 512];
    let Ok(count @ 1..) = server.read(&mut greeting) else {
        return;
    };
    let greeting = &mut greeting[..count];
    if trick == Trick::Strip {
        let version = greeting[5..].iter().position(|b| *b == 0).unwrap();
        // Behind the zero: thread, nonce, filler, and the second byte of what it can.
        greeting[5 + version + 1 + 4 + 8 + 1 + 1] &= !8;
    }
    let mut hello = greeting.to_vec();
    if trick == Trick::Early {
        hello.extend_from_slice(TAKEN);
    }
    let _ = client.write_all(&hello);
    let mut said = [0; 512];
    let Ok(count @ 1..) = client.read(&mut said) else {
        return;
    };
    heard.lock().unwrap().extend(&said[..count]);
    if trick == Trick::Late {
        let _ = client.write_all(TAKEN);
    }
    let _ = server.write_all(&said[..count]);
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let heard = heard.clone();
    let up = std::thread::spawn(move || pump(from, to, Some(&heard)));
    pump(server, client, None);
    let _ = up.join();
}

fn pump(mut from: TcpStream, mut to: TcpStream, heard: Option<&Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1 << 14];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(heard) = heard {
            heard.lock().unwrap().extend(&buffer[..count]);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
