//! What TLS needs, read before it begins, and what is wrong with its handshake. A build without TLS
//! says so.

#[cfg(feature = "tls")]
pub use encrypting::{Ready, prepare, refused, trouble};
#[cfg(not(feature = "tls"))]
pub use plain::{Ready, prepare, refused, trouble};

#[cfg(feature = "tls")]
mod encrypting {
    //! With TLS.

    use crate::{Place, Socket, Stream, encrypt};
    use initium_driver::{Code, Error, Mode, Result, Tls};
    use initium_tls::rustls;
    use rustls::ClientConfig;
    use rustls::pki_types::ServerName;
    use std::io;
    use std::sync::Arc;

    pub struct Ready {
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    }

    /// Files that are wrong are told before a byte is sent.
    pub fn prepare(place: &Place, tls: &Tls, mode: Mode) -> Result<Ready> {
        let config = initium_tls::config(tls, mode)?;
        let name = ServerName::try_from(place.name().to_string()).map_err(|_| {
            Error::new(
                Code::ConnectionInvalid,
                format!("no certificate can be for '{}'", place.name()),
            )
            .help("give the server's name, or its address")
        })?;
        Ok(Ready {
            config: Arc::new(config),
            name,
        })
    }

    impl Ready {
        pub fn encrypt(self, socket: Socket) -> io::Result<Stream> {
            encrypt(socket, self.config, self.name)
        }
    }

    /// The server does not offer it.
    pub fn refused(place: &Place) -> Error {
        initium_tls::refused(&place.shown(), place.mode)
    }

    /// `None`: it was not the handshake that went wrong.
    pub fn trouble(error: &io::Error, place: &Place, tls: &Tls) -> Option<Error> {
        let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        Some(initium_tls::trouble(error, &place.shown(), tls))
    }
}

#[cfg(not(feature = "tls"))]
mod plain {
    //! Without TLS.

    use crate::{Place, Socket, Stream};
    use initium_driver::settings::missing;
    use initium_driver::{Error, Mode, Result, Tls};
    use std::io;

    pub enum Ready {}

    pub fn prepare(place: &Place, _: &Tls, mode: Mode) -> Result<Ready> {
        Err(missing(&place.shown(), mode))
    }

    impl Ready {
        pub fn encrypt(self, _: Socket) -> io::Result<Stream> {
            match self {}
        }
    }

    pub fn refused(place: &Place) -> Error {
        missing(&place.shown(), place.mode)
    }

    pub fn trouble(_: &io::Error, _: &Place, _: &Tls) -> Option<Error> {
        None
    }
}
