//! What a destination is.

use crate::auth::Auth;
use crate::definition::Definition;
use crate::error::Result;
use crate::payload::Settings;
use crate::request::RequestDefaults;

/// A partner's cloud service.
///
/// A destination crate has the same rooms everywhere: `lib.rs` with this trait, `client.rs` with the
/// requests, one file an action under `actions/`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no destination",
    label = "no `Destination`",
    note = "write `impl Destination for {Self}` with `SLUG`, `NAME`, `type Settings` and `fn definition()`"
)]
pub trait Destination: Sized + Send + Sync + 'static {
    /// The name in addresses, for example `customerio`.
    const SLUG: &'static str;
    /// The name that people read.
    const NAME: &'static str;
    /// What it does, in a sentence or two.
    const DESCRIPTION: &'static str = "";
    /// What a workspace connects with; [`NoSettings`](crate::NoSettings) if there is nothing to set.
    type Settings: Settings;

    /// What it offers: authentication, actions, presets and more.
    fn definition() -> Definition<Self>;

    /// What is added to every request, credentials above all. Called anew for each delivery, so that
    /// refreshed tokens are used at once.
    ///
    /// # Errors
    /// A setting cannot be put into a request.
    fn extend_request(settings: &Self::Settings, auth: &Auth) -> Result<RequestDefaults> {
        let _ = (settings, auth);
        Ok(RequestDefaults::new())
    }
}
