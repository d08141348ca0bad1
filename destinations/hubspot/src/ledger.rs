//! What becomes of the items of a batch that takes several requests.

use std::sync::Arc;

use waystation_kit::multistatus::Blame;
use waystation_kit::prelude::*;

use crate::batch_api::Refusal;

/// Keeps what went wrong, by item. An item about which nothing is noted was delivered.
#[derive(Debug)]
pub struct Ledger {
    faults: Vec<Option<Fault>>,
}

/// Why an item was not delivered.
#[derive(Debug, Clone)]
struct Fault {
    /// Shared by all items that failed together.
    error: Arc<Error>,
    /// What HubSpot said about it.
    told: Option<Arc<Value>>,
    /// Whether it is about the item, or about the request that carried it.
    blame: Blame,
}

impl Ledger {
    /// For so many items.
    #[must_use]
    pub fn new(items: usize) -> Self {
        Self {
            faults: vec![None; items],
        }
    }

    /// Notes that these items failed together. What was noted first about an item stays.
    pub fn fail(&mut self, slots: impl IntoIterator<Item = usize>, error: Error) {
        let told = error.response().map(|answer| Arc::new(answer.data_or_text()));
        let blame = match told {
            Some(_) => Blame::Request,
            None => Blame::Item,
        };
        let error = Arc::new(error);
        self.note(slots, &Fault { error, told, blame });
    }

    /// Notes that HubSpot refuses these items.
    pub fn refuse(&mut self, slots: impl IntoIterator<Item = usize>, refusal: Refusal<'_>) {
        let Refusal { complaint, blame } = refusal;
        let error = Arc::new(complaint.to_error());
        let told = Some(Arc::new(json!(complaint)));
        self.note(slots, &Fault { error, told, blame });
    }

    fn note(&mut self, slots: impl IntoIterator<Item = usize>, fault: &Fault) {
        for slot in slots {
            if let Some(place) = self.faults.get_mut(slot) {
                place.get_or_insert_with(|| fault.clone());
            }
        }
    }

    /// Whether any of these items failed.
    #[must_use]
    pub fn has_failed(&self, slots: &[usize]) -> bool {
        slots
            .iter()
            .any(|&slot| self.faults.get(slot).is_some_and(Option::is_some))
    }

    /// The error of all items, if they failed together.
    fn shared_error(&self) -> Option<&Error> {
        let first = &self.faults.first()?.as_ref()?.error;
        let is_shared = |fault: &Option<Fault>| {
            fault
                .as_ref()
                .is_some_and(|fault| Arc::ptr_eq(&fault.error, first))
        };
        self.faults.iter().all(is_shared).then_some(&**first)
    }

    /// The outcome of a single item.
    ///
    /// # Errors
    /// What went wrong with it.
    pub fn into_single(self) -> Result<()> {
        self.shared_error().cloned().map_or(Ok(()), Err)
    }

    /// The outcome of each item; `sent` holds their payloads in order.
    ///
    /// # Errors
    /// What went wrong with all items together.
    pub fn into_batch(self, sent: impl IntoIterator<Item = Value>) -> Result<BatchOutput> {
        if let Some(error) = self.shared_error() {
            return Err(error.clone());
        }
        let outcome = |(fault, sent): (Option<Fault>, Value)| -> ItemOutcome {
            match fault {
                None => ItemSuccess::new(sent, json!({})).into(),
                Some(fault) => fault.into_item(sent).into(),
            }
        };
        let results: MultiStatusResponse = self.faults.into_iter().zip(sent).map(outcome).collect();
        Ok(results.into())
    }
}

impl Fault {
    fn into_item(self, sent: Value) -> ItemError {
        let mut item = ItemError::from_error(&self.error);
        item.blame = self.blame;
        match self.told {
            Some(told) => item.with_exchange(sent, Arc::unwrap_or_clone(told)),
            None => item,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch_api::Complaint;

    fn outcomes(ledger: Ledger, items: usize) -> Vec<Value> {
        let BatchOutput::MultiStatus(results) = ledger.into_batch(vec![json!({"a": 1}); items]).unwrap()
        else {
            panic!("a result for each item");
        };
        results.into_outcomes().iter().map(ItemOutcome::to_node).collect()
    }

    #[test]
    fn what_all_items_share_is_the_failure_of_the_batch() {
        let mut ledger = Ledger::new(2);
        ledger.fail([0, 1], Error::retryable("busy"));
        let error = ledger.into_batch([]).unwrap_err();
        assert!(matches!(error, Error::Retryable { .. }), "{error:?}");
    }

    #[test]
    fn equal_failures_of_two_requests_stay_with_their_items() {
        let mut ledger = Ledger::new(2);
        ledger.fail([0], Error::retryable("busy"));
        ledger.fail([1], Error::retryable("busy"));
        let statuses: Vec<Value> = outcomes(ledger, 2)
            .iter()
            .map(|node| node["status"].clone())
            .collect();
        assert_eq!(statuses, [500, 500]);
    }

    #[test]
    fn what_was_noted_first_stays() {
        let mut ledger = Ledger::new(2);
        ledger.fail([1], Error::payload("first"));
        ledger.fail([0, 1], Error::retryable("second"));
        let nodes = outcomes(ledger, 2);
        assert_eq!(nodes[0]["errormessage"], "second");
        assert_eq!(nodes[1]["errormessage"], "first");
    }

    #[test]
    fn a_complaint_of_hubspot_is_shown_with_its_item() {
        let complaint = json!({"category": "CONFLICT", "message": "taken", "context": {"ids": ["1"]}});
        let mut ledger = Ledger::new(2);
        let told = Complaint::deserialize(&complaint).unwrap();
        let refusal = Refusal {
            complaint: &told,
            blame: Blame::Item,
        };
        ledger.refuse([0], refusal);
        let nodes = outcomes(ledger, 2);
        assert_eq!(nodes[0]["status"], 409);
        assert_eq!(nodes[0]["errorreporter"], "DESTINATION");
        assert_eq!(nodes[0]["body"], complaint);
        assert_eq!(nodes[1], json!({"status": 200, "sent": {"a": 1}, "body": {}}));
    }
}
