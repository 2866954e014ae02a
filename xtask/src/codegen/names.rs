//! Rust names for the schema's names.

/// The module of a service: `ApiGatewayV2` → `api_gateway_v2`.
pub(super) fn module(service: &str) -> String {
    snake(service)
}

/// `KMSMasterKeyId` → `kms_master_key_id`; keywords become raw identifiers.
pub(super) fn field(name: &str) -> String {
    let snake = snake(name);
    match snake.as_str() {
        "type" | "match" | "mod" | "ref" | "enum" | "fn" | "use" | "in" | "for" | "loop" => {
            format!("r#{snake}")
        }
        "new" => "new_".to_owned(),
        _ => snake,
    }
}

fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &char) in chars.iter().enumerate() {
        if !char.is_ascii_alphanumeric() {
            snake.push('_');
            continue;
        }
        let before = index.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(index + 1);
        let starts_word = char.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    // `S3`, `V2` and the like are one word each.
    snake.replace("_v_2", "_v2")
}

/// A type name: `loggingConfig` → `LoggingConfig`.
pub(super) fn type_name(name: &str) -> String {
    let mut words = name.split(|char: char| !char.is_ascii_alphanumeric());
    words.by_ref().map(capitalised).collect()
}

/// A variant for an enum value: `PAY_PER_REQUEST` → `PayPerRequest`, `x86_64` → `X86_64`.
pub(super) fn variant(value: &str) -> String {
    let mut name = String::new();
    for word in value
        .split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        let shouting = word.chars().all(|char| !char.is_ascii_lowercase()) && word.len() > 1;
        let word = if shouting {
            capitalised(&word.to_ascii_lowercase())
        } else {
            capitalised(word)
        };
        if name.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit())
        {
            name.push('_');
        }
        name.push_str(&word);
    }
    match name.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) if name == "Self" => "Self_".to_owned(),
        Some(_) => name,
        None => "Empty".to_owned(),
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{field, module, type_name, variant};

    #[test]
    fn names_read_as_a_person_would_write_them() {
        assert_eq!(field("KMSMasterKeyId"), "kms_master_key_id");
        assert_eq!(field("DBInstanceClass"), "db_instance_class");
        assert_eq!(field("deadLetterTargetArn"), "dead_letter_target_arn");
        assert_eq!(field("S3Bucket"), "s3_bucket");
        assert_eq!(field("Endpoint.Address"), "endpoint_address");
        assert_eq!(field("Type"), "r#type");
        assert_eq!(module("ApiGatewayV2"), "api_gateway_v2");
        assert_eq!(module("EC2"), "ec2");
        assert_eq!(type_name("loggingConfig"), "LoggingConfig");
        assert_eq!(variant("PAY_PER_REQUEST"), "PayPerRequest");
        assert_eq!(variant("x86_64"), "X86_64");
        assert_eq!(variant("provided.al2023"), "ProvidedAl2023");
        assert_eq!(variant("TLS_1_2"), "Tls1_2");
        assert_eq!(variant("7"), "N7");
    }
}
