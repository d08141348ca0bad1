//! Finds out how many requests a partner takes at once (the method of Vector's adaptive concurrency).
//!
//! Once a round trip: one more if the limit was reached, nobody complained and answers were not slower than
//! usual; a tenth less if somebody complained or answers were much slower than usual. Only what the partner took
//! says how fast it is.

use std::time::Duration;

use tokio::time::Instant;

use super::health::Health;

/// The weight of the latest round trip in the moving mean.
const SMOOTHING: f64 = 0.4;

/// So much is left of the limit after a complaint.
const DECREASE: f64 = 0.9;

/// Answers are much slower than usual beyond so many standard deviations.
const DEVIATIONS: f64 = 2.5;

/// What was learned about a partner.
#[derive(Debug)]
pub(super) struct Adaptive {
    ceiling: usize,
    usual: Option<Usual>,
    round: Round,
}

/// The moving mean of round trips, in nanoseconds, and its variance.
#[derive(Debug, Clone, Copy)]
struct Usual {
    mean: f64,
    variance: f64,
}

/// What happened since the limit was last looked at.
#[derive(Debug)]
struct Round {
    ends: Instant,
    round_trips: f64,
    taken: f64,
    is_limit_reached: bool,
    is_pressed: bool,
}

impl Adaptive {
    pub(super) fn new(ceiling: usize, now: Instant) -> Self {
        Self {
            ceiling,
            usual: None,
            round: Round::until(now),
        }
    }

    /// As many requests as possible are at the partner.
    pub(super) fn reach_limit(&mut self) {
        self.round.is_limit_reached = true;
    }

    /// Somebody has said that there are too many.
    pub(super) fn press(&mut self) {
        self.round.is_pressed = true;
    }

    /// A request has ended; gives back the limit that follows.
    pub(super) fn learn(
        &mut self,
        now: Instant,
        round_trip: Duration,
        health: Health,
        limit: usize,
    ) -> usize {
        if health == Health::Taking {
            self.round.taken += 1.0;
            self.round.round_trips += nanoseconds(round_trip);
        }
        self.round.is_pressed |= health.is_pressed();
        if now < self.round.ends {
            return limit;
        }
        let next = self.next_limit(limit);
        if let Some(mean) = self.round.mean() {
            self.usual = Some(
                self.usual
                    .map_or_else(|| Usual::first(mean), |usual| usual.with(mean)),
            );
        }
        let until_next = self
            .usual
            .map_or(round_trip, |usual| Duration::from_nanos(usual.mean as u64));
        self.round = Round::until(now + until_next);
        next
    }

    fn next_limit(&self, limit: usize) -> usize {
        let (is_slower, is_as_usual) = match (self.usual, self.round.mean()) {
            (Some(usual), Some(mean)) => (usual.is_exceeded_by(mean), mean <= usual.mean),
            _ => (false, false),
        };
        if self.round.is_pressed || is_slower {
            return ((limit as f64 * DECREASE) as usize).max(1);
        }
        if self.round.is_limit_reached && is_as_usual {
            return (limit + 1).min(self.ceiling);
        }
        limit
    }
}

impl Usual {
    fn first(mean: f64) -> Self {
        Self { mean, variance: 0.0 }
    }

    fn with(self, latest: f64) -> Self {
        let difference = latest - self.mean;
        let step = SMOOTHING * difference;
        Self {
            mean: self.mean + step,
            variance: (1.0 - SMOOTHING) * (self.variance + difference * step),
        }
    }

    fn is_exceeded_by(self, mean: f64) -> bool {
        mean > self.mean + DEVIATIONS * self.variance.sqrt()
    }
}

impl Round {
    fn until(ends: Instant) -> Self {
        Self {
            ends,
            round_trips: 0.0,
            taken: 0.0,
            is_limit_reached: false,
            is_pressed: false,
        }
    }

    fn mean(&self) -> Option<f64> {
        (self.taken > 0.0).then(|| self.round_trips / self.taken)
    }
}

/// Whole numbers, so that sums of equal round trips are exact.
fn nanoseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIP: Duration = Duration::from_millis(100);

    /// The limit after rounds in which every attempt took so long and ended so.
    fn after(limit: usize, ceiling: usize, rounds: &[(Duration, Health)], is_limit_reached: bool) -> usize {
        let mut now = Instant::now();
        let mut adaptive = Adaptive::new(ceiling, now);
        rounds.iter().fold(limit, |limit, (round_trip, health)| {
            if is_limit_reached {
                adaptive.reach_limit();
            }
            now += Duration::from_secs(10);
            adaptive.learn(now, *round_trip, *health, limit)
        })
    }

    #[test]
    fn a_steady_partner_is_given_one_more_each_round_up_to_the_ceiling() {
        let steady = [(TRIP, Health::Taking); 21];
        assert_eq!(after(1, 200, &steady, true), 21, "the first round only learns");
        assert_eq!(after(1, 10, &steady, true), 10);
    }

    #[test]
    fn a_limit_that_is_not_reached_is_not_raised() {
        assert_eq!(after(1, 200, &[(TRIP, Health::Taking); 20], false), 1);
    }

    #[test]
    fn complaints_take_a_tenth_and_never_the_last() {
        assert_eq!(after(100, 200, &[(TRIP, Health::Limiting)], true), 90);
        assert_eq!(after(100, 200, &[(TRIP, Health::Failing); 2], true), 81);
        assert_eq!(after(2, 200, &[(TRIP, Health::Failing); 2], true), 1);
        assert_eq!(after(1, 200, &[(TRIP, Health::Failing)], true), 1);
    }

    #[test]
    fn much_slower_answers_take_a_tenth() {
        let slower = [(TRIP, Health::Taking), (3 * TRIP, Health::Taking)];
        assert_eq!(after(100, 200, &slower, true), 90);
    }

    #[test]
    fn refusals_of_items_say_nothing_about_speed() {
        let refused = [(TRIP, Health::Taking), (3 * TRIP, Health::Answering)];
        assert_eq!(after(100, 200, &refused, true), 100);
    }
}
