//! The list of all destinations, one feature each.
