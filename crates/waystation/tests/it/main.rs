//! The binary from outside.

#[cfg(test)]
mod new;
#[cfg(test)]
mod serve;
