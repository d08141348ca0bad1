//! Agents, who see the admin API as tools.
#![allow(clippy::needless_pass_by_value, reason = "JSON that is written on the spot")]

use serde_json::{Value, json};
use tokio::io::BufReader;
use waystation_operate::api::{Client, Target};
use waystation_operate::mcp::serve;

use crate::support::{Home, Running, inspector};

/// What is answered to these messages, in order.
async fn conversation(service: &Running, operate: bool, messages: &[Value]) -> Vec<Value> {
    let client = Client::new(Target {
        url: format!("http://{}", service.address).parse().unwrap(),
        token: None,
    });
    let sent: String = messages.iter().map(|message| format!("{message}\n")).collect();
    let mut answers = Vec::new();
    serve(
        &client.unwrap(),
        operate,
        BufReader::new(sent.as_bytes()),
        &mut answers,
    )
    .await
    .unwrap();
    let answers = String::from_utf8(answers).unwrap();
    answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

fn call(id: u64, tool: &str, arguments: &Value) -> Value {
    request(id, "tools/call", &json!({"name": tool, "arguments": arguments}))
}

/// The JSON that a tool answered.
fn told(answer: &Value) -> Value {
    let text = answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn an_agent_shakes_hands_looks_and_may_not_act() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    service.track("m-1").await;
    service.until_counted(&[("delivered", 1)]).await;
    let hello = json!({"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let answers = conversation(
        &service,
        false,
        &[
            request(1, "initialize", &hello),
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
            request(2, "tools/list", &json!({})),
            call(3, "listDeliveries", &json!({"connection": "see", "limit": 1})),
            call(4, "getDelivery", &json!({"id": 1})),
            call(5, "getConnection", &json!({"name": "se"})),
            call(6, "pauseConnection", &json!({"name": "see"})),
            request(7, "resources/list", &json!({})),
        ],
    )
    .await;
    assert_eq!(answers.len(), 7, "a notification has no answer: {answers:?}");
    assert_eq!(answers[0]["result"]["protocolVersion"], "2025-03-26");
    assert!(answers[0]["result"]["capabilities"]["tools"].is_object());
    let tools = answers[1]["result"]["tools"].as_array().unwrap();
    assert!(tools.len() > 10, "{tools:?}");
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert!(
            tool["description"].as_str().is_some_and(|text| text.len() > 10),
            "{tool}"
        );
    }
    assert!(!answers[1].to_string().contains("$ref"));
    assert_eq!(told(&answers[2])["items"][0]["messageId"], "m-1");
    assert_eq!(told(&answers[3])["outcome"], "delivered");
    assert_eq!(answers[4]["result"]["isError"], true);
    assert!(answers[4].to_string().contains("Did you mean"), "{}", answers[4]);
    assert_eq!(answers[5]["error"]["code"], -32_602, "{}", answers[5]);
    assert_eq!(service.get("/admin/v1/pauses").await.body, json!({"pauses": []}));
    assert_eq!(answers[6]["error"]["code"], -32_601);
    service.stop().await;
}

#[tokio::test]
async fn an_agent_that_may_act_does() {
    let home = Home::new();
    home.write(&inspector("see", "delivered"));
    let service = home.start().await;
    let answers = conversation(
        &service,
        true,
        &[
            call(
                1,
                "pauseConnection",
                &json!({"name": "see", "body": {"reason": "an agent thinks so"}}),
            ),
            call(2, "listPauses", &json!({})),
            json!("no request"),
        ],
    )
    .await;
    assert_eq!(
        told(&answers[1])["pauses"][0]["reason"],
        "an agent thinks so",
        "{answers:?}"
    );
    assert_eq!(answers[2]["error"]["code"], -32_700);
    service.stop().await;
}
