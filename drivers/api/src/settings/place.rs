//! Lists of hosts: names, ports and addresses that stand apart, put together. A name that no host
//! can have is refused, because it is most likely a piece of a password.

use super::Host;
use super::fault::Fault;
use super::percent::{Plus, decode};
use crate::error::Result;

/// More is no list of servers, and costs.
const MOST: usize = 64;

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub names: Vec<String>,
    pub ports: Vec<Option<u16>>,
    pub addresses: Vec<String>,
}

impl Places {
    pub fn of(hosts: &[Host]) -> Places {
        let ports: Vec<_> = hosts.iter().map(|host| host.port).collect();
        Places {
            names: hosts.iter().map(|host| host.name.clone()).collect(),
            ports: said(ports),
            addresses: match hosts.iter().all(|host| host.address.is_none()) {
                true => Vec::new(),
                false => hosts
                    .iter()
                    .map(|host| host.address.clone().unwrap_or_default())
                    .collect(),
            },
        }
    }

    /// `h1:5432,[::1]:5433,h3`, each of them percent-encoded.
    pub fn authority(&mut self, text: &str, fault: &Fault) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let mut ports = Vec::new();
        for item in parts(text, fault)? {
            let (name, port) = one(item, fault)?;
            self.names.push(name);
            ports.push(port);
        }
        self.ports = said(ports);
        if self.ports.is_empty() && matches!(self.names.as_slice(), [only] if only.is_empty()) {
            self.names.clear();
        }
        Ok(())
    }

    /// `a,b` of a key `host`.
    pub fn name_list(&mut self, text: &str, fault: &Fault) -> Result<()> {
        self.names = list(text, fault)?;
        self.names.iter().try_for_each(|name| name_is(name, fault))
    }

    /// `1,2` of a key `port`.
    pub fn port_list(&mut self, text: &str, fault: &Fault) -> Result<()> {
        let ports: Result<Vec<_>> = list(text, fault)?
            .iter()
            .map(|text| port(text, fault))
            .collect();
        self.ports = ports?;
        Ok(())
    }

    /// `10.0.0.1,::1` of a key `hostaddr`.
    pub fn address_list(&mut self, text: &str, fault: &Fault) -> Result<()> {
        self.addresses = list(text, fault)?;
        match self.addresses.iter().all(|a| a.is_empty() || is_ip(a)) {
            true => Ok(()),
            false => Err(fault.other("a hostaddr is no IP address", "give names as host")),
        }
    }

    pub fn hosts(&self, fault: &Fault) -> Result<Vec<Host>> {
        let count = self.names.len().max(self.addresses.len());
        let uneven = |n: usize| n != 0 && n != count;
        if uneven(self.names.len()) || uneven(self.addresses.len()) {
            return Err(fault.other(
                "it has not as many hosts as addresses",
                "each host has one hostaddr, in the same order",
            ));
        }
        if self.ports.len() > 1 && self.ports.len() != count {
            return Err(fault.other(
                "it has not as many ports as hosts",
                "give one port for all hosts, or one for each",
            ));
        }
        let port_of = |n: usize| match self.ports.as_slice() {
            [only] => *only,
            ports => ports.get(n).copied().flatten(),
        };
        if count == 0 {
            let only = port_of(0).map(|port| Host::new("localhost", Some(port)));
            return Ok(only.into_iter().collect());
        }
        let host = |n: usize| {
            let given = |list: &[String]| list.get(n).filter(|text| !text.is_empty()).cloned();
            let (name, address) = match (given(&self.names), given(&self.addresses)) {
                (Some(name), address) => (name, address),
                (None, Some(address)) => (address, None),
                (None, None) => ("localhost".into(), None),
            };
            Host {
                address,
                ..Host::new(name, port_of(n))
            }
        };
        Ok((0..count).map(host).collect())
    }
}

/// No port at all is no list of ports.
fn said(ports: Vec<Option<u16>>) -> Vec<Option<u16>> {
    match ports.iter().all(Option::is_none) {
        true => Vec::new(),
        false => ports,
    }
}

fn parts<'t>(text: &'t str, fault: &Fault) -> Result<Vec<&'t str>> {
    let parts: Vec<_> = text.split(',').take(MOST + 1).collect();
    match parts.len() > MOST {
        true => Err(fault.other("it has more than 64 hosts", "name the servers that matter")),
        false => Ok(parts),
    }
}

fn list(text: &str, fault: &Fault) -> Result<Vec<String>> {
    match text {
        "" => Ok(Vec::new()),
        text => Ok(parts(text, fault)?.into_iter().map(String::from).collect()),
    }
}

fn one(item: &str, fault: &Fault) -> Result<(String, Option<u16>)> {
    let (name, rest) = match item.strip_prefix('[') {
        Some(rest) => {
            let (name, rest) = rest
                .split_once(']')
                .ok_or_else(|| fault.encode("an IPv6 address is not closed by ]"))?;
            let name = decode(name, Plus::Itself).map_err(|what| fault.encode(what))?;
            if !name.contains(':') || !is_ip(&name) {
                return Err(fault.encode("what stands in brackets is no IPv6 address"));
            }
            match (rest, rest.strip_prefix(':')) {
                ("", _) => (name, ""),
                (_, Some(port)) => (name, port),
                _ => return Err(fault.encode("behind ] stands no port")),
            }
        }
        None => {
            let (name, rest) = item.split_once(':').unwrap_or((item, ""));
            let name = decode(name, Plus::Itself).map_err(|what| fault.encode(what))?;
            name_is(&name, fault)?;
            (name, rest)
        }
    };
    Ok((name, port(rest, fault)?))
}

fn port(text: &str, fault: &Fault) -> Result<Option<u16>> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<u16>() {
        _ if text.is_empty() => Ok(None),
        Ok(port) if digits && port > 0 => Ok(Some(port)),
        _ => Err(fault.encode("the port is not a number from 1 to 65535")),
    }
}

/// Refuses what no host is called: signs of a password that was cut at the wrong place.
fn name_is(name: &str, fault: &Fault) -> Result<()> {
    let socket = name.starts_with(['/', '@']) && !name.chars().any(char::is_control);
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    match socket || name.chars().all(sign) || is_ip(name) {
        true => Ok(()),
        false => Err(fault.encode("the host has a sign in it that no host has")),
    }
}

/// An address, with a zone where it is IPv6.
fn is_ip(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    let zone_is = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    match address.parse::<core::net::IpAddr>() {
        Ok(address) => {
            (address.is_ipv6() || address.to_string() == text)
                && !zone.is_empty()
                && zone.chars().all(zone_is)
        }
        Err(_) => false,
    }
}
