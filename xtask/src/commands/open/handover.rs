//! Hands a browser what signs it in without showing it: not among the arguments of a process, not
//! on the screen, not in a log. A port of this machine alone answers one address, once, by sending
//! the browser on to the console with the token behind the `#`, where no server sees it.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::error::{Doing as _, Kind, Result};
use crate::secret::Secret;

/// More than a browser sends.
const MOST: usize = 16 * 1024;
/// Browsers open connections that they never use.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address that works once.
pub(super) struct Handover {
    listener: TcpListener,
    port: u16,
    path: String,
    to: Secret,
}

impl Handover {
    /// Begins to wait for the browser.
    pub(super) async fn begin(console: &str, refresh: &Secret) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.doing_as(Kind::Machine, "listen on 127.0.0.1")?;
        let port = listener.local_addr().doing("read which port it is")?.port();
        Ok(Self {
            listener,
            port,
            path: format!("/{}", uuid::Uuid::new_v4().simple()),
            to: Secret::new(format!("{console}#refresh={}", encoded(refresh.expose()))),
        })
    }

    /// What the browser opens.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Ends when it was opened. Whoever asks for anything else learns nothing.
    pub(super) async fn fetched(self) -> Result<()> {
        let mut visitors = FuturesUnordered::new();
        loop {
            tokio::select! {
                visitor = self.listener.accept() => {
                    let (stream, _) = visitor.doing("wait for the browser")?;
                    visitors.push(tokio::time::timeout(PATIENCE, self.answer(stream)));
                }
                Some(Ok(Ok(true))) = visitors.next() => return Ok(()),
            }
        }
    }

    /// Whether it was the one who may know.
    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<bool> {
        let (mut head, mut part) = (Vec::new(), [0; 2048]);
        while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < MOST {
            let read = stream.read(&mut part).await?;
            if read == 0 {
                return Ok(false);
            }
            head.extend_from_slice(&part[..read]);
        }
        let is_it = head.starts_with(format!("GET {} HTTP/1.", self.path).as_bytes());
        let status = match is_it {
            true => format!("302 Found\r\nLocation: {}", self.to.expose()),
            false => "404 Not Found".to_owned(),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        Ok(is_it)
    }
}

/// As the part of an address behind `=` has to be.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_token_is_told_once_to_who_knows_the_address() {
        let token = Secret::new("a+b/c=");
        let handover = Handover::begin("http://console/", &token).await.unwrap();
        let address = handover.address();
        assert!(!address.contains("a+b"));
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let waiting = tokio::spawn(handover.fetched());
        // A connection that says nothing holds up nobody.
        let host = address.split('/').nth(2).unwrap();
        let _silent = TcpStream::connect(host).await.unwrap();
        for other in [format!("{address}0"), format!("http://{host}/")] {
            let answer = browser.get(&other).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{other}");
            assert!(!answer.headers().contains_key("location"));
        }
        assert_eq!(browser.post(&address).send().await.unwrap().status(), 404);
        let answer = browser.get(&address).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        assert_eq!(
            answer.headers()["location"],
            "http://console/#refresh=a%2Bb%2Fc%3D"
        );
        assert_eq!(answer.headers()["cache-control"], "no-store");
        waiting.await.unwrap().unwrap();
        assert!(browser.get(&address).send().await.is_err(), "twice");
    }
}
