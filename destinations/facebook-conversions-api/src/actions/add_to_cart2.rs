//! The second version of [`AddToCart`].

use super::AddToCart;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`AddToCart`] with a sync mode.
pub type AddToCart2 = SecondVersion<AddToCart>;

impl HasSecondVersion for AddToCart {
    const SECOND_SLUG: &'static str = "addToCart2";
    const SECOND_TITLE: &'static str = "Add to Cart V2";
}
