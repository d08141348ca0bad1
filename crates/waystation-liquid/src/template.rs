//! Templates as others see them.

use std::sync::Arc;

use serde_json::Value;
use waystation_json::utf16_len;

use crate::budget::Budget;
use crate::counters::Counters;
use crate::error::{CompileError, Position, RenderError, SyntaxProblem};
use crate::parser::{Parsed, parse};
use crate::render::render;

/// The greatest length of a template in UTF-16 units, the same as Segment's.
pub const MAX_TEMPLATE_LENGTH: usize = 1000;

/// A compiled template. Clones share it.
///
/// ```
/// # use serde_json::json;
/// # use waystation_liquid::{Budget, Counters, Template};
/// let greeting = Template::compile("Hi {{ traits.name | capitalize }}!").unwrap();
/// let event = json!({ "traits": { "name": "ada" } });
/// let text = greeting.render(&event, &mut Counters::default(), &mut Budget::default());
/// assert_eq!(text.unwrap(), "Hi Ada!");
/// ```
#[derive(Debug, Clone)]
pub struct Template {
    parsed: Arc<Parsed>,
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// When it is longer than [`MAX_TEMPLATE_LENGTH`], is not well-formed, or has a tag that does not
    /// exist or is disabled. Filters are only looked at when they run.
    pub fn compile(source: &str) -> Result<Self, CompileError> {
        let length = utf16_len(source);
        if length > MAX_TEMPLATE_LENGTH {
            return Err(CompileError {
                problem: SyntaxProblem::TooLong {
                    length,
                    limit: MAX_TEMPLATE_LENGTH,
                },
                position: Position { line: 1, column: 1 },
            });
        }
        Ok(Self {
            parsed: Arc::new(parse(source)?),
        })
    }

    /// Whether rendering may count something up or down: the template has an `increment` or `decrement`.
    #[must_use]
    pub fn changes_counters(&self) -> bool {
        self.parsed.changes_counters
    }

    /// Renders the template against an event.
    ///
    /// Counters hide the event's fields of the same name; `increment` and `decrement` write to them.
    ///
    /// # Errors
    /// When a disabled filter runs, a filter cannot work with what it is given, or the budget is used up.
    pub fn render(
        &self,
        data: &Value,
        counters: &mut Counters,
        budget: &mut Budget,
    ) -> Result<String, RenderError> {
        render(&self.parsed.nodes, data, counters, budget)
    }
}
