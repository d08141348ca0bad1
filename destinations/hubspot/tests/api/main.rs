//! The destination against a partner that answers as HubSpot does.

#[cfg(test)]
mod choices;
#[cfg(test)]
mod companies;
#[cfg(test)]
mod connecting;
#[cfg(test)]
mod contacts;
#[cfg(test)]
mod custom_records;
#[cfg(test)]
mod events;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod support;
