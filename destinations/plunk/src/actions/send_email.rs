//! A transactional e-mail: [`POST /v1/send`](https://docs.useplunk.com/api-reference/overview).

use std::collections::BTreeMap;

use waystation_kit::prelude::*;
use waystation_kit::request::Body;
use waystation_kit::text::{filled, is_given};

use crate::Plunk;
use crate::client::{self, Submission, Submitted};
use crate::data;
use crate::email_address::EmailAddress;
use crate::idempotency::IdempotencyKey;

/// Attachments that Plunk takes with one e-mail.
const MOST_ATTACHMENTS: usize = 10;

/// Base64 characters of all attachments together that Plunk takes: 10 MiB of content.
const MOST_ATTACHED_CHARACTERS: usize = 13_981_013;

/// An e-mail, from a template or written out. Each recipient gets a request and an idempotency key of their own,
/// for Plunk would stop in the midst of a list at the first that it refuses.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct SendEmail {
    /// Whom it goes to. Nobody sees the others.
    #[field(
        label = "Recipients",
        default = json!([{"email": directive::first_of(&["$.context.traits.email", "$.properties.email"])}])
    )]
    pub to: Vec<Recipient>,
    /// The ID of the template, in whatever form your Plunk gives it. Subject, text and sender given here replace those of the template.
    #[field(label = "Template")]
    pub template: Option<String>,
    /// The subject; needed without a template.
    #[field(label = "Subject", maximum = 998)]
    pub subject: Option<String>,
    /// The text as HTML; needed without a template.
    #[field(label = "Body", type = text)]
    pub body: Option<String>,
    /// The sender's address; needed unless the template has one. Its domain has to be verified in the project.
    #[field(label = "Sender address", format = email)]
    pub from: Option<String>,
    /// The name shown with the sender's address.
    #[field(label = "Sender name")]
    pub from_name: Option<String>,
    /// Where answers go.
    #[field(label = "Reply-to address", format = email)]
    pub reply: Option<String>,
    /// Headers of the e-mail, by name.
    #[field(label = "Headers", object_ui = key_value)]
    pub headers: Option<BTreeMap<String, String>>,
    /// Variables of the template that are also stored with the contact.
    #[field(label = "Contact data", object_ui = key_value)]
    pub data: Option<JsonObject>,
    /// Variables of the template that the contact does not keep. Keys of the contact data go first.
    #[field(label = "Template data", default = path("$.properties"), object_ui = key_value)]
    pub template_data: Option<JsonObject>,
    /// Whether the contact receives marketing e-mails. If left out, a new contact does not, and a known one stays
    /// as it is.
    #[field(label = "Subscribed")]
    pub subscribed: Option<bool>,
    /// Files that go along, ten at most and 10 MiB in all.
    #[field(label = "Attachments")]
    pub attachments: Option<Vec<Attachment>>,
    /// The ID of the event, by which Plunk recognizes an e-mail that it already has.
    #[field(label = "Message ID", default = path("$.messageId"))]
    pub message_id: Option<String>,
}

/// Whom an e-mail goes to.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Recipient {
    /// The address.
    #[field(label = "E-mail address")]
    pub email: EmailAddress,
    /// The name shown with the address.
    #[field(label = "Name")]
    pub name: Option<String>,
}

/// A file that goes along with an e-mail.
#[derive(Debug, Clone, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// The name of the file.
    #[field(label = "File name", minimum = 1, maximum = 255)]
    pub filename: String,
    /// What is in it, in Base64.
    #[field(label = "Content")]
    pub content: String,
    /// What kind of file it is, for example `application/pdf`.
    #[field(label = "Content type", minimum = 1, maximum = 255)]
    pub content_type: String,
    /// Whether it is a file of its own or a part of the text.
    #[field(label = "Disposition")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// The name by which the text refers to the file; needed if it is a part of the text.
    #[field(label = "Content ID", maximum = 255)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

/// How an e-mail shows a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// As a file of its own.
    Attachment,
    /// As a part of the text, for example a picture.
    Inline,
}

/// The body of the request.
#[derive(Serialize)]
struct Mail<'a> {
    to: Mailbox<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Mailbox<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    data: &'a JsonObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribed: Option<bool>,
    #[serde(skip_serializing_if = "<[Attachment]>::is_empty")]
    attachments: &'a [Attachment],
}

/// An address, with or without a name.
#[derive(Serialize)]
#[serde(untagged)]
enum Mailbox<'a> {
    Bare(&'a str),
    Named { name: &'a str, email: &'a str },
}

impl<'a> Mailbox<'a> {
    fn new(email: &'a str, name: Option<&'a str>) -> Self {
        match name.filter(|name| !name.is_empty()) {
            Some(name) => Self::Named { name, email },
            None => Self::Bare(email),
        }
    }
}

impl ActionInfo<Plunk> for SendEmail {
    const SLUG: &'static str = "sendEmail";
    const TITLE: &'static str = "Send Email";
    const DESCRIPTION: &'static str = "Send a transactional e-mail, from a template or written out.";
    // By the keys that travel along.
    const IDEMPOTENT: bool = true;
}

impl Action<Plunk> for SendEmail {
    async fn perform(cx: &Context<Plunk>, mut payload: Self) -> Result<Output> {
        payload.check()?;
        let data = data::combine(payload.data.take(), payload.template_data.take());
        let mut results = Results::default();
        for (place, recipient) in payload.recipients() {
            match payload.send_to(cx, recipient, &data).await {
                Ok(receipt) => results.queued.push(receipt),
                // The whole is tried again; idempotency keys keep the e-mails so far from going out twice.
                Err(error) if error.is_retryable() && payload.may_be_repeated(&results) => return Err(error),
                Err(error) => {
                    let ends_all = !concerns_recipient(&error);
                    results.refused.push((place, error));
                    if ends_all {
                        break;
                    }
                }
            }
        }
        results.into_output()
    }
}

impl SendEmail {
    /// Finds what Plunk would take and do nothing with, or refuse after a long upload.
    fn check(&self) -> Result<()> {
        if self.to.is_empty() {
            return Err(Error::payload("There is no recipient"));
        }
        let is_written_out = is_given(&self.subject) && is_given(&self.body);
        if !is_given(&self.template) && !is_written_out {
            return Err(Error::payload(
                "There is neither a template nor both a subject and a body",
            ));
        }
        let attachments = self.attachments();
        if attachments.len() > MOST_ATTACHMENTS {
            return Err(Error::payload("Plunk takes ten attachments at most"));
        }
        let characters: usize = attachments.iter().map(|file| file.content.len()).sum();
        if characters > MOST_ATTACHED_CHARACTERS {
            return Err(Error::payload("Plunk takes 10 MiB of attachments at most"));
        }
        let inline = |file: &&Attachment| file.disposition == Some(Disposition::Inline);
        if attachments
            .iter()
            .filter(inline)
            .any(|file| !is_given(&file.content_id))
        {
            return Err(Error::payload(
                "An attachment that is a part of the text needs a content ID",
            ));
        }
        Ok(())
    }

    fn attachments(&self) -> &[Attachment] {
        self.attachments.as_deref().unwrap_or_default()
    }

    /// Whether trying again cannot send an e-mail twice: each has a key, or none has gone out.
    fn may_be_repeated(&self, results: &Results) -> bool {
        results.queued.is_empty() || is_given(&self.message_id)
    }

    /// The recipients with their places in the list, each address once.
    fn recipients(&self) -> impl Iterator<Item = (usize, &Recipient)> {
        let is_first = |place: usize, recipient: &Recipient| {
            let mut earlier = self.to.iter().take(place);
            !earlier.any(|other| other.email == recipient.email)
        };
        let all = self.to.iter().enumerate();
        all.filter(move |(place, recipient)| is_first(*place, recipient))
    }

    /// Sends the e-mail to one recipient; returns what Plunk calls it.
    async fn send_to(&self, cx: &Context<Plunk>, recipient: &Recipient, data: &JsonObject) -> Result<Value> {
        let email = recipient.email.as_str();
        let [template, subject, body] =
            [&self.template, &self.subject, &self.body].map(|text| text.as_deref().unwrap_or_default());
        let purpose = [email, template, subject, body];
        let message_id = self.message_id.as_deref();
        let submission = Submission {
            path: "/v1/send",
            key: cx.settings().secret_key.secret(),
            body: Body::json(&self.mail(recipient, data))
                .map_err(|error| Error::internal(error.to_string()))?,
            message_id,
            idempotency_key: IdempotencyKey::new::<Self>(cx, message_id, &purpose),
        };
        match client::submit(cx, submission).await? {
            Submitted::Earlier => Ok(json!({"contact": {"email": email}, "alreadyDelivered": true})),
            Submitted::Now(response) => receipt(&response, email),
        }
    }

    fn mail<'a>(&'a self, recipient: &'a Recipient, data: &'a JsonObject) -> Mail<'a> {
        let from = filled(&self.from);
        Mail {
            to: Mailbox::new(recipient.email.as_str(), recipient.name.as_deref()),
            template: filled(&self.template),
            subject: filled(&self.subject),
            body: filled(&self.body),
            from: from.map(|from| Mailbox::new(from, self.from_name.as_deref())),
            reply: filled(&self.reply),
            headers: self.headers.as_ref(),
            data,
            subscribed: self.subscribed,
            attachments: self.attachments(),
        }
    }
}

/// What Plunk queued, as it says itself. A list without an e-mail in it says that nothing was.
fn receipt(response: &Response, email: &str) -> Result<Value> {
    let body: Value = response.json()?;
    let emails = body.pointer("/data/emails").or_else(|| body.get("emails"));
    match emails.map(|emails| emails.get(0)) {
        Some(Some(receipt @ Value::Object(_))) => Ok(receipt.clone()),
        None => Ok(json!({"contact": {"email": email}})),
        _ => Err(response.not_understood("Plunk's answer names no e-mail that it queued")),
    }
}

/// Whether other recipients may fare better: after refused content or a lost outcome, but not after a refused
/// key, a project that is disabled, or a used-up cap.
fn concerns_recipient(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 409 | 422))
}

/// What became of the e-mails to several recipients.
#[derive(Default)]
struct Results {
    queued: Vec<Value>,
    /// With the recipient's place in the list.
    refused: Vec<(usize, Error)>,
}

impl Results {
    fn into_output(mut self) -> Result<Output> {
        let [(_, first), ..] = self.refused.as_slice() else {
            return Ok(json!({"emails": self.queued}).into());
        };
        let code = first.code().unwrap_or(ErrorCode::INTEGRATION_ERROR);
        // What may pass is handed back before, unless e-mails without keys are out: these must not go out again.
        let status = first.status().filter(|_| !first.is_retryable()).unwrap_or(409);
        if self.queued.is_empty() && self.refused.len() == 1 {
            return Err(self.refused.remove(0).1);
        }
        let reasons: Vec<String> = self
            .refused
            .iter()
            .map(|(place, error)| format!("to.{place}: {error}"))
            .collect();
        let message = format!(
            "e-mails queued: {}; refused: {}, namely {}",
            self.queued.len(),
            self.refused.len(),
            reasons.join("; ")
        );
        Err(Error::integration(message, code, status))
    }
}
