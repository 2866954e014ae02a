//! A real Chromium, driven by its driver over the WebDriver protocol.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// An element's key in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(45);
const LOOK_AGAIN: Duration = Duration::from_millis(40);

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const TAB: &str = "\u{e004}";

pub(crate) struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
    shots: PathBuf,
    _profile: tempfile::TempDir,
}

/// Whether this machine has the browser and its driver.
pub(crate) fn is_installed() -> bool {
    let answers = |program: &str| {
        let run = Command::new(program).arg("--version").output();
        run.is_ok_and(|run| run.status.success())
    };
    answers("chromium") && answers("chromedriver")
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port: u16 = loop {
            let line = lines.next().unwrap().unwrap();
            // The line before says on which port it was asked to start.
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": binary(), "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = format!("http://127.0.0.1:{port}/session");
        let made: Value = http
            .post(&base)
            .json(&wanted)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let id = made["value"]["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("{made:#}"));
        let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("console");
        std::fs::create_dir_all(&shots).unwrap();
        Self {
            driver,
            session: format!("{base}/{id}"),
            http,
            shots,
            _profile: profile,
        }
    }

    async fn command(&self, path: &str, body: Value) -> Result<Value, String> {
        let request = self
            .http
            .post(format!("{}/{path}", self.session))
            .json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].clone()),
        }
    }

    async fn must(&self, path: &str, body: Value) -> Value {
        match self.command(path, body.clone()).await {
            Ok(value) => value,
            Err(error) => {
                self.shot("failed").await;
                panic!("{path} {body}: {error}\n{}", self.text("body").await)
            }
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        // A new page, even where only the part after the hash differs.
        self.must("url", json!({ "url": "about:blank" })).await;
        self.must("url", json!({ "url": url })).await;
    }

    /// What a script returns.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        self.must(
            "execute/sync",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// What an expression is.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression})"), json!([])).await
    }

    /// Waits until an expression holds; gives its value.
    pub(crate) async fn until(&self, expression: &str) -> Value {
        let begin = Instant::now();
        loop {
            let value = self.eval(expression).await;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            if begin.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("never: {expression}\n{}", self.text("body").await);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits until a text can be seen within what a selector finds.
    pub(crate) async fn sees(&self, selector: &str, text: &str) {
        let found = json!([selector, text]);
        self.until(&format!(
            "(([selector, text]) => [...document.querySelectorAll(selector)].some((one) => \
             one.checkVisibility() && one.innerText.includes(text)))({found})"
        ))
        .await;
    }

    pub(crate) async fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let value = self.command(
            "execute/sync",
            json!({ "script": script, "args": [selector] }),
        );
        value
            .await
            .ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    async fn element(&self, selector: &str) -> String {
        let begin = Instant::now();
        loop {
            let found = self
                .command(
                    "element",
                    json!({ "using": "css selector", "value": selector }),
                )
                .await;
            if let Ok(element) = &found {
                return element[ELEMENT].as_str().unwrap().to_owned();
            }
            if begin.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("no {selector}: {found:?}\n{}", self.text("body").await);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub(crate) async fn click(&self, selector: &str) {
        let begin = Instant::now();
        loop {
            let element = self.element(selector).await;
            let clicked = self
                .command(&format!("element/{element}/click"), json!({}))
                .await;
            let Err(error) = clicked else { return };
            if begin.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("cannot click {selector}: {error}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Clicks the button or link that says this.
    pub(crate) async fn press(&self, within: &str, words: &str) {
        let find = json!([within, words]);
        self.until(&format!(
            "(([within, words]) => {{ const one = [...document.querySelectorAll(`${{within}} button, ${{within}} a`)]\
             .find((one) => one.checkVisibility() && (one.innerText.trim() === words || one.ariaLabel === words)); \
             document.querySelector('[data-press]')?.removeAttribute('data-press'); one?.setAttribute('data-press', ''); \
             return Boolean(one); }})({find})"
        ))
        .await;
        self.click("[data-press]").await;
    }

    /// Types in place of what a field has.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.must(&format!("element/{element}/clear"), json!({}))
            .await;
        self.must(&format!("element/{element}/value"), json!({ "text": text }))
            .await;
    }

    /// Sends keys to whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        let actions =
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.must("actions", actions).await;
    }

    /// Gives files to a file field.
    pub(crate) async fn choose(&self, selector: &str, files: &[PathBuf]) {
        let names: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let element = self.element(selector).await;
        self.must(
            &format!("element/{element}/value"),
            json!({ "text": names.join("\n") }),
        )
        .await;
    }

    /// The connection is cut, or there again.
    pub(crate) async fn offline(&self, offline: bool) {
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        for (command, params) in [
            ("Network.enable", json!({})),
            ("Network.emulateNetworkConditions", conditions),
        ] {
            self.must(
                "goog/cdp/execute",
                json!({ "cmd": command, "params": params }),
            )
            .await;
        }
    }

    /// What media queries answer.
    pub(crate) async fn media(&self, features: Value) {
        self.must(
            "goog/cdp/execute",
            json!({ "cmd": "Emulation.setEmulatedMedia", "params": features }),
        )
        .await;
    }

    /// Empties the cache.
    pub(crate) async fn forget_files(&self) {
        let clear = json!({ "cmd": "Network.clearBrowserCache", "params": {} });
        self.must("goog/cdp/execute", clear).await;
    }

    /// What a promise resolves to.
    pub(crate) async fn later(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; ({promise}).then(done, (error) => done(String(error)))"
        );
        self.must("execute/async", json!({ "script": script, "args": [] }))
            .await
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.must(
            "goog/cdp/execute",
            json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics }),
        )
        .await;
    }

    /// What the browser complained of since it was last asked.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.must("se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().unwrap().iter();
        let severe = entries.filter(|entry| entry["level"] == "SEVERE");
        severe
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Keeps a picture of the page among the build's temporary files.
    pub(crate) async fn shot(&self, name: &str) {
        use base64::Engine as _;
        let request = self.http.get(format!("{}/screenshot", self.session));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let Some(text) = answer["value"].as_str() else {
            return;
        };
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap();
        std::fs::write(self.shots.join(format!("{name}.png")), bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A driver that ends does not always end its browser with it.
        let _ = self.leave();
        let asked = Command::new("kill")
            .arg(self.driver.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.driver.kill();
        }
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Ends the session, and the browser with it; without the runtime, which may be ending too.
    fn leave(&self) -> std::io::Result<()> {
        let address = self.session.trim_start_matches("http://");
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut driver = TcpStream::connect(host)?;
        driver.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            driver,
            "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )?;
        driver.read_to_end(&mut Vec::new()).map(drop)
    }
}

fn binary() -> String {
    let found = Command::new("which").arg("chromium").output().unwrap();
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}
