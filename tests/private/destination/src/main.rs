//! Waystation with a destination of our own.

use std::process::ExitCode;

use acme_waystation::Acme;
use waystation::Waystation;

fn main() -> ExitCode {
    Waystation::new().destination::<Acme>().main()
}
