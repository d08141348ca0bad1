//! The second version of [`Purchase`].

use super::Purchase;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`Purchase`] with a sync mode.
pub type Purchase2 = SecondVersion<Purchase>;

impl HasSecondVersion for Purchase {
    const SECOND_SLUG: &'static str = "purchase2";
    const SECOND_TITLE: &'static str = "Purchase V2";
}
