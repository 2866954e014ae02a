//! Somebody who signed up and uses the API with a token.

use std::time::{Duration, Instant};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, MessageActionType};
use serde_json::{Value, json};

use crate::PATIENCE;
use crate::system::{System, answer};

const PASSWORD: &str = "Correct-Horse-7-Battery";
const BOUNDARY: &str = "a-boundary-between-the-fields";

pub(crate) struct User<'s> {
    system: &'s System,
    token: String,
}

impl<'s> User<'s> {
    /// Creates the user as an administrator does, and signs in with the password.
    pub(crate) async fn sign_up(system: &'s System, mail: &str) -> Self {
        let cognito = Client::new(&system.aws);
        let pool = system.output("auth", "CognitoUserPoolId");
        let create = cognito.admin_create_user().user_pool_id(pool);
        let create = create.message_action(MessageActionType::Suppress);
        create.username(mail).send().await.unwrap();
        let set = cognito.admin_set_user_password().user_pool_id(pool);
        let set = set.username(mail).password(PASSWORD).permanent(true);
        set.send().await.unwrap();
        let sign_in = cognito
            .initiate_auth()
            .client_id(system.output("auth", "CognitoClientId"))
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", mail)
            .auth_parameters("PASSWORD", PASSWORD);
        let signed_in = sign_in.send().await.unwrap();
        let tokens = signed_in.authentication_result().unwrap();
        let id_token = tokens.id_token().unwrap();
        assert_eq!(system.get("/items", Some(id_token)).await.0, 200);
        Self {
            system,
            token: tokens.access_token().unwrap().to_owned(),
        }
    }

    /// Who it is, as the token says.
    pub(crate) fn sub(&self) -> String {
        use base64::Engine as _;
        let claims = self.token.split('.').nth(1).unwrap();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
        let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
        claims["sub"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.system.get(path, Some(&self.token)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        let request = self.system.http.delete(self.system.url(path));
        answer(request.bearer_auth(&self.token)).await
    }

    /// Any request with a JSON body or none.
    pub(crate) async fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let request = self.system.http.request(method, self.system.url(path));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        answer(request.bearer_auth(&self.token)).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.system.http.post(self.system.url(path)).json(body);
        answer(request.bearer_auth(&self.token)).await
    }

    /// The file with the request.
    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> (u16, Value) {
        self.upload_as_part_of(None, name, bytes).await
    }

    /// The same as part of a trace.
    pub(crate) async fn upload_as_part_of(
        &self,
        trace: Option<&str>,
        name: &str,
        bytes: &[u8],
    ) -> (u16, Value) {
        let mut request = self.system.http.post(self.system.url("/items"));
        if let Some(trace) = trace {
            request = request.header("traceparent", trace);
        }
        let request = multipart(request, &[], name, bytes);
        answer(request.bearer_auth(&self.token)).await
    }

    /// Every item, newest first, without its address: that is signed anew each time.
    pub(crate) async fn items(&self) -> Vec<Value> {
        let (status, page) = self.get("/items?limit=100").await;
        assert_eq!(status, 200, "{page:#}");
        let mut items = page["items"].as_array().unwrap().clone();
        for item in &mut items {
            item["thumbnail_url"].take();
        }
        items
    }

    /// The file straight to the store, with a form that the API hands out. The item's id.
    pub(crate) async fn upload_by_form(&self, bytes: &[u8]) -> String {
        let form = self.form().await;
        self.finish_form(&form, bytes).await
    }

    /// A form that the API hands out, and the item that waits for it.
    pub(crate) async fn form(&self) -> Value {
        let wanted = json!({ "filename": "form.png", "content_type": "image/png" });
        let (status, form) = self.post("/items/uploads", &wanted).await;
        assert_eq!(status, 201, "{form:#}");
        form
    }

    /// Sends the file with such a form. The item's id.
    pub(crate) async fn finish_form(&self, form: &Value, bytes: &[u8]) -> String {
        let upload = &form["upload"];
        let fields = upload["fields"].as_object().unwrap().iter();
        let fields: Vec<(&str, &str)> = fields
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        let request = self.system.http.post(upload["url"].as_str().unwrap());
        let (status, said) = answer(multipart(request, &fields, "form.png", bytes)).await;
        assert!((200..300).contains(&status), "{status} {said}");
        form["item"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn search(&self, kind: &str, query: &str) -> Value {
        let (status, found) = self
            .post("/search", &json!({ "query": query, "search_type": kind }))
            .await;
        assert_eq!(status, 200, "{found:#}");
        assert_eq!(found["degraded"], Value::Null, "{found:#}");
        found
    }

    pub(crate) async fn wait_until_found(&self, item: &str, kind: &str, query: &str) {
        let begin = Instant::now();
        loop {
            let found = self.search(kind, query).await;
            let results = found["results"].as_array().unwrap();
            if results.iter().any(|hit| hit["item_id"] == item) {
                return;
            }
            if begin.elapsed() > PATIENCE {
                let item = self.get(&format!("/items/{item}")).await;
                panic!("{kind} search does not find {query:?}: {found:#}\n{item:#?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a presigned address gives, without a token.
    pub(crate) async fn download(&self, url: &str) -> Vec<u8> {
        let response = self.system.http.get(url).send().await.unwrap();
        let response = response.error_for_status().unwrap();
        response.bytes().await.unwrap().to_vec()
    }
}

fn multipart(
    request: reqwest::RequestBuilder,
    fields: &[(&str, &str)],
    name: &str,
    bytes: &[u8],
) -> reqwest::RequestBuilder {
    let mut body = Vec::new();
    for (field, value) in fields {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
        body.extend(format!("{head}{value}\r\n").into_bytes());
    }
    body.extend(
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
        )
        .into_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    request
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body)
}
