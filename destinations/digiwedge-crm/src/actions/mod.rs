//! The actions, one file each.

mod add_activity;
mod add_note;
mod control_campaign;
mod create_customer;
mod create_post;
mod create_promotion;
mod create_segment;
mod enroll_in_journey;
mod merge_customers;
mod publish_post;
mod refresh_segment;
mod resolve_customer;
mod sync_segment;
mod update_customer;

pub use add_activity::AddActivity;
pub use add_note::AddNote;
pub use control_campaign::ControlCampaign;
pub use create_customer::CreateCustomer;
pub use create_post::CreatePost;
pub use create_promotion::CreatePromotion;
pub use create_segment::CreateSegment;
pub use enroll_in_journey::EnrollInJourney;
pub use merge_customers::MergeCustomers;
pub use publish_post::PublishPost;
pub use refresh_segment::RefreshSegment;
pub use resolve_customer::ResolveCustomer;
pub use sync_segment::SyncSegment;
pub use update_customer::UpdateCustomer;
