//! TLS against real servers: every way to be wrong has its own code, and none succeeds in silence.

mod certificates;

use certificates::{Authority, Validity};

#[test]
fn certificates_are_written_where_servers_find_them() {
    let folder = std::env::temp_dir().join(format!("initium-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let authority = Authority::new("test authority");
    let pair = authority.issue(
        &folder,
        "server",
        &["localhost", "127.0.0.1"],
        Validity::Now,
    );
    let text = std::fs::read_to_string(pair.certificate).expect("a certificate");
    assert!(text.starts_with("-----BEGIN CERTIFICATE-----"));
    std::fs::remove_dir_all(folder).expect("removed");
}
