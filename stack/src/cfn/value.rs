//! `Value<T>`: a literal of type `T`, or an intrinsic that will become one.

use std::marker::PhantomData;

use serde_json::Value as Json;

use crate::cfn::node::{Intrinsic, Node};

/// A literal or an intrinsic where the schema wants a `T`.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<T> {
    node: Node,
    kind: PhantomData<fn() -> T>,
}

/// The type of a property that takes many.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T>(PhantomData<fn() -> T>);

/// The type of a property whose keys are free.
#[derive(Clone, Debug, PartialEq)]
pub struct Map<T>(PhantomData<fn() -> T>);

impl<T> Value<T> {
    pub(crate) fn new(node: Node) -> Self {
        Self {
            node,
            kind: PhantomData,
        }
    }

    pub(crate) fn reference(id: &str) -> Self {
        Self::new(Node::Intrinsic(Intrinsic::Ref(id.to_owned())))
    }

    pub(crate) fn attribute(id: &str, attribute: &'static str) -> Self {
        Self::new(Node::Intrinsic(Intrinsic::GetAtt(id.to_owned(), attribute)))
    }

    /// The tree below.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// The tree below.
    pub fn node(&self) -> &Node {
        &self.node
    }
}

impl<T: Into<Node>> From<T> for Value<T> {
    fn from(literal: T) -> Self {
        Self::new(literal.into())
    }
}

impl From<&str> for Value<String> {
    fn from(literal: &str) -> Self {
        Self::new(literal.into())
    }
}

impl From<&String> for Value<String> {
    fn from(literal: &String) -> Self {
        Self::new(literal.as_str().into())
    }
}

impl<T> From<&Value<T>> for Value<T> {
    fn from(value: &Value<T>) -> Self {
        Self::new(value.node.clone())
    }
}

impl From<u32> for Value<i64> {
    fn from(literal: u32) -> Self {
        Self::new(i64::from(literal).into())
    }
}

impl From<i32> for Value<i64> {
    fn from(literal: i32) -> Self {
        Self::new(i64::from(literal).into())
    }
}

impl<T, I: Into<Value<T>>, const N: usize> From<[I; N]> for Value<List<T>> {
    fn from(items: [I; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, I: Into<Value<T>>> From<Vec<I>> for Value<List<T>> {
    fn from(items: Vec<I>) -> Self {
        items.into_iter().collect()
    }
}

impl<T, I: Into<Value<T>>> FromIterator<I> for Value<List<T>> {
    fn from_iter<S: IntoIterator<Item = I>>(items: S) -> Self {
        Self::new(Node::List(
            items.into_iter().map(|item| item.into().node).collect(),
        ))
    }
}

impl<T, K: Into<String>, V: Into<Value<T>>, const N: usize> From<[(K, V); N]> for Value<Map<T>> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T, K: Into<String>, V: Into<Value<T>>> FromIterator<(K, V)> for Value<Map<T>> {
    fn from_iter<S: IntoIterator<Item = (K, V)>>(entries: S) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value.into().node));
        Self::new(Node::Map(entries.collect()))
    }
}

/// Where the schema takes any JSON, typed values fit too.
impl From<Value<String>> for Value<Json> {
    fn from(value: Value<String>) -> Self {
        Self::new(value.node)
    }
}

impl From<&str> for Value<Json> {
    fn from(literal: &str) -> Self {
        Self::new(literal.into())
    }
}

impl<T> From<Value<List<T>>> for Value<Json> {
    fn from(value: Value<List<T>>) -> Self {
        Self::new(value.node)
    }
}

impl<T> From<Value<Map<T>>> for Value<Json> {
    fn from(value: Value<Map<T>>) -> Self {
        Self::new(value.node)
    }
}

/// Text made of parts; references inside become one `Fn::Sub`.
pub fn concat<const N: usize>(parts: [Value<String>; N]) -> Value<String> {
    let mut text = String::new();
    let mut literal = true;
    for part in parts {
        match part.node {
            Node::Text(part) => text.push_str(&part.replace("${", "${!")),
            Node::Intrinsic(Intrinsic::Ref(id)) => {
                literal = false;
                text.push_str(&format!("${{{id}}}"));
            }
            Node::Intrinsic(Intrinsic::GetAtt(id, attribute)) => {
                literal = false;
                text.push_str(&format!("${{{id}.{attribute}}}"));
            }
            Node::Intrinsic(Intrinsic::Sub(part)) => {
                literal = false;
                text.push_str(&part);
            }
            // A text value is one of the above: `Select` and lists have no textual place in `Sub`.
            other => unreachable!("concat of {other:?}"),
        }
    }
    if literal {
        return Value::new(Node::Text(text.replace("${!", "${")));
    }
    Value::new(Node::Intrinsic(Intrinsic::Sub(text)))
}

/// The value as `Value<String>`, for the parts of `concat!`-like calls.
impl Value<String> {
    /// The literal text, if it is one.
    pub fn literal(&self) -> Option<&str> {
        match &self.node {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Values CloudFormation knows by itself.
pub mod pseudo {
    use super::{Intrinsic, Node, Value};

    /// The account.
    pub fn account() -> Value<String> {
        Value::reference("AWS::AccountId")
    }

    /// The region.
    pub fn region() -> Value<String> {
        Value::reference("AWS::Region")
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition() -> Value<String> {
        Value::reference("AWS::Partition")
    }

    /// The availability zone with this number.
    pub fn availability_zone(index: u32) -> Value<String> {
        let zones = Box::new(Node::Intrinsic(Intrinsic::GetAzs));
        Value::new(Node::Intrinsic(Intrinsic::Select(index, zones)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, concat, pseudo};
    use serde_json::json;

    #[test]
    fn concat_of_literals_is_a_literal() {
        let text = concat(["a".into(), "${b}".into()]);
        assert_eq!(text.into_node().to_json(), json!("a${b}"));
    }

    #[test]
    fn concat_with_a_reference_is_one_sub_and_literals_in_it_are_escaped() {
        let arn = concat([
            "arn:".into(),
            pseudo::partition(),
            ":${x}:".into(),
            Value::attribute("Queue", "Arn"),
        ]);
        assert_eq!(
            arn.into_node().to_json(),
            json!({ "Fn::Sub": "arn:${AWS::Partition}:${!x}:${Queue.Arn}" }),
        );
    }
}
