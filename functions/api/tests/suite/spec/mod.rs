//! The API as it describes itself, for tests that hold every route to something.

pub mod generate;

use axum::http::StatusCode;
use serde_json::Value;

use crate::world::{World, open};

/// The description.
#[derive(Clone, Debug)]
pub struct Spec(pub Value);

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub is_public: bool,
    value: Value,
}

/// Something that a path or a query string takes.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub is_required: bool,
    pub schema: Value,
}

impl Spec {
    pub async fn of(world: &World) -> Self {
        let answer = world.send(open("/openapi.json")).await;
        assert_eq!(answer.status, StatusCode::OK);
        Self(answer.body)
    }

    pub fn operations(&self) -> Vec<Operation> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, item)| {
            let item = item.as_object().unwrap().iter();
            item.map(move |(method, value)| Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                is_public: value["security"] == Value::Array(Vec::new()),
                value: value.clone(),
            })
        });
        operations.collect()
    }

    /// What a reference leads to; anything else is itself.
    pub fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let Some(reference) = schema["$ref"].as_str() else {
            return schema;
        };
        let at = reference.trim_start_matches('#');
        self.0.pointer(at).unwrap_or_else(|| panic!("{reference}"))
    }
}

impl Operation {
    /// The parameters of one kind, `path` or `query`.
    pub fn parameters(&self, kind: &str) -> Vec<Parameter> {
        let all = self.value["parameters"].as_array();
        let of_kind = all.into_iter().flatten().filter(|it| it["in"] == kind);
        let parameters = of_kind.map(|it| Parameter {
            name: it["name"].as_str().unwrap().to_owned(),
            is_required: it["required"] == true,
            schema: it["schema"].clone(),
        });
        parameters.collect()
    }

    /// The type and schema of the body.
    pub fn body(&self) -> Option<(String, Value)> {
        let content = self.value["requestBody"]["content"].as_object()?;
        let (kind, content) = content.iter().next()?;
        Some((kind.clone(), content["schema"].clone()))
    }

    pub fn describes(&self, status: StatusCode) -> bool {
        self.value["responses"].get(status.as_str()).is_some()
    }

    /// The path with every parameter replaced.
    pub fn at(&self, value: &str) -> String {
        let segments = self.path.split('/');
        let filled = segments.map(|segment| match segment.strip_prefix('{') {
            Some(_) => value,
            None => segment,
        });
        filled.collect::<Vec<_>>().join("/")
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
