//! The destination against a Slack that answers by a script.

#[cfg(test)]
mod messages;
