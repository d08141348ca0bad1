//! The destination against a Google that answers by a script.

#[cfg(test)]
mod events;
#[cfg(test)]
mod support;
