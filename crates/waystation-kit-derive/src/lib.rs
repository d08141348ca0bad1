//! Derives field definitions from typed payloads and settings.
