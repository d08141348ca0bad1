//! The second version of [`Custom`].

use super::Custom;
use crate::second_version::{HasSecondVersion, SecondVersion};

/// [`Custom`] with a sync mode.
pub type Custom2 = SecondVersion<Custom>;

impl HasSecondVersion for Custom {
    const SECOND_SLUG: &'static str = "custom2";
    const SECOND_TITLE: &'static str = "Custom Event V2";
}
