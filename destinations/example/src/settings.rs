//! What a workspace connects with.
//!
//! The struct is the only definition: its fields become the form that a person fills in, the schema that
//! settings are validated against, and what actions read. The doc comment of a field is its description.

use waystation_kit::prelude::*;

/// The settings of a connection.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct ExampleSettings {
    /// The name of your workspace, as it stands in the address of Example CRM.
    #[field(label = "Workspace")]
    pub workspace: String,
    /// Identifies the workspace. You find it under "Developers".
    // A `Secret` is never printed or logged; `expose` marks each place where it leaves.
    #[field(label = "Workspace key")]
    pub workspace_key: Secret,
    /// Where the data of your account is kept.
    // Not every stored connection has every setting, whatever its default: defaults are for the form.
    #[field(label = "Region", default = Region::Us.name())]
    pub region: Option<Region>,
}

/// Where the data of an account is kept. The variants are the choices, under the names that serde gives them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// The United States.
    #[default]
    #[choice(label = "United States")]
    Us,
    /// The European Union.
    #[choice(label = "European Union")]
    Eu,
}
