//! Evaluating expressions.

use std::borrow::Cow;

use crate::budget::{Budget, BudgetExceeded};
use crate::error::Failure;
use crate::syntax::{Expression, Key, Operand, Operation, Operator, Path, PathRoot};
use crate::value::{
    List, NumberRange, Ordering, PropertyKey, Text, Value, compare, contains, equals, property,
    root_property, to_js_text, to_number,
};

/// Where the first name of a path is looked up.
pub(crate) trait Environment<'a> {
    fn read(&self, key: &PropertyKey<'_>, budget: &mut Budget) -> Result<Value<'a>, BudgetExceeded>;
}

/// An item of a list, as filters look at it.
pub(crate) struct Item<'a>(pub(crate) Value<'a>);

impl<'a> Environment<'a> for Item<'a> {
    fn read(&self, key: &PropertyKey<'_>, budget: &mut Budget) -> Result<Value<'a>, BudgetExceeded> {
        root_property(&self.0, key, budget)
    }
}

/// Evaluates against an environment and pays from a budget.
pub(crate) struct Evaluator<'e, E> {
    pub(crate) environment: &'e E,
    pub(crate) budget: &'e mut Budget,
}

impl<E> Evaluator<'_, E> {
    pub(crate) fn expression<'a>(&mut self, expression: &'a Expression) -> Result<Value<'a>, Failure>
    where
        E: Environment<'a>,
    {
        match expression {
            Expression::Single(operand) => self.operand(operand),
            Expression::Postfix(operations) => self.postfix(operations),
        }
    }

    /// Operands that are missing are undefined; of those that are left over, the first is the result.
    fn postfix<'a>(&mut self, operations: &'a [Operation]) -> Result<Value<'a>, Failure>
    where
        E: Environment<'a>,
    {
        let mut stack = Vec::with_capacity(operations.len());
        for operation in operations {
            let value = match operation {
                Operation::Operand(operand) => self.operand(operand)?,
                Operation::Operator(operator) => {
                    let right = stack.pop().unwrap_or(Value::Undefined);
                    self.operate(*operator, &right, &mut stack)?
                }
            };
            stack.push(value);
        }
        Ok(stack.into_iter().next().unwrap_or(Value::Undefined))
    }

    fn operate<'a>(
        &mut self,
        operator: Operator,
        right: &Value<'a>,
        stack: &mut Vec<Value<'a>>,
    ) -> Result<Value<'a>, Failure> {
        self.budget.spend_step()?;
        if operator == Operator::Not {
            return Ok(Value::Bool(!right.is_truthy()));
        }
        let left = stack.pop().unwrap_or(Value::Undefined);
        let budget = &mut *self.budget;
        let truth = match operator {
            Operator::Equal => equals(&left, right, budget)?,
            Operator::NotEqual => !equals(&left, right, budget)?,
            Operator::Greater => compare(Ordering::Greater, &left, right, budget)?,
            Operator::Less => compare(Ordering::Less, &left, right, budget)?,
            Operator::GreaterOrEqual => compare(Ordering::GreaterOrEqual, &left, right, budget)?,
            Operator::LessOrEqual => compare(Ordering::LessOrEqual, &left, right, budget)?,
            Operator::Contains => contains(&left, right, budget)?,
            Operator::And => left.is_truthy() && right.is_truthy(),
            Operator::Or => left.is_truthy() || right.is_truthy(),
            Operator::Not => !right.is_truthy(),
        };
        Ok(Value::Bool(truth))
    }

    pub(crate) fn operand<'a>(&mut self, operand: &'a Operand) -> Result<Value<'a>, Failure>
    where
        E: Environment<'a>,
    {
        self.budget.spend_step()?;
        Ok(match operand {
            Operand::Text(text) => Value::Text(Text::Borrowed(text)),
            Operand::Number(number) => Value::Number(*number),
            Operand::Bool(truth) => Value::Bool(*truth),
            Operand::Special(special) => Value::Special(*special),
            Operand::Path(path) => self.path(path)?,
            Operand::Range(bounds) => {
                let (low, high) = (self.operand(&bounds.0)?, self.operand(&bounds.1)?);
                let (low, high) = (to_number(&low, self.budget)?, to_number(&high, self.budget)?);
                Value::List(List::Range(NumberRange::new(low, high, self.budget)?))
            }
        })
    }

    pub(crate) fn path<'a>(&mut self, path: &'a Path) -> Result<Value<'a>, Failure>
    where
        E: Environment<'a>,
    {
        let mut value = match &path.root {
            PathRoot::Literal(operand) => self.operand(operand)?,
            PathRoot::Scope(key) => {
                let key = self.key(key)?;
                self.environment.read(&key, self.budget)?
            }
        };
        for key in &path.keys {
            self.budget.spend_step()?;
            // What nearly every path does; the general way costs several times as much.
            if let (Value::Object(object), Key::Name(name)) = (&value, key)
                && let Some(found) = object.get(&**name)
            {
                value = Value::from(found);
                continue;
            }
            let key = self.key(key)?;
            value = property(&value, &key, self.budget)?;
        }
        Ok(value)
    }

    fn key<'a>(&mut self, key: &'a Key) -> Result<PropertyKey<'a>, Failure>
    where
        E: Environment<'a>,
    {
        Ok(match key {
            Key::Name(name) => PropertyKey::Name(Cow::Borrowed(name)),
            Key::Index(index) => PropertyKey::Index(*index),
            Key::Computed(operand) => match self.operand(operand)?.plain() {
                Value::Number(index) => PropertyKey::Index(index),
                Value::Text(Text::Borrowed(name)) => PropertyKey::Name(Cow::Borrowed(name)),
                value => PropertyKey::Name(Cow::Owned(to_js_text(&value, self.budget)?.to_string())),
            },
        })
    }
}
