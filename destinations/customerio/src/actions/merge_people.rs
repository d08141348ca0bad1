//! Two people who turn out to be one.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::fields::batching;
use crate::operation::{Operating, Operation};

/// Two people to merge into one, which cannot be undone.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct MergePeople {
    /// The person who stays and gets what is known about the other: an ID, an e-mail address, or `cio_` and
    /// the ID that Customer.io gave.
    #[field(label = "Person to keep", default = path("$.userId"))]
    pub primary: String,
    /// The person who is deleted after the merge, named in any of the same ways.
    #[field(label = "Person to merge into it", default = path("$.previousId"))]
    pub secondary: String,
}

impl ActionInfo<CustomerIo> for MergePeople {
    const SLUG: &'static str = "mergePeople";
    const TITLE: &'static str = "Merge People";
    const DESCRIPTION: &'static str = "Merge one person into another. This cannot be undone.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "alias""#);
    const IDEMPOTENT: bool = true;
}

impl Operating for MergePeople {
    fn operation(self) -> Result<Operation> {
        Operation::merge(self.primary, self.secondary)
    }
}
