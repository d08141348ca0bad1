//! The destination against a partner that answers by a script.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod support;
