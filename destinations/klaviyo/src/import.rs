//! Jobs that create or update many profiles
//! ([reference](https://developers.klaviyo.com/en/reference/bulk_import_profiles)).

use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::answer::taken;
use crate::client::{ACCEPTED, url};
use crate::submission::Submission;
use crate::wire::identifier;

/// Where errors point if they are about profiles of the job.
pub const PROFILES_AT: &str = "/data/attributes/profiles/data";

const BEFORE: &str = r#"{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":["#;

/// The [limits](https://developers.klaviyo.com/en/reference/bulk_import_profiles) of a job.
pub const LIMITS: PartLimits = PartLimits {
    items: 10_000,
    bytes: 5_000_000,
    item_bytes: 100_000,
    // More than there is around the profiles.
    envelope_bytes: 1000,
};

/// Hands the profiles of a batch in, to be put on a list if there is one.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn submit(cx: &Context<Klaviyo>, list: Option<&str>, profiles: Submission) -> Result<BatchOutput> {
    let mut profiles = profiles.with_items_at(PROFILES_AT);
    let after = after(list);
    while let Some(part) = profiles.next_part() {
        let request = cx.post(url("/profile-bulk-import-jobs/"));
        let job = part.json_between(BEFORE, &after);
        let answer = request.json_bytes(job).send().await;
        profiles.settle(part, answer.and_then(|answer| taken(answer, ACCEPTED)));
    }
    profiles.finish()
}

/// What follows the profiles.
fn after(list: Option<&str>) -> String {
    let relationships = list.filter(|list| !list.is_empty()).map(|list| {
        let lists = json!({"lists": {"data": [identifier("list", list)]}});
        format!(r#","relationships":{lists}"#)
    });
    format!("]}}}}{}}}}}", relationships.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job_of_nobody(list: Option<&str>) -> Value {
        serde_json::from_str(&format!("{BEFORE}{}", after(list))).unwrap()
    }

    #[test]
    fn a_job_names_the_list_if_there_is_one() {
        let without = json!({"data": {
            "type": "profile-bulk-import-job",
            "attributes": {"profiles": {"data": []}},
        }});
        assert_eq!(job_of_nobody(None), without);
        assert_eq!(job_of_nobody(Some("")), without);
        assert_eq!(
            job_of_nobody(Some("L\"1"))["data"]["relationships"],
            json!({"lists": {"data": [{"type": "list", "id": "L\"1"}]}})
        );
    }

    #[test]
    fn what_is_around_the_profiles_is_left_room_for() {
        assert!(BEFORE.len() + after(Some(&"x".repeat(255))).len() < LIMITS.envelope_bytes);
    }
}
