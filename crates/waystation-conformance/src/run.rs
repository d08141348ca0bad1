//! Running files of cases and counting what became of them.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde_json::json;

use crate::{
    Mismatch, Verdict,
    areas::Area,
    corpus::{self, Case, CaseFile, CorpusError, Tier},
    differences::Differences,
};

/// How many of how many cases passed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The cases that passed.
    pub passed: usize,
    /// The cases that were run.
    pub total: usize,
}

impl Count {
    fn add(&mut self, passed: bool) {
        self.passed += usize::from(passed);
        self.total += 1;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            total: self.total + other.total,
        }
    }
}

/// The counts of a file or of a whole run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Cases that users rely on.
    pub core: Count,
    /// Cases that record an accident.
    pub quirk: Count,
    /// Cases in which we differ on purpose; in neither of the other two.
    pub by_design: Count,
    /// Cases that could not be run.
    pub skipped: usize,
}

impl Counts {
    /// Core and quirk together.
    #[must_use]
    pub fn all(&self) -> Count {
        self.core.plus(self.quirk)
    }

    /// The sum of two counts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            core: self.core.plus(other.core),
            quirk: self.quirk.plus(other.quirk),
            by_design: self.by_design.plus(other.by_design),
            skipped: self.skipped + other.skipped,
        }
    }
}

/// A case that did not pass.
#[derive(Debug)]
pub struct Failure {
    /// The name of the case.
    pub id: String,
    /// Its weight.
    pub tier: Tier,
    /// What differed.
    pub mismatch: Mismatch,
}

/// What became of a file.
#[derive(Debug)]
pub struct FileOutcome {
    /// The file.
    pub file: CaseFile,
    /// Its counts.
    pub counts: Counts,
    /// Its cases that did not pass, in their order.
    pub failures: Vec<Failure>,
    /// Why cases could not be run, and how many each.
    pub skipped: BTreeMap<String, usize>,
}

/// Runs every case of a file.
///
/// # Errors
/// [`CorpusError`] when the file cannot be read.
pub fn run_file(
    file: &CaseFile,
    areas: &[Area],
    differences: &Differences,
) -> Result<FileOutcome, CorpusError> {
    let mut outcome = FileOutcome {
        file: file.clone(),
        counts: Counts::default(),
        failures: Vec::new(),
        skipped: BTreeMap::new(),
    };
    match areas.iter().find(|area| area.folder == file.area) {
        Some(area) => {
            for mut case in corpus::read(file)? {
                let by_design = differences.apply(&mut case);
                let verdict = guarded(area, &case);
                outcome.record(case, by_design, verdict);
            }
        }
        None => outcome.skip(
            format!("there is no area `{}` yet", file.area),
            corpus::count(file)?,
        ),
    }
    Ok(outcome)
}

/// A panic of our code fails the one case that caused it.
fn guarded(area: &Area, case: &Case) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| area.check(case))).unwrap_or_else(|_| {
        Verdict::Failed(Mismatch {
            expected: json!("an answer"),
            actual: json!("our code panicked"),
        })
    })
}

impl FileOutcome {
    fn record(&mut self, case: Case, by_design: bool, verdict: Verdict) {
        let mismatch = match verdict {
            Verdict::Passed => None,
            Verdict::Failed(mismatch) => Some(mismatch),
            Verdict::Skipped { reason } => return self.skip(reason, 1),
        };
        let count = match (by_design, case.tier) {
            (true, _) => &mut self.counts.by_design,
            (false, Tier::Core) => &mut self.counts.core,
            (false, Tier::Quirk) => &mut self.counts.quirk,
        };
        count.add(mismatch.is_none());
        let failure = mismatch.map(|mismatch| Failure {
            id: case.id,
            tier: case.tier,
            mismatch,
        });
        self.failures.extend(failure);
    }

    fn skip(&mut self, reason: String, cases: usize) {
        self.counts.skipped += cases;
        *self.skipped.entry(reason).or_default() += cases;
    }

    /// Whether no case was run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.all().total + self.counts.by_design.total == 0
    }

    /// Whether a case failed that must pass: a core case, or one whose expectation is our own.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let Counts { core, by_design, .. } = self.counts;
        core.passed < core.total || by_design.passed < by_design.total
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    /// An area in which a case says itself what becomes of it.
    fn area() -> Area {
        Area::new("echo", |case| match case.content["becomes"].as_str() {
            Some("passed") => Verdict::Passed,
            Some("skipped") => Verdict::Skipped {
                reason: "not built".to_owned(),
            },
            Some("panic") => panic!("as the case asks for"),
            _ => Verdict::Failed(Mismatch {
                expected: json!(1),
                actual: json!(2),
            }),
        })
    }

    fn outcome(area_name: &str, lines: &str) -> FileOutcome {
        let folder = std::env::temp_dir()
            .join(format!("waystation-{}", std::process::id()))
            .join(area_name);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("cases.jsonl");
        fs::write(&path, lines).unwrap();
        let file = CaseFile {
            area: area_name.to_owned(),
            path: PathBuf::from(&path),
        };
        let outcome = run_file(&file, &[area()], &Differences::default());
        fs::remove_file(&path).unwrap();
        outcome.unwrap()
    }

    #[test]
    fn cases_are_counted_by_what_becomes_of_them() {
        let outcome = outcome(
            "echo",
            r#"{"id": "a", "tier": "core", "becomes": "passed"}
               {"id": "b", "tier": "quirk", "becomes": "failed"}
               {"id": "c", "tier": "quirk", "becomes": "panic"}
               {"id": "d", "tier": "core", "becomes": "skipped"}"#,
        );
        assert_eq!(outcome.counts.core, Count { passed: 1, total: 1 });
        assert_eq!(outcome.counts.quirk, Count { passed: 0, total: 2 });
        assert_eq!(outcome.skipped, BTreeMap::from([("not built".to_owned(), 1)]));
        assert!(!outcome.is_broken() && !outcome.is_empty());
        let text = crate::report::text(&[outcome], true);
        assert!(text.contains("FAILED echo/cases.jsonl b (quirk)\n  at $\n    expected 1\n    actual   2\n"));
        assert!(text.contains("echo/cases.jsonl 1/3 (core 1/1, quirk 0/2)\n"));
        assert!(
            text.ends_with("skipped: 1 (not counted as passed)\n  1: not built\ntotal 1/3 core 1/1\n"),
            "{text}"
        );
    }

    #[test]
    fn an_unknown_area_is_skipped_and_never_passed() {
        let outcome = outcome("unheard-of", "{\"any\": \"form\"}\n\n{}");
        assert_eq!((outcome.counts.all().total, outcome.counts.skipped), (0, 2));
        assert!(outcome.is_empty());
    }
}
