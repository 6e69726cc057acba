//! PostgreSQL with the login of RDS before it: whoever brings a token that is signed for this host,
//! user and second gets through to a real server. RDS hears the token over TLS and asks AWS; this
//! one knows the key, signs again by itself, and hears it by SCRAM, which shows it to nobody.

use super::lender::{Lender, answer, json};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, Mac};
use initium_driver::Settings;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use time::{Duration, OffsetDateTime};

/// What a login met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The token is right, and of this second.
    Open(i64),
    /// The server is still starting.
    Starting(i64),
    Closed,
}

pub struct Rds {
    pub port: u16,
    pub lender: Lender,
    met: Arc<Mutex<Vec<Door>>>,
}

pub const KEY: &str = "ASIAEXAMPLE";

impl Rds {
    /// Before the server of this URL, in a region; the first `starting` good tokens meet a server
    /// that starts.
    pub fn before(url: &str, region: &'static str, starting: usize) -> Rds {
        let server = Settings::parse(url, "the test").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let met = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&met);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, met) = (server.clone(), Arc::clone(&shared));
                let place = format!("localhost:{port}");
                thread::spawn(move || {
                    let _ = serve(client, &server, &place, region, starting, &met);
                });
            }
        });
        let lender = Lender::plain(|_, _| answer(200, &json(KEY, "2099-01-01T00:00:00Z")));
        Rds { port, lender, met }
    }

    pub fn url(&self, name: &str) -> String {
        format!(
            "postgres://app@localhost:{}/{name}?auth=aws-iam&aws_region=eu-west-1",
            self.port
        )
    }

    pub fn met(&self) -> Vec<Door> {
        self.met.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    server: &Settings,
    place: &str,
    region: &str,
    starting: usize,
    met: &Mutex<Vec<Door>>,
) -> io::Result<()> {
    let address = server.host().unwrap();
    let backend = || TcpStream::connect((address.name.as_str(), address.port.unwrap()));
    let mut start = startup(&mut client)?;
    while start[..4] == 80_877_103_u32.to_be_bytes() {
        client.write_all(b"N")?;
        start = startup(&mut client)?;
    }
    if start[..4] == 80_877_102_u32.to_be_bytes() {
        let length = (start.len() as u32 + 4).to_be_bytes();
        return backend()?.write_all(&[&length[..], &start].concat());
    }
    let mut parameters: Vec<String> = start[4..]
        .split(|byte| *byte == 0)
        .map(|text| String::from_utf8(text.to_vec()).unwrap())
        .collect();
    let at = parameters.iter().position(|p| p == "user").unwrap();
    let user = std::mem::replace(&mut parameters[at + 1], server.user.clone().unwrap());
    let second = scram(&mut client, |second| token(place, &user, region, second))?;
    let door = match second {
        None => Door::Closed,
        Some(second) if met.lock().unwrap().len() < starting => Door::Starting(second),
        Some(second) => Door::Open(second),
    };
    met.lock().unwrap().push(door);
    match door {
        Door::Closed => return fail(&mut client, "28P01", "PAM authentication failed"),
        Door::Starting(_) => {
            return fail(&mut client, "57P03", "the database system is starting up");
        }
        Door::Open(_) => {}
    }
    let mut backend = backend()?;
    let body = [&start[..4], parameters.join("\0").as_bytes()].concat();
    backend.write_all(&(body.len() as u32 + 4).to_be_bytes())?;
    backend.write_all(&body)?;
    login(&mut backend, server.password.as_ref().unwrap().reveal())?;
    send(&mut client, b'R', &0_u32.to_be_bytes())?;
    let (mut from, mut to) = (client.try_clone()?, backend.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    io::copy(&mut backend, &mut client)?;
    client.shutdown(std::net::Shutdown::Both)
}

fn startup(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn send(stream: &mut TcpStream, kind: u8, body: &[u8]) -> io::Result<()> {
    let length = (body.len() as u32 + 4).to_be_bytes();
    stream.write_all(&[&[kind], &length[..], body].concat())
}

fn receive(stream: &mut TcpStream, kind: u8) -> io::Result<Vec<u8>> {
    let mut got = [0];
    stream.read_exact(&mut got)?;
    let body = startup(stream)?;
    match got[0] == kind {
        true => Ok(body),
        false => Err(io::Error::other(String::from_utf8_lossy(&body))),
    }
}

fn fail(stream: &mut TcpStream, state: &str, message: &str) -> io::Result<()> {
    let body = format!("SFATAL\0VFATAL\0C{state}\0M{message}\0\0");
    send(stream, b'E', body.as_bytes())
}

/// The login of the real server.
fn login(backend: &mut TcpStream, password: &str) -> io::Result<()> {
    let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
    receive(backend, b'R')?;
    let first = scram.message();
    let mut body = b"SCRAM-SHA-256\0".to_vec();
    body.extend((first.len() as u32).to_be_bytes());
    body.extend(first);
    send(backend, b'p', &body)?;
    scram.update(&receive(backend, b'R')?[4..])?;
    send(backend, b'p', scram.message())?;
    scram.finish(&receive(backend, b'R')?[4..])?;
    receive(backend, b'R').map(drop)
}

/// The second whose token the client knows, if it knows any of the last ones.
fn scram(
    client: &mut TcpStream,
    token: impl Fn(OffsetDateTime) -> String,
) -> io::Result<Option<i64>> {
    let (salt, rounds) = (b"a salt of the test", 4096);
    send(
        client,
        b'R',
        &[&10_u32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat(),
    )?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let first = text(&receive(client, b'p')?["SCRAM-SHA-256\0".len() + 4..]);
    let bare = first.splitn(3, ',').nth(2).unwrap();
    let nonce = bare.split("r=").nth(1).unwrap();
    let asked = format!("r={nonce}ours,s={},i={rounds}", BASE64.encode(salt));
    send(
        client,
        b'R',
        &[&11_u32.to_be_bytes()[..], asked.as_bytes()].concat(),
    )?;
    let last = text(&receive(client, b'p')?);
    let (without, proof) = last.rsplit_once(",p=").unwrap();
    let proof = BASE64.decode(proof).unwrap();
    let said = format!("{bare},{asked},{without}");
    let now = OffsetDateTime::now_utc();
    for second in (0..10).map(|ago| now - Duration::seconds(ago)) {
        let salted = stretched(&token(second), salt, rounds);
        let key = keyed(&salted, b"Client Key");
        let signature = keyed(&Sha256::digest(&key), said.as_bytes());
        if key
            .iter()
            .zip(signature)
            .map(|(a, b)| a ^ b)
            .eq(proof.iter().copied())
        {
            let signature = keyed(&keyed(&salted, b"Server Key"), said.as_bytes());
            let proof = format!("v={}", BASE64.encode(signature));
            send(
                client,
                b'R',
                &[&12_u32.to_be_bytes()[..], proof.as_bytes()].concat(),
            )?;
            return Ok(Some(second.unix_timestamp()));
        }
    }
    Ok(None)
}

/// PBKDF2 of one block.
fn stretched(password: &str, salt: &[u8], rounds: usize) -> Vec<u8> {
    let mut last = keyed(password.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last.clone();
    for _ in 1..rounds {
        last = keyed(password.as_bytes(), &last);
        sum.iter_mut().zip(&last).for_each(|(a, b)| *a ^= b);
    }
    sum
}

fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// The token as AWS's documentation describes it, for plain users and hosts.
fn token(place: &str, user: &str, region: &str, second: OffsetDateTime) -> String {
    let (date, time) = (second.date(), second.time());
    let day = date.to_string().replace('-', "");
    let (h, m, s) = time.as_hms();
    let moment = format!("{day}T{h:02}{m:02}{s:02}Z");
    let scope = format!("{day}/{region}/rds-db/aws4_request");
    let begin = format!(
        "Action=connect&DBUser={user}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={KEY}%2F{}&X-Amz-Date={moment}&X-Amz-Expires=900",
        scope.replace('/', "%2F")
    );
    let (session, signed) = ("X-Amz-Security-Token=hunter3", "X-Amz-SignedHeaders=host");
    let nothing: String = Sha256::digest(b"")
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let canonical = format!("GET\n/\n{begin}&{session}&{signed}\nhost:{place}\n\nhost\n{nothing}");
    let hash: String = Sha256::digest(canonical)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hash}");
    let key = [&day, region, "rds-db", "aws4_request", &text]
        .iter()
        .fold(b"AWS4hunter2".to_vec(), |key, part| {
            keyed(&key, part.as_bytes())
        });
    let signature: String = key.iter().map(|b| format!("{b:02x}")).collect();
    format!("{place}/?{begin}&{signed}&{session}&X-Amz-Signature={signature}")
}
