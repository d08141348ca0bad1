//! The destination against a partner that answers as Plunk does, and against recorded answers of the real server.

#[cfg(test)]
mod connecting;
#[cfg(test)]
mod contacts;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod emails;
#[cfg(test)]
mod events;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod support;
