//! The boxed future of handlers that are kept in tables.

use std::future::Future;
use std::pin::Pin;

/// A future behind a pointer, so that handlers of different types fit into one table.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
