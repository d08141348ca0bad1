//! The filters, by the kind of value they work on.

mod case;
mod date;
mod digest;
mod fallback;
mod html;
mod json;
mod list;
mod math;
mod replace;
mod select;
mod slice;
mod strftime;
mod strip;
mod time_zone;
mod url;
mod words;

use case::CaseFilter;
use date::DateFilter;
use digest::DigestFilter;
use html::HtmlFilter;
use list::ListFilter;
use math::MathFilter;
use replace::ReplaceFilter;
use strip::StripFilter;
use url::UrlFilter;
use words::WordFilter;

use crate::budget::Budget;
use crate::error::Failure;
use crate::syntax::FilterCall;
use crate::value::{Text, TextBuilder, Value, to_number, to_text};

/// Filters of Liquid that mappings may not use.
const DISABLED: [&str; 20] = [
    "array_to_sentence_string",
    "concat",
    "find",
    "find_exp",
    "find_index",
    "find_index_exp",
    "group_by",
    "group_by_exp",
    "has",
    "has_exp",
    "map",
    "newline_to_br",
    "reject",
    "reject_exp",
    "reverse",
    "sort",
    "sort_natural",
    "type",
    "uniq",
    "where_exp",
];

type Filtered<'a> = Result<Value<'a>, Failure>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Case(CaseFilter),
    Date(DateFilter),
    Default,
    Digest(DigestFilter),
    Html(HtmlFilter),
    Join(JoinSide),
    Json,
    List(ListFilter),
    Math(MathFilter),
    Replace(ReplaceFilter),
    Strip(StripFilter),
    Url(UrlFilter),
    Where,
    Word(WordFilter),
    Disabled(&'static str),
    /// `raw`, and every name that is no filter: the value goes on as it is.
    PassOn,
}

/// Where `append` and `prepend` put their argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinSide {
    Append,
    Prepend,
}

impl Filter {
    pub(crate) fn named(name: &str) -> Self {
        None.or_else(|| CaseFilter::named(name).map(Self::Case))
            .or_else(|| DateFilter::named(name).map(Self::Date))
            .or_else(|| DigestFilter::named(name).map(Self::Digest))
            .or_else(|| HtmlFilter::named(name).map(Self::Html))
            .or_else(|| ListFilter::named(name).map(Self::List))
            .or_else(|| MathFilter::named(name).map(Self::Math))
            .or_else(|| ReplaceFilter::named(name).map(Self::Replace))
            .or_else(|| StripFilter::named(name).map(Self::Strip))
            .or_else(|| UrlFilter::named(name).map(Self::Url))
            .or_else(|| WordFilter::named(name).map(Self::Word))
            .or_else(|| {
                DISABLED
                    .into_iter()
                    .find(|disabled| *disabled == name)
                    .map(Self::Disabled)
            })
            .unwrap_or(match name {
                "append" => Self::Join(JoinSide::Append),
                "prepend" => Self::Join(JoinSide::Prepend),
                "default" => Self::Default,
                "json" | "jsonify" | "inspect" => Self::Json,
                "where" => Self::Where,
                _ => Self::PassOn,
            })
    }

    /// Whether the first argument is the path of a property.
    pub(crate) fn takes_property(self) -> bool {
        self == Self::Where
    }
}

/// Applies a filter to a value.
pub(crate) fn apply<'a>(
    call: &'a FilterCall,
    input: Value<'a>,
    arguments: &[Value<'a>],
    budget: &mut Budget,
) -> Filtered<'a> {
    let mut arguments = Arguments {
        values: arguments,
        budget,
    };
    let arguments = &mut arguments;
    match call.filter {
        Filter::Case(filter) => filter.apply(&input, arguments),
        Filter::Date(filter) => filter.apply(input, arguments),
        Filter::Default => fallback::apply(input, arguments),
        Filter::Digest(filter) => filter.apply(&input, arguments),
        Filter::Html(filter) => filter.apply(&input, arguments),
        Filter::Join(side) => join(&input, side, arguments),
        Filter::Json => json::apply(&input, arguments),
        Filter::List(filter) => filter.apply(input, arguments),
        Filter::Math(filter) => filter.apply(&input, arguments),
        Filter::Replace(filter) => filter.apply(&input, arguments),
        Filter::Strip(filter) => filter.apply(&input, arguments),
        Filter::Url(filter) => filter.apply(&input, arguments),
        Filter::Where => select::apply(input, call.property.as_ref(), arguments),
        Filter::Word(filter) => filter.apply(input, arguments),
        Filter::Disabled(name) => Err(Failure::DisabledFilter { name }),
        Filter::PassOn => Ok(input),
    }
}

/// The arguments of a filter, and what it pays from.
struct Arguments<'x, 'a> {
    values: &'x [Value<'a>],
    budget: &'x mut Budget,
}

impl<'a> Arguments<'_, 'a> {
    /// Undefined when there are fewer.
    fn get(&self, index: usize) -> Value<'a> {
        self.values.get(index).cloned().unwrap_or(Value::Undefined)
    }

    /// The text of an argument; empty when there is none.
    fn text(&mut self, index: usize) -> Result<Text<'a>, Failure> {
        match self.values.get(index) {
            Some(value) => to_text(value, self.budget),
            None => Ok(Text::Borrowed("")),
        }
    }

    /// The text of an argument, or another one when it is undefined.
    fn text_or(&mut self, index: usize, default: &'static str) -> Result<Text<'a>, Failure> {
        match self.values.get(index) {
            None | Some(Value::Undefined) => Ok(Text::Borrowed(default)),
            Some(value) => to_text(value, self.budget),
        }
    }

    /// The argument as a number, or another one when it is undefined.
    fn number_or(&mut self, index: usize, default: f64) -> Result<f64, Failure> {
        match self.values.get(index) {
            None | Some(Value::Undefined) => Ok(default),
            Some(value) => to_number(value, self.budget),
        }
    }

    fn text_of(&mut self, value: &Value<'a>) -> Result<Text<'a>, Failure> {
        to_text(value, self.budget)
    }

    /// A new text, paid for as it grows.
    fn builder(&mut self) -> TextBuilder<'_> {
        TextBuilder::new(self.budget)
    }
}

fn join<'a>(input: &Value<'a>, side: JoinSide, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
    if arguments.values.len() != 1 {
        let filter = match side {
            JoinSide::Append => "append",
            JoinSide::Prepend => "prepend",
        };
        return Err(Failure::WrongArguments {
            filter,
            expected: "exactly one argument",
        });
    }
    let (input, argument) = (arguments.text_of(input)?, arguments.text(0)?);
    let (first, second) = match side {
        JoinSide::Append => (input, argument),
        JoinSide::Prepend => (argument, input),
    };
    arguments
        .budget
        .spend_bytes(first.len().saturating_add(second.len()))?;
    Ok(Value::from([&*first, &*second].concat()))
}

/// A number as an index: cut to an integer, NaN is 0, and beyond the ends it stays at them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_index(number: f64) -> usize {
    number as usize
}
