//! Policy documents, wherever they stand: in roles and on buckets, queues, topics and keys.

use serde_json::Value as Json;

use super::site::{Item, Site, many, text_of};

/// One statement and the resource whose policy holds it.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) holder: Item<'a>,
    pub(super) json: &'a Json,
}

impl<'a> Statement<'a> {
    pub(super) fn allows(&self) -> bool {
        self.json["Effect"] == "Allow"
    }

    pub(super) fn sid(&self) -> &'a str {
        self.json["Sid"].as_str().unwrap_or("without Sid")
    }

    pub(super) fn actions(&self) -> impl Iterator<Item = &'a str> {
        many(&self.json["Action"]).iter().filter_map(Json::as_str)
    }

    pub(super) fn resources(&self) -> &'a [Json] {
        many(&self.json["Resource"])
    }

    /// Whether the principal is everybody, in any spelling.
    pub(super) fn is_for_everybody(&self) -> bool {
        let principal = &self.json["Principal"];
        principal == "*" || many(&principal["AWS"]).iter().any(|one| one == "*")
    }

    /// Whether it is for this AWS service.
    pub(super) fn is_for(&self, service: &str) -> bool {
        let named = many(&self.json["Principal"]["Service"]);
        named.iter().any(|one| one == service)
    }

    /// Whether it leaves the resource to the IAM policies of its own account: nobody may anything
    /// by that alone.
    pub(super) fn leaves_to_iam(&self) -> bool {
        let root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root";
        let named = many(&self.json["Principal"]["AWS"]);
        !named.is_empty() && named.iter().all(|one| text_of(one) == Some(root))
    }

    /// Whether it refuses everybody who comes without TLS.
    pub(super) fn refuses_plaintext(&self) -> bool {
        self.json["Effect"] == "Deny"
            && self.is_for_everybody()
            && self.json["Condition"]["Bool"]["aws:SecureTransport"] == "false"
    }
}

/// What functions and CI may do: the policies of roles, in them or beside them.
pub(super) fn of_roles<'a>(site: &Site<'a>) -> impl Iterator<Item = Statement<'a>> {
    let inside = site.of("AWS::IAM::Role").flat_map(|role| {
        let policies = role.list("Policies").iter();
        policies.flat_map(move |policy| statements(role, &policy["PolicyDocument"]))
    });
    let beside = site.of("AWS::IAM::ManagedPolicy");
    inside.chain(beside.flat_map(|policy| statements(policy, policy.get("PolicyDocument"))))
}

/// Who may assume a role.
pub(super) fn trust<'a>(role: Item<'a>) -> impl Iterator<Item = Statement<'a>> {
    statements(role, role.get("AssumeRolePolicyDocument"))
}

/// Who may use a key.
pub(super) fn of_key<'a>(key: Item<'a>) -> impl Iterator<Item = Statement<'a>> {
    statements(key, key.get("KeyPolicy"))
}

/// Who may use a resource: the policies of buckets, queues, topics and keys.
pub(super) fn of_resources<'a>(site: &Site<'a>) -> impl Iterator<Item = Statement<'a>> {
    let holders = site.items().filter(|item| {
        matches!(
            item.kind(),
            "AWS::S3::BucketPolicy" | "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy"
        )
    });
    let beside = holders.flat_map(|holder| statements(holder, holder.get("PolicyDocument")));
    beside.chain(site.of("AWS::KMS::Key").flat_map(of_key))
}

/// The statements on one resource: those of every policy that names it at `property`.
pub(super) fn on<'a>(
    site: &Site<'a>,
    kind: &'static str,
    property: &'static str,
    item: Item<'a>,
) -> Vec<Statement<'a>> {
    let holders = site.of(kind).filter(|holder| {
        let named = holder.list(property).iter();
        named
            .into_iter()
            .any(|value| site.leads_to(holder.stack, value, item))
    });
    holders
        .flat_map(|holder| statements(holder, holder.get("PolicyDocument")))
        .collect()
}

fn statements<'a>(holder: Item<'a>, document: &'a Json) -> impl Iterator<Item = Statement<'a>> {
    many(&document["Statement"])
        .iter()
        .map(move |json| Statement { holder, json })
}
