//! Whole-system tests live in `tests/`, benchmarks in `benches/`, the recorded cases in `conformance/`.
