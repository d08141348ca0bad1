//! The list of all destinations, one feature each.
//!
//! The list is written when this is compiled, from the folders beside this one: each names its type in its
//! `Cargo.toml`, under `[package.metadata.waystation]`. `cargo run -- register` writes the features and dependencies
//! that Cargo wants besides. A slug must be the name of its folder, so that none can be taken twice.
#![forbid(unsafe_code)]

use waystation_kit::any::AnyDestination;

include!(concat!(env!("OUT_DIR"), "/destinations.rs"));

/// Every destination that this build includes.
#[must_use]
pub fn all() -> Vec<AnyDestination> {
    SLUGS.iter().copied().filter_map(find).collect()
}

/// What is to be done so that the destination of this slug is there, if its folder is there.
#[must_use]
pub fn advice(slug: &str) -> Option<String> {
    if LEFT_OUT.contains(&slug) {
        return Some(format!(
            "destinations/{slug} is not in this build: build with `--features {slug}`"
        ));
    }
    let (_, advice) = UNREGISTERED.iter().find(|(known, _)| *known == slug)?;
    Some(format!("destinations/{slug} is there, and {advice}"))
}

/// Whether two texts are the same, for the checks at compile time.
#[allow(dead_code, reason = "a build without any destination checks nothing")]
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_slug_leads_to_its_destination() {
        let found: BTreeSet<&str> = all().iter().map(|destination| destination.slug).collect();
        assert_eq!(found, SLUGS.iter().copied().collect::<BTreeSet<&str>>());
        assert!(!SLUGS.is_empty());
    }

    #[test]
    fn slugs_are_compared_at_compile_time() {
        const { assert!(same("loops", "loops") && !same("loops", "loop") && !same("loops", "hoops")) };
    }

    #[test]
    fn every_folder_is_registered() {
        assert_eq!(UNREGISTERED, [] as [(&str, &str); 0]);
    }

    #[test]
    fn what_is_left_out_is_told() {
        for slug in LEFT_OUT {
            let advice = advice(slug).unwrap_or_default();
            assert!(advice.contains(&format!("--features {slug}")), "{advice}");
        }
        assert_eq!(advice("nowhere"), None);
    }
}
