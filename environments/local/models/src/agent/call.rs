//! Which tool to call, and with what.

use serde_json::{Map, Value};

use crate::conversation::{Conversation, Tool, ToolChoice};

/// Words that make a tool a search, and those that make it one of the user's own things.
const SEARCHES: [&str; 4] = ["search", "retriev", "find", "lookup"];
const OWN: [&str; 4] = ["collection", "item", "image", "photo"];
/// Names under which a search takes its question.
const QUESTIONS: [&str; 5] = ["query", "question", "q", "search_query", "text"];

/// The tool the caller named, else the search of the collection, else any search.
pub(super) fn tool_to_use(conversation: &Conversation) -> Option<&Tool> {
    let tools = &conversation.tools;
    match &conversation.choice {
        ToolChoice::Never => None,
        ToolChoice::Named(name) => tools.iter().find(|tool| tool.name == *name),
        ToolChoice::Any => best_search(tools).or(tools.first()),
        ToolChoice::Auto => best_search(tools),
    }
}

fn best_search(tools: &[Tool]) -> Option<&Tool> {
    let searches = || tools.iter().filter(|tool| mentions(tool, &SEARCHES));
    searches()
        .find(|tool| mentions(tool, &OWN))
        .or_else(|| searches().next())
}

fn mentions(tool: &Tool, words: &[&str]) -> bool {
    let text = format!("{} {}", tool.name, tool.description).to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// The question goes where the schema wants it; what else it requires gets a plain value.
pub(super) fn input_for(tool: &Tool, question: &str) -> Value {
    let none = Map::new();
    let properties = tool.parameters["properties"].as_object().unwrap_or(&none);
    let required: Vec<&str> = tool.parameters["required"]
        .as_array()
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();

    let asked = QUESTIONS
        .into_iter()
        .find(|name| properties.contains_key(*name))
        .or_else(|| {
            required
                .iter()
                .copied()
                .find(|name| properties.get(*name).is_some_and(is_text))
        })
        .unwrap_or("query");
    let mut input = Map::new();
    input.insert(asked.to_owned(), Value::from(question.trim()));
    for name in required {
        if name != asked {
            input.insert(
                name.to_owned(),
                plain_value(properties.get(name).unwrap_or(&Value::Null)),
            );
        }
    }
    Value::Object(input)
}

fn is_text(schema: &Value) -> bool {
    schema["type"] == "string" && schema["enum"].is_null()
}

fn plain_value(schema: &Value) -> Value {
    if !schema["default"].is_null() {
        return schema["default"].clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") if schema["minimum"].is_number() => schema["minimum"].clone(),
        Some("integer" | "number") => Value::from(1),
        Some("boolean") => Value::from(false),
        Some("array") => Value::Array(Vec::new()),
        Some("object") => Value::Object(Map::new()),
        Some("null") => Value::Null,
        _ => Value::from(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tool(name: &str, parameters: Value) -> Tool {
        Tool {
            name: name.to_owned(),
            description: String::new(),
            parameters,
        }
    }

    #[test]
    fn the_search_of_the_collection_is_preferred() {
        let tools =
            ["delete_item", "web_search", "search_collection"].map(|name| tool(name, json!({})));
        let conversation = |choice| Conversation {
            tools: tools
                .iter()
                .map(|known| tool(&known.name, json!({})))
                .collect(),
            choice,
            ..Conversation::default()
        };
        let chosen = |choice| {
            let conversation = conversation(choice);
            tool_to_use(&conversation).map(|tool| tool.name.clone())
        };
        assert_eq!(
            chosen(ToolChoice::Auto).as_deref(),
            Some("search_collection")
        );
        let web = ToolChoice::Named("web_search".to_owned());
        assert_eq!(chosen(web).as_deref(), Some("web_search"));
        assert_eq!(chosen(ToolChoice::Never), None);
    }

    #[test]
    fn what_a_schema_requires_is_given() {
        let search = tool(
            "search",
            json!({
                "properties": {
                    "query": {"type": "string"},
                    "top_k": {"type": "integer", "minimum": 3},
                    "mode": {"enum": ["hybrid", "bm25"]},
                    "page": {"type": "integer"},
                },
                "required": ["query", "top_k", "mode"],
            }),
        );
        let input = input_for(&search, " boats? ");
        assert_eq!(
            input,
            json!({"query": "boats?", "top_k": 3, "mode": "hybrid"})
        );
    }

    #[test]
    fn a_question_finds_its_place_under_another_name() {
        let schema = json!({"properties": {"needle": {"type": "string"}}, "required": ["needle"]});
        assert_eq!(
            input_for(&tool("find", schema), "x"),
            json!({"needle": "x"})
        );
        let unfounded = json!({"required": ["needle"]});
        assert_eq!(input_for(&tool("find", unfounded), "x")["query"], "x");
    }
}
