//! Somebody between client and server, who keeps what the client says.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// None: passes on what comes.
    Pass,
    /// Says in the server's name that it has no TLS.
    Refuse,
    /// Puts words of its own behind the server's answer.
    Inject,
}

pub struct Middle {
    pub port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Middle {
    pub fn before(server: u16, trick: Trick) -> Middle {
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
        Middle { port, heard }
    }

    /// Whether the client said this since the last question.
    pub fn heard_any<W: AsRef<[u8]>>(&self, words: &[W]) -> bool {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let has = |word: &[u8]| heard.windows(word.len()).any(|part| part == word);
        words.iter().any(|word| has(word.as_ref()))
    }
}

fn between(mut client: TcpStream, server: u16, trick: Trick, heard: &Arc<Mutex<Vec<u8>>>) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).unwrap();
    let mut question = [0; 8];
    if client.read_exact(&mut question).is_err() {
        return;
    }
    let asked = question == [0, 0, 0, 8, 4, 210, 22, 47];
    if trick == Trick::Refuse && asked {
        let _ = client.write_all(b"N");
    } else {
        let _ = server.write_all(&question);
        let mut answer = [0];
        if asked && server.read_exact(&mut answer).is_ok() {
            let _ = client.write_all(&answer);
        }
        if asked && trick == Trick::Inject {
            let _ = client.write_all(b"E\0\0\0\x20SFATAL\0C28P01\0Mput in\0\0");
        }
    }
    heard.lock().unwrap().extend(question);
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let heard = heard.clone();
    let up = std::thread::spawn(move || pump(from, to, Some(&heard)));
    pump(server, client, None);
    let _ = up.join();
}

fn pump(mut from: TcpStream, mut to: TcpStream, heard: Option<&Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1 << 14];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        if let Some(heard) = heard {
            heard.lock().unwrap().extend(&buffer[..n]);
        }
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
