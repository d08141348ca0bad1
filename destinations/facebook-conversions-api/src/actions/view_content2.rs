//! The second version of [`ViewContent`].

use super::ViewContent;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`ViewContent`] with a sync mode.
pub type ViewContent2 = SecondVersion<ViewContent>;

impl HasSecondVersion for ViewContent {
    const SECOND_SLUG: &'static str = "viewContent2";
    const SECOND_TITLE: &'static str = "View Content V2";
}
