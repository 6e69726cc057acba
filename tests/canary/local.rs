//! Failures that need no server of the database: nobody listens, somebody else does, a thief does,
//! the URL or an option cannot be understood.

use super::forms::{passwords, percent};
use super::scene::{FORMS, Name, Scene, code};
use super::supply::{Address, RAW, SUPPLIES};
use super::support::Folder;
use super::support::impostor::{Fault, standing};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const SPEC: &str = r#"{"version":1,"migrations":[{"name":"one","up":"SELECT 1"}]}"#;

/// A server that does this with each who comes.
fn serving(with: fn(TcpStream) -> std::io::Result<()>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || with(client));
        }
    });
    port
}

/// No database at all.
fn garbage(mut client: TcpStream) -> std::io::Result<()> {
    client.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\nyou are wrong here, whoever you are\r\n")?;
    let _ = client.read(&mut [0; 4096])?;
    Ok(())
}

/// Asks for the password in clear, as a PostgreSQL server may, and says it back.
fn thief(mut client: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    let _ = client.read(&mut buffer)?;
    client.write_all(b"R\0\0\0\x08\0\0\0\x03")?;
    let n = client.read(&mut buffer)?;
    let password = &buffer[5..n.saturating_sub(1).max(5)];
    let fields: [&[u8]; 7] = [
        b"SFATAL\0C28P01\0M",
        password,
        b" is wrong\0D",
        password,
        b"\0H",
        password,
        b"\0\0",
    ];
    let body = fields.concat();
    client.write_all(b"E")?;
    client.write_all(&(body.len() as u32 + 4).to_be_bytes())?;
    client.write_all(&body)?;
    let _ = client.read(&mut buffer)?;
    Ok(())
}

/// A failure: its name, where it happens, and the code that it ends with.
type Failure = (&'static str, Address, &'static str);

fn failures(folder: &Folder) -> Vec<Failure> {
    let (strange, steals) = (serving(garbage), serving(thief));
    let at = |database, port| Address::local(database, port);
    let encrypted = |fault| {
        let (port, query) = standing(folder, fault);
        Address {
            host: "localhost".into(),
            query,
            ..at("postgres", port)
        }
    };
    vec![
        ("no TLS", encrypted(Fault::NoTls), "tls-refused"),
        (
            "unknown authority",
            encrypted(Fault::UnknownAuthority),
            "tls-unknown-authority",
        ),
        ("refused", at("postgres", 1), "connect-failed"),
        ("refused", at("mysql", 1), "connect-failed"),
        ("garbage", at("postgres", strange), "connect-failed"),
        ("garbage", at("mariadb", strange), "connect-failed"),
        (
            "thief",
            Address {
                query: "sslmode=disable".into(),
                ..at("postgres", steals)
            },
            "authentication-failed",
        ),
    ]
}

fn run(
    scene: &Scene,
    name: Name,
    at: &Address,
    secret: &str,
    supply: super::supply::Supply,
) -> String {
    let given = supply.1(at, secret, &scene.folder);
    let spec = scene.folder.write("spec.json", SPEC);
    let words = [
        "migrate",
        "apply",
        "--connect-timeout",
        "0",
        "--spec",
        &spec,
    ];
    let ran = scene.prepare(&words, &given, name.form).run();
    assert_ne!(ran.status, 0, "{name:?}");
    scene.search(&name, secret, &ran, &[]);
    code(&ran, name.form)
}

#[test]
fn no_way_to_hand_over_a_password_leaks_where_no_server_answers_well() {
    let scene = Scene::new();
    let mut count = 0;
    for (k, (failure, at, wanted)) in failures(&scene.folder).into_iter().enumerate() {
        // Each way meets each password, each failure and both forms; all of them with each other
        // would be three times as many.
        for (m, secret) in passwords().into_iter().enumerate() {
            let some = |n: &usize| (k + m + n).is_multiple_of(3);
            for n in (0..SUPPLIES.len()).filter(some) {
                let supply = &SUPPLIES[n];
                let form = FORMS[(n + m) % 2];
                let name = Name {
                    supply: supply.0,
                    failure,
                    form,
                };
                assert_eq!(
                    run(&scene, name.clone(), &at, &secret, *supply),
                    wanted,
                    "{name:?}"
                );
                count += 1;
            }
        }
    }
    println!("{count} combinations, 0 leaks");
    assert!(count >= 300, "{count}");
}

#[test]
fn a_text_that_is_no_url_is_not_told_in_parts_either() {
    let scene = Scene::new();
    let mut count = 0;
    for (m, secret) in passwords().into_iter().enumerate() {
        for database in ["postgres", "mysql"] {
            for (n, supply) in RAW.iter().enumerate() {
                // This one is a URL, of a host with that name.
                if supply.0 == "without a host" && secret.contains('@') {
                    continue;
                }
                let name = Name {
                    supply: supply.0,
                    failure: "not encoded",
                    form: FORMS[(n + m) % 2],
                };
                run(&scene, name, &Address::local(database, 1), &secret, *supply);
                count += 1;
            }
        }
    }
    println!("{count} combinations, 0 leaks");
}

#[test]
fn an_option_that_holds_it_is_refused_without_it() {
    let scene = Scene::new();
    for secret in passwords() {
        let spelt = percent(&secret, true);
        for (database, query) in [
            ("postgres", format!("{spelt}=1")),
            ("postgres", format!("sslmode={spelt}")),
            ("postgres", format!("connect_timeout={spelt}")),
            ("postgres", format!("target_session_attrs={spelt}")),
            ("mysql", format!("{spelt}=1")),
            ("mysql", format!("charset={spelt}")),
            ("mysql", format!("ssl-mode={spelt}")),
            ("mysql", format!("cluster={spelt}")),
            ("mysql", format!("connect_timeout={spelt}")),
        ] {
            let at = Address {
                query,
                ..Address::local(database, 1)
            };
            for (form, supply) in FORMS.iter().zip(SUPPLIES) {
                let name = Name {
                    supply: supply.0,
                    failure: "option",
                    form,
                };
                assert_eq!(
                    run(&scene, name.clone(), &at, &secret, *supply),
                    "connection-invalid",
                    "{name:?} {at:?}"
                );
            }
        }
    }
}
