//! What two records are to each other
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide)).

use waystation_kit::prelude::*;

/// A label of an association, written `CATEGORY:NUMBER`, for example `USER_DEFINED:17`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AssociationLabel {
    /// Who defined it: `HUBSPOT_DEFINED`, `USER_DEFINED` or `INTEGRATOR_DEFINED`.
    pub category: String,
    /// Its number within the two types of records.
    pub type_id: u64,
}

impl AssociationLabel {
    /// Reads a label.
    ///
    /// # Errors
    /// It has no category or no number.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = text.split_once(':');
        parts
            .and_then(|(category, number)| {
                Some(Self {
                    category: category.to_owned(),
                    type_id: number.trim().parse().ok()?,
                })
            })
            .filter(|label| !label.category.is_empty())
            .ok_or_else(|| {
                Error::payload(format!(
                    "\"{text}\" is no association label: choose one, or write it as \"USER_DEFINED:17\""
                ))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_a_category_and_a_number() {
        let label = AssociationLabel::parse("HUBSPOT_DEFINED:279").unwrap();
        assert_eq!((label.category.as_str(), label.type_id), ("HUBSPOT_DEFINED", 279));
        for text in ["", "279", "USER_DEFINED", "USER_DEFINED:", "USER_DEFINED:x", ":4"] {
            assert!(AssociationLabel::parse(text).is_err(), "{text}");
        }
    }
}
