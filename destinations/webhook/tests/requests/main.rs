//! The destination against a receiver that answers by a script.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod single;
#[cfg(test)]
mod support;
