//! What every request passes on its way to a route.

pub(crate) mod access_log;
pub(crate) mod cors;
pub(crate) mod limit;
pub(crate) mod origin;
pub(crate) mod spelling;
