//! The second version of [`Search`].

use super::Search;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`Search`] with a sync mode.
pub type Search2 = SecondVersion<Search>;

impl HasSecondVersion for Search {
    const SECOND_SLUG: &'static str = "search2";
    const SECOND_TITLE: &'static str = "Search V2";
}
