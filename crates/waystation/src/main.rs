//! The binary of Waystation.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use waystation::Waystation;

fn main() -> ExitCode {
    Waystation::new().main()
}
