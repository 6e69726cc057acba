//! A proxy that counts round trips: how often the client speaks after it has listened.

#![allow(dead_code, clippy::unwrap_used)]

use initium_driver::settings::{Host, Settings};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Default)]
struct Count {
    trips: AtomicU64,
    client_spoke_last: AtomicBool,
    cut: AtomicBool,
    /// Both ends of every connection.
    ends: Mutex<Vec<TcpStream>>,
}

pub struct Proxy {
    pub settings: Settings,
    count: Arc<Count>,
}

impl Proxy {
    pub fn before(server: &Settings) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut settings = server.clone();
        let port = listener.local_addr().unwrap().port();
        settings.hosts = vec![Host::new("127.0.0.1", Some(port))];
        let to = (server.hosts[0].name.clone(), server.hosts[0].port.unwrap());
        let count = Arc::new(Count::default());
        let counted = count.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = TcpStream::connect((to.0.as_str(), to.1)).unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                counted.ends.lock().unwrap().extend(ends);
                pump(
                    client.try_clone().unwrap(),
                    server.try_clone().unwrap(),
                    true,
                    &counted,
                );
                pump(server, client, false, &counted);
            }
        });
        Proxy { settings, count }
    }

    /// Round trips since the last question.
    pub fn trips(&self) -> u64 {
        self.count.trips.swap(0, Ordering::SeqCst)
    }

    /// Drops every connection, as the death of a client's process does.
    pub fn hang_up(&self) {
        for end in self.count.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// From now on what the server says is thrown away, and the connection with it.
    pub fn cut(&self) {
        self.count.cut.store(true, Ordering::SeqCst);
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, client: bool, count: &Arc<Count>) {
    let count = count.clone();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            let before = count.client_spoke_last.swap(client, Ordering::SeqCst);
            if client && !before {
                count.trips.fetch_add(1, Ordering::SeqCst);
            }
            let cut = !client && count.cut.load(Ordering::SeqCst);
            if cut || to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
