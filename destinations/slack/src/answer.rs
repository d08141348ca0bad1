//! What Slack says to a message.
//!
//! Incoming webhooks [answer](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) with the text
//! `ok`, and with a word such as `invalid_payload` if they refuse; those of workflows with `{"ok": true}`.

use waystation_kit::prelude::*;

/// Makes sure that Slack took the message.
///
/// # Errors
/// What Slack refuses, in its own word; [an unknown outcome](Error::UnknownOutcome) for any other answer.
pub fn taken(answer: Response) -> Result<Response> {
    let text = answer.text().trim().to_owned();
    if text == "ok" {
        return Ok(answer);
    }
    let body: Value = answer.json().unwrap_or_default();
    match body.get("ok") {
        Some(Value::Bool(true)) => Ok(answer),
        Some(Value::Bool(false)) => Err(refusal(
            body.get("error").and_then(Value::as_str).unwrap_or("failed"),
        )),
        _ if is_word(&text) => Err(refusal(&text)),
        _ => Err(answer.not_understood("Slack's answer does not say that it took the message")),
    }
}

fn refusal(word: &str) -> Error {
    let message = format!("Slack refuses the message: {word}");
    Error::integration(message, ErrorCode::from_partner(word), 400)
}

/// Whether a text looks like one of Slack's words for what is wrong.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
