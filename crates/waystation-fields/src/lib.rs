//! Field definitions, compiled into a schema that cleans, coerces and validates payloads
