//! The second version of [`PageView`].

use super::PageView;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`PageView`] with a sync mode.
pub type PageView2 = SecondVersion<PageView>;

impl HasSecondVersion for PageView {
    const SECOND_SLUG: &'static str = "pageView2";
    const SECOND_TITLE: &'static str = "Page View V2";
}
