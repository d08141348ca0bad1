//! The destination against a partner that answers as Klaviyo does.

#[cfg(test)]
mod connecting;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod removals;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tracking;
