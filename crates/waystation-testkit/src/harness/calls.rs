//! What is asked of a destination besides deliveries.

use std::sync::Arc;

use serde_json::Value;
use waystation_kit::action::ActionInfo;
use waystation_kit::audience::{CreateAudience, GetAudience};
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::hooks::{HookAnswer, HookRequest, HookType};
use waystation_kit::{Destination, RefreshedTokens};
use waystation_runtime::Error;
use waystation_runtime::entries::{account, audience, dynamic_field, hook};

use super::{Harness, object};

impl<D: Destination> Harness<D> {
    /// Asks for the choices of a field, named as an editor names it: `field`, `object.key`,
    /// `list.[0].property`, `object.__keys__`.
    ///
    /// # Errors
    /// The handler failed.
    pub async fn dynamic_field<A: ActionInfo<D>>(
        &self,
        field: &str,
        request: DynamicFieldRequest,
    ) -> Result<DynamicFieldAnswer, Error> {
        let action = self.action(A::SLUG).definition();
        let (about, options) = (Arc::default(), self.options());
        dynamic_field::dynamic_field(self.connection(), action, field, request, about, &options).await
    }

    /// Asks for the choices of an input of a hook.
    ///
    /// # Errors
    /// The handler failed.
    pub async fn hook_dynamic_field<A: ActionInfo<D>>(
        &self,
        hook: HookType,
        input: &str,
        request: DynamicFieldRequest,
    ) -> Result<DynamicFieldAnswer, Error> {
        let action = self.action(A::SLUG).definition();
        let (about, options) = (Arc::default(), self.options());
        dynamic_field::hook_dynamic_field(self.connection(), action, hook, input, request, about, &options)
            .await
    }

    /// Runs a hook with what the person entered.
    ///
    /// # Errors
    /// There is no such hook, the inputs do not fit, or the handler failed.
    pub async fn hook<A: ActionInfo<D>>(
        &self,
        hook_type: HookType,
        inputs: Value,
    ) -> Result<HookAnswer, Error> {
        let request = HookRequest {
            inputs,
            ..HookRequest::default()
        };
        let action = self.action(A::SLUG);
        let (about, options) = (Arc::default(), self.options());
        hook::run_hook(self.connection(), action, hook_type, request, about, &options).await
    }

    /// Asks the partner whether it accepts the credentials.
    ///
    /// # Errors
    /// The settings do not fit, or the partner does not accept them.
    pub async fn test_authentication(&self) -> Result<(), Error> {
        let (settings, auth) = (self.settings.clone(), self.auth.clone());
        account::test_authentication(&self.destination, settings, auth, &self.options()).await
    }

    /// Exchanges the refresh token for new tokens; `None` when the partner hands out none.
    ///
    /// # Errors
    /// The destination refreshes no tokens, or the exchange failed.
    pub async fn refresh_access_token(&self) -> Result<Option<RefreshedTokens>, Error> {
        account::refresh_access_token(self.connection(), self.auth.clone(), &self.options()).await
    }

    /// Deletes the person of an event; `None` when the destination offers no deletion.
    ///
    /// # Errors
    /// The deletion failed.
    pub async fn delete(&self, event: impl Into<Value>) -> Result<Option<Value>, Error> {
        account::delete_user(self.connection(), &event.into(), &self.options()).await
    }

    /// Creates an audience and hands back its id at the partner.
    ///
    /// # Errors
    /// The settings do not fit, or the partner refused.
    pub async fn create_audience(&self, name: &str, settings: Value) -> Result<String, Error> {
        let input = CreateAudience {
            name: Some(name.to_owned()),
            audience_settings: object(settings, "the settings of an audience"),
            personas: None,
        };
        let created = audience::create_audience(self.connection(), input, &self.options()).await?;
        Ok(created.external_id)
    }

    /// Asks for an audience by its id at the partner.
    ///
    /// # Errors
    /// The partner refused, or does not know it.
    pub async fn get_audience(&self, external_id: &str, settings: Value) -> Result<String, Error> {
        let input = GetAudience {
            external_id: external_id.to_owned(),
            audience_settings: object(settings, "the settings of an audience"),
        };
        let found = audience::get_audience(self.connection(), input, &self.options()).await?;
        Ok(found.external_id)
    }
}
