//! Choices that are asked of the partner while a person edits a mapping.

use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use crate::KitchenSink;

/// Choices for `consents.topic`.
///
/// # Errors
/// Kitchen Sink does not answer.
pub async fn consents_topic(_: &Context<KitchenSink>, _: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Err(Error::not_implemented(
        "the choices of consents.topic are not written yet",
    ))
}

/// Choices for `folder`.
///
/// # Errors
/// Kitchen Sink does not answer.
pub async fn folder(_: &Context<KitchenSink>, _: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Err(Error::not_implemented(
        "the choices of folder are not written yet",
    ))
}

/// Choices for `list_id`.
///
/// # Errors
/// Kitchen Sink does not answer.
pub async fn list_id(_: &Context<KitchenSink>, _: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Err(Error::not_implemented(
        "the choices of list_id are not written yet",
    ))
}

/// Choices for `traits.__keys__`.
///
/// # Errors
/// Kitchen Sink does not answer.
pub async fn traits_keys(_: &Context<KitchenSink>, _: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Err(Error::not_implemented(
        "the choices of traits.__keys__ are not written yet",
    ))
}
