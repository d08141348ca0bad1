//! A small compiled Liquid engine with budgets.
//!
//! A [`Template`] is compiled once and rendered against any number of events. It behaves as the engine
//! that Segment's mappings run on (liquidjs 10.27), with the same tags and filters disabled, and it bounds
//! what a template may cost: its length, its nesting, and through a [`Budget`] the steps, the time and the
//! memory of a render, so that no template can harm the server it runs on.
//!
//! It differs in few things: a text is never cut in the middle of a surrogate pair (the half becomes U+FFFD,
//! and `split: ""` keeps the pair together), blocks and brackets may stand inside one another no more than a
//! hundred levels deep, and rounding to ten thousands is exact.
//!
//! ```
//! use serde_json::json;
//! use waystation_liquid::{Budget, Counters, Template};
//!
//! let template = Template::compile(
//!     "{% if properties.total > 100 %}large{% else %}small{% endif %}: {{ properties.total | round: 1 }}",
//! )?;
//! let event = json!({ "properties": { "total": 150.449 } });
//! let text = template.render(&event, &mut Counters::default(), &mut Budget::default())?;
//! assert_eq!(text, "large: 150.4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod budget;
mod characters;
mod counters;
mod cursor;
mod error;
mod evaluate;
mod filters;
mod lexer;
mod parser;
mod render;
mod syntax;
mod template;
mod value;

pub use budget::{Budget, BudgetExceeded, Limits};
pub use counters::Counters;
pub use error::{CompileError, Failure, Position, RenderError, SyntaxProblem};
pub use template::{MAX_TEMPLATE_LENGTH, Template};
