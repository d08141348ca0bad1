//! The service on a real socket, with a configuration in a file and a store on disk.

#[cfg(test)]
mod account;
#[cfg(test)]
mod deletions;
#[cfg(test)]
mod events;
#[cfg(test)]
mod health;
#[cfg(test)]
mod mcp;
#[cfg(test)]
mod operate;
#[cfg(test)]
mod pauses;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod resends;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod support;
