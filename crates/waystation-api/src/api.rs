//! What the interfaces are made from.

use std::sync::Arc;

use arc_swap::ArcSwap;
use waystation_client::Client;
use waystation_config::Config;
use waystation_delivery::Deliveries;
use waystation_queue::Queue;
use waystation_runtime::Registry;
use waystation_runtime::observe::Observer;

use crate::reload::Reload;

/// What the interfaces are made from: the service itself, as far as they show or drive it.
#[derive(Clone)]
pub struct Api {
    /// The destinations that can be executed.
    pub registry: Registry,
    /// The configuration in force.
    pub config: Arc<ArcSwap<Config>>,
    /// The way to partners, with the operator's policy on addresses.
    pub client: Arc<ArcSwap<Client>>,
    /// Where deliveries are kept.
    pub queue: Arc<dyn Queue>,
    /// The connections that run.
    pub deliveries: Arc<Deliveries>,
    /// Puts a new configuration in force.
    pub reload: Arc<dyn Reload>,
    /// Keeps metrics of attempts that callers of the execution API have made.
    pub observer: Arc<dyn Observer>,
}
