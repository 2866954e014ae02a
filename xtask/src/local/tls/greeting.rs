//! The first bytes of a PostgreSQL connection, before TLS: what a client wants.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

const SSL_REQUEST: u32 = 80_877_103;
const ENCRYPTION_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;
/// Requests are 8 bytes, or 16 and a key of up to 256 to cancel. A startup message is not read.
const LONGEST_CANCEL: u32 = 4 + 4 + 4 + 256;

/// What a client asks for first.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    /// TLS, as everybody should.
    Tls,
    /// Encryption by GSSAPI, which we do not have; the client then asks for something else.
    Gss,
    /// To cancel a statement; the bytes to pass on. It carries a secret of its own and no data.
    Cancel(Vec<u8>),
    /// To begin at once, in plain text.
    Plain,
}

/// Reads one greeting.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Greeting> {
    let length = stream.read_u32().await?;
    let code = stream.read_u32().await?;
    match (length, code) {
        (8, SSL_REQUEST) => Ok(Greeting::Tls),
        (8, ENCRYPTION_REQUEST) => Ok(Greeting::Gss),
        (16..=LONGEST_CANCEL, CANCEL_REQUEST) => {
            let mut bytes = [length.to_be_bytes(), code.to_be_bytes()].concat();
            let rest = u64::from(length) - 8;
            stream.take(rest).read_to_end(&mut bytes).await?;
            Ok(Greeting::Cancel(bytes))
        }
        _ => Ok(Greeting::Plain),
    }
}

/// The server's message that ends a connection in plain text.
pub(super) fn refusal() -> Vec<u8> {
    let fields = [
        ('S', "FATAL"),
        ('V', "FATAL"),
        ('C', "28000"),
        ('M', "this server takes connections over TLS only"),
        (
            'H',
            "Connect with sslmode=verify-full and the CA file that `cargo xtask local status` names.",
        ),
    ];
    let mut body = Vec::new();
    for (name, value) in fields {
        body.push(name as u8);
        body.extend_from_slice(value.as_bytes());
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [b"E".as_slice(), &length.to_be_bytes(), &body].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn parse(bytes: &[u8]) -> io::Result<Greeting> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(read(&mut &*bytes))
    }

    fn words(numbers: &[u32]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect()
    }

    #[test]
    fn each_greeting_is_told_apart() {
        assert_eq!(parse(&words(&[8, SSL_REQUEST])).unwrap(), Greeting::Tls);
        assert_eq!(
            parse(&words(&[8, ENCRYPTION_REQUEST])).unwrap(),
            Greeting::Gss
        );
        let cancel = words(&[16, CANCEL_REQUEST, 7, 9]);
        assert_eq!(parse(&cancel).unwrap(), Greeting::Cancel(cancel));
        assert_eq!(parse(&words(&[40, 196_608])).unwrap(), Greeting::Plain);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_pass_for_tls(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let is_request = bytes.starts_with(&words(&[8, SSL_REQUEST]));
            prop_assert_eq!(matches!(parse(&bytes), Ok(Greeting::Tls)), is_request);
        }
    }
}
