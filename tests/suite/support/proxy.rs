//! A proxy that counts: round trips, and bytes that come from the server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Bursts of the client that the server answered.
    pub trips: usize,
    pub received: usize,
}

pub struct Proxy {
    pub url: String,
    count: Arc<Mutex<Count>>,
}

impl Proxy {
    /// A proxy before the server of this URL.
    pub fn before(url: &str) -> Proxy {
        Proxy::listening(TcpListener::bind("127.0.0.1:0").unwrap(), url)
    }

    /// The same, on a port that was chosen before.
    pub fn listening(listener: TcpListener, url: &str) -> Proxy {
        let (login, address) = url.rsplit_once('@').unwrap();
        let (server, name) = address.split_once('/').unwrap();
        let server = server.to_string();
        let url = format!("{login}@{}/{name}", listener.local_addr().unwrap());
        let count = Arc::new(Mutex::new(Count::default()));
        let shared = Arc::clone(&count);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&server).unwrap();
                for side in [&client, &server] {
                    side.set_nodelay(true).unwrap();
                }
                let down = Arc::clone(&shared);
                // Of this connection: the farewell of the one before gets no answer.
                let asked = Arc::new(AtomicBool::new(false));
                let answered = Arc::clone(&asked);
                let (client_too, server_too) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || {
                    pump(client, server, |_| asked.store(true, Ordering::SeqCst));
                });
                thread::spawn(move || {
                    pump(server_too, client_too, |n| {
                        let mut count = down.lock().unwrap();
                        count.received += n;
                        if answered.swap(false, Ordering::SeqCst) {
                            count.trips += 1;
                        }
                    });
                });
            }
        });
        Proxy { url, count }
    }

    /// What was counted since the last call.
    pub fn take(&self) -> Count {
        std::mem::take(&mut self.count.lock().unwrap())
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, seen: impl Fn(usize)) {
    let mut buffer = [0; 65536];
    while let Ok(n) = from.read(&mut buffer) {
        if n == 0 {
            break;
        }
        seen(n);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
