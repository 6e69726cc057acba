//! A way to a MySQL server whose greeting has another session's number than the one that answers: what
//! a proxy looks like that lends its sessions.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// The URL through it.
pub fn lending(url: &str) -> String {
    let (login, address) = url.rsplit_once('@').unwrap();
    let (server, name) = address.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{login}@{}/{name}", listener.local_addr().unwrap());
    let server = server.to_string();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut server = TcpStream::connect(&server).unwrap();
            let mut greeting = [0; 512];
            let count = server.read(&mut greeting).unwrap();
            // Behind the zero that ends the version.
            let version = greeting[5..].iter().position(|b| *b == 0).unwrap();
            greeting[5 + version + 1] ^= 1;
            client.write_all(&greeting[..count]).unwrap();
            let mut back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || copy(&mut back.0, &mut back.1));
            thread::spawn(move || {
                let _ = copy(&mut client, &mut server);
                server.shutdown(Shutdown::Both)
            });
        }
    });
    url
}
