//! Answers of any status, headers and bytes to whatever a destination asks of its partner: read, without a panic and
//! without asking for ever, with a result for each item, and nothing counts as delivered that was only refused.
//!
//! An input is four bytes (destination, what is done, action, items) and then answers, which come round again: a byte
//! for the status, one for the headers, and a body, up to the byte 0x1E.
#![no_main]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use waystation_client::{CallLimits, Client, Rewrites, Wire};
use waystation_fields::{FieldDefinition, FieldType, Fields, Format};
use waystation_fuzz::{HEADERS, STATUSES, pick};
use waystation_kit::any::AnyAction;
use waystation_kit::audience::{CreateAudience, GetAudience};
use waystation_kit::context::{About, SubscriptionMetadata};
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::future::BoxFuture;
use waystation_kit::hooks::HookRequest;
use waystation_kit::jobs::JobPoll;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::services::Environment;
use waystation_kit::{Auth, JsonObject, Result, SyncMode};
use waystation_runtime::entries::{account, audience, batch, dynamic_field, event, hook, job};
use waystation_runtime::retry::History;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{
    BatchOutcome, CallOptions, Connection, EventOutcome, LoadedDestination, Pipeline, RetrySettings,
};

/// Beyond this many requests of one call nobody believes in an end.
const MOST_REQUESTS: usize = 5_000;

struct Ready {
    destination: Arc<LoadedDestination>,
    settings: JsonObject,
    pipelines: Vec<Pipeline>,
}

static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| waystation_destinations::all().into_iter().map(ready).collect());

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
});

/// What an operator gives the destinations that ask for it.
static ENVIRONMENT: LazyLock<Arc<BTreeMap<String, String>>> = LazyLock::new(|| {
    let token = ("ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN", "token-1");
    Arc::new(BTreeMap::from([token].map(|(name, value)| (name.to_owned(), value.to_owned()))))
});

fn ready(definition: waystation_kit::any::AnyDestination) -> Ready {
    let settings = definition.authentication.as_ref().map(|authentication| filled(&authentication.fields));
    let settings = settings.unwrap_or_default();
    let slug = definition.slug;
    let destination = Arc::new(LoadedDestination::new(definition).expect("a definition"));
    let connected = connect(&destination, &settings);
    assert!(connected.is_some(), "{slug}: the settings do not fit: {settings:?}");
    let compiled = |action: &Arc<AnyAction>| {
        let mut mapping = payload(action);
        if let Some(modes) = &action.sync_modes {
            let adds = modes.choices.iter().any(|(mode, _)| *mode == SyncMode::Add);
            let mode = if adds { SyncMode::Add } else { modes.default };
            mapping.insert("__segment_internal_sync_mode".to_owned(), json!(mode.name()));
        }
        let mapping = Value::Object(mapping);
        let pipeline = Pipeline::compile(Arc::clone(destination.action(action.slug)?), &mapping).ok()?;
        if let Err(error) = pipeline.payload(&json!({})) {
            panic!("{slug}/{}: no payload: {error}", action.slug);
        }
        Some(pipeline)
    };
    let pipelines = destination.definition().actions.iter().filter_map(compiled).collect();
    Ready {
        settings,
        pipelines,
        destination,
    }
}

fn connect(destination: &Arc<LoadedDestination>, settings: &JsonObject) -> Option<Connection> {
    let auth = Auth {
        access_token: Some("access-token-1".to_owned().into()),
        refresh_token: Some("refresh-token-1".to_owned().into()),
        ..Auth::default()
    };
    Connection::open(Arc::clone(destination), settings.clone(), auth, Arc::new(InMemoryTokens)).ok()
}

fn payload(action: &AnyAction) -> JsonObject {
    let mut payload = filled(&action.fields);
    // What excludes each other, or wants a form that its field does not say.
    for (slug, key, value) in [
        ("upsertCompany", "associateContact", json!(false)),
        ("send", "method", json!("POST")),
        ("postToChannel", "url", json!("https://hooks.slack.com/services/T0/B0/x")),
        ("triggerCampaign", "broadcast", json!(false)),
        ("triggerCanvas", "broadcast", json!(false)),
        ("incrementProperties", "increment", json!({"count": 3})),
    ] {
        if action.slug == slug && payload.contains_key(key) {
            payload.insert(key.to_owned(), value);
        }
    }
    payload
}

/// A value for every field.
fn filled(fields: &Fields) -> JsonObject {
    let mut filled = Map::new();
    for (key, field) in fields.iter() {
        let value = value(key, field);
        filled.insert(key.to_owned(), if field.multiple { json!([value]) } else { value });
    }
    filled
}

fn value(key: &str, field: &FieldDefinition) -> Value {
    if let Some(choice) = field.choices.first() {
        return choice.value.clone();
    }
    let key = key.to_lowercase();
    match field.field_type {
        FieldType::Boolean => json!(true),
        FieldType::Number | FieldType::Integer => json!(field.minimum.unwrap_or(2.0).max(2.0) as i64),
        FieldType::Datetime => json!("2026-01-02T03:04:05Z"),
        FieldType::Object => match &field.properties {
            Some(properties) if !properties.is_empty() => Value::Object(filled(properties)),
            _ => json!({"plan": "pro"}),
        },
        FieldType::String | FieldType::Text | FieldType::Password => json!(text(&key, field)),
    }
}

fn text(key: &str, field: &FieldDefinition) -> String {
    let known = match field.format {
        Some(Format::Email) => "ana@example.com",
        Some(Format::Uri | Format::UriReference) => "https://shop.example/in",
        Some(Format::Date) => "2026-01-02",
        Some(Format::Ipv4) => "192.0.2.1",
        Some(Format::DateTime | Format::DateLike) => "2026-01-02T03:04:05Z",
        _ if key.contains("email") || key == "to" || key == "from" => "ana@example.com",
        _ if key.contains("url") || key.contains("endpoint") => "https://shop.example/in",
        _ if key.contains("phone") => "+14155552671",
        _ if key.contains("currency") => "EUR",
        _ if key.contains("country") => "DE",
        _ if key == "signingkeys" => "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        _ if key == "publickey" => "pk_0123456789",
        _ if key == "secretkey" => "sk_0123456789",
        _ if key.contains("measurement") => "G-ABC123",
        _ if key.contains("event_name") || key.contains("eventname") => "petext_1_event",
        _ if key.contains("time") => "2026-01-02T03:04:05Z",
        _ if key.contains("delivery_category") => "home_delivery",
        _ if key == "association_label" => "USER_DEFINED:17",
        _ => "text_1",
    };
    known.to_owned()
}

/// The partner.
struct Partner {
    answers: Vec<(u16, usize, Vec<u8>)>,
    asked: AtomicUsize,
    only_failed: AtomicBool,
}

impl fmt::Debug for Partner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Partner")
    }
}

impl Wire for Partner {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        assert!(number < MOST_REQUESTS, "it asks for ever: {} {}", request.method, request.url);
        let (status, headers, body) = &self.answers[number % self.answers.len()];
        if *status < 500 {
            self.only_failed.store(false, Ordering::Relaxed);
        }
        let answer = Answer {
            status: *status,
            reason: None,
            headers: waystation_fuzz::headers(*headers),
            url: request.url.clone(),
            body: body.clone().into(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

fn answers(bytes: &[u8]) -> Vec<(u16, usize, Vec<u8>)> {
    let parts = bytes.split(|byte| *byte == 0x1e).take(20);
    let read = |part: &[u8]| match part {
        [status, headers, body @ ..] => (pick(&STATUSES, *status), usize::from(*headers) % HEADERS, body.to_vec()),
        _ => (200, 0, b"{}".to_vec()),
    };
    parts.map(read).collect()
}

fuzz_target!(|input: &[u8]| {
    let [which, what, action, items, rest @ ..] = input else { return };
    let Ready {
        destination,
        settings,
        pipelines,
    } = &READY[usize::from(*which) % READY.len()];
    let partner = Arc::new(Partner {
        answers: answers(rest),
        asked: AtomicUsize::new(0),
        only_failed: AtomicBool::new(true),
    });
    let client = Client::over(Arc::clone(&partner) as _, Rewrites::default());
    let mut options = CallOptions::new(Arc::new(client.per_call(CallLimits::default())));
    options.retries = RetrySettings {
        split_too_large: true,
        split: Some(Default::default()),
        ..RetrySettings::single_attempt()
    };
    options.services.transaction = Some(Arc::new(waystation_fuzz::Notes));
    options.services.environment = Environment::Fixed(Arc::clone(&ENVIRONMENT));
    let Some(connection) = connect(destination, settings) else { return };
    let Some(pipeline) = pipelines.get(usize::from(*action) % pipelines.len().max(1)) else { return };
    let count = usize::from(*items) % 8 + 1;
    RUNTIME.block_on(go(*what, &connection, pipeline, count, &options, &partner));
});

async fn go(
    what: u8,
    connection: &Connection,
    pipeline: &Pipeline,
    count: usize,
    options: &CallOptions,
    partner: &Partner,
) {
    let definition = pipeline.action().shared_definition();
    let (history, metadata) = (History::default(), SubscriptionMetadata::default());
    let events: Arc<[Value]> = vec![json!({"type": "track"}); count].into();
    let was_refused = || partner.asked.load(Ordering::Relaxed) > 0 && partner.only_failed.load(Ordering::Relaxed);
    match what % 8 {
        0 => {
            let event = Arc::new(events[0].clone());
            let done = event::perform_event(connection, pipeline, &event, metadata, options, &history).await;
            let is_delivered = matches!(done, Ok(EventOutcome::Performed { .. }));
            assert!(!(is_delivered && was_refused()), "{} is delivered", definition.slug);
        }
        1 => {
            let done = batch::perform_batch(connection, pipeline, events, metadata, options, &history).await;
            if let Ok(BatchOutcome::Items(items) | BatchOutcome::Failed { items, .. }) = done {
                assert_eq!(items.len(), count, "{}", definition.slug);
                let delivered = items.iter().filter(|item| item.status() < 400).count();
                assert!(delivered == 0 || !was_refused(), "{}: {items:?}", definition.slug);
            }
        }
        2 => {
            let submitted = job::submit_job(connection, pipeline, events, metadata, options, &history).await;
            let job_id = submitted.ok().and_then(|submitted| submitted.job_id).unwrap_or_default();
            let poll = JobPoll {
                job_id,
                upload_count: count,
            };
            let _ = job::poll_job(connection, definition, poll, options, &history).await;
        }
        3 => {
            let settings = JsonObject::new();
            let _ = account::refresh_access_token(connection, connection.tokens().current(), options).await;
            let _ = account::test_authentication(connection.destination(), settings, Auth::default(), options).await;
        }
        4 => {
            let user = json!({"userId": "u-1", "anonymousId": "a-1"});
            let _ = account::delete_user(connection, &user, options).await;
        }
        5 => {
            for (path, _) in &definition.dynamic_fields.handlers {
                let request = DynamicFieldRequest {
                    payload: Value::Object(payload(definition)),
                    ..DynamicFieldRequest::default()
                };
                let about = Arc::<About>::default();
                let _ = dynamic_field::dynamic_field(connection, definition, path, request, about, options).await;
            }
        }
        6 => {
            for known in &definition.hooks {
                let request = HookRequest {
                    payload: Value::Object(payload(definition)),
                    inputs: Value::Object(filled(&known.input_fields)),
                    previous_outputs: None,
                    page: None,
                };
                let about = Arc::<About>::default();
                let _ = hook::run_hook(connection, pipeline.action(), known.hook_type, request, about, options).await;
            }
        }
        _ => {
            let create = CreateAudience {
                name: Some("Buyers".to_owned()),
                ..CreateAudience::default()
            };
            let _ = audience::create_audience(connection, create, options).await;
            let get = GetAudience {
                external_id: "7".to_owned(),
                ..GetAudience::default()
            };
            let _ = audience::get_audience(connection, get, options).await;
        }
    }
}
