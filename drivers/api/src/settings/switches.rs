//! Switches that are a TLS mode only together: Connector/J's and MariaDB's, and Prisma's `sslaccept`.
//! A mode that is spelled out beats them all, and nobody who asks for TLS goes without.

use super::options::Switch;
use super::{Mode, Settings};

#[derive(Clone, Debug, Default)]
pub(super) struct Switches {
    on: Vec<Switch>,
    off: Vec<Switch>,
    accept: Option<Accept>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accept {
    Strict,
    Anything,
}

impl Switches {
    pub fn set(&mut self, switch: Switch, truth: bool) {
        self.on.retain(|s| *s != switch);
        self.off.retain(|s| *s != switch);
        match truth {
            true => self.on.push(switch),
            false => self.off.push(switch),
        }
    }

    /// `None`: no such word.
    pub fn accept(&mut self, word: &str) -> Option<()> {
        self.accept = Some(match word {
            "strict" => Accept::Strict,
            "accept_invalid_certs" => Accept::Anything,
            _ => return None,
        });
        Some(())
    }

    pub fn settle(&self, settings: &mut Settings) {
        let (on, off) = (
            |switch| self.on.contains(&switch),
            |switch| self.off.contains(&switch),
        );
        let tls = &mut settings.tls;
        if let Some(accept) = self.accept {
            if tls.certificate.is_some() && tls.key.is_none() && tls.roots.is_none() {
                // In Prisma's URLs sslcert is the certificate of the authority.
                tls.roots = tls.certificate.take();
            }
            match (accept, tls.mode) {
                (_, Some(Mode::Disable)) => {}
                (Accept::Strict, _) => tls.mode = Some(Mode::VerifyFull),
                (Accept::Anything, None) => tls.mode = Some(Mode::Require),
                (Accept::Anything, Some(_)) => {}
            }
        }
        if tls.mode.is_some() {
            return;
        }
        tls.mode = if off(Switch::Encrypt) {
            Some(Mode::Disable)
        } else if on(Switch::Trust) {
            Some(Mode::Require)
        } else if on(Switch::AnyName) {
            Some(Mode::VerifyCa)
        } else if on(Switch::VerifyAll) {
            Some(Mode::VerifyFull)
        } else if on(Switch::Verify) {
            Some(Mode::VerifyCa)
        } else if on(Switch::Demand) {
            Some(Mode::Require)
        } else if on(Switch::Encrypt) {
            // Whoever says that a clear answer will do gets what he says, nobody else.
            match (off(Switch::Demand), off(Switch::Verify)) {
                (true, _) => Some(Mode::Prefer),
                (_, true) => Some(Mode::Require),
                _ => Some(Mode::VerifyFull),
            }
        } else if off(Switch::Verify) || off(Switch::VerifyAll) {
            Some(Mode::Require)
        } else {
            None
        };
    }
}
