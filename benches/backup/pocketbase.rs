//! PocketBase with as much in it, asked for the same in the same run.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{during, words};

const ADDRESS: &str = "127.0.0.1:8391";
const NAME: &str = "bench@office.test";
const PASSWORD: &str = "correct horse battery staple";
const ROWS_A_BATCH: u64 = 50;
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures the program at `program` with its data in `data`.
pub(crate) async fn measure(program: &Path, data: &Path, megabytes: u64) {
    fs::create_dir_all(data).unwrap();
    let upsert = ["superuser", "upsert", NAME, PASSWORD, "--dir"];
    let done = Command::new(program).args(upsert).arg(data).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let process = Command::new(program)
        .args(["serve", "--http", ADDRESS, "--dir"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _ended = Ended(process);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = sign_in(&client).await;
    let post = {
        let client = client.clone();
        move |path: &str, body: Value| {
            let request = client.post(format!("http://{ADDRESS}{path}")).bearer_auth(&token);
            request.json(&body).send()
        }
    };
    let collection = json!({ "name": "notes", "type": "base", "fields": [{ "name": "title", "type": "text", "max": 5_000 }] });
    assert!(post("/api/collections", collection).await.unwrap().status().is_success());
    let batches =
        json!({ "batch": { "enabled": true, "maxRequests": ROWS_A_BATCH, "timeout": 30 } });
    let settings = client.patch(format!("http://{ADDRESS}/api/settings"));
    let settings = settings.bearer_auth(sign_in(&client).await).json(&batches).send().await;
    assert!(settings.unwrap().status().is_success());
    let size = || fs::metadata(data.join("data.db")).map_or(0, |about| about.len());
    let mut row = 0;
    while size() < megabytes * 1_000_000 {
        let one = |number| json!({ "method": "POST", "url": "/api/collections/notes/records", "body": { "title": words(number) } });
        let requests: Vec<Value> = (row..row + ROWS_A_BATCH).map(one).collect();
        let done = post("/api/batch", json!({ "requests": requests })).await.unwrap();
        assert!(done.status().is_success(), "{}", done.text().await.unwrap());
        row += ROWS_A_BATCH;
    }
    println!("PocketBase: {} MB of data", size() / 1_000_000);
    let bytes = size();
    let write = {
        let post = post.clone();
        move |_, beat: u64| {
            let sent = post(
                "/api/collections/notes/records",
                json!({ "title": format!("document {beat}") }),
            );
            async move { sent.await.is_ok_and(|answer| answer.status().is_success()) }
        }
    };
    let handle = tokio::runtime::Handle::current();
    let back_up = move || {
        let made = handle.block_on(post("/api/backups", json!({ "name": "bench.zip" })));
        assert!(made.unwrap().status().is_success(), "a backup is made");
    };
    during(bytes, write, back_up).await;
}

async fn sign_in(client: &reqwest::Client) -> String {
    let began = Instant::now();
    let url = format!("http://{ADDRESS}/api/collections/_superusers/auth-with-password");
    loop {
        let who = json!({ "identity": NAME, "password": PASSWORD });
        if let Ok(answer) = client.post(&url).json(&who).send().await {
            let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            return answer["token"].as_str().expect("a token").to_owned();
        }
        assert!(began.elapsed() < PATIENCE, "PocketBase does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
