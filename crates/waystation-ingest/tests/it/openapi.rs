//! The document.

use std::sync::Arc;

use async_trait::async_trait;
use insta::assert_json_snapshot;
use serde_json::Value;
use waystation_ingest::{Accepted, Acceptor, IngestSettings, Ingested, Refused, SourceRef, router};

struct Nobody;

#[async_trait]
impl Acceptor for Nobody {
    fn source(&self, _: &str) -> Option<SourceRef> {
        None
    }

    async fn accept(&self, _: &SourceRef, _: Vec<Ingested>) -> Result<Accepted, Refused> {
        Err(Refused::Unavailable)
    }
}

fn document() -> Value {
    let (_, document) = router(Arc::new(Nobody), IngestSettings::default()).split_for_parts();
    serde_json::to_value(document).unwrap()
}

#[test]
fn every_route_is_documented() {
    let document = document();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_json_snapshot!(paths, @r#"
    [
      "/analytics.js/v1/{writeKey}/analytics.min.js",
      "/beacon/v1/batch",
      "/sourceConfig",
      "/v1/alias",
      "/v1/batch",
      "/v1/group",
      "/v1/identify",
      "/v1/import",
      "/v1/m",
      "/v1/page",
      "/v1/pixel/{type}",
      "/v1/projects/{writeKey}/settings",
      "/v1/screen",
      "/v1/track"
    ]
    "#);
    assert_json_snapshot!(document["paths"]["/v1/track"], @r##"
    {
      "post": {
        "tags": [
          "tracking"
        ],
        "summary": "Something that somebody did",
        "operationId": "track",
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/AnyEvent"
              }
            },
            "text/plain": {
              "schema": {
                "$ref": "#/components/schemas/AnyEvent"
              }
            }
          },
          "required": true
        },
        "responses": {
          "200": {
            "description": "Every event is on disk. Those that can be delivered to nobody are kept as dead letters.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Success"
                }
              }
            }
          },
          "400": {
            "description": "The body is not JSON, not what the route takes, or too large. Trying again is of no use.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/IngestError"
                }
              }
            }
          },
          "401": {
            "description": "No source has this write key.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/IngestError"
                }
              }
            }
          },
          "415": {
            "description": "The body is packed in an unknown way.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/IngestError"
                }
              }
            }
          },
          "429": {
            "description": "The source sends too much.",
            "headers": {
              "Retry-After": {
                "schema": {
                  "type": "integer",
                  "format": "int64",
                  "minimum": 0
                },
                "description": "Seconds to wait."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/IngestError"
                }
              }
            }
          },
          "503": {
            "description": "The queue is full, or the server is shutting down.",
            "headers": {
              "Retry-After": {
                "schema": {
                  "type": "integer",
                  "format": "int64",
                  "minimum": 0
                },
                "description": "Seconds to wait."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/IngestError"
                }
              }
            }
          }
        },
        "security": [
          {
            "write_key": []
          },
          {}
        ]
      }
    }
    "##);
}

#[test]
fn every_body_is_described() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let described: Vec<String> = schemas
        .iter()
        .map(|(name, schema)| {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let fields: Vec<&str> = fields.map(|(field, _)| field.as_str()).collect();
            format!("{name}: {}", fields.join(" "))
        })
        .collect();
    assert_json_snapshot!(described, @r#"
    [
      "AnyBatch: ",
      "AnyEvent: ",
      "BatchBody: batch context integrations sentAt writeKey",
      "BatchItem: ",
      "EventBody: anonymousId context event groupId integrations messageId name previousId properties sentAt timestamp traits userId writeKey",
      "IngestError: code message requestId success",
      "Success: success"
    ]
    "#);
    assert_json_snapshot!(document["components"]["securitySchemes"], @r#"
    {
      "write_key": {
        "type": "http",
        "scheme": "basic",
        "description": "The write key as user, and no password."
      }
    }
    "#);
}
