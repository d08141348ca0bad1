//! Taking people off a list: Klaviyo wants the IDs of their profiles, so these are looked up first.

use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::actions::RemoveProfile;
use crate::identity::Identifiers;
use crate::lists;
use crate::lookup::{self, Found};
use crate::report::{CountryCode, show_phone_number};
use crate::submission::{Shown, Submission};

/// The most people of one removal.
const MAX_PEOPLE: usize = 1000;

impl RemoveProfile {
    fn identifiers(self) -> Result<Identifiers> {
        Identifiers::read(
            self.email,
            self.external_id,
            self.phone_number,
            self.country_code.as_deref(),
        )
    }
}

/// Takes somebody off a list.
///
/// # Errors
/// Nobody is identified or found, or Klaviyo refuses or does not answer.
pub async fn remove(cx: &Context<Klaviyo>, mut member: RemoveProfile) -> Result<Output> {
    let list = std::mem::take(&mut member.list_id);
    match remove_all(cx, &list, &[member.identifiers()?]).await? {
        Removal::Done(response) => Ok(response.into()),
        Removal::NobodyFound(_) => Err(Error::payload(
            "Klaviyo knows no profile that has the identifiers",
        )),
    }
}

/// Takes the people of a batch off the list that they share. Somebody whom
/// Klaviyo does not know is on no list, and so needs no removal.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn remove_batch(
    cx: &Context<Klaviyo>,
    batch: Batch<impl Into<RemoveProfile>>,
) -> Result<BatchOutput> {
    let mut list = None;
    let mut people = Vec::with_capacity(batch.len());
    let limits = PartLimits::items(MAX_PEOPLE);
    let mut submission = Submission::new(batch, limits, Shown::Payload, |payload, given| {
        let mut member: RemoveProfile = payload.into();
        let list_id = std::mem::take(&mut member.list_id);
        let identifiers = member.identifiers()?;
        show_phone_number(given, "", identifiers.phone_number.as_ref(), CountryCode::Kept);
        list.get_or_insert(list_id);
        people.push(identifiers);
        // Nothing is posted for one person alone.
        Ok(Value::Null)
    });
    let list = list.unwrap_or_default();
    let mut people = people.as_slice();
    while let Some(part) = submission.next_part() {
        let (removed, others) = people.split_at(part.slots().len());
        people = others;
        match remove_all(cx, &list, removed).await {
            Ok(Removal::Done(response)) => submission.settle(part, Ok(response)),
            Ok(Removal::NobodyFound(lookup)) => submission.settle_as_done(part, lookup),
            Err(error) => submission.settle(part, Err(error)),
        }
    }
    submission.finish()
}

/// What became of a removal.
enum Removal {
    /// Klaviyo's answer to the removal.
    Done(Response),
    /// Klaviyo's answer to the lookup, in which nobody was found.
    NobodyFound(Response),
}

async fn remove_all(cx: &Context<Klaviyo>, list: &str, people: &[Identifiers]) -> Result<Removal> {
    let Found { ids, response } = lookup::find(cx, people).await?;
    let answer = lists::remove(cx, list, &ids).await?;
    Ok(answer.map_or(Removal::NobodyFound(response), Removal::Done))
}
