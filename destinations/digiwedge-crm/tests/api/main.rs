//! The destination against a partner that answers by a script.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod graphql;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod support;
