//! Breaks the service on purpose, and checks the ledger: every acknowledged event is delivered, skipped by a named
//! rule or a dead letter, nothing else is, and nothing is sent again that was settled.

pub(crate) mod kill9;
mod ledger;
pub(crate) mod outage;
mod site;
