//! A small compiled Liquid engine with budgets on template length, steps, time and output.
#![forbid(unsafe_code)]
