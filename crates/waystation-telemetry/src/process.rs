//! What the process itself uses, as Prometheus's own libraries name it.

use crate::metrics::snapshot::Reading;

#[cfg(target_os = "linux")]
pub(crate) use linux::readings;

/// Only Linux tells it in files.
#[cfg(not(target_os = "linux"))]
pub(crate) fn readings() -> Vec<Reading> {
    Vec::new()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use rustix::param::{clock_ticks_per_second, page_size};
    use rustix::process::{Resource, getrlimit};

    use super::Reading;
    use crate::metrics::catalog::Metric;
    use crate::metrics::snapshot::Value;

    /// What the process uses now; what the system does not tell is left out.
    pub(crate) fn readings() -> Vec<Reading> {
        let stat = fs::read_to_string("/proc/self/stat").ok();
        let stat = stat.as_deref().and_then(Stat::parse);
        let descriptors = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
        let values = [
            (Metric::ProcessCpu, stat.as_ref().map(Stat::cpu_seconds)),
            (
                Metric::ProcessResident,
                stat.as_ref().map(|stat| stat.resident_pages * page_size() as f64),
            ),
            (
                Metric::ProcessVirtual,
                stat.as_ref().map(|stat| stat.virtual_bytes),
            ),
            (Metric::ProcessThreads, stat.as_ref().map(|stat| stat.threads)),
            (Metric::ProcessOpenFiles, descriptors.map(|count| count as f64)),
            (
                Metric::ProcessMaxFiles,
                getrlimit(Resource::Nofile).current.map(|limit| limit as f64),
            ),
        ];
        let known = values
            .into_iter()
            .filter_map(|(metric, value)| Some((metric, value?)));
        known
            .map(|(metric, value)| Reading::single(metric, Value::Gauge(value)))
            .collect()
    }

    /// The fields of `/proc/self/stat` (proc_pid_stat(5)).
    struct Stat {
        ticks: f64,
        threads: f64,
        virtual_bytes: f64,
        resident_pages: f64,
    }

    impl Stat {
        fn parse(line: &str) -> Option<Self> {
            // The second field is the name in parentheses, which may hold blanks; what follows begins with the third.
            let (_, fields) = line.rsplit_once(')')?;
            let fields: Vec<&str> = fields.split_whitespace().collect();
            let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
            Some(Self {
                ticks: field(14)? + field(15)?,
                threads: field(20)?,
                virtual_bytes: field(23)?,
                resident_pages: field(24)?,
            })
        }

        fn cpu_seconds(&self) -> f64 {
            self.ticks / clock_ticks_per_second() as f64
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_process_is_known() {
            let readings = readings();
            assert_eq!(readings.len(), 6, "{readings:?}");
            for reading in readings {
                let Value::Gauge(value) = reading.value else {
                    panic!("{reading:?}");
                };
                // Little time may have been used so far.
                assert!(value > 0.0 || reading.metric == Metric::ProcessCpu, "{reading:?}");
            }
        }

        #[test]
        fn a_name_may_hold_anything() {
            let line = "7 (a ) b) S 1 7 7 0 -1 4 0 0 0 0 150 50 0 0 20 0 9 0 100 4096 3 18446744073709551615";
            let stat = Stat::parse(line).unwrap();
            assert_eq!(
                (stat.ticks, stat.threads, stat.virtual_bytes, stat.resident_pages),
                (200.0, 9.0, 4096.0, 3.0)
            );
            assert!(Stat::parse("7 (a) S").is_none());
        }
    }
}
