//! A new password for the user that is signed in. The server gets a verifier made here, as psql's
//! \password sends it: the password itself is in no statement, log or view of activity.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::error::{Doing as _, Result};
use crate::secret::Secret;

/// What PostgreSQL itself takes.
const ROUNDS: u32 = 4096;

/// Changes the password. `keep` writes it down before the change counts: if that fails, nothing
/// has changed.
pub async fn change(
    connection: &mut PgConnection,
    new: &Secret,
    keep: impl AsyncFnOnce() -> Result<()>,
) -> Result<()> {
    let salt: [u8; 16] = rand::rng().random();
    // Letters, digits and =+/$: nothing that ends a string.
    let alter = format!(
        "ALTER ROLE CURRENT_USER PASSWORD '{}'",
        verifier(new, &salt)
    );
    let mut transaction = connection.begin().await.doing("begin a transaction")?;
    sqlx::query(AssertSqlSafe(alter))
        .execute(&mut *transaction)
        .await
        .doing("change the password")?;
    keep().await?;
    transaction.commit().await.doing("change the password")
}

/// SCRAM-SHA-256 as PostgreSQL stores it. The password has letters and digits alone, so that it
/// is its own normal form.
fn verifier(password: &Secret, salt: &[u8]) -> String {
    let salted = salted(password.expose().as_bytes(), salt);
    let stored = Sha256::digest(keyed(&salted, b"Client Key"));
    let server = keyed(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${ROUNDS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored),
        STANDARD.encode(server)
    )
}

/// PBKDF2 of one block.
fn salted(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut round = keyed(password, &[salt, &1u32.to_be_bytes()].concat());
    let mut sum = round;
    for _ in 1..ROUNDS {
        round = keyed(password, &round);
        sum.iter_mut().zip(round).for_each(|(sum, one)| *sum ^= one);
    }
    sum
}

fn keyed(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC refuses no key");
    };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The exchange of RFC 7677: user `user`, password `pencil`.
    #[test]
    fn the_verifier_checks_the_example_of_the_standard() {
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let message = format!(
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
        );
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = verifier(&Secret::new("pencil"), &salt);
        let keys = verifier.rsplit('$').next().unwrap();
        let (stored, server) = keys.split_once(':').unwrap();
        let server = STANDARD.decode(server).unwrap();
        let signature = STANDARD.encode(keyed(&server, message.as_bytes()));
        assert_eq!(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        // The proof hides the client key by the signature; what is stored is that key's hash.
        let stored = STANDARD.decode(stored).unwrap();
        let proof = STANDARD
            .decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
            .unwrap();
        let signed = keyed(&stored, message.as_bytes());
        let key: Vec<u8> = proof.iter().zip(signed).map(|(a, b)| a ^ b).collect();
        assert_eq!(Sha256::digest(key).as_slice(), stored);
    }
}
