//! The binary of Waystation.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use waystation::Waystation;

/// A quarter of the service's time goes into memory for small texts, at which this one is faster than most systems' own;
/// the figures are in `crates/waystation-lab/RESULTS.md`.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    Waystation::new().main()
}
