//! Prompts as LangSmith's Hub stores them: LangChain objects written as JSON.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::prompt::Prompt;

/// The most characters of a prompt.
const MAX_LENGTH: usize = 50_000;

/// Owner, name and version of `owner/name:version`; one's own and the latest where absent.
pub(super) fn identifier(text: &str) -> (&str, &str, &str) {
    let (path, version) = text.split_once(':').unwrap_or((text, "latest"));
    let (owner, name) = path.split_once('/').unwrap_or(("-", path));
    (owner, name, version)
}

/// The system's and the user's message of a stored prompt. A prompt that wants variables cannot be
/// used: there are none to give it.
pub(super) fn prompt(manifest: &Value) -> Result<Prompt> {
    // Stored together with a model it is the first step of a sequence.
    let root = match manifest.pointer("/kwargs/first") {
        Some(first) => first,
        None => manifest,
    };
    let messages = match root.pointer("/kwargs/messages").and_then(Value::as_array) {
        Some(messages) => messages.as_slice(),
        None => std::slice::from_ref(root),
    };
    let mut prompt = Prompt {
        system: String::new(),
        user: String::new(),
        origin: String::new(),
    };
    for message in messages {
        let class = class(message)?;
        let text = text(message).with_context(|| format!("read the {class}"))?;
        let part = match class {
            "SystemMessagePromptTemplate" | "SystemMessage" | "PromptTemplate" => {
                &mut prompt.system
            }
            "HumanMessagePromptTemplate" | "HumanMessage" => &mut prompt.user,
            other => bail!("a {other} is neither the system's nor the user's message"),
        };
        if !part.is_empty() {
            part.push_str("\n\n");
        }
        part.push_str(&text);
    }
    ensure!(
        !prompt.system.trim().is_empty(),
        "the system's message is empty"
    );
    let length = prompt.system.len() + prompt.user.len();
    ensure!(length <= MAX_LENGTH, "it has {length} bytes");
    if prompt.user.trim().is_empty() {
        prompt.user = Prompt::built_in().user;
    }
    Ok(prompt)
}

fn class(object: &Value) -> Result<&str> {
    object
        .pointer("/id")
        .and_then(Value::as_array)
        .and_then(|path| path.last())
        .and_then(Value::as_str)
        .context("it is no stored prompt")
}

/// The text of a message: a template, several of them, or content that is none.
fn text(message: &Value) -> Result<String> {
    if let Some(content) = message.pointer("/kwargs/content") {
        return Ok(content
            .as_str()
            .context("its content is no text")?
            .to_owned());
    }
    match message.pointer("/kwargs/prompt") {
        Some(Value::Array(parts)) => {
            // The image is given in its own way; a place for it among the parts is not needed.
            let is_text = |part: &&Value| class(part).is_ok_and(|class| class == "PromptTemplate");
            let texts: Result<Vec<_>> = parts.iter().filter(is_text).map(template).collect();
            Ok(texts?.join("\n"))
        }
        Some(prompt) => template(prompt),
        None => template(message),
    }
}

fn template(prompt: &Value) -> Result<String> {
    let text = prompt
        .pointer("/kwargs/template")
        .and_then(Value::as_str)
        .context("it has no template")?;
    let format = prompt.pointer("/kwargs/template_format");
    match format.and_then(Value::as_str).unwrap_or("f-string") {
        "f-string" => f_string(text),
        format => {
            let variable = ["{{", "{%"].iter().any(|mark| text.contains(mark));
            ensure!(!variable, "its {format} template wants variables");
            Ok(text.to_owned())
        }
    }
}

/// A format string of Python's: doubled braces are braces, single ones enclose a variable.
fn f_string(text: &str) -> Result<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, '{' | '}') {
            ensure!(
                chars.next_if_eq(&c).is_some(),
                "its template wants variables"
            );
        }
        plain.push(c);
    }
    Ok(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{identifier, prompt};

    fn object(class: &str, kwargs: &Value) -> Value {
        let id = ["langchain", "prompts", "chat", class];
        json!({"lc": 1, "type": "constructor", "id": id, "kwargs": kwargs})
    }

    fn template(text: &str) -> Value {
        object(
            "PromptTemplate",
            &json!({"template": text, "template_format": "f-string", "input_variables": []}),
        )
    }

    fn message(class: &str, text: &str) -> Value {
        object(class, &json!({"prompt": template(text)}))
    }

    fn chat(messages: &[Value]) -> Value {
        object("ChatPromptTemplate", &json!({"messages": messages}))
    }

    #[test]
    fn a_chat_prompt_gives_both_messages_with_their_braces() {
        let stored = chat(&[
            message("SystemMessagePromptTemplate", "Give {{\"category\": \"\"}}"),
            message("HumanMessagePromptTemplate", "Look."),
        ]);
        let found = prompt(&stored).unwrap();
        assert_eq!(found.system, "Give {\"category\": \"\"}");
        assert_eq!(found.user, "Look.");
        let with_model = object("RunnableSequence", &json!({"first": stored, "last": {}}));
        assert_eq!(prompt(&with_model).unwrap(), found);
    }

    #[test]
    fn parts_and_plain_messages_are_read_and_a_missing_user_is_filled_in() {
        let image = object(
            "ImagePromptTemplate",
            &json!({"template": {"url": "{image}"}}),
        );
        let parts = json!({"prompt": [template("One"), image, template("Two")]});
        let stored = chat(&[
            object("SystemMessage", &json!({"content": "As {it} is"})),
            object("HumanMessagePromptTemplate", &parts),
        ]);
        let found = prompt(&stored).unwrap();
        assert_eq!(
            (found.system.as_str(), found.user.as_str()),
            ("As {it} is", "One\nTwo")
        );
        let alone = prompt(&template("Only this")).unwrap();
        assert_eq!(alone.system, "Only this");
        assert!(alone.user.contains("JSON"));
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let of = |stored: &Value| format!("{:#}", prompt(stored).unwrap_err());
        let system = |text| chat(&[message("SystemMessagePromptTemplate", text)]);
        assert!(of(&system("Be {kind}")).contains("wants variables"));
        assert!(of(&system("Be }")).contains("wants variables"));
        assert!(of(&system("  ")).contains("empty"));
        assert!(of(&system(&"x".repeat(60_000))).contains("bytes"));
        assert!(of(&json!({})).contains("no stored prompt"));
        assert!(of(&json!("text")).contains("no stored prompt"));
        assert!(of(&chat(&[])).contains("empty"));
        let placeholder = object("MessagesPlaceholder", &json!({"prompt": template("x")}));
        assert!(of(&chat(&[placeholder])).contains("MessagesPlaceholder"));
        let mustache = json!({"template": "Be {{kind}}", "template_format": "mustache"});
        assert!(of(&object("PromptTemplate", &mustache)).contains("wants variables"));
    }

    #[test]
    fn names_may_have_an_owner_and_a_version() {
        assert_eq!(identifier("p"), ("-", "p", "latest"));
        assert_eq!(identifier("o/p"), ("o", "p", "latest"));
        assert_eq!(identifier("o/p:abc"), ("o", "p", "abc"));
    }
}
