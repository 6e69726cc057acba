//! HTTP as far as a question for credentials needs it: one request, one answer of bounded length, one
//! deadline over all of it. It must never follow a redirect, use a proxy, keep a connection, or let
//! a value break out of its line.

use super::super::Variable;
use super::answer::{Answer, read};
use super::line::{self, Line};
use initium_driver::{Code, Error, Locality, Result, Secret};
use std::io::{self, Write};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    pub scheme: Scheme,
    pub host: String,
    pub port: u16,
    /// With the query.
    pub path: String,
}

impl Url {
    /// `origin` is the variable it comes from. Nothing of it is echoed: it may hold a login.
    pub fn parse(text: &str, origin: &str) -> Result<Url> {
        let invalid = |why: &str| {
            Error::new(
                Code::ConnectionInvalid,
                format!("the URL in {origin} cannot be used: {why}"),
            )
            .help("write it as https://host:port/path")
        };
        if text.bytes().any(|b| b <= b' ' || b >= 0x7f) {
            return Err(invalid(
                "it holds blanks, line ends or signs that are not ASCII",
            ));
        }
        let (scheme, rest, port) =
            match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
                (Some(rest), _) => (Scheme::Https, rest, 443),
                (_, Some(rest)) => (Scheme::Http, rest, 80),
                _ => return Err(invalid("it begins with neither https:// nor http://")),
            };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(invalid("it holds a login"));
        }
        let (host, given) = match authority.strip_prefix('[').map(|a| a.split_once(']')) {
            Some(Some((host, rest))) => (host, rest),
            Some(None) => return Err(invalid("an IPv6 address is not closed by ]")),
            None => match authority.split_once(':') {
                Some((host, _)) => (host, &authority[host.len()..]),
                None => (authority, ""),
            },
        };
        let port = match given.strip_prefix(':') {
            None if given.is_empty() => port,
            Some("") => port,
            Some(number) => number
                .parse()
                .map_err(|_| invalid("its port is no number"))?,
            None => return Err(invalid("something stands behind the address")),
        };
        if host.is_empty() {
            return Err(invalid("it names no host"));
        }
        let path = match path.starts_with('/') {
            true => path.to_string(),
            false => format!("/{path}"),
        };
        Ok(Url {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }

    /// Another path of the same server.
    pub fn at(&self, path: &str) -> Url {
        Url {
            path: format!("{}{path}", self.path.trim_end_matches('/')),
            ..self.clone()
        }
    }

    /// Encrypted, or not beyond this machine.
    pub fn is_private(&self) -> bool {
        self.scheme == Scheme::Https || Locality::of(&self.host) == Locality::Here
    }

    /// As people call it; without its path, which may be long.
    pub fn shown(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.scheme, self.port) {
            (Scheme::Https, 443) | (Scheme::Http, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

pub struct Request<'a> {
    pub method: &'static str,
    pub url: &'a Url,
    pub headers: Vec<(&'static str, Secret)>,
    pub body: Option<Secret>,
}

impl<'a> Request<'a> {
    pub fn get(url: &'a Url) -> Request<'a> {
        Request {
            method: "GET",
            url,
            headers: Vec::new(),
            body: None,
        }
    }
}

/// What an exchange needs beside the question.
pub struct Reach {
    pub deadline: Instant,
    within: Duration,
    /// The file of authorities, instead of the system's.
    pub roots: Option<String>,
    proxy: bool,
}

impl Reach {
    pub fn new(variable: Variable, within: Duration) -> Reach {
        let set = |name: &&str| variable(name).is_some();
        Reach {
            deadline: Instant::now() + within,
            within,
            roots: variable("AWS_CA_BUNDLE").or_else(|| variable("SSL_CERT_FILE")),
            proxy: ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
                .iter()
                .any(set),
        }
    }

    /// The same, for less time.
    pub fn shorter(&self, within: Duration) -> Reach {
        let within = within.min(self.within);
        Reach {
            deadline: self.deadline.min(Instant::now() + within),
            within,
            roots: self.roots.clone(),
            proxy: self.proxy,
        }
    }

    /// Asks once.
    pub fn ask(&self, request: &Request) -> Result<Answer> {
        let head = head(request)?;
        let place = request.url.shown();
        let mut line = line::open(request.url, self)?;
        let exchange = |line: &mut Line| {
            line.write_all(head.reveal().as_bytes())?;
            if let Some(body) = &request.body {
                line.write_all(body.reveal().as_bytes())?;
            }
            line.flush()?;
            read(line)
        };
        exchange(&mut line).map_err(|error| line::trouble(&error, request.url, self, &place))
    }

    /// No answer; waiting may cure it.
    pub fn silent(&self, place: &str, error: &io::Error) -> Error {
        let late = matches!(
            error.kind(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
        );
        let cause = match late {
            true => format!("nothing within {:?}", self.within),
            false => error.to_string(),
        };
        Error::new(
            Code::TokenUnavailable,
            format!("no AWS credentials from {place}: {cause}"),
        )
        .help(match self.proxy {
            false => "may this pod reach it? a network policy or a missing endpoint of the VPC stops it",
            true => "HTTPS_PROXY or HTTP_PROXY is set, and proxies are not used here: the pod must reach it directly, for instance by an endpoint of the VPC",
        })
    }
}

fn head(request: &Request) -> Result<Secret> {
    let url = request.url;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, url.path);
    let mut add = |name: &str, value: &str| {
        if value.bytes().any(|b| b < b' ' || b == 0x7f) {
            return Err(Error::new(
                Code::ConnectionInvalid,
                format!(
                    "what {} is to be told as {name} holds a line end",
                    url.shown()
                ),
            )
            .help("a token is one line; see AWS_CONTAINER_AUTHORIZATION_TOKEN and its _FILE"));
        }
        head.push_str(&format!("{name}: {value}\r\n"));
        Ok(())
    };
    add("Host", &url.shown())?;
    add("User-Agent", concat!("initium/", env!("CARGO_PKG_VERSION")))?;
    add("Connection", "close")?;
    if request.method != "GET" {
        let length = request.body.as_ref().map_or(0, |body| body.reveal().len());
        add("Content-Length", &length.to_string())?;
    }
    for (name, value) in &request.headers {
        add(name, value.reveal())?;
    }
    head.push_str("\r\n");
    Ok(Secret::new(head))
}
