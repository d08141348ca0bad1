//! What the services inside the retry wrapper have in common.

use tower::Service;
use waystation_kit::Error;
use waystation_kit::future::BoxFuture;

use super::{Delivered, Delivery};

/// What an attempt comes to.
pub type AttemptFuture = BoxFuture<'static, Result<Delivered, Error>>;

/// A service inside the retry wrapper.
///
/// Whatever a step has to wait for or to take, it waits for and takes in `call` and not in `poll_ready`: a
/// service that is made ready and then not called would keep its permit. A step that calls the next one later
/// than at once clones it, makes the clone ready and calls that one. Without guards a step hands on the next
/// one's future as it is.
pub trait Step:
    Service<Delivery, Response = Delivered, Error = Error, Future = AttemptFuture> + Clone + Send + 'static
{
}

impl<S> Step for S where
    S: Service<Delivery, Response = Delivered, Error = Error, Future = AttemptFuture>
        + Clone
        + Send
        + 'static
{
}
