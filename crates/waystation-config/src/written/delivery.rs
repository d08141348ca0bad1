//! How deliveries are made, as people write it.

use std::num::{NonZeroU32, NonZeroUsize};

use crate::config::Ordering;
use crate::document::{Pause, Portion, Time, choices, section};

section! {
    /// How deliveries are made: first some attempts in process (`retry`), then waits in the queue, until the
    /// `horizon`.
    Delivery {
        /// How long one call of an action may take, its attempts and the waits between them included.
        deadline: Time,
        /// How long a delivery is tried, counted from its acceptance. Then it becomes a dead letter.
        horizon: Time,
        /// The first wait in the queue, after the attempts in process have failed; each further one is twice as
        /// long. A partner that says when to come back is obeyed instead.
        first_return: Time,
        /// The longest wait in the queue, unless the partner asks for more.
        longest_return: Time,
        /// Which deliveries of a connection wait for each other.
        ordering: Ordering,
        /// Deliveries of a connection that are under way at once, those that wait for another attempt included.
        admission: NonZeroUsize,
        /// Attempts in process.
        retry: Retry,
        /// How events are gathered into batches, for actions that take batches.
        batch: Batch,
        /// Taking a batch apart that the partner refuses as a whole, so that one bad event does not spoil the
        /// others.
        split: Split,
        /// Leaving a partner alone that keeps failing.
        breaker: Breaker,
        /// How many requests the partner takes in a time; no limit unless one is written here.
        rate_limit: RateLimit,
        /// How many attempts are at the partner at once.
        concurrency: Concurrency,
        /// How long the whole connection rests when the partner asks for less.
        hold: Hold,
        /// Which share of the traffic may be retries.
        retry_budget: RetryBudget,
    }

    /// Attempts in process.
    Retry {
        /// Attempts in all, the first included. 1 for no retry.
        attempts: NonZeroU32,
        /// The time for all attempts and waits; no wait begins that would end after it.
        budget: Time,
        /// The first wait; each further one is twice as long.
        first_wait: Time,
        /// The longest wait of our own choosing.
        longest_wait: Time,
        /// The longest wait in process for a partner's sake. If the partner wants more, the delivery goes back to
        /// the queue.
        longest_partner_wait: Time,
        /// Whether waits are lengthened by a random share, so that deliveries do not return all at once.
        jitter: bool,
    }

    /// How events are gathered into batches.
    Batch {
        /// The most events in a batch; 1 for no batches. What the action takes at most, and a `batch_size` in the
        /// mapping, hold as well: the smallest counts.
        size: NonZeroUsize,
        /// How long the first event of a batch waits for others.
        linger: Pause,
        /// Fields of the payload that must be equal within a batch, in addition to those of the action.
        keys: Vec<String>,
    }

    /// Taking refused batches apart.
    Split {
        /// Whether it is done.
        enabled: bool,
        /// Requests that may be spent on one batch beyond the first. To find one bad event among a thousand takes
        /// about twenty.
        requests: NonZeroU32,
    }

    /// Leaving a partner alone that keeps failing: 5xx answers, time-outs, broken connections.
    Breaker {
        /// Whether it is done.
        enabled: bool,
        /// So many failures in a row are too many.
        consecutive_failures: NonZeroU32,
        /// This share of failures within the window is too much, from 0 to 1.
        failure_share: Portion,
        /// The time that the share is taken of.
        window: Time,
        /// The share says nothing as long as the window holds fewer attempts.
        least_requests: NonZeroU32,
        /// How long the partner is left alone before the first probe; each failing probe doubles it.
        first_wait: Time,
        /// The longest wait between probes.
        longest_wait: Time,
    }

    /// How many requests the partner takes in a time.
    RateLimit {
        /// Whether there is a limit; to take back one of the defaults.
        enabled: bool,
        /// So many attempts ...
        requests: NonZeroU32,
        /// ... in this time.
        per: Time,
        /// How many of them may go out at once after a quiet time; all of them unless written here. 1 spreads
        /// them evenly.
        burst: NonZeroU32,
    }

    /// How many attempts are at the partner at once: by default as many as it takes without becoming slower or
    /// complaining, between `start` and `ceiling`; or always up to `fixed`.
    Concurrency {
        /// A limit that does not adapt. Not together with the other two.
        fixed: NonZeroUsize,
        /// The limit to begin with.
        start: NonZeroUsize,
        /// The limit is never above this.
        ceiling: NonZeroUsize,
    }

    /// How long the whole connection rests after a 429, or after a 503 that says when to come back.
    Hold {
        /// The rest after a 429 that names no time; `0s` for none.
        without_hint: Pause,
        /// The longest rest, whatever the partner wants.
        longest: Time,
    }

    /// Which share of a connection's traffic may be retries, so that a failing partner is not asked several times
    /// as often as a healthy one.
    RetryBudget {
        /// Whether there is such a limit.
        enabled: bool,
        /// Retries for each delivery of the last ten seconds, from 0 to 1.
        share: Portion,
        /// Retries a second that are always possible.
        floor_per_second: u32,
    }
}

choices! {
    Ordering: "Ordering" {
        "none" => Self::None, "None.";
        "user" => Self::User, "Those of one user: a delivery waits until the older ones are settled.";
    }
}
