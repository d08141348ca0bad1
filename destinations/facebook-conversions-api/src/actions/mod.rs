//! The actions, one file each.

mod add_to_cart;
mod add_to_cart2;
mod custom;
mod custom2;
mod initiate_checkout;
mod initiate_checkout2;
mod page_view;
mod page_view2;
mod purchase;
mod purchase2;
mod search;
mod search2;
mod view_content;
mod view_content2;

pub use add_to_cart::AddToCart;
pub use add_to_cart2::AddToCart2;
pub use custom::Custom;
pub use custom2::Custom2;
pub use initiate_checkout::InitiateCheckout;
pub use initiate_checkout2::InitiateCheckout2;
pub use page_view::PageView;
pub use page_view2::PageView2;
pub use purchase::Purchase;
pub use purchase2::Purchase2;
pub use search::Search;
pub use search2::Search2;
pub use view_content::ViewContent;
pub use view_content2::ViewContent2;
