//! What partners answer, and what has to become of it.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use proptest::prelude::*;
use serde_json::json;
use waystation_kit::multistatus::Slots;
use waystation_kit::request::Answer;
use waystation_kit::services::Millis;
use waystation_kit::{Error, ItemError, NetworkFailure, Response, Result};

/// What a partner answers to one request.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// A success that says nothing about items.
    Accepts,
    /// A success with complaints; the index may be missing or out of range.
    Complains(Vec<Complaint>),
    /// A success whose body cannot be read.
    Garbles,
    /// A failing status.
    Refuses(u16),
    /// No answer in time.
    Stalls,
    /// A broken connection.
    Breaks,
}

#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) slot: Option<usize>,
    pub(crate) status: u16,
    pub(crate) words: String,
}

impl Complaint {
    fn is_placed(&self, items: usize) -> bool {
        self.slot.is_some_and(|slot| slot < items)
    }
}

pub(crate) fn behaviour() -> impl Strategy<Value = Behaviour> {
    let complaint = (
        proptest::option::weighted(0.97, 0..6_usize),
        400..403_u16,
        "[a-z]{1,5}",
    )
        .prop_map(|(slot, status, words)| Complaint { slot, status, words });
    let statuses = vec![
        304, 400, 401, 404, 408, 413, 422, 423, 429, 500, 501, 502, 503, 529,
    ];
    prop_oneof![
        3 => Just(Behaviour::Accepts),
        3 => proptest::collection::vec(complaint, 1..6).prop_map(Behaviour::Complains),
        1 => Just(Behaviour::Garbles),
        3 => proptest::sample::select(statuses).prop_map(Behaviour::Refuses),
        1 => Just(Behaviour::Stalls),
        1 => Just(Behaviour::Breaks),
    ]
}

impl Behaviour {
    /// What sending the request comes to.
    pub(crate) fn result(&self) -> Result<Response> {
        match self {
            Self::Accepts | Self::Complains(_) | Self::Garbles => Ok(response(200, &[])),
            Self::Refuses(status) => Err(Error::Http(Box::new(response(*status, &[])))),
            Self::Stalls => Err(Error::Timeout {
                limit: Duration::from_secs(10),
            }),
            Self::Breaks => Err(Error::Network {
                message: "the connection broke".into(),
                failure: NetworkFailure::ConnectionReset,
            }),
        }
    }

    /// What a destination reads from a success.
    pub(crate) fn read(&self, slots: &mut Slots<'_>) -> Result<()> {
        match self {
            Self::Garbles => return Err(Error::invalid_response("garbled")),
            Self::Complains(complaints) => {
                for Complaint { slot, status, words } in complaints {
                    slots.refuse(*slot, ItemError::new(*status, words));
                }
            }
            _ => {}
        }
        slots.succeed_others();
        Ok(())
    }

    /// Whether the answer to a request of so many items belongs to the retry wrapper as a whole.
    pub(crate) fn concerns_the_attempt(&self, items: usize) -> bool {
        match self {
            Self::Accepts => false,
            Self::Complains(complaints) => complaints.iter().all(|complaint| !complaint.is_placed(items)),
            Self::Refuses(status) => matches!(status, 408 | 423 | 429 | 500..),
            Self::Garbles | Self::Stalls | Self::Breaks => true,
        }
    }

    /// The words of complaints that are about no item of a request of so many.
    pub(crate) fn unplaced_words(&self, items: usize) -> Vec<&str> {
        let Self::Complains(complaints) = self else {
            return Vec::new();
        };
        let unplaced = complaints.iter().filter(|complaint| !complaint.is_placed(items));
        unplaced.map(|complaint| complaint.words.as_str()).collect()
    }

    /// The status that such an answer gives to each item, if it has to be told item by item.
    pub(crate) fn status_for_items(&self) -> u16 {
        match self {
            Self::Accepts => 200,
            Self::Complains(_) | Self::Garbles => 502,
            Self::Refuses(status) => *status,
            Self::Stalls => 504,
            Self::Breaks => 503,
        }
    }

    /// The complaints about the item at a place of the request.
    pub(crate) fn complaints_about(&self, place: usize) -> Vec<&Complaint> {
        match self {
            Self::Complains(complaints) => complaints
                .iter()
                .filter(|complaint| complaint.slot == Some(place))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// An answer whose body says `{"message": "words of <status>"}`.
pub(crate) fn response(status: u16, headers: &[(&'static str, &'static str)]) -> Response {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    Response::new(
        Answer {
            status,
            reason: None,
            headers,
            url: "https://partner.test/batch".parse().unwrap(),
            body: Bytes::from(json!({"message": format!("words of {status}")}).to_string()),
        },
        Millis(0),
    )
}
