//! An issuer of tokens with an RSA key, and the place where it serves the public half.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The issuer in its tokens.
pub const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_test";
/// The app client its tokens are made for.
pub const CLIENT: &str = "client";

/// A key pair of an issuer. Making one takes a moment, so tests share two.
#[derive(Clone)]
pub struct Key {
    /// The id in headers.
    pub kid: &'static str,
    private: EncodingKey,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Key {
    fn generate(kid: &'static str) -> Self {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let private = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self { kid, private }
    }

    /// The issuer's key.
    pub fn first() -> &'static Self {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(|| Self::generate("first"))
    }

    /// The key it rotates to, or a stranger's.
    pub fn second() -> &'static Self {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(|| Self::generate("second"))
    }

    /// The public half.
    pub fn jwk(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.private, Algorithm::RS256).unwrap();
        jwk.common.key_id = Some(self.kid.to_owned());
        jwk
    }

    /// Signs claims under this key's id.
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.to_owned());
        encode(&header, claims, &self.private).unwrap()
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The claims of a good ID token.
pub fn id_claims(sub: &str) -> Value {
    json!({
        "sub": sub, "iss": ISSUER, "aud": CLIENT, "token_use": "id",
        "iat": now(), "exp": now() + 3600, "email": "test@example.com",
    })
}

/// A good ID token.
pub fn id_token(sub: &str) -> String {
    Key::first().sign(&id_claims(sub))
}

/// Serves the public halves of keys; its address is the JWKS URL.
pub async fn serve(keys: &[&Key]) -> MockServer {
    let server = MockServer::start().await;
    publish(&server, keys).await;
    server
}

/// Replaces what a server serves.
pub async fn publish(server: &MockServer, keys: &[&Key]) {
    server.reset().await;
    let set = json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()});
    let answer = ResponseTemplate::new(200).set_body_json(set);
    Mock::given(path("/.well-known/jwks.json"))
        .respond_with(answer)
        .mount(server)
        .await;
}
