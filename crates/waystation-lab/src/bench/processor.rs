//! Processor time that processes have used: what it was spent on does not depend on who else was busy.

use crate::stage::Error;

/// Ticks of the system's clock in a second: what Linux shows to programs on every machine.
const TICKS: f64 = 100.0;

/// How many seconds of processor time a process has used so far, in user mode and in the kernel.
pub(crate) fn used(process: Option<u32>) -> Result<f64, Error> {
    let process = process.ok_or_else(|| Error::Other("the process has ended".into()))?;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    let stat = stat.map_err(Error::io("reading the processor time"))?;
    // The name of the program may hold blanks; it ends with the last bracket.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<f64>().ok());
    match (ticks(), ticks()) {
        (Some(user), Some(system)) => Ok((user + system) / TICKS),
        _ => Err(Error::Other("the system does not tell the processor time".into())),
    }
}
