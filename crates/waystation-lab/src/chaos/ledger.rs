//! What has to hold after a round: the sums, and every event by name.

use std::collections::{HashMap, HashSet};

use crate::stage::Error;
use crate::stage::configuration::{BATCHED, SINGLE};
use crate::stage::journal::Arrival;
use crate::stage::sender::Sent;
use crate::stage::store::Store;

/// A connection's name and a message id.
type Delivery = (String, String);

/// What was settled when the server was killed.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// How many arrivals there had been by then.
    pub(crate) arrivals: usize,
    /// What the store knew as delivered.
    pub(crate) delivered: HashSet<Delivery>,
}

impl Settled {
    /// Looks into the store of a server that was killed. It has to be sound, and its sums have to hold.
    pub(crate) fn of(store: &Store, prefix: &str, arrivals: usize) -> Result<(Self, Vec<String>), Error> {
        store.check()?;
        let counts = store.counts()?;
        let mut faults = Vec::new();
        if !counts.balances() {
            faults.push(format!("after the kill, the sums do not hold: {counts:?}"));
        }
        let settled = Self {
            arrivals,
            delivered: store.deliveries("delivered", prefix)?,
        };
        Ok((settled, faults))
    }

    /// What holds when the server was killed before it had a store: nothing may have reached the partner.
    pub(crate) fn nothing(arrivals: usize) -> (Self, Vec<String>) {
        let fault = || format!("{arrivals} events arrived before there was a store");
        let faults = (arrivals > 0).then(fault).into_iter().collect();
        let settled = Self {
            arrivals,
            delivered: HashSet::new(),
        };
        (settled, faults)
    }
}

/// What a round came to.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// What is wrong; nothing if the ledger balances.
    pub(crate) faults: Vec<String>,
    /// Acknowledged events of which nothing is known.
    pub(crate) lost: usize,
    /// Deliveries that the partner took more than once.
    pub(crate) duplicates: usize,
}

/// Checks a round that has come to rest.
pub(crate) fn check(
    store: &Store,
    prefix: &str,
    sent: &[Sent],
    arrivals: &[Arrival],
    settled: &Settled,
) -> Result<Round, Error> {
    let mut round = Round::default();
    let counts = store.counts()?;
    if !counts.balances() || counts.waiting > 0 {
        round.faults.push(format!("the sums do not hold: {counts:?}"));
    }
    let delivered = store.deliveries("delivered", prefix)?;
    let skipped = store.deliveries("skipped", prefix)?;
    let dead = store.deliveries("dead", prefix)?;
    let digests: HashMap<&str, u64> = sent.iter().map(|sent| (sent.id.as_str(), sent.digest)).collect();
    for sent in sent {
        for connection in ["single", "batched"] {
            let delivery = (connection.to_owned(), sent.id.clone());
            let known = [&delivered, &skipped, &dead];
            match known.iter().filter(|known| known.contains(&delivery)).count() {
                1 => {}
                0 => {
                    round.lost += 1;
                    round
                        .faults
                        .push(format!("nothing is known of {} for {connection}", sent.id));
                }
                _ => round
                    .faults
                    .push(format!("{} for {connection} ended twice", sent.id)),
            }
        }
    }
    check_arrivals(&mut round, &delivered, &dead, arrivals, settled, &digests);
    Ok(round)
}

fn check_arrivals(
    round: &mut Round,
    delivered: &HashSet<Delivery>,
    dead: &HashSet<Delivery>,
    arrivals: &[Arrival],
    settled: &Settled,
    digests: &HashMap<&str, u64>,
) {
    let mut taken: HashMap<Delivery, Vec<usize>> = HashMap::new();
    let mut refused: HashSet<Delivery> = HashSet::new();
    for (place, arrival) in arrivals.iter().enumerate() {
        let delivery = (connection(&arrival.path).to_owned(), arrival.id.clone());
        match digests.get(arrival.id.as_str()) {
            None => round
                .faults
                .push(format!("{} arrived and was never acknowledged", arrival.id)),
            Some(digest) if *digest != arrival.digest => {
                round
                    .faults
                    .push(format!("{} arrived with other contents", arrival.id));
            }
            Some(_) => {}
        }
        if arrival.answered == 200 {
            taken.entry(delivery).or_default().push(place);
        } else if arrival.answered == 400 {
            refused.insert(delivery);
        }
    }
    for delivery in delivered.iter().filter(|delivery| !taken.contains_key(*delivery)) {
        round
            .faults
            .push(format!("{delivery:?} counts as delivered and never arrived"));
    }
    for delivery in dead.iter().filter(|delivery| !refused.contains(*delivery)) {
        round
            .faults
            .push(format!("{delivery:?} is dead, and the partner never refused it"));
    }
    for (delivery, places) in &taken {
        if !delivered.contains(delivery) && !refused.contains(delivery) {
            round
                .faults
                .push(format!("{delivery:?} was taken, and the ledger does not know"));
        }
        round.duplicates += places.len() - 1;
        check_repetitions(round, delivery, places, settled);
    }
}

/// What the partner took may come again only across a kill, and only if the store did not know yet.
fn check_repetitions(round: &mut Round, delivery: &Delivery, places: &[usize], settled: &Settled) {
    for pair in places.windows(2) {
        let across = pair[0] < settled.arrivals && pair[1] >= settled.arrivals;
        if !across {
            round
                .faults
                .push(format!("{delivery:?} was sent twice without a kill in between"));
        } else if settled.delivered.contains(delivery) {
            round
                .faults
                .push(format!("{delivery:?} was sent again although it was settled"));
        }
    }
}

fn connection(path: &str) -> &'static str {
    match path {
        SINGLE => "single",
        BATCHED => "batched",
        _ => "nowhere",
    }
}
