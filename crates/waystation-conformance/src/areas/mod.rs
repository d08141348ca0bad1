//! One module an area of the corpus; each judges a single case by its content alone.
//!
//! To add an area, write its module and add one line to [`all`]. Areas whose code is asynchronous share one
//! stage.

use std::rc::Rc;

use crate::{Verdict, corpus::Case};

pub mod destinations;
pub mod fql;
pub mod manifests;
pub mod mapping;
pub mod runtime;
pub mod schema;
mod stage;

pub use manifests::compare as compare_manifests;
use stage::Stage;
pub use stage::StageError;

/// Why a case of a destination that we do not have is skipped, and what to do if its folder is there.
fn no_destination(slug: &str) -> Verdict {
    let reason = match waystation_destinations::advice(slug) {
        Some(advice) => advice,
        None => format!("there is no destination `{slug}`"),
    };
    Verdict::Skipped { reason }
}

/// A kind of cases, and the code that runs one of them.
pub struct Area {
    /// The name of the folder whose files belong to this area.
    pub folder: &'static str,
    check: Box<dyn Fn(&Case) -> Verdict>,
}

impl Area {
    pub(crate) fn new(folder: &'static str, check: impl Fn(&Case) -> Verdict + 'static) -> Self {
        Self {
            folder,
            check: Box::new(check),
        }
    }

    /// Runs one case of this area.
    #[must_use]
    pub fn check(&self, case: &Case) -> Verdict {
        (self.check)(case)
    }
}

/// Every area we can run.
///
/// # Errors
/// A destination's definition cannot be used, or no runtime can be started.
pub fn all() -> Result<Vec<Area>, StageError> {
    let stage = Rc::new(Stage::new()?);
    Ok(vec![
        Area::new("fql", |case| fql::check(&case.content).into()),
        {
            let stage = Rc::clone(&stage);
            Area::new("manifests", move |case| manifests::check(&stage, &case.content))
        },
        Area::new("mapping", |case| mapping::check(&case.content).into()),
        Area::new("schema", |case| schema::check(&case.content, &case.folder).into()),
        {
            let stage = Rc::clone(&stage);
            Area::new("destinations", move |case| {
                stage.run(destinations::check(&stage, &case.content))
            })
        },
        Area::new("runtime", move |case| {
            stage.run(runtime::check(&stage, &case.content))
        }),
    ])
}
