//! A small compiled Liquid engine with budgets on steps, time and output.
#![forbid(unsafe_code)]
