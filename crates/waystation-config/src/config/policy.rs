//! How deliveries of a connection are made.

use std::time::Duration;

use waystation_runtime::guards::{
    BreakerSettings, HoldSettings, RateLimitSettings, RetryBudgetSettings, Share,
};
use waystation_runtime::retry::SplitSettings;
use waystation_runtime::{GuardSettings, RetrySettings};

use super::concurrency::Concurrency;
use super::words::choices;
use crate::document::{
    Bytes, Count, Flag, List, Maybe, Number, Pause, Portion, Status, Switched, Table, Text, Time, Word,
    describes, settings,
};

settings! {
    /// How deliveries are made: first some attempts in process (`retry`), then waits in the queue, until the `horizon`.
    /// A connection may differ in any of this: `[connections.NAME.delivery]`, `[connections.NAME.delivery.retry]` and
    /// so on. Parts with `enabled` are switched on by being written, and off by `enabled = false`.
    pub struct DeliveryPolicy as "Delivery" => {
        /// How long one call of an action may take, its attempts and the waits between them included.
        pub deadline: Duration as Time = Duration::from_secs(60);
        /// How long a delivery is tried, counted from its acceptance. Then it becomes a dead letter, even if the breaker
        /// held it back all the time; but none dies untried before the breaker has refused for so long.
        pub horizon: Duration as Time = Duration::from_hours(4);
        /// The first wait in the queue, after the attempts in process have failed; each further one is four times as
        /// long, and the last attempt is made at the horizon. With the defaults these are eleven attempts: at once,
        /// after 1, 3, 7, 17, 57 and 217 s, 14 and 57 min, 3 h 48 min and 4 h. A partner that says when to come back is
        /// obeyed instead.
        pub first_return: Duration as Time = Duration::from_secs(10);
        /// The longest wait in the queue, unless the partner asks for more; the horizon if that is shorter.
        pub longest_return: Duration as Time = Duration::from_hours(3);
        /// Which deliveries of a connection wait for each other: none, or those of one user.
        pub ordering: Ordering as Word = Ordering::None;
        /// Statuses of the partner that are tried again although they usually are final, such as `[404]`. Usually 408,
        /// 423, 429 and every 5xx but 501 are tried again. Segment itself also tries 410 and 460 again, and not 505.
        pub retry_on: Vec<u16> as List<Status> = Vec::new();
        /// Statuses of the partner that are never tried again although they usually are, such as `[505]`.
        pub never_retry: Vec<u16> as List<Status> = Vec::new();
        /// How many further times a delivery is sent whose outcome is unknown, because the partner's answer says neither
        /// that it was taken nor that it was refused; in process and from the queue together. Each of them may be a
        /// duplicate at the partner. Actions whose requests the partner recognises when they are repeated are tried as
        /// often as after any other failure.
        pub unknown_outcome_tries: u32 as Number = 1;
        /// How long deliveries wait for a connection that is no longer configured. Then they become dead letters; if the
        /// connection comes back before, they are delivered. Counts for all connections where `[delivery]` says it.
        pub removed_connection_wait: Duration as Pause = Duration::from_hours(1);
        /// How much may wait for a connection, so that one that takes nothing leaves room for the others.
        pub max_waiting: MaxWaiting as Table = MaxWaiting::default();
        /// How events are gathered into batches, for actions that take batches.
        pub batch: BatchPolicy as Table = BatchPolicy::default();
        /// Pausing the connection when the partner refuses its credentials: events wait, and a probe from time to time
        /// tells whether the credentials are good again, as does a reload or a new token. Without it every delivery
        /// becomes a dead letter.
        pub credentials_refused: Option<CredentialsPause> as Switched = Some(CredentialsPause::default());
    }
    => holding {
        /// Attempts in process, and how far refused batches are taken apart.
        pub retries: RetrySettings;
        /// Breaker, rate limit, concurrency and the like.
        pub guards: GuardSettings;
    }
    keys {
        /// Deliveries of a connection that are under way at once, those that wait for another attempt included.
        admission: Count => guards.admission;
        /// Attempts in process.
        retry: Table => retries;
        /// Taking a batch apart that the partner refuses as a whole (400, 422), so that one bad event does not spoil the
        /// others. One that is too large (413) is taken apart in any case.
        split: Switched => retries.split;
        /// Leaving a partner alone that keeps failing: 5xx answers, time-outs, broken connections.
        breaker: Switched => guards.breaker;
        /// How many requests the partner takes in a time; no limit unless one is written here. Each request that leaves
        /// counts: a batch that makes five counts as five.
        rate_limit: Switched => guards.rate_limit;
        /// How many requests are at the partner at once: by default as many as it takes without becoming slower or
        /// complaining, between `start` and `ceiling`; or always up to `fixed`.
        concurrency: Concurrency => guards.concurrency;
        /// How long the whole connection rests after a 429, or after a 503 that says when to come back.
        hold: Table => guards.hold;
        /// Which share of the traffic may be retries, so that a failing partner is not asked several times as often as a
        /// healthy one.
        retry_budget: Switched => guards.retry_budget;
    }

    /// How much may wait for a connection.
    pub struct MaxWaiting as "MaxWaiting" => {
        /// How many deliveries may wait.
        pub deliveries: u32 as Count = 2_000_000;
        /// Which share of `store.max_size` they may take, from 0 to 1; each delivery counts with its event.
        pub share: Share as Portion = Share::percent(25);
        /// What becomes of further ones. "dead_letter": they are dead letters of the stage `overflow`, which can be
        /// replayed; once the connection's dead letters have reached the same limit, requests are refused. "refuse":
        /// requests with events for the connection are refused with status 503, so that their sources keep them; where
        /// deliveries are ordered, this keeps the order.
        pub when_full: WhenFull as Word = WhenFull::DeadLetter;
    }

    /// How events are gathered into batches.
    pub struct BatchPolicy as "Batch" => {
        /// The most events in a batch; 1 for no batches. What the action takes at most, and a `batch_size` in the
        /// mapping, hold as well: the smallest counts.
        pub size: usize as Count = 1_000;
        /// The most bytes of the events in a batch, as they were sent. What the partner of the action takes at most holds
        /// as well. A larger event goes out alone, and a batch that the partner finds too large all the same (413) in
        /// halves.
        pub bytes: u64 as Bytes = 900 << 10;
        /// How long the first event of a batch waits for others. Unless it is written here, that depends on the traffic:
        /// what comes rarely goes at once, or when the batch before is answered; in a burst, batches wait until they are
        /// full or nothing has come for a tenth of a second, but for a second at most.
        pub linger: Option<Duration> as Maybe<Pause> = None, "\"1s\"";
        /// Fields of the payload that must be equal within a batch, in addition to those of the action.
        pub keys: Vec<String> as List<Text> = Vec::new();
    }

    /// Pausing a connection whose credentials are refused.
    pub struct CredentialsPause as "CredentialsRefused" => {
        /// How long the connection rests between two probes.
        pub probe_every: Duration as Time = Duration::from_mins(5);
        /// How long deliveries wait for good credentials beyond their horizon, which does not end while the connection
        /// is paused.
        pub longest_wait: Duration as Time = Duration::from_hours(7 * 24);
    }
}

describes! {
    /// Attempts in process.
    RetrySettings as "Retry" => {
        /// Attempts in all, the first included. 1 for no retry.
        attempts: Count => attempts;
        /// The time for all attempts and waits; no wait begins that would end after it.
        budget: Time => budget;
        /// The first wait; each further one is twice as long.
        first_wait: Time => first_wait;
        /// The longest wait of our own choosing.
        longest_wait: Time => longest_wait;
        /// The longest wait in process for a partner's sake. If the partner wants more, the delivery goes back to the
        /// queue.
        longest_partner_wait: Time => longest_partner_wait;
        /// Whether waits are lengthened by a random share, so that deliveries do not return all at once.
        jitter: Flag => jitter;
    }

    /// Taking refused batches apart.
    SplitSettings as "Split" => {
        /// Requests that may be spent on one batch beyond the first. To find one bad event among a thousand takes about
        /// twenty.
        requests: Count => requests;
    }

    /// Leaving a partner alone that keeps failing.
    BreakerSettings as "Breaker" => {
        /// So many failures in a row are too many.
        consecutive_failures: Count => consecutive_failures;
        /// This share of failures within the window is too much, from 0 to 1.
        failure_share: Portion => failure_share;
        /// The time that the share is taken of.
        window: Time => window;
        /// The share says nothing as long as the window holds fewer attempts.
        least_requests: Count => least_requests;
        /// How long the partner is left alone before the first probe; each failing probe doubles it.
        first_wait: Time => first_wait;
        /// The longest wait between probes.
        longest_wait: Time => longest_wait;
    }

    /// How many requests the partner takes in a time.
    RateLimitSettings as "RateLimit" => {
        /// So many requests ...
        requests: Count => requests;
        /// ... in this time.
        per: Time => per;
        /// How many of them may go out at once after a quiet time; all of them unless written here. 1 spreads them
        /// evenly.
        burst: Count => burst;
    }

    /// How long the whole connection rests when the partner asks for less.
    HoldSettings as "Hold" => {
        /// The rest after a 429 that names no time and that too many requests at once do not explain; after it, requests
        /// are paced by what the partner took. `0s` for neither.
        without_hint: Pause => without_hint;
        /// The longest rest, whatever the partner wants.
        longest: Time => longest;
    }

    /// Which share of a connection's traffic may be retries.
    RetryBudgetSettings as "RetryBudget" => {
        /// Retries for each delivery of the last ten seconds, from 0 to 1.
        share: Portion => share;
        /// Retries a second that are always possible.
        floor_per_second: Number => floor_per_second;
    }
}

impl MaxWaiting {
    /// How much may wait in a store of this size, in bytes.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a size is no exact number"
    )]
    pub fn bytes_of(&self, store: u64) -> u64 {
        (store as f64 * self.share.get()) as u64
    }
}

/// What becomes of deliveries that are more than may wait for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// They are dead letters.
    #[default]
    DeadLetter,
    /// Requests that bring them are refused.
    Refuse,
}

choices! {
    WhenFull {
        "dead_letter" => Self::DeadLetter, "They are dead letters.";
        "refuse" => Self::Refuse, "Requests that bring them are refused.";
    }
}

/// Which deliveries of a connection wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ordering {
    /// None.
    #[default]
    None,
    /// Those of one user: a delivery waits until the older ones are settled.
    User,
}

choices! {
    Ordering {
        "none" => Self::None, "None.";
        "user" => Self::User, "Those of one user: a delivery waits until the older ones are settled.";
    }
}
