//! The deployed system: its gateway, and the services behind it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
use serde_json::Value;
use xtask::cloud::aws::{CloudConfig, load};

use crate::checkout::Checkout;

pub(crate) struct System {
    pub(crate) http: reqwest::Client,
    pub(crate) aws: SdkConfig,
    api: String,
    outputs: Value,
}

impl System {
    /// From what `deploy` said at its end.
    pub(crate) async fn of(checkout: &Checkout, report: &Value) -> Self {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = CloudConfig {
            region: "us-east-1".to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", checkout.port("emulator"))),
            credentials: Some(("test".to_owned(), "test".to_owned())),
        };
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120));
        Self {
            http: http.build().unwrap(),
            aws: load(&config).await,
            api: report["api"].as_str().unwrap().to_owned(),
            outputs: report["outputs"].clone(),
        }
    }

    pub(crate) fn output(&self, stack: &str, name: &str) -> &str {
        let value = self.outputs[stack][name].as_str();
        value.unwrap_or_else(|| panic!("no output {stack}.{name}: {:#}", self.outputs))
    }

    /// Outputs by stack and name.
    pub(crate) fn outputs(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        serde_json::from_value(self.outputs.clone()).unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let request = self.http.get(self.url(path));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        answer(request).await
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.aws).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The keys that have this item's id in them.
    pub(crate) async fn objects_of(&self, item: &str) -> Vec<String> {
        let list = self.s3().list_objects_v2();
        let list = list.bucket(self.output("storage", "BucketName"));
        let page = list.send().await.unwrap();
        let keys = page.contents().iter().filter_map(|object| object.key());
        keys.filter(|key| key.contains(item))
            .map(str::to_owned)
            .collect()
    }

    /// The log lines of a function that hold all of these.
    pub(crate) async fn log_of(&self, function: &str, parts: &[&str]) -> Vec<String> {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.aws);
        let group = format!("/aws/lambda/collections-local-{function}");
        let mut pages = logs.filter_log_events().log_group_name(group);
        let mut found = Vec::new();
        loop {
            let page = pages.clone().send().await.unwrap();
            let lines = page.events.unwrap_or_default().into_iter();
            found.extend(lines.filter_map(|event| event.message));
            match page.next_token {
                Some(next) => pages = pages.next_token(next),
                None => break,
            }
        }
        found.retain(|line| parts.iter().all(|part| line.contains(part)));
        found
    }

    /// The dead letter queues that hold something.
    pub(crate) async fn dead_letters(&self) -> Vec<String> {
        let sqs = aws_sdk_sqs::Client::new(&self.aws);
        let queues = self.outputs["compute"].as_object().unwrap().iter();
        let queues = queues.filter(|(name, _)| name.ends_with("DeadLetterQueueUrl"));
        let mut holding = Vec::new();
        for (name, url) in queues {
            let ask = sqs.get_queue_attributes().queue_url(url.as_str().unwrap());
            let ask = ask.attribute_names(ApproximateNumberOfMessages);
            let told = ask.send().await.unwrap();
            if told.attributes().unwrap()[&ApproximateNumberOfMessages] != "0" {
                holding.push(name.clone());
            }
        }
        holding
    }
}

/// Status and JSON body.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, body)
}
