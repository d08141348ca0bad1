//! What became of a message, for the delivery metrics of a campaign.

use waystation_kit::json::{number_from_f64, parse_number};
use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::client;
use crate::dates;
use crate::fields::batching;
use crate::operation::needed;

/// What became of a message that Customer.io sent by way of somebody else.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct ReportDeliveryEvent {
    /// The delivery: the value of `CIO-Delivery-ID` in the message.
    #[field(label = "Delivery ID", default = path("$.properties.deliveryId"))]
    pub delivery_id: String,
    /// What became of it. Not every channel knows
    /// [every metric](https://docs.customer.io/integrations/api/track/#operation/metrics).
    #[field(label = "Metric", default = path("$.properties.metric"))]
    pub metric: Metric,
    /// Whom the message went to: an e-mail address, a phone number or a device token.
    #[field(label = "Recipient", default = path("$.properties.recipient"))]
    pub recipient: Option<String>,
    /// Why it failed.
    #[field(label = "Reason", default = path("$.properties.reason"))]
    pub reason: Option<String>,
    /// The link that was clicked.
    #[field(label = "Link", default = path("$.properties.href"))]
    pub href: Option<String>,
    /// The name of what was clicked in an in-app message.
    #[field(label = "Action name", default = path("$.properties.actionName"))]
    pub action_name: Option<String>,
    /// The value of what was clicked in an in-app message.
    #[field(label = "Action value", default = path("$.properties.actionValue"))]
    pub action_value: Option<String>,
    /// When it happened; now if left out.
    #[field(label = "Timestamp", default = path("$.timestamp"), format = date_time)]
    pub timestamp: Option<Datetime>,
}

/// What may become of a message.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was clicked.
    Clicked,
    /// The person did what it was meant for.
    Converted,
    /// The person called it spam.
    #[choice(label = "Marked as spam")]
    Spammed,
    /// It came back.
    Bounced,
    /// It was never sent, since its recipient is suppressed.
    #[choice(label = "Suppressed")]
    Dropped,
    /// It will be tried again.
    Deferred,
}

impl ActionInfo<CustomerIo> for ReportDeliveryEvent {
    const SLUG: &'static str = "reportDeliveryEvent";
    const TITLE: &'static str = "Report Delivery Event";
    const DESCRIPTION: &'static str = "Report what became of a message that Customer.io Journeys sent.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Report Delivery Event""#);
}

impl Action<CustomerIo> for ReportDeliveryEvent {
    async fn perform(cx: &Context<CustomerIo>, payload: Self) -> Result<Output> {
        let report = payload.report(cx.now_millis())?;
        client::post(cx, "/api/v1/metrics", &report).await
    }
}

/// The body of `/api/v1/metrics`.
#[skip_serializing_none]
#[derive(Serialize)]
struct Report {
    delivery_id: String,
    metric: Metric,
    timestamp: Value,
    recipient: Option<String>,
    reason: Option<String>,
    href: Option<String>,
    metadata: Option<Click>,
}

/// What was clicked in an in-app message.
#[skip_serializing_none]
#[derive(Serialize)]
struct Click {
    action_name: Option<String>,
    action_value: Option<String>,
}

impl ReportDeliveryEvent {
    fn report(self, now_millis: i64) -> Result<Report> {
        let now = now_millis.div_euclid(1000);
        let was_clicked = self.action_name.is_some() || self.action_value.is_some();
        Ok(Report {
            delivery_id: needed(self.delivery_id, "The delivery ID")?,
            metric: self.metric,
            timestamp: self.timestamp.and_then(seconds).unwrap_or_else(|| now.into()),
            recipient: self.recipient,
            reason: self.reason,
            href: self.href,
            metadata: was_clicked.then_some(Click {
                action_name: self.action_name,
                action_value: self.action_value,
            }),
        })
    }
}

/// A number is taken for seconds, also as a text, unless it can only be milliseconds.
fn seconds(timestamp: Datetime) -> Option<Value> {
    let text = match timestamp {
        Datetime::Number(number) => return Some(dates::seconds_of_number(number)),
        Datetime::Text(text) => text,
    };
    match dates::timestamp(text) {
        Value::String(text) => parse_number(&text).map(number_from_f64),
        seconds => Some(seconds),
    }
}
