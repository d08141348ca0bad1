use serde_json::json;

use crate::support::{TestApp, shop};

#[tokio::test]
async fn the_definition() {
    let app = TestApp::shop(json!([]));
    let answer = app.get("/manifest").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), waystation_kit::manifest(&shop::definition()));
    assert_eq!(answer.json()["directoryName"], "shop");
}
