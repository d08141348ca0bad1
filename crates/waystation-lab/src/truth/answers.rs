//! Every way in which the partners answer, with what the answer means for the events of its request.

/// What an answer means for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// The partner took it.
    Taken,
    /// The partner refuses it for good.
    Refused,
    /// Nobody can tell from the answer.
    Unknown,
    /// The partner did not take it, and may later.
    Failing,
}

/// One way of answering.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// The body; `{n}` stands for the number of events.
    pub(super) body: &'static str,
    /// What it means for the first event of the request.
    pub(super) first: Meaning,
    /// What it means for the others.
    pub(super) others: Meaning,
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const HTML: &[(&str, &str)] = &[("content-type", "text/html")];
const SOON: &[(&str, &str)] = &[("content-type", "application/json"), ("retry-after", "1")];

const fn all(
    meaning: Meaning,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> Answer {
    Answer {
        status,
        headers,
        body,
        first: meaning,
        others: meaning,
    }
}

const fn json(meaning: Meaning, status: u16, body: &'static str) -> Answer {
    all(meaning, status, JSON, body)
}

/// One request in so many is answered by the first of the partner's answers, which takes everything.
pub(super) const TAKEN_SHARE: usize = 2;

/// What any partner may answer on a bad day.
const BAD_DAY: &[Answer] = &[
    json(Meaning::Failing, 500, r#"{"message": "internal error"}"#),
    all(
        Meaning::Failing,
        503,
        HTML,
        "<html><body>maintenance</body></html>",
    ),
    all(Meaning::Failing, 429, SOON, r#"{"message": "slow down"}"#),
    json(Meaning::Failing, 408, ""),
];

const CUSTOMERIO_ENTITY: &[Answer] = &[
    json(Meaning::Taken, 200, "{}"),
    json(
        Meaning::Refused,
        400,
        r#"{"errors": [{"reason": "invalid", "field": "name", "message": "too long"}]}"#,
    ),
    json(Meaning::Unknown, 200, r#"{"ok": true}"#),
    all(
        Meaning::Unknown,
        200,
        HTML,
        "<html><body>Please sign in</body></html>",
    ),
];

const CUSTOMERIO_BATCH: &[Answer] = &[
    json(Meaning::Taken, 200, "{}"),
    Answer {
        first: Meaning::Refused,
        others: Meaning::Taken,
        ..json(
            Meaning::Taken,
            207,
            r#"{"errors": [{"batch_index": 0, "reason": "invalid", "field": "name", "message": "too long"}]}"#,
        )
    },
    json(
        Meaning::Refused,
        400,
        r#"{"meta": {"error": "the whole batch is refused"}}"#,
    ),
    json(Meaning::Unknown, 200, r#"{"ok": true}"#),
    json(
        Meaning::Unknown,
        207,
        r#"{"errors": [{"reason": "invalid", "message": "one of them"}]}"#,
    ),
    all(
        Meaning::Unknown,
        200,
        HTML,
        "<html><body>Please sign in</body></html>",
    ),
];

const BRAZE: &[Answer] = &[
    json(
        Meaning::Taken,
        201,
        r#"{"message": "success", "events_processed": {n}}"#,
    ),
    Answer {
        first: Meaning::Refused,
        others: Meaning::Taken,
        ..json(
            Meaning::Taken,
            201,
            r#"{"message": "success", "errors": [{"type": "'name' is too long", "input_array": "events", "index": 0}]}"#,
        )
    },
    json(
        Meaning::Refused,
        400,
        r#"{"message": "Valid data must be provided"}"#,
    ),
    all(
        Meaning::Unknown,
        200,
        HTML,
        "<html><body>Please sign in</body></html>",
    ),
];

const MIXPANEL: &[Answer] = &[
    json(
        Meaning::Taken,
        200,
        r#"{"code": 200, "num_records_imported": {n}, "status": "OK"}"#,
    ),
    Answer {
        first: Meaning::Refused,
        others: Meaning::Taken,
        ..json(
            Meaning::Taken,
            400,
            r#"{"code": 400, "error": "some data points failed validation", "failed_records": [{"index": 0, "field": "properties.time", "message": "too old"}], "num_records_imported": {n}, "status": "Bad Request"}"#,
        )
    },
    all(
        Meaning::Unknown,
        200,
        HTML,
        "<html><body>Please sign in</body></html>",
    ),
];

const PLUNK: &[Answer] = &[
    json(
        Meaning::Taken,
        200,
        r#"{"success": true, "data": {"contact": "c-1", "event": "e-1", "timestamp": "2026-01-01T00:00:00.000Z"}}"#,
    ),
    json(
        Meaning::Refused,
        422,
        r#"{"success": false, "error": {"code": "VALIDATION_ERROR", "message": "no"}}"#,
    ),
    all(
        Meaning::Unknown,
        200,
        HTML,
        "<html><body>Please sign in</body></html>",
    ),
];

const WEBHOOK: &[Answer] = &[
    json(Meaning::Taken, 200, "{}"),
    all(Meaning::Taken, 204, &[], ""),
    json(Meaning::Refused, 400, r#"{"message": "no"}"#),
    json(Meaning::Refused, 422, r#"{"message": "no"}"#),
    all(Meaning::Refused, 302, &[("location", "/login")], ""),
];

/// The answer to a request for this path, chosen by a number.
pub(super) fn answer(path: &str, number: usize) -> &'static Answer {
    let own = match path {
        "/api/v2/entity" => CUSTOMERIO_ENTITY,
        "/api/v2/batch" => CUSTOMERIO_BATCH,
        "/users/track" => BRAZE,
        "/import" => MIXPANEL,
        "/v1/track" => PLUNK,
        _ => WEBHOOK,
    };
    if number.is_multiple_of(TAKEN_SHARE) {
        return &own[0];
    }
    let number = number / TAKEN_SHARE;
    own.iter()
        .chain(BAD_DAY)
        .nth(number % (own.len() + BAD_DAY.len()))
        .unwrap_or(&own[0])
}
