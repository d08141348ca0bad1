//! The actions, one file each.

mod create_update_device;
mod create_update_object;
mod create_update_person;
mod delete_device;
mod delete_object;
mod delete_person;
mod delete_relationship;
mod merge_people;
mod report_content_event;
mod report_delivery_event;
mod suppress_person;
mod track_event;
mod track_page_view;
mod track_screen_view;
mod unsuppress_person;

pub use create_update_device::CreateUpdateDevice;
pub use create_update_object::CreateUpdateObject;
pub use create_update_person::CreateUpdatePerson;
pub use delete_device::DeleteDevice;
pub use delete_object::DeleteObject;
pub use delete_person::DeletePerson;
pub use delete_relationship::DeleteRelationship;
pub use merge_people::MergePeople;
pub use report_content_event::ReportContentEvent;
pub use report_delivery_event::ReportDeliveryEvent;
pub use suppress_person::SuppressPerson;
pub use track_event::TrackEvent;
pub use track_page_view::TrackPageView;
pub use track_screen_view::TrackScreenView;
pub use unsuppress_person::UnsuppressPerson;

crate::operation::operating!(
    CreateUpdateDevice,
    CreateUpdateObject,
    CreateUpdatePerson,
    DeleteDevice,
    DeleteObject,
    DeletePerson,
    DeleteRelationship,
    MergePeople,
    ReportContentEvent,
    SuppressPerson,
    TrackEvent,
    TrackPageView,
    TrackScreenView,
    UnsuppressPerson,
);
