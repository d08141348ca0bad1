//! Deliveries from a queue on disk to a partner on a real socket.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod configuration;
mod credentials;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod records;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
mod transactions;
