//! What a TLS handshake with one host is held to. It must never verify less than its mode says.

use super::timed::Timed;
use initium_driver::error::{Code, Error, Result};
use initium_driver::settings::Host;
use initium_driver::{Mode, Settings, Tls};
use initium_tls::rustls::ClientConfig;
use initium_tls::rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiation {
    /// With a question of the database's own protocol.
    Postgres,
    /// At once (PostgreSQL 17).
    Direct,
}

/// So that a server of another protocol does not take our words for its own.
const PROTOCOL: &[u8] = b"postgresql";

pub const OLDER: &str = "leave sslnegotiation=direct out: servers before version 17 do not have it";

pub struct Terms {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    tls: Tls,
    pub mode: Mode,
    pub negotiation: Negotiation,
}

impl Terms {
    /// Reads the files that the settings name.
    pub fn new(
        settings: &Settings,
        host: &Host,
        mode: Mode,
        negotiation: Negotiation,
    ) -> Result<Terms> {
        let mut config = initium_tls::config(&settings.tls, mode)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        config.enable_sni = match settings.option("sslsni") {
            None | Some("1") => true,
            Some("0") => false,
            Some(_) => {
                return Err(Error::new(
                    Code::ConnectionInvalid,
                    "the connection option sslsni is neither 0 nor 1",
                )
                .help("0 keeps the host's name out of the handshake"));
            }
        };
        let named = [Some(&host.name), host.address.as_ref()];
        let name = named.into_iter().flatten().find(|name| !name.is_empty());
        let name = name.map_or("localhost", String::as_str);
        let name = ServerName::try_from(name.trim_end_matches('.').to_string()).map_err(|_| {
            Error::new(
                Code::ConnectionInvalid,
                format!("'{name}' is no host name that a certificate could be for"),
            )
            .help("give the server's name or address as host")
        })?;
        Ok(Terms {
            config: Arc::new(config),
            name,
            tls: settings.tls.clone(),
            mode,
            negotiation,
        })
    }

    pub fn shake(&self, stream: Timed) -> tokio_rustls::Connect<Timed> {
        TlsConnector::from(self.config.clone()).connect(self.name.clone(), stream)
    }

    /// Without the question only the protocol's name tells that this is the right kind of server.
    pub fn agreed(&self, stream: &TlsStream<Timed>, place: &str) -> Result<()> {
        match (self.negotiation, stream.get_ref().1.alpn_protocol()) {
            (Negotiation::Direct, named) if named != Some(PROTOCOL) => Err(Error::new(
                Code::TlsFailed,
                format!("{place} takes TLS at once, and does not say that it speaks PostgreSQL's protocol"),
            )
            .help(OLDER)),
            _ => Ok(()),
        }
    }

    /// What TLS itself says went wrong; `None`: the network did.
    pub fn trouble(&self, error: &io::Error, place: &str) -> Option<Error> {
        let cause = error.get_ref()?;
        let known = cause.downcast_ref::<initium_tls::rustls::Error>()?;
        let told = initium_tls::trouble(known, place, &self.tls);
        Some(match (self.negotiation, told.code()) {
            (Negotiation::Direct, Code::TlsFailed) => told.help(OLDER),
            _ => told,
        })
    }
}
