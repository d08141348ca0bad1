use axum::http::Method;
use insta::assert_snapshot;
use waystation_api::{ReloadRefused, Reloaded};
use waystation_config::{Changes, Difference, Section};

use crate::support::{TestApi, parsed};

#[tokio::test]
async fn the_configuration_is_shown_with_its_defaults() {
    let api = TestApi::start();
    let answer = api.get("/admin/v1/config").await;
    assert_snapshot!(answer, @r#"
    200 OK
    {
      "server": {
        "listen": "127.0.0.1:8080",
        "maxBody": 16777216,
        "shutdownGraceMs": 8000,
        "idleTimeoutMs": 75000,
        "bodyTimeoutMs": 30000,
        "maxConnections": 10000,
        "reloadMayRemove": false
      },
      "api": {
        "open": false,
        "tokens": [
          {
            "name": "app",
            "scope": "execute"
          },
          {
            "name": "ops",
            "scope": "admin"
          }
        ]
      },
      "ingest": {
        "maxEvent": 32768,
        "maxRequest": 524288,
        "maxEvents": 10000,
        "dedupeWindowMs": 86400000,
        "trustedProxies": 0
      },
      "store": {
        "path": "waystation.db",
        "maxSize": 10737418240,
        "fullRetryAfterMs": 30000
      },
      "record": {
        "keepMs": 604800000,
        "keepDeadLettersMs": 2592000000,
        "bodies": "all",
        "bodyLimit": 8192
      },
      "telemetry": {
        "logFormat": "text",
        "logLevel": "info",
        "exports": false
      },
      "network": {
        "addresses": "public-where-asked",
        "allow": [],
        "proxies": true,
        "maxAnswer": 8388608,
        "rewrite": []
      },
      "delivery": {
        "deadlineMs": 60000,
        "horizonMs": 14400000,
        "firstReturnMs": 10000,
        "longestReturnMs": 10800000,
        "ordering": "none",
        "retryOn": [],
        "neverRetry": [],
        "unknownOutcomeTries": 1,
        "removedConnectionWaitMs": 3600000,
        "maxWaiting": {
          "deliveries": 2000000,
          "share": 0.25,
          "whenFull": "dead_letter"
        },
        "batch": {
          "size": 1000,
          "bytes": 921600,
          "keys": []
        },
        "credentialsRefused": {
          "probeEveryMs": 300000,
          "longestWaitMs": 604800000
        },
        "admission": 256,
        "retry": {
          "attempts": 4,
          "budgetMs": 30000,
          "firstWaitMs": 1000,
          "longestWaitMs": 60000,
          "longestPartnerWaitMs": 5000,
          "jitter": true
        },
        "split": {
          "requests": 50
        },
        "breaker": {
          "consecutiveFailures": 10,
          "failureShare": 0.5,
          "windowMs": 30000,
          "leastRequests": 20,
          "firstWaitMs": 1000,
          "longestWaitMs": 60000
        },
        "concurrency": {
          "kind": "adaptive",
          "start": 1,
          "ceiling": 200
        },
        "hold": {
          "withoutHintMs": 1000,
          "longestMs": 14400000
        },
        "retryBudget": {
          "share": 0.2,
          "floorPerSecond": 10
        }
      },
      "sources": [
        {
          "name": "web",
          "enabled": true,
          "writeKeys": 1,
          "connections": [
            "crm",
            "shown"
          ]
        }
      ],
      "connections": [
        {
          "name": "crm",
          "enabled": true,
          "destination": "customerio",
          "sources": [
            "web"
          ],
          "consent": [],
          "settings": {
            "siteId": "<redacted>",
            "apiKey": "<redacted>"
          },
          "hasAccessToken": false,
          "subscriptions": [
            {
              "name": "orders",
              "action": "trackEvent",
              "subscribe": "event = \"Order Completed\"",
              "mapping": {
                "name": {
                  "@path": "$.event"
                },
                "id": {
                  "@path": "$.userId"
                },
                "anonymous_id": {
                  "@path": "$.anonymousId"
                },
                "event_id": {
                  "@path": "$.messageId"
                },
                "timestamp": {
                  "@path": "$.timestamp"
                },
                "data": {
                  "@path": "$.properties"
                },
                "convert_timestamp": true,
                "enable_batching": true,
                "batch_size": 50
              },
              "batch": {
                "size": 50,
                "bytes": 921600,
                "keys": []
              }
            }
          ],
          "policy": {
            "deadlineMs": 60000,
            "horizonMs": 14400000,
            "firstReturnMs": 10000,
            "longestReturnMs": 10800000,
            "ordering": "none",
            "retryOn": [],
            "neverRetry": [],
            "unknownOutcomeTries": 1,
            "removedConnectionWaitMs": 3600000,
            "maxWaiting": {
              "deliveries": 2000000,
              "share": 0.25,
              "whenFull": "dead_letter"
            },
            "batch": {
              "size": 1000,
              "bytes": 921600,
              "keys": []
            },
            "credentialsRefused": {
              "probeEveryMs": 300000,
              "longestWaitMs": 604800000
            },
            "admission": 256,
            "retry": {
              "attempts": 4,
              "budgetMs": 30000,
              "firstWaitMs": 1000,
              "longestWaitMs": 60000,
              "longestPartnerWaitMs": 5000,
              "jitter": true
            },
            "split": {
              "requests": 50
            },
            "breaker": {
              "consecutiveFailures": 10,
              "failureShare": 0.5,
              "windowMs": 30000,
              "leastRequests": 20,
              "firstWaitMs": 1000,
              "longestWaitMs": 60000
            },
            "concurrency": {
              "kind": "adaptive",
              "start": 1,
              "ceiling": 200
            },
            "hold": {
              "withoutHintMs": 1000,
              "longestMs": 14400000
            },
            "retryBudget": {
              "share": 0.2,
              "floorPerSecond": 10
            }
          },
          "features": {}
        },
        {
          "name": "shown",
          "enabled": false,
          "destination": "inspector",
          "sources": [
            "web"
          ],
          "consent": [],
          "settings": {},
          "hasAccessToken": false,
          "subscriptions": [
            {
              "name": "Inspect every event",
              "action": "inspect",
              "subscribe": "type = \"track\" or type = \"identify\" or type = \"page\" or type = \"screen\" or type = \"group\" or type = \"alias\"",
              "mapping": {
                "event": {
                  "@path": "$."
                }
              },
              "batch": {
                "size": 1,
                "bytes": 921600,
                "keys": []
              }
            }
          ],
          "policy": {
            "deadlineMs": 60000,
            "horizonMs": 14400000,
            "firstReturnMs": 10000,
            "longestReturnMs": 10800000,
            "ordering": "none",
            "retryOn": [],
            "neverRetry": [],
            "unknownOutcomeTries": 1,
            "removedConnectionWaitMs": 3600000,
            "maxWaiting": {
              "deliveries": 2000000,
              "share": 0.25,
              "whenFull": "dead_letter"
            },
            "batch": {
              "size": 1000,
              "bytes": 921600,
              "keys": []
            },
            "credentialsRefused": {
              "probeEveryMs": 300000,
              "longestWaitMs": 604800000
            },
            "admission": 256,
            "retry": {
              "attempts": 4,
              "budgetMs": 30000,
              "firstWaitMs": 1000,
              "longestWaitMs": 60000,
              "longestPartnerWaitMs": 5000,
              "jitter": true
            },
            "split": {
              "requests": 50
            },
            "breaker": {
              "consecutiveFailures": 10,
              "failureShare": 0.5,
              "windowMs": 30000,
              "leastRequests": 20,
              "firstWaitMs": 1000,
              "longestWaitMs": 60000
            },
            "concurrency": {
              "kind": "adaptive",
              "start": 1,
              "ceiling": 200
            },
            "hold": {
              "withoutHintMs": 1000,
              "longestMs": 14400000
            },
            "retryBudget": {
              "share": 0.2,
              "floorPerSecond": 10
            }
          },
          "features": {}
        }
      ],
      "warnings": [],
      "files": []
    }
    "#);
}

#[tokio::test]
async fn sources_are_listed_without_their_keys() {
    let api = TestApi::start();
    assert_snapshot!(api.get("/admin/v1/sources").await, @r#"
    200 OK
    {
      "sources": [
        {
          "name": "web",
          "enabled": true,
          "writeKeys": 1,
          "connections": [
            "crm",
            "shown"
          ]
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_reload_tells_what_changed() {
    let api = TestApi::start();
    let changes = Changes {
        connections: Difference {
            added: vec!["new".into()],
            ..Difference::default()
        },
        sections: vec![Section::Server],
        ..Changes::default()
    };
    *api.reloads.0.lock().unwrap() = Some(Ok(Reloaded {
        changes,
        at_next_start: vec![Section::Server],
    }));
    assert_snapshot!(api.call(Method::POST, "/admin/v1/reload", None).await, @r#"
    200 OK
    {
      "changed": true,
      "sources": {
        "added": [],
        "removed": [],
        "changed": []
      },
      "connections": {
        "added": [
          "new"
        ],
        "removed": [],
        "changed": []
      },
      "sections": [
        "server"
      ],
      "atNextStart": [
        "server"
      ]
    }
    "#);
    let unchanged = api.call(Method::POST, "/admin/v1/reload", None).await;
    assert_eq!(unchanged.json()["changed"], false);
}

#[tokio::test]
async fn a_faulty_configuration_is_refused_with_every_fault() {
    let api = TestApi::start();
    let faults = parsed("servr.listen = \"x\"\n[connections.crm]\ndestination = \"customrio\"").unwrap_err();
    *api.reloads.0.lock().unwrap() = Some(Err(ReloadRefused::Faults(faults)));
    assert_snapshot!(api.call(Method::POST, "/admin/v1/reload", None).await, @r#"
    422 Unprocessable Entity
    {
      "code": "INVALID_CONFIGURATION",
      "message": "The new configuration has faults and is refused; the one before stays in force.",
      "requestId": "test",
      "faults": [
        {
          "severity": "error",
          "code": "unknown_key",
          "message": "`servr` is no setting",
          "hint": "did you mean `server`?",
          "place": {
            "file": "waystation.toml",
            "line": 1,
            "column": 1,
            "key": "servr"
          }
        },
        {
          "severity": "error",
          "code": "unknown_destination",
          "message": "`connections.crm.destination` names the destination \"customrio\", which does not exist",
          "hint": "did you mean `customerio`?",
          "place": {
            "file": "waystation.toml",
            "line": 3,
            "column": 15,
            "key": "connections.crm.destination"
          }
        }
      ]
    }
    "#);
    let failed = ReloadRefused::Failed("connection \"crm\": its tokens could not be read".to_owned());
    *api.reloads.0.lock().unwrap() = Some(Err(failed));
    assert_snapshot!(api.call(Method::POST, "/admin/v1/reload", None).await.problem(), @r#"422 INVALID_CONFIGURATION The new configuration cannot be put in force, the one before stays: connection "crm": its tokens could not be read"#);
}
