//! A value that does not print itself.

use std::fmt;

/// A password. `Debug` and `Display` hide it; only `expose` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// A new random one of 32 letters and digits.
    pub fn generate() -> Self {
        use rand::distr::{Alphanumeric, SampleString as _};
        Self(Alphanumeric.sample_string(&mut rand::rng(), 32))
    }

    /// A new random password, as user pools want them: with a capital, a small letter and a digit.
    pub fn password() -> Self {
        loop {
            let candidate = Self::generate();
            let has = |kind: fn(&char) -> bool| candidate.0.chars().any(|c| kind(&c));
            if has(char::is_ascii_uppercase)
                && has(char::is_ascii_lowercase)
                && has(char::is_ascii_digit)
            {
                return candidate;
            }
        }
    }

    /// The value itself, for the one place that must send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::generate();
        let printed = format!("{secret} {secret:?} {secret:#?}");
        assert_eq!(secret.expose().len(), 32);
        assert!(!printed.contains(secret.expose()));
    }
}
