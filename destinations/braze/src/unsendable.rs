//! What is refused before anything is sent, because Braze would refuse it, drop it, or take it for something else.

use waystation_kit::prelude::*;

use crate::track::MAX_OBJECTS;

/// Why a payload is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsendable {
    /// It is about nobody.
    WithoutIdentity,
    /// It is a shop event about nobody.
    ShopEventWithoutIdentity,
    /// It is an order without products.
    WithoutProducts,
    /// It is an order with so many products, more than a request takes.
    TooManyProducts(usize),
    /// It is an order for which the request has no room left.
    RequestIsFull,
    /// It is about a cart whose value is not known.
    CartWithoutTotal,
    /// It is about several products, and the action for one product was used.
    NeedsSeveralProducts,
    /// The mapping has none of these sync modes, which are all that the action knows.
    WrongSyncMode(&'static str),
}

impl Unsendable {
    fn message(self) -> String {
        match self {
            Self::WithoutIdentity => {
                "A person is told by an external ID, a user alias, a Braze ID or an email address; all are missing"
                    .to_owned()
            }
            Self::ShopEventWithoutIdentity => {
                "A person is told by an external ID, a user alias, a Braze ID, an email address or a phone \
                 number; all are missing"
                    .to_owned()
            }
            Self::WithoutProducts => {
                "This event was not sent to Braze because it did not contain any products.".to_owned()
            }
            Self::TooManyProducts(count) => format!(
                "Max batch size exceeded. This payload contains {count} products, which is more than \
                 Braze's maximum batch size of {MAX_OBJECTS} objects per batch."
            ),
            Self::RequestIsFull => format!(
                "Max batch size exceeded. This event was included in a batch which then exceeded Braze's \
                 maximum batch size of {MAX_OBJECTS} objects per batch. This payload will be retried in \
                 another batch."
            ),
            Self::CartWithoutTotal => {
                "The total value of a cart may only be missing if products were added or removed".to_owned()
            }
            Self::NeedsSeveralProducts => {
                "This event is about several products: send it with the action for several products".to_owned()
            }
            Self::WrongSyncMode(known) => format!("The sync mode has to be {known}"),
        }
    }

    /// The result of the payload in a batch.
    #[must_use]
    pub fn into_item_error(self, given: &Value) -> ItemError {
        let message = self.message();
        let error = match self {
            Self::WithoutIdentity | Self::WrongSyncMode(_) => return ItemError::payload(message),
            Self::ShopEventWithoutIdentity | Self::CartWithoutTotal | Self::NeedsSeveralProducts => {
                return ItemError::new(400, message);
            }
            Self::WithoutProducts => ItemError::payload(message),
            Self::TooManyProducts(_) => ItemError::new(413, message),
            Self::RequestIsFull => ItemError::new(429, message).with_code(ErrorCode::RETRYABLE_ERROR),
        };
        ItemError {
            body: Some(given.clone()),
            ..error
        }
    }
}

impl From<Unsendable> for Error {
    fn from(unsendable: Unsendable) -> Self {
        const NOBODY: ErrorCode = ErrorCode::new("Missing required fields");
        const SYNC_MODE: ErrorCode = ErrorCode::new("Invalid syncMode");
        let message = unsendable.message();
        match unsendable {
            Unsendable::WithoutIdentity => Self::integration(message, NOBODY, 400),
            Unsendable::WrongSyncMode(_) => Self::integration(message, SYNC_MODE, 400),
            _ => Self::payload(message),
        }
    }
}
