//! What deliveries must be like: parameters of queries, and members of bodies.

use std::ops::RangeInclusive;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use waystation_http::ApiError;
use waystation_queue::{
    DeliveryId, Millis, OutcomeKind, RecordFilter, RecordQuery, SkipRule, Stage, TimeRange,
};

use crate::parameters::{one_of, unusable};
use crate::shown::names;
use crate::{time, whole};

/// How many deliveries a list has unless said otherwise.
const DEFAULT_LIMIT: usize = 50;

/// The most that a list has.
const LARGEST_LIMIT: usize = 500;

/// The statuses that an answer can have.
const STATUSES: RangeInclusive<u16> = 100..=599;

/// What is told of another.
const NO_STATUS: &str = "must be a status from 100 to 599";

/// What deliveries must be like. Times are ISO 8601 with a zone, or milliseconds since 1970.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryParameters {
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection.
    connection: Option<String>,
    /// The name of the subscription.
    subscription: Option<String>,
    /// Where it is in its life.
    #[param(schema_with = names::outcomes)]
    outcome: Option<String>,
    /// The rule it was skipped by.
    #[param(schema_with = names::rules)]
    rule: Option<String>,
    /// The stage of its last failure.
    #[param(schema_with = names::stages)]
    stage: Option<String>,
    /// The status of its last round.
    #[param(value_type = Option<u16>, minimum = 100, maximum = 599)]
    status: Option<String>,
    /// The class of its last error.
    error_type: Option<String>,
    /// Whether the partner is not asked, and was not when it died.
    #[param(value_type = Option<bool>)]
    held_back: Option<String>,
    /// Whether the partner complained although it took the event.
    #[param(value_type = Option<bool>)]
    warning: Option<String>,
    /// Whether its last round failed: it is dead, or waits for another round.
    #[param(value_type = Option<bool>)]
    failed: Option<String>,
    /// The sender's id of the event.
    message_id: Option<String>,
    /// Whom the event is about.
    user: Option<String>,
    /// The event arrived then or later.
    #[param(schema_with = time::moment)]
    from: Option<String>,
    /// The event arrived before.
    #[param(schema_with = time::moment)]
    until: Option<String>,
    /// It was delivered, was skipped or died then or later.
    #[param(schema_with = time::moment)]
    finished_from: Option<String>,
    /// It was delivered, was skipped or died before.
    #[param(schema_with = time::moment)]
    finished_until: Option<String>,
    /// How many at most; 50 unless said otherwise.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// `next` of the part before.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 9_223_372_036_854_775_807_i64)]
    cursor: Option<String>,
}

/// What dead letters must be like. Times are ISO 8601 with a zone, or milliseconds since 1970.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeadLetterParameters {
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection.
    connection: Option<String>,
    /// The name of the subscription.
    subscription: Option<String>,
    /// The stage at which it died.
    #[param(schema_with = names::stages)]
    stage: Option<String>,
    /// The status of its last round.
    #[param(value_type = Option<u16>, minimum = 100, maximum = 599)]
    status: Option<String>,
    /// The class of its error.
    error_type: Option<String>,
    /// Whether the partner is not asked, and was not when it died.
    #[param(value_type = Option<bool>)]
    held_back: Option<String>,
    /// The sender's id of the event.
    message_id: Option<String>,
    /// Whom the event is about.
    user: Option<String>,
    /// The event arrived then or later.
    #[param(schema_with = time::moment)]
    from: Option<String>,
    /// The event arrived before.
    #[param(schema_with = time::moment)]
    until: Option<String>,
    /// It died then or later.
    #[param(schema_with = time::moment)]
    died_from: Option<String>,
    /// It died before.
    #[param(schema_with = time::moment)]
    died_until: Option<String>,
    /// How many at most; 50 unless said otherwise.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// `next` of the part before.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 9_223_372_036_854_775_807_i64)]
    cursor: Option<String>,
}

/// What dead letters must be like; all of them if nothing is said. Times are ISO 8601 with a zone, or milliseconds
/// since 1970 as text.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DeadLetterFilter)]
pub(super) struct FilterBody {
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection.
    pub(super) connection: Option<String>,
    /// The name of the subscription.
    subscription: Option<String>,
    /// The stage at which it died.
    #[schema(schema_with = names::stages_or_null)]
    stage: Option<String>,
    /// The status of its last round.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// The class of its error.
    error_type: Option<String>,
    /// Whether the partner is not asked, and was not when it died.
    held_back: Option<bool>,
    /// The sender's id of the event.
    message_id: Option<String>,
    /// Whom the event is about.
    user: Option<String>,
    /// The event arrived then or later.
    #[schema(schema_with = time::moment_or_null)]
    from: Option<String>,
    /// The event arrived before.
    #[schema(schema_with = time::moment_or_null)]
    until: Option<String>,
    /// It died then or later.
    #[schema(schema_with = time::moment_or_null)]
    died_from: Option<String>,
    /// It died before.
    #[schema(schema_with = time::moment_or_null)]
    died_until: Option<String>,
}

/// What deliveries must be like that are taken anew. Times are ISO 8601 with a zone, or milliseconds since 1970 as text.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DeliveryFilter)]
pub(super) struct DeliveryFilterBody {
    /// What became of them: `skipped` or `dead`; `skipped` if a rule is named.
    #[schema(schema_with = names::replayable_or_null)]
    outcome: Option<String>,
    /// The rule that they were skipped by.
    #[schema(schema_with = names::rules_or_null)]
    rule: Option<String>,
    /// The name of the source.
    source: Option<String>,
    /// The name of the connection.
    connection: Option<String>,
    /// The stage at which they died.
    #[schema(schema_with = names::stages_or_null)]
    stage: Option<String>,
    /// The status of the last round.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// The class of the error.
    error_type: Option<String>,
    /// Whether the partner is not asked, and was not when they died.
    held_back: Option<bool>,
    /// The sender's id of the event.
    message_id: Option<String>,
    /// Whom the event is about.
    user: Option<String>,
    /// The event arrived then or later.
    #[schema(schema_with = time::moment_or_null)]
    from: Option<String>,
    /// The event arrived before.
    #[schema(schema_with = time::moment_or_null)]
    until: Option<String>,
    /// They were skipped or died then or later.
    #[schema(schema_with = time::moment_or_null)]
    finished_from: Option<String>,
    /// They were skipped or died before.
    #[schema(schema_with = time::moment_or_null)]
    finished_until: Option<String>,
}

impl DeliveryFilterBody {
    /// The filter for the store.
    ///
    /// # Errors
    /// The first member that cannot be used, or an outcome that leaves nothing to replay.
    pub(super) fn filter(self) -> Result<RecordFilter, ApiError> {
        let rule = one_of("rule", self.rule.as_deref(), SkipRule::ALL, SkipRule::name)?;
        let by_rule = rule.map(|_| OutcomeKind::Skipped.name());
        let named = self.outcome.as_deref().or(by_rule);
        let Some(outcome) = one_of("outcome", named, &names::REPLAYABLE, OutcomeKind::name)? else {
            return Err(ApiError::invalid_request(
                "\"outcome\" must say which deliveries are meant: \"skipped\" or \"dead\".",
            ));
        };
        Ok(RecordFilter {
            outcome: Some(outcome),
            failed: None,
            rule,
            subscription: None,
            source: self.source.map(Into::into),
            connection: self.connection.map(Into::into),
            stage: stage(self.stage.as_deref())?,
            status: self.status.map(possible).transpose()?,
            error_type: self.error_type,
            warning: None,
            held_back: self.held_back,
            message_id: self.message_id,
            user: self.user,
            received: range(("from", self.from.as_deref()), ("until", self.until.as_deref()))?,
            finished: range(
                ("finishedFrom", self.finished_from.as_deref()),
                ("finishedUntil", self.finished_until.as_deref()),
            )?,
        })
    }
}

impl DeliveryParameters {
    /// The question for the store.
    ///
    /// # Errors
    /// The first parameter that cannot be used.
    pub(super) fn query(self) -> Result<RecordQuery, ApiError> {
        let filter = RecordFilter {
            source: self.source.map(Into::into),
            connection: self.connection.map(Into::into),
            subscription: self.subscription.map(Into::into),
            outcome: one_of(
                "outcome",
                self.outcome.as_deref(),
                OutcomeKind::ALL,
                OutcomeKind::name,
            )?,
            rule: one_of("rule", self.rule.as_deref(), SkipRule::ALL, SkipRule::name)?,
            stage: stage(self.stage.as_deref())?,
            status: status(self.status.as_deref())?,
            error_type: self.error_type,
            warning: boolean("warning", self.warning.as_deref())?,
            held_back: boolean("heldBack", self.held_back.as_deref())?,
            failed: boolean("failed", self.failed.as_deref())?,
            message_id: self.message_id,
            user: self.user,
            received: range(("from", self.from.as_deref()), ("until", self.until.as_deref()))?,
            finished: range(
                ("finishedFrom", self.finished_from.as_deref()),
                ("finishedUntil", self.finished_until.as_deref()),
            )?,
        };
        Ok(RecordQuery {
            filter,
            before: cursor(self.cursor.as_deref())?,
            limit: limit(self.limit.as_deref())?,
        })
    }
}

impl DeadLetterParameters {
    /// The question for the store.
    ///
    /// # Errors
    /// The first parameter that cannot be used.
    pub(super) fn query(self) -> Result<RecordQuery, ApiError> {
        let filter = FilterBody {
            source: self.source,
            connection: self.connection,
            subscription: self.subscription,
            stage: self.stage,
            status: status(self.status.as_deref())?,
            error_type: self.error_type,
            held_back: boolean("heldBack", self.held_back.as_deref())?,
            message_id: self.message_id,
            user: self.user,
            from: self.from,
            until: self.until,
            died_from: self.died_from,
            died_until: self.died_until,
        };
        Ok(RecordQuery {
            filter: filter.filter()?,
            before: cursor(self.cursor.as_deref())?,
            limit: limit(self.limit.as_deref())?,
        })
    }
}

impl FilterBody {
    /// The filter for the store; only dead letters pass it.
    ///
    /// # Errors
    /// The first member that cannot be used.
    pub(super) fn filter(self) -> Result<RecordFilter, ApiError> {
        Ok(RecordFilter {
            source: self.source.map(Into::into),
            connection: self.connection.map(Into::into),
            subscription: self.subscription.map(Into::into),
            outcome: Some(OutcomeKind::Dead),
            rule: None,
            stage: stage(self.stage.as_deref())?,
            status: self.status.map(possible).transpose()?,
            error_type: self.error_type,
            warning: None,
            held_back: self.held_back,
            failed: None,
            message_id: self.message_id,
            user: self.user,
            received: range(("from", self.from.as_deref()), ("until", self.until.as_deref()))?,
            finished: range(
                ("diedFrom", self.died_from.as_deref()),
                ("diedUntil", self.died_until.as_deref()),
            )?,
        })
    }
}

fn stage(given: Option<&str>) -> Result<Option<Stage>, ApiError> {
    one_of("stage", given, Stage::ALL, Stage::name)
}

fn status(given: Option<&str>) -> Result<Option<u16>, ApiError> {
    number("status", given, |status| STATUSES.contains(status), NO_STATUS)
}

pub(super) fn possible(status: u16) -> Result<u16, ApiError> {
    match STATUSES.contains(&status) {
        true => Ok(status),
        false => Err(unusable("status", &status.to_string(), NO_STATUS)),
    }
}

pub(super) fn boolean(parameter: &str, given: Option<&str>) -> Result<Option<bool>, ApiError> {
    number(parameter, given, |_| true, "must be true or false")
}

fn limit(given: Option<&str>) -> Result<usize, ApiError> {
    let problem = "must be a whole number from 1 to 500";
    let limit = number(
        "limit",
        given,
        |limit| (1..=LARGEST_LIMIT).contains(limit),
        problem,
    )?;
    Ok(limit.unwrap_or(DEFAULT_LIMIT))
}

fn cursor(given: Option<&str>) -> Result<Option<DeliveryId>, ApiError> {
    // What a store numbers fits into an i64.
    let is_possible = |cursor: &u64| i64::try_from(*cursor).is_ok_and(|cursor| cursor > 0);
    let cursor = number(
        "cursor",
        given,
        is_possible,
        "must be \"next\" of the part before",
    )?;
    Ok(cursor.map(DeliveryId))
}

fn number<T: std::str::FromStr>(
    parameter: &str,
    given: Option<&str>,
    fits: impl Fn(&T) -> bool,
    problem: &str,
) -> Result<Option<T>, ApiError> {
    let read = |given: &str| {
        let number = given.parse().ok().filter(&fits);
        number.ok_or_else(|| unusable(parameter, given, problem))
    };
    given.map(read).transpose()
}

pub(super) fn range(from: (&str, Option<&str>), until: (&str, Option<&str>)) -> Result<TimeRange, ApiError> {
    let point = |(parameter, given): (&str, Option<&str>)| -> Result<Option<Millis>, ApiError> {
        let problem = "must be a time such as 2026-01-31T12:00:00Z";
        let read = |given: &str| time::parse(given).ok_or_else(|| unusable(parameter, given, problem));
        given.map(read).transpose()
    };
    Ok(TimeRange {
        from: point(from)?,
        until: point(until)?,
    })
}
