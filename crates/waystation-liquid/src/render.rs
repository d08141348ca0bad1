//! Rendering: walking a compiled template.

use std::mem;
use std::sync::LazyLock;

use serde_json::Value as Json;
use waystation_json::JsonObject;

use crate::budget::{Budget, BudgetExceeded};
use crate::counters::Counters;
use crate::error::{Failure, Position, RenderError};
use crate::evaluate::{Environment, Evaluator};
use crate::filters;
use crate::syntax::{Action, Argument, Branch, Direction, FilteredExpression, Node, Operand};
use crate::value::{PropertyKey, Text, TextBuilder, Value, push_text, root_property, to_js_text};

/// What the name `block` stands for inside a block: an object without properties.
static BLOCK: LazyLock<JsonObject> = LazyLock::new(JsonObject::new);

/// Whether the template goes on after a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    GoOn,
    Stop,
}

/// Renders the nodes of a template against an event.
pub(crate) fn render(
    nodes: &[Node],
    event: &Json,
    counters: &mut Counters,
    budget: &mut Budget,
) -> Result<String, RenderError> {
    let scope = Scope {
        event: Value::from(event),
        variables: Vec::new(),
        open_blocks: 0,
        counters,
    };
    let mut renderer = Renderer {
        scope,
        budget,
        cycles: Vec::new(),
        spare_arguments: Vec::new(),
        output: String::new(),
    };
    renderer.nodes(nodes)?;
    Ok(renderer.output)
}

/// All that a name can stand for.
struct Scope<'a, 'c> {
    event: Value<'a>,
    variables: Vec<(&'a str, Value<'a>)>,
    open_blocks: usize,
    counters: &'c mut Counters,
}

impl<'a> Scope<'a, '_> {
    fn assign(&mut self, name: &'a str, value: Value<'a>) {
        match self.variables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.variables.push((name, value)),
        }
    }
}

impl<'a> Environment<'a> for Scope<'a, '_> {
    fn read(&self, key: &PropertyKey<'_>, budget: &mut Budget) -> Result<Value<'a>, BudgetExceeded> {
        if self.variables.is_empty() && self.open_blocks == 0 && self.counters.is_empty() {
            return root_property(&self.event, key, budget);
        }
        let name = key.name();
        if self.open_blocks > 0 && name == "block" {
            return Ok(Value::Object(&BLOCK));
        }
        if let Some((_, value)) = self.variables.iter().find(|(known, _)| *known == name) {
            return Ok(value.clone());
        }
        match self.counters.get(&name) {
            Some(number) => Ok(Value::Number(number)),
            None => root_property(&self.event, key, budget),
        }
    }
}

/// Where a `cycle` stands. Cycles with the same group and as many values go on from one another.
struct Cycle {
    group: String,
    length: usize,
    next: usize,
}

struct Renderer<'a, 'r> {
    scope: Scope<'a, 'r>,
    budget: &'r mut Budget,
    cycles: Vec<Cycle>,
    /// Kept between filters, for its memory.
    spare_arguments: Vec<Value<'a>>,
    output: String,
}

impl<'a> Renderer<'a, '_> {
    fn nodes(&mut self, nodes: &'a [Node]) -> Result<Flow, RenderError> {
        for node in nodes {
            if self.node(node)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::GoOn)
    }

    fn node(&mut self, node: &'a Node) -> Result<Flow, RenderError> {
        self.budget
            .spend_step()
            .map_err(|exceeded| at(node.position)(exceeded.into()))?;
        match &node.action {
            Action::Choose { branches, otherwise } => return self.choose(branches, otherwise),
            Action::Capture { name, body } => return self.capture(name, body),
            Action::Lines(lines) => return self.nodes(lines),
            Action::Block(body) => return self.block(body),
            Action::Stop => return Ok(Flow::Stop),
            Action::Text(text) => self.write_str(text),
            Action::Output(value) => self.output(value),
            Action::Assign { name, value } => self.assign(name, value),
            Action::Count { name, direction } => self.count(name, *direction),
            Action::Cycle { group, candidates } => self.cycle(group.as_ref(), candidates),
        }
        .map_err(at(node.position))?;
        Ok(Flow::GoOn)
    }

    fn choose(&mut self, branches: &'a [Branch], otherwise: &'a [Node]) -> Result<Flow, RenderError> {
        for branch in branches {
            let value = self.filtered(&branch.condition).map_err(at(branch.position))?;
            if value.is_truthy() == branch.wanted {
                return self.nodes(&branch.body);
            }
        }
        self.nodes(otherwise)
    }

    fn capture(&mut self, name: &'a str, body: &'a [Node]) -> Result<Flow, RenderError> {
        let outer = mem::take(&mut self.output);
        let flow = self.nodes(body)?;
        let captured = mem::replace(&mut self.output, outer);
        self.scope.assign(name, Value::from(captured));
        Ok(flow)
    }

    fn block(&mut self, body: &'a [Node]) -> Result<Flow, RenderError> {
        self.scope.open_blocks += 1;
        let flow = self.nodes(body)?;
        self.scope.open_blocks -= 1;
        Ok(flow)
    }

    fn assign(&mut self, name: &'a str, value: &'a FilteredExpression) -> Result<(), Failure> {
        let value = self.filtered(value)?;
        self.scope.assign(name, value);
        Ok(())
    }

    fn output(&mut self, value: &'a FilteredExpression) -> Result<(), Failure> {
        let value = self.filtered(value)?;
        self.write(&value)
    }

    /// `increment` prints the number and then counts, `decrement` counts first.
    fn count(&mut self, name: &'a str, direction: Direction) -> Result<(), Failure> {
        let number = match self.scope.counters.get(name) {
            Some(number) => number,
            None => match root_property(&self.scope.event, &PropertyKey::Name(name.into()), self.budget)? {
                Value::Number(number) => number,
                _ => 0.0,
            },
        };
        let (printed, counted) = match direction {
            Direction::Up => (number, number + 1.0),
            Direction::Down => (number - 1.0, number - 1.0),
        };
        self.scope.counters.set(name, counted);
        self.write(&Value::Number(printed))
    }

    /// Values that JavaScript takes for false are not printed.
    fn cycle(&mut self, group: Option<&'a Operand>, candidates: &'a [Operand]) -> Result<(), Failure> {
        let group = match group {
            Some(group) => self.evaluator().operand(group)?,
            None => Value::Undefined,
        };
        let group = to_js_text(&group, self.budget)?;
        let turn = self.turn(&group, candidates.len())?;
        let Some(candidate) = candidates.get(turn) else {
            return Ok(());
        };
        let value = self.evaluator().operand(candidate)?;
        if value.is_js_truthy() {
            self.write(&value)
        } else {
            Ok(())
        }
    }

    /// The index of the value whose turn it is.
    fn turn(&mut self, group: &str, length: usize) -> Result<usize, Failure> {
        let is_same = |cycle: &&mut Cycle| cycle.length == length && cycle.group == group;
        if let Some(cycle) = self.cycles.iter_mut().find(is_same) {
            let turn = cycle.next;
            cycle.next = (turn + 1) % length;
            return Ok(turn);
        }
        self.budget.spend_bytes(group.len())?;
        self.cycles.push(Cycle {
            group: group.to_owned(),
            length,
            next: 1 % length,
        });
        Ok(0)
    }

    fn filtered(&mut self, expression: &'a FilteredExpression) -> Result<Value<'a>, Failure> {
        let mut value = self.evaluator().expression(&expression.initial)?;
        for call in &expression.filters {
            self.budget.spend_step()?;
            let mut arguments = mem::take(&mut self.spare_arguments);
            for argument in &call.arguments {
                arguments.push(self.argument(argument)?);
            }
            value = filters::apply(call, value, &arguments, self.budget)?;
            arguments.clear();
            self.spare_arguments = arguments;
        }
        Ok(value)
    }

    fn argument(&mut self, argument: &'a Argument) -> Result<Value<'a>, Failure> {
        match argument {
            Argument::Positional(operand) => self.evaluator().operand(operand),
            Argument::Named(name, operand) => {
                let value = match operand {
                    Some(operand) => self.evaluator().operand(operand)?,
                    None => Value::Undefined,
                };
                Ok(Value::from(vec![Value::Text(Text::Borrowed(name)), value]))
            }
        }
    }

    fn evaluator(&mut self) -> Evaluator<'_, Scope<'a, '_>> {
        Evaluator {
            environment: &self.scope,
            budget: self.budget,
        }
    }

    fn write(&mut self, value: &Value<'_>) -> Result<(), Failure> {
        match value {
            Value::Text(text) => self.write_str(text),
            value => {
                let mut out = TextBuilder::resume(mem::take(&mut self.output), self.budget);
                push_text(&mut out, value)?;
                self.output = out.finish();
                Ok(())
            }
        }
    }

    fn write_str(&mut self, text: &str) -> Result<(), Failure> {
        self.budget.spend_bytes(text.len())?;
        self.output.push_str(text);
        Ok(())
    }
}

/// Adds the place to a failure.
fn at(position: Position) -> impl Fn(Failure) -> RenderError {
    move |failure| RenderError { failure, position }
}
