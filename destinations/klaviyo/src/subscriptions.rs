//! Jobs that
//! [subscribe](https://developers.klaviyo.com/en/reference/bulk_subscribe_profiles) and
//! [unsubscribe](https://developers.klaviyo.com/en/reference/bulk_unsubscribe_profiles) people.

use std::sync::Arc;

use futures_util::future::join_all;
use waystation_kit::multistatus::Part;
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::Klaviyo;
use crate::answer::{self, taken};
use crate::client::{ACCEPTED, url};
use crate::consent::nobody;
use crate::import::PROFILES_AT;
use crate::submission::{Shown, Submission};
use crate::wire::{Document, identifier};

/// The most people of a job.
const MAX_PEOPLE: usize = 100;

/// The most groups of people that a batch may consist of: each takes a request of its own.
const MAX_GROUPS: usize = 9;

/// Where Klaviyo takes consent to come from if nothing else is said: from Segment
/// ([reference](https://help.klaviyo.com/hc/en-us/articles/1260804673530)).
pub const SEGMENT: &str = "-59";

/// What a job is, besides the people in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// Subscribes people.
    Subscribe {
        /// The list that they are put on; none leaves the way of opting in to the account.
        list: Option<String>,
        /// Where the consent comes from; none stands for [`SEGMENT`].
        source: Option<String>,
        /// Whether they consented earlier, and elsewhere.
        historical_import: bool,
    },
    /// Unsubscribes people.
    Unsubscribe {
        /// The list that they are taken off; none is for all marketing.
        list: Option<String>,
    },
}

#[derive(Serialize)]
struct JobResource<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: JobAttributes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationships: Option<Value>,
}

#[derive(Serialize)]
struct JobAttributes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    historical_import: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_source: Option<&'a str>,
    profiles: Profiles<'a>,
}

#[derive(Serialize)]
struct Profiles<'a> {
    data: &'a [Value],
}

impl Job {
    /// The request for a job of these people.
    fn request(&self, cx: &Context<Klaviyo>, people: &[Value]) -> RequestBuilder {
        let profiles = Profiles { data: people };
        let (path, kind, list, attributes) = match self {
            Self::Subscribe {
                list,
                source,
                historical_import,
            } => (
                "/profile-subscription-bulk-create-jobs/",
                "profile-subscription-bulk-create-job",
                list,
                JobAttributes {
                    historical_import: Some(*historical_import),
                    custom_source: Some(source.as_deref().unwrap_or(SEGMENT)),
                    profiles,
                },
            ),
            Self::Unsubscribe { list } => (
                "/profile-subscription-bulk-delete-jobs",
                "profile-subscription-bulk-delete-job",
                list,
                JobAttributes {
                    historical_import: None,
                    custom_source: None,
                    profiles,
                },
            ),
        };
        cx.post(url(path)).json(&Document {
            data: JobResource {
                kind,
                attributes,
                relationships: list
                    .as_deref()
                    .map(|list| json!({"list": {"data": identifier("list", list)}})),
            },
        })
    }
}

/// Hands one person in.
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn submit(cx: &Context<Klaviyo>, job: &Job, person: Value) -> Result<Output> {
    Ok(taken(job.request(cx, &[person]).send().await?, ACCEPTED)?.into())
}

/// Hands the people of a batch in: a job for each group that shares one, or several if it is large. They all
/// go out at the same time.
///
/// # Errors
/// There is nobody to hand in, there are too many groups, or the only job, which all items are in, fails as a
/// whole; and whatever concerns all items and may be mended by trying again.
pub async fn submit_batch<P>(
    cx: &Context<Klaviyo>,
    batch: Batch<P>,
    job: impl Fn(&P) -> Job,
    prepare: impl FnMut(P, &mut Arc<Value>) -> Result<Value>,
) -> Result<BatchOutput> {
    let jobs: Vec<Job> = batch.payloads().map(job).collect();
    let limits = PartLimits::items(MAX_PEOPLE);
    let mut submission =
        Submission::grouped(batch, &jobs, limits, Shown::PayloadAlone, prepare).with_items_at(PROFILES_AT);
    let parts: Vec<Part> = std::iter::from_fn(|| submission.next_part()).collect();
    let job_of = |part: &Part| part.slots().first().and_then(|slot| jobs.get(slot.place()));
    if parts.is_empty() {
        return Err(nobody());
    }
    if parts.chunk_by(|one, next| job_of(one) == job_of(next)).count() > MAX_GROUPS {
        return Err(Error::payload(format!(
            "A batch may be about {MAX_GROUPS} lists and sources at most: gather events by list"
        )));
    }
    let requests = parts
        .iter()
        .filter_map(|part| Some(job_of(part)?.request(cx, part.items())));
    let answers = join_all(requests.map(async |request| taken(request.send().await?, ACCEPTED))).await;
    if let ([part], [Err(error)]) = (&parts[..], &answers[..])
        && part.slots().len() == jobs.len()
        && is_about_whole_job(error)
    {
        return Err(error.clone());
    }
    for (part, answer) in parts.into_iter().zip(answers) {
        submission.settle(part, answer);
    }
    submission.finish()
}

fn is_about_whole_job(error: &Error) -> bool {
    error
        .response()
        .is_none_or(|response| !answer::blames_items(response, PROFILES_AT))
}
