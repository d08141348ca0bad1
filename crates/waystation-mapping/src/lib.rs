//! The mapping language: turns an event into an action's payload.
//!
//! A mapping is JSON. Raw values stand for themselves, objects and lists are resolved member by member, and
//! an object with one key that starts with `@` is a **directive**: it resolves to something made from the
//! event. A directive stands alone in its object, but for a `_metadata` key, which is ignored.
//!
//! [`Mapping::compile`] reads a mapping once; [`Mapping::resolve`] and [`Mapping::resolve_batch`] apply it.
//!
//! # Directives
//!
//! The examples resolve against this event:
//!
//! ```json
//! {
//!   "event": "Order Completed",
//!   "userId": "u1",
//!   "traits": {"email": "Ada@Example.org", "phone": "(555) 0100", "title": null},
//!   "properties": {
//!     "products": [{"sku": "A", "price": 10}, {"sku": "B", "price": 2.5}],
//!     "address": {"city": "Paris", "geo": {"lat": 48.9}},
//!     "blob": "{\"id\":7}"
//!   }
//! }
//! ```
//!
//! | directive | gives | example | result |
//! |---|---|---|---|
//! | `@path` | what a path leads to | `{"@path": "$.properties.products[0].sku"}` | `"A"` |
//! | `@template` | a text with placeholders filled | `{"@template": "{{event}} by {{userId}}"}` | `"Order Completed by u1"` |
//! | `@liquid` | a rendered Liquid template | `{"@liquid": "{{ userId \| upcase }}"}` | `"U1"` |
//! | `@literal` | a value as it is | `{"@literal": false}` | `false` |
//! | `@if` | one of two branches, by whether a value exists or is `blank` | `{"@if": {"exists": {"@path": "$.userId"}, "then": "known", "else": "anonymous"}}` | `"known"` |
//! | `@case` | a text in `lower` or `upper` case | `{"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}}` | `"ada@example.org"` |
//! | `@replace` | a text with one or two patterns replaced | `{"@replace": {"pattern": "(", "replacement": "", "pattern2": ")", "value": {"@path": "$.traits.phone"}}}` | `"555 0100"` |
//! | `@arrayPath` | a list, its items brought into a shape | `{"@arrayPath": ["$.properties.products", {"id": {"@path": "$.sku"}}]}` | `[{"id": "A"}, {"id": "B"}]` |
//! | `@flatten` | nested members in one object, keys joined | `{"@flatten": {"separator": "_", "value": {"@path": "$.properties.address"}}}` | `{"city": "Paris", "geo_lat": 48.9}` |
//! | `@json` | JSON text (`encode`), or what it stands for (`decode`) | `{"@json": {"mode": "decode", "value": {"@path": "$.properties.blob"}}}` | `{"id": 7}` |
//! | `@merge` | the members of several objects; the last wins (`right`) or the first (`left`) | `{"@merge": {"direction": "right", "objects": [{"a": 1, "b": 1}, {"b": 2}]}}` | `{"a": 1, "b": 2}` |
//! | `@transform` | `mapping` resolved against what `apply` gives | `{"@transform": {"apply": {"who": {"@path": "$.userId"}}, "mapping": {"id": {"@path": "$.who"}}}}` | `{"id": "u1"}` |
//! | `@excludeWhenNull` | nothing in place of null, also within objects | `{"@excludeWhenNull": {"@path": "$.traits"}}` | the traits without `title` |
//!
//! # Nothing and null
//!
//! A path that leads nowhere gives *nothing*, which is not null: the key it was to fill does not appear in the
//! payload. Inside a list, nothing becomes null so that the other items keep their places. A mapping that as a
//! whole gives nothing resolves to `None`.
//!
//! # Paths
//!
//! `$.` at the start is optional (placeholders of `@template` must not have it). A path is cut at dots and at
//! brackets around indices or quoted names: `$.products[0]['sku']`. A key that itself holds a dot cannot be
//! reached. The path `$.` or an empty one leads to the whole event. A parent that is null, false, 0 or the
//! empty text ends the walk and is the result. Lists and texts have a `length`; other members that
//! JavaScript objects inherit do not exist here.
//!
//! # Limits
//!
//! A mapping nests at most 128 levels deep. What is made from one event on the way to its payload is bounded
//! to 16 MiB, and the payload itself to 32 MiB, because a short mapping can blow up a small event; the mapping has at
//! most 100,000 values. Patterns and replacements of `@replace` have
//! at most 10 UTF-16 units, Liquid templates 1000; the templates of one event share one
//! [budget](waystation_liquid::Limits).
//!
//! # Where the rules come from
//!
//! The language was defined by a JavaScript program, so truth, text and number spelling follow ECMAScript:
//! options that are false, 0, null or empty often count as not given, `1.0` is `1` in text, lengths count
//! UTF-16 units. What is inside lists, or in raw values of `@literal` and `@excludeWhenNull`, is not checked
//! when compiling; mistakes there fail the events that reach them.
//!
//! # Reserved keys
//!
//! A mapping may hold one directive under `__segment_internal_directive`, mostly a `@transform`; all other
//! fields become the directive's `mapping`. Other reserved keys (`__segment_internal_sync_mode`,
//! `__segment_internal_matching_key`, `onMappingSave`, `retlOnMappingSave`) are ordinary fields here.
#![forbid(unsafe_code)]

mod allowance;
mod check;
mod depth;
mod directives;
mod error;
mod fault;
mod gathered;
mod key_order;
mod mapping;
mod node;
mod path;
mod pointer;
mod resolved;
mod root;
mod scope;

pub use error::{ResolveError, ResolveProblem};
pub use fault::{Expected, Fault, InvalidMapping, Kind, Problem};
pub use mapping::Mapping;
