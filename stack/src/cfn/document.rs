//! IAM policy documents, for roles, buckets, queues, topics and keys.

use std::collections::BTreeMap;

use crate::cfn::node::Node;
use crate::cfn::value::{Value, concat, pseudo};

/// A policy: its statements, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyDocument(Vec<Statement>);

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    sid: String,
    effect: Effect,
    principal: Option<Node>,
    actions: Vec<String>,
    resources: Vec<Node>,
    conditions: BTreeMap<String, BTreeMap<String, Node>>,
}

/// Allow or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allow.
    Allow,
    /// Deny; it wins over every allow.
    Deny,
}

impl PolicyDocument {
    /// A policy of these statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self(statements.into_iter().collect())
    }

    /// The trust policy of a role: this service may assume it.
    pub fn trust(service: &str) -> Self {
        Self::new([Statement::allow("Trust", ["sts:AssumeRole"]).service(service)])
    }
}

impl Statement {
    /// Allows these actions.
    pub fn allow<const N: usize>(sid: &str, actions: [&str; N]) -> Self {
        Self::new(sid, Effect::Allow, actions)
    }

    /// Denies these actions.
    pub fn deny<const N: usize>(sid: &str, actions: [&str; N]) -> Self {
        Self::new(sid, Effect::Deny, actions)
    }

    /// A statement with any number of actions.
    pub fn new<'a>(sid: &str, effect: Effect, actions: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            sid: sid.to_owned(),
            effect,
            principal: None,
            actions: actions.into_iter().map(str::to_owned).collect(),
            resources: Vec::new(),
            conditions: BTreeMap::new(),
        }
    }

    /// On this resource, by ARN.
    #[must_use]
    pub fn on(mut self, resource: impl Into<Value<String>>) -> Self {
        self.resources.push(resource.into().into_node());
        self
    }

    /// For this AWS service.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        let entry = ("Service".to_owned(), Node::from(service));
        self.principal = Some(Node::Map([entry].into()));
        self
    }

    /// For the account itself, which leaves it to its own IAM policies whom that means.
    #[must_use]
    pub fn account(mut self) -> Self {
        let root = concat([
            "arn:".into(),
            pseudo::partition(),
            ":iam::".into(),
            pseudo::account(),
            ":root".into(),
        ]);
        self.principal = Some(Node::Map([("AWS".to_owned(), root.into_node())].into()));
        self
    }

    /// For whom this identity provider says that they are.
    #[must_use]
    pub fn federated(mut self, provider: impl Into<Value<String>>) -> Self {
        let entry = ("Federated".to_owned(), provider.into().into_node());
        self.principal = Some(Node::Map([entry].into()));
        self
    }

    /// For everybody; only denials and conditioned statements should say so.
    #[must_use]
    pub fn everybody(mut self) -> Self {
        self.principal = Some(Node::from("*"));
        self
    }

    /// Only if `operator(key) = value`.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: impl Into<Value<String>>) -> Self {
        let entries = self.conditions.entry(operator.to_owned()).or_default();
        entries.insert(key.to_owned(), value.into().into_node());
        self
    }
}

impl From<Statement> for Node {
    fn from(statement: Statement) -> Self {
        let effect = match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        let mut map = BTreeMap::from([
            ("Sid".to_owned(), Self::from(statement.sid)),
            ("Effect".to_owned(), Self::from(effect)),
            (
                "Action".to_owned(),
                one_or_many(statement.actions.into_iter().map(Self::from)),
            ),
        ]);
        if let Some(principal) = statement.principal {
            map.insert("Principal".to_owned(), principal);
        }
        if !statement.resources.is_empty() {
            map.insert(
                "Resource".to_owned(),
                one_or_many(statement.resources.into_iter()),
            );
        }
        if !statement.conditions.is_empty() {
            let conditions = statement
                .conditions
                .into_iter()
                .map(|(operator, keys)| (operator, Self::Map(keys)));
            map.insert("Condition".to_owned(), Self::Map(conditions.collect()));
        }
        Self::Map(map)
    }
}

impl From<PolicyDocument> for Node {
    fn from(document: PolicyDocument) -> Self {
        Self::Map(BTreeMap::from([
            ("Version".to_owned(), Self::from("2012-10-17")),
            (
                "Statement".to_owned(),
                Self::List(document.0.into_iter().map(Self::from).collect()),
            ),
        ]))
    }
}

/// Schemas type policies as free JSON.
impl From<PolicyDocument> for Value<serde_json::Value> {
    fn from(document: PolicyDocument) -> Self {
        Self::new(document.into())
    }
}

fn one_or_many(nodes: impl Iterator<Item = Node>) -> Node {
    let mut nodes: Vec<Node> = nodes.collect();
    if nodes.len() == 1 {
        nodes.remove(0)
    } else {
        Node::List(nodes)
    }
}
