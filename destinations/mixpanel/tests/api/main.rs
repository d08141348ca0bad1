//! The destination against a partner that answers as Mixpanel does.

#[cfg(test)]
mod connecting;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod support;
