//! The second version of [`InitiateCheckout`].

use super::InitiateCheckout;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`InitiateCheckout`] with a sync mode.
pub type InitiateCheckout2 = SecondVersion<InitiateCheckout>;

impl HasSecondVersion for InitiateCheckout {
    const SECOND_SLUG: &'static str = "initiateCheckout2";
    const SECOND_TITLE: &'static str = "Initiate Checkout V2";
}
