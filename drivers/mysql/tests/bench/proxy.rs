//! A way to the server that counts how often the client spoke, and keeps what it said first.

use initium_driver::{Host, Settings};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

#[derive(Clone, Default)]
pub struct Counted {
    trips: Arc<AtomicUsize>,
    answered: Arc<AtomicBool>,
    pub said: Arc<Mutex<Vec<u8>>>,
}

impl Counted {
    /// How often the client waited for an answer since this was asked last.
    pub fn trips(&self) -> usize {
        self.trips.swap(0, Ordering::SeqCst)
    }
}

/// Settings that lead through the proxy.
pub fn through(settings: &Settings) -> (Settings, Counted) {
    lead(settings, |_| {}, |_| {})
}

/// The same, but the server does not seem to know CLIENT_SESSION_TRACK.
pub fn deaf(settings: &Settings) -> (Settings, Counted) {
    lead(
        settings,
        |greeting| {
            let version = greeting[5..].iter().position(|b| *b == 0).unwrap();
            // Behind the zero: thread, nonce, filler, flags, charset, status, flags.
            greeting[5 + version + 1 + 4 + 8 + 1 + 2 + 1 + 2] &= !(1 << 7);
        },
        |_| {},
    )
}

/// The same, but the greeting has another session's number than the one that answers.
pub fn lending(settings: &Settings) -> (Settings, Counted) {
    lead(
        settings,
        |greeting| {
            let version = greeting[5..].iter().position(|b| *b == 0).unwrap();
            greeting[5 + version + 1] ^= 1;
        },
        |_| {},
    )
}

/// The same, but the server seems to be in a cluster with others: what is asked of that is asked of
/// something that is ON, and of a number above one.
pub fn clustered(settings: &Settings) -> (Settings, Counted) {
    lead(
        settings,
        |_| {},
        |said| {
            for (asked, instead) in [
                ("variable_name = 'wsrep_on'", "variable_name='autocommit'"),
                (
                    "variable_name = 'wsrep_cluster_size'",
                    "variable_name='threads_connected'   ",
                ),
            ] {
                assert_eq!(asked.len(), instead.len());
                let found = said
                    .windows(asked.len())
                    .position(|w| w == asked.as_bytes());
                if let Some(at) = found {
                    said[at..at + asked.len()].copy_from_slice(instead.as_bytes());
                }
            }
        },
    )
}

/// The same, but each command is answered with the wish for a file of the client's.
pub fn wishing(settings: &Settings, file: &std::path::Path) -> (Settings, Counted) {
    let (inner, counted) = through(settings);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut wish = vec![0, 0, 0, 1, 0xfb];
    wish.extend_from_slice(file.as_os_str().as_encoded_bytes());
    wish[0] = (wish.len() - 4) as u8;
    let seen = counted.clone();
    spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut server =
                TcpStream::connect(("127.0.0.1", inner.hosts[0].port.unwrap())).unwrap();
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            spawn(move || pump(&mut from, &mut to, |_| {}));
            let (seen, wish) = (seen.clone(), wish.clone());
            spawn(move || {
                let mut buffer = [0; 1 << 16];
                let mut asked = false;
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    let said = &buffer[..count];
                    seen.said.lock().unwrap().extend_from_slice(said);
                    // Only a command begins with the number 0.
                    asked |= said.get(3) == Some(&0);
                    let done = match asked {
                        true if said.get(3) == Some(&0) => client.write_all(&wish),
                        true => Ok(()),
                        false => server.write_all(said),
                    };
                    if done.is_err() {
                        break;
                    }
                }
            });
        }
    });
    let settings = Settings {
        hosts: vec![Host::new("127.0.0.1", Some(port))],
        ..settings.clone()
    };
    (settings, counted)
}

/// `change` edits the greeting, `edit` what the client says.
fn lead(settings: &Settings, change: fn(&mut [u8]), edit: fn(&mut [u8])) -> (Settings, Counted) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let counted = Counted::default();
    let seen = counted.clone();
    let server = (
        settings.hosts[0].name.clone(),
        settings.hosts[0].port.unwrap(),
    );
    spawn(move || {
        for client in listener.incoming() {
            let server = TcpStream::connect((server.0.as_str(), server.1)).unwrap();
            let client = client.unwrap();
            server.set_nodelay(true).unwrap();
            client.set_nodelay(true).unwrap();
            seen.answered.store(true, Ordering::SeqCst);
            let (back, forth) = (seen.clone(), seen.clone());
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            spawn(move || {
                pump(&mut from, &mut to, |bytes| {
                    edit(bytes);
                    forth.said.lock().unwrap().extend_from_slice(bytes);
                    if forth.answered.swap(false, Ordering::SeqCst) {
                        forth.trips.fetch_add(1, Ordering::SeqCst);
                    }
                })
            });
            let (mut from, mut to) = (server, client);
            spawn(move || {
                let mut greeting = [0; 512];
                let count = from.read(&mut greeting).unwrap_or(0);
                if count > 0 {
                    change(&mut greeting[..count]);
                    let _ = to.write_all(&greeting[..count]);
                    back.answered.store(true, Ordering::SeqCst);
                }
                pump(&mut from, &mut to, |_| {
                    back.answered.store(true, Ordering::SeqCst)
                })
            });
        }
    });
    let settings = Settings {
        hosts: vec![Host::new("127.0.0.1", Some(port))],
        ..settings.clone()
    };
    (settings, counted)
}

fn pump(from: &mut TcpStream, to: &mut TcpStream, note: impl Fn(&mut [u8])) {
    let mut buffer = [0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        note(&mut buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}
