//! One HTTP/1.1 connection, blocking. The load must cost less than what it loads, and shares two cores with it: no client
//! library, no runtime, no parsing beyond what finds the end of an answer.

use crate::Outcome;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
    line: String,
}

/// What is looked at of an answer's head.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// `name=value`, without attributes.
    pub(crate) cookies: Vec<String>,
    length: Option<usize>,
    chunked: bool,
}

impl Connection {
    pub(crate) fn open(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        // Nothing here takes half a minute; a run that hangs must end in words.
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream), body: Vec::new(), line: String::new() })
    }

    /// Sends a request as it stands and reads the whole answer. The body stays in [`Connection::body`].
    pub(crate) fn send(&mut self, request: &[u8]) -> Outcome<Head> {
        self.stream.get_mut().write_all(request)?;
        let head = self.head()?;
        self.body.clear();
        if head.chunked {
            loop {
                let size = usize::from_str_radix(self.next_line()?.split(';').next().unwrap_or_default(), 16)?;
                self.read(size)?;
                self.next_line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.read(head.length.unwrap_or(0))?;
        }
        Ok(head)
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn head(&mut self) -> Outcome<Head> {
        let mut head = Head::default();
        let status = self.next_line()?;
        head.status =
            status.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| format!("not HTTP: {status}"))?;
        loop {
            let line = self.next_line()?;
            let Some((name, value)) = line.split_once(':') else { return Ok(head) };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.length = Some(value.parse()?),
                "transfer-encoding" => head.chunked = value.eq_ignore_ascii_case("chunked"),
                "location" => head.location = Some(value.to_owned()),
                "set-cookie" => head.cookies.push(value.split(';').next().unwrap_or_default().to_owned()),
                _ => {}
            }
        }
    }

    fn next_line(&mut self) -> Outcome<String> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            return Err("the connection was closed in the middle of an answer".into());
        }
        Ok(self.line.trim_end().to_owned())
    }

    fn read(&mut self, size: usize) -> Outcome<()> {
        let from = self.body.len();
        self.body.resize(from + size, 0);
        Ok(self.stream.read_exact(&mut self.body[from..])?)
    }
}

/// A request in bytes. `headers` without the host.
pub(crate) fn request(method: &str, port: u16, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if method != "GET" {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    (text + "\r\n" + body).into_bytes()
}

/// A page as a browser asks for it, without compression unless `encodings` names some.
pub(crate) fn page(port: u16, path: &str, cookie: &str, encodings: &str) -> Vec<u8> {
    let mut headers = vec![("Accept", "text/html"), ("Sec-Fetch-Site", "none"), ("Cookie", cookie)];
    if !encodings.is_empty() {
        headers.push(("Accept-Encoding", encodings));
    }
    request("GET", port, path, &headers, "")
}

/// The port of `http://localhost:PORT/…`.
pub(crate) fn port_of(address: &str) -> Outcome<u16> {
    url::Url::parse(address)?.port().ok_or_else(|| format!("{address} names no port").into())
}
