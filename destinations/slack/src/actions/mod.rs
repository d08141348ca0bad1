//! The actions, one file each.

mod post_to_channel;

pub use post_to_channel::PostToChannel;
