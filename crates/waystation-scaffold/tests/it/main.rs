//! What is written, held against samples that are compiled and tested with everything else.

#[cfg(test)]
mod adding;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod samples;
