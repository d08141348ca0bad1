//! Figures as they are printed.

use std::time::Duration;

use crate::stage::sender::Sent;

/// Events a second, and how long their requests took.
pub(crate) fn of_sent(sent: &[Sent], time: Duration) -> String {
    let mut took: Vec<f64> = sent
        .iter()
        .map(|sent| sent.took.as_secs_f64() * 1_000.0)
        .collect();
    took.sort_unstable_by(f64::total_cmp);
    format!(
        "{:.0} events/s, {}",
        sent.len() as f64 / time.as_secs_f64(),
        percentiles(&took)
    )
}

/// The middle, the 99th hundredth and the worst, in milliseconds.
pub(crate) fn percentiles(sorted: &[f64]) -> String {
    let at =
        |hundredth: usize| sorted.get((sorted.len() * hundredth / 100).min(sorted.len().saturating_sub(1)));
    match (at(50), at(99), sorted.last()) {
        (Some(median), Some(high), Some(worst)) => {
            format!("p50 {median:.2} ms, p99 {high:.2} ms, worst {worst:.2} ms")
        }
        _ => "nothing measured".into(),
    }
}
