//! A package index on loopback that breaks off the first answer for a file half-way.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub(crate) struct Index {
    port: u16,
    shelf: Arc<Shelf>,
}

struct Shelf {
    files: HashMap<String, Vec<u8>>,
    /// Path and, where there was one, the range asked for.
    asked: Mutex<Vec<(String, Option<usize>)>>,
}

impl Index {
    pub(crate) fn serve(files: HashMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Arc::new(Shelf {
            files,
            asked: Mutex::default(),
        });
        let index = Self {
            port,
            shelf: shelf.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shelf = shelf.clone();
                std::thread::spawn(move || shelf.answer(stream.unwrap()));
            }
        });
        index
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/simple", self.port)
    }

    /// The ranges asked for of a file; `None` is the whole.
    pub(crate) fn ranges(&self, file: &str) -> Vec<Option<usize>> {
        let asked = self.shelf.asked.lock().unwrap();
        let wanted = format!("/files/{file}");
        asked
            .iter()
            .filter(|(path, _)| *path == wanted)
            .map(|(_, range)| *range)
            .collect()
    }

    pub(crate) fn requests(&self) -> usize {
        self.shelf.asked.lock().unwrap().len()
    }
}

impl Shelf {
    fn answer(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap())
            .lines()
            .map_while(Result::ok);
        let Some(request) = lines.next() else { return };
        let path = request.split(' ').nth(1).unwrap().to_owned();
        let range = lines.take_while(|line| !line.is_empty()).find_map(|line| {
            let line = line.to_ascii_lowercase();
            let from = line
                .strip_prefix("range: bytes=")?
                .trim_end_matches('-')
                .to_owned();
            from.parse().ok()
        });
        let first = {
            let mut asked = self.asked.lock().unwrap();
            let first = asked.iter().all(|(known, _)| *known != path);
            asked.push((path.clone(), range));
            first
        };
        let (head, body) = match path
            .strip_prefix("/files/")
            .and_then(|name| self.files.get(name))
        {
            Some(file) => file_answer(file, range, first),
            None => (String::new(), self.page(&path).into_bytes()),
        };
        let head = if head.is_empty() {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n",
                body.len()
            )
        } else {
            head
        };
        let _left = write!(stream, "{head}Connection: close\r\n\r\n")
            .and_then(|()| stream.write_all(&body));
    }

    fn page(&self, path: &str) -> String {
        let project = path.trim_start_matches("/simple/").trim_end_matches('/');
        let links = self
            .files
            .keys()
            .filter(|name| name.starts_with(&format!("{project}-")));
        links
            .map(|name| format!("<a href=\"/files/{name}\">{name}</a>\n"))
            .collect()
    }
}

fn file_answer(file: &[u8], range: Option<usize>, first: bool) -> (String, Vec<u8>) {
    let common = "ETag: \"one\"\r\nAccept-Ranges: bytes\r\nContent-Type: application/zip\r\n";
    let (length, last) = (file.len(), file.len() - 1);
    match range {
        Some(from) => {
            let rest = file[from..].to_vec();
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\n{common}Content-Range: bytes {from}-{last}/{length}\r\n\
                 Content-Length: {}\r\n",
                rest.len()
            );
            (head, rest)
        }
        None => {
            let body = if first { &file[..length / 2] } else { file };
            (
                format!("HTTP/1.1 200 OK\r\n{common}Content-Length: {length}\r\n"),
                body.to_vec(),
            )
        }
    }
}
