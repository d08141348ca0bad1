//! What answers of the admin API show, without secrets.

pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod delivery;
pub(crate) mod guards;
pub(crate) mod ledger;
pub(crate) mod names;
pub(crate) mod pause;
pub(crate) mod resend;
pub(crate) mod secrets;
pub(crate) mod section;
pub(crate) mod source;
