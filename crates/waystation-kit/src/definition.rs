//! Putting a destination together: what [`Destination::definition`] returns.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::action::{Action, ActionInfo, AsynchronousAction, BatchAction};
use crate::any::{
    AnyAction, AnyAudiences, AnyDestination, AnyDynamicFields, AnyHook, Authentication, BatchAnswer, Handler,
    Perform, RawItem, RequestKeyOf,
};
use crate::audience::Audiences;
use crate::auth::{RefreshedTokens, Scheme};
use crate::context::{Call, Context};
use crate::destination::Destination;
use crate::dynamic_fields::DynamicFields;
use crate::error::{Error, Result};
use crate::future::BoxFuture;
use crate::grouping;
use crate::hooks::Hook;
use crate::jobs::SubmittedJob;
use crate::multistatus::{Batch, BatchItem, ItemError, MultiStatusResponse};
use crate::payload::{Payload, Settings, default_mapping};
use crate::preset::{MappingChanges, PlatformEvent, Preset, PresetTrigger};
use crate::request_key::RequestKey;

/// Checks the credentials of a connection.
pub type TestAuthenticationHandler<D> = for<'a> fn(&'a Context<D>) -> BoxFuture<'a, Result<()>>;

/// Exchanges the refresh token for new tokens; `None` when the partner hands out none.
pub type RefreshHandler<D> = for<'a> fn(&'a Context<D>) -> BoxFuture<'a, Result<Option<RefreshedTokens>>>;

/// Deletes what the partner knows about a person.
pub type DeleteHandler<D> = for<'a> fn(&'a Context<D>, DeleteUser) -> BoxFuture<'a, Result<crate::Output>>;

/// Whom to forget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteUser {
    /// The person's id.
    pub user_id: Option<String>,
    /// The id from before the person was known.
    pub anonymous_id: Option<String>,
}

/// A destination being put together.
///
/// ```ignore
/// Definition::new(Scheme::Basic)
///     .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
///     .batch_action::<TrackEvent>()
///     .preset::<TrackEvent>()
/// ```
pub struct Definition<D: Destination> {
    any: AnyDestination,
    destination: PhantomData<fn() -> D>,
}

impl<D: Destination> Definition<D> {
    /// A destination with this authentication scheme.
    #[must_use]
    pub fn new(scheme: Scheme) -> Self {
        let authentication = Authentication {
            scheme,
            fields: D::Settings::fields(),
            test: None,
            refresh: None,
        };
        Self::with(Some(authentication))
    }

    /// A destination that needs no authentication and has no settings.
    #[must_use]
    pub fn without_authentication() -> Self {
        Self::with(None)
    }

    fn with(authentication: Option<Authentication>) -> Self {
        Self {
            any: AnyDestination {
                slug: D::SLUG,
                registered_slug: D::SLUG,
                name: D::NAME,
                other_names: &[],
                description: D::DESCRIPTION,
                authentication,
                parse_settings: Arc::new(parse_settings::<D>),
                extend_request: Arc::new(|settings, auth| {
                    let settings = settings.downcast_ref::<D::Settings>().ok_or_else(|| {
                        Error::internal(format!("the settings are not those of {}", D::SLUG))
                    })?;
                    D::extend_request(settings, auth)
                }),
                actions: Vec::new(),
                presets: Vec::new(),
                delete: None,
                audiences: None,
            },
            destination: PhantomData,
        }
    }

    /// The slug under which the platform lists the destination, where it differs.
    #[must_use]
    pub fn registered_as(mut self, slug: &'static str) -> Self {
        self.any.registered_slug = slug;
        self
    }

    /// Other names that senders use for the destination in an event's `integrations`, where neither slug nor name
    /// says it: former names of the partner, its plural.
    #[must_use]
    pub fn also_known_as(mut self, names: &'static [&'static str]) -> Self {
        self.any.other_names = names;
        self
    }

    /// Adds a check of the credentials.
    #[must_use]
    pub fn test_authentication(mut self, handler: TestAuthenticationHandler<D>) -> Self {
        if let Some(authentication) = &mut self.any.authentication {
            authentication.test = Some(handler_of(move |call: Call, (): ()| async move {
                handler(&Context::<D>::new(call)?).await
            }));
        }
        self
    }

    /// Adds the exchange of a refresh token for new tokens.
    #[must_use]
    pub fn refresh_access_token(mut self, handler: RefreshHandler<D>) -> Self {
        if let Some(authentication) = &mut self.any.authentication {
            authentication.refresh = Some(handler_of(move |call: Call, (): ()| async move {
                handler(&Context::<D>::new(call)?).await
            }));
        }
        self
    }

    /// Adds the deletion of a person's data.
    #[must_use]
    pub fn on_delete(mut self, handler: DeleteHandler<D>) -> Self {
        self.any.delete = Some(handler_of(move |call: Call, user: DeleteUser| async move {
            handler(&Context::<D>::new(call)?, user).await
        }));
        self
    }

    /// Adds audiences that are kept at the partner.
    #[must_use]
    pub fn audiences(mut self, audiences: Audiences<D>) -> Self {
        self.any.audiences = Some(AnyAudiences {
            mode: audiences.mode,
            fields: audiences.fields,
            create: audiences.create.map(|create| {
                handler_of(
                    move |call: Call, input| async move { create(&Context::<D>::new(call)?, input).await },
                )
            }),
            get: audiences.get.map(|get| {
                handler_of(
                    move |call: Call, input| async move { get(&Context::<D>::new(call)?, input).await },
                )
            }),
        });
        self
    }

    /// Adds an action for one event at a time.
    #[must_use]
    pub fn action<A: Action<D>>(self) -> Self {
        self.add::<A>(Perform::Single(perform_handler::<D, A>()), None)
    }

    /// Adds an action that also takes batches.
    #[must_use]
    pub fn batch_action<A: BatchAction<D>>(self) -> Self {
        let batch = handler_of(|call: Call, items: Vec<RawItem>| async move {
            let typed = TypedItems::<A>::new(items);
            Ok(BatchAnswer {
                output: grouping::perform_batch::<D, A>(call, typed.items).await?,
                untyped: typed.faults,
            })
        });
        let perform = Perform::Batched {
            single: perform_handler::<D, A>(),
            batch,
        };
        let request_key: Option<RequestKeyOf> = A::REQUEST_KEY.map(|_| request_key::<D, A> as RequestKeyOf);
        self.add::<A>(perform, request_key)
    }

    /// Adds an action whose batches become jobs.
    #[must_use]
    pub fn asynchronous_action<A: AsynchronousAction<D>>(self) -> Self {
        let submit = handler_of(|call: Call, items: Vec<RawItem>| async move {
            let typed = TypedItems::<A>::new(items);
            let output = if typed.items.is_empty() {
                SubmittedJob {
                    job_id: None,
                    status: None,
                    results: MultiStatusResponse::default(),
                }
            } else {
                A::perform_batch(&Context::<D>::new(call)?, Batch::new(typed.items)).await?
            };
            Ok(BatchAnswer {
                output,
                untyped: typed.faults,
            })
        });
        let poll =
            handler_of(
                |call: Call, poll| async move { A::perform_poll(&Context::<D>::new(call)?, poll).await },
            );
        self.add::<A>(Perform::Asynchronous { submit, poll }, None)
    }

    fn add<A: ActionInfo<D>>(mut self, perform: Perform, request_key: Option<RequestKeyOf>) -> Self {
        self.any.actions.push(Arc::new(AnyAction {
            slug: A::SLUG,
            title: A::TITLE,
            description: A::DESCRIPTION,
            subscribe: A::SUBSCRIBE,
            hidden: A::HIDDEN,
            after: A::AFTER,
            fields: A::fields(),
            sync_modes: A::sync_modes(),
            dynamic_fields: any_dynamic_fields(A::dynamic_fields()),
            hooks: A::hooks().hooks.into_iter().map(any_hook).collect(),
            idempotent: A::IDEMPOTENT,
            request_key,
            perform,
        }));
        self
    }

    /// Adds the preset that most actions have: their title, their defaults, their own subscription.
    #[must_use]
    pub fn preset<A: ActionInfo<D>>(self) -> Self {
        self.preset_with::<A>(A::TITLE, MappingChanges::none())
    }

    /// Adds a preset: the action's defaults with changes, started by the action's own subscription.
    #[must_use]
    pub fn preset_with<A: ActionInfo<D>>(self, name: &'static str, changes: MappingChanges) -> Self {
        let subscribe = A::SUBSCRIBE.unwrap_or_default();
        self.preset_on::<A>(name, PresetTrigger::Automatic { subscribe }, changes)
    }

    /// Adds a preset with a trigger of its own.
    #[must_use]
    pub fn preset_on<A: ActionInfo<D>>(
        mut self,
        name: &'static str,
        trigger: PresetTrigger,
        changes: MappingChanges,
    ) -> Self {
        let mapping = changes.apply(default_mapping(&A::fields()));
        self.any.presets.push(Preset {
            name,
            action: A::SLUG,
            mapping,
            trigger,
        });
        self
    }

    /// Adds a preset that one event of the platform starts, for example of a warehouse audience.
    #[must_use]
    pub fn preset_on_event<A: ActionInfo<D>>(
        self,
        name: &'static str,
        event_slug: &'static str,
        changes: MappingChanges,
    ) -> Self {
        self.preset_on::<A>(name, PresetTrigger::SpecificEvent { event_slug }, changes)
    }

    /// Adds the presets for all [events of the platform](PlatformEvent), unchanged: `Track` tells what people
    /// do, `Identify` what they are part of.
    #[must_use]
    pub fn presets_on_platform_events<Track: ActionInfo<D>, Identify: ActionInfo<D>>(self) -> Self {
        let track = [
            ("Associated Entity Added", PlatformEvent::EntityAdded),
            ("Associated Entity Removed", PlatformEvent::EntityRemoved),
            ("Entities Audience Entered", PlatformEvent::AudienceEntered),
            ("Entities Exited", PlatformEvent::AudienceExited),
        ];
        let definition = track.into_iter().fold(self, |definition, (name, event)| {
            definition.preset_on_event::<Track>(name, event.slug(), MappingChanges::none())
        });
        definition
            .preset_on_event::<Identify>(
                "Entities Audience Membership Changed",
                PlatformEvent::MembershipChanged.slug(),
                MappingChanges::none(),
            )
            .preset_on_event::<Track>(
                "Journeys Step Transition Track",
                PlatformEvent::JourneyStepEntered.slug(),
                MappingChanges::none(),
            )
    }

    /// The destination, its types forgotten: what the runtime works with.
    #[must_use]
    pub fn build(self) -> AnyDestination {
        self.any
    }
}

fn parse_settings<D: Destination>(settings: &JsonObject) -> Result<Arc<dyn Any + Send + Sync>> {
    let settings: D::Settings = serde_json::from_value(Value::Object(settings.clone()))
        .map_err(|error| Error::payload(format!("the settings of {} cannot be used: {error}", D::SLUG)))?;
    Ok(Arc::new(settings))
}

fn handler_of<I, O, F, Fut>(handler: F) -> Handler<I, O>
where
    F: Fn(Call, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    Arc::new(move |call, input| Box::pin(handler(call, input)))
}

fn perform_handler<D: Destination, A: Action<D>>() -> Handler<Arc<Value>, crate::Output> {
    handler_of(|call: Call, payload: Arc<Value>| async move {
        let payload = type_payload::<A>(payload)?;
        A::perform(&Context::<D>::new(call)?, payload).await
    })
}

/// The request key of a validated payload. One that does not fit the action shares no request.
fn request_key<D: Destination, A: BatchAction<D>>(payload: &Value) -> RequestKey {
    match (A::REQUEST_KEY, A::deserialize(payload)) {
        (Some(key), Ok(payload)) => key(&payload),
        (Some(_), Err(_)) => RequestKey::alone(),
        (None, _) => RequestKey::SHARED,
    }
}

/// The items that fit the action's type, and what is wrong with the others.
struct TypedItems<P> {
    items: Vec<BatchItem<P>>,
    faults: Vec<(usize, ItemError)>,
}

impl<P: Payload> TypedItems<P> {
    fn new(raw: Vec<RawItem>) -> Self {
        let mut items = Vec::with_capacity(raw.len());
        let mut faults = Vec::new();
        for (
            position,
            RawItem {
                payload: given,
                index,
                audience_membership,
            },
        ) in raw.into_iter().enumerate()
        {
            match P::deserialize(&*given) {
                Ok(payload) => items.push(BatchItem {
                    payload,
                    given,
                    index,
                    audience_membership,
                }),
                Err(error) => faults.push((position, ItemError::payload(misfit(&error)))),
            }
        }
        Self { items, faults }
    }
}

fn type_payload<P: Payload>(payload: Arc<Value>) -> Result<P> {
    let typed = match Arc::try_unwrap(payload) {
        Ok(owned) => P::deserialize(owned),
        Err(shared) => P::deserialize(&*shared),
    };
    typed.map_err(|error| Error::payload(misfit(&error)))
}

fn misfit(error: &serde_json::Error) -> String {
    format!("The payload does not fit the action: {error}")
}

fn any_dynamic_fields<D: Destination>(fields: DynamicFields<D>) -> AnyDynamicFields {
    let handlers = fields.handlers.into_iter().map(|(path, handler)| {
        let handler = handler_of(move |call: Call, request| async move {
            handler(&Context::<D>::new(call)?, request).await
        });
        (path, handler)
    });
    AnyDynamicFields {
        handlers: handlers.collect(),
    }
}

fn any_hook<D: Destination>(hook: Hook<D>) -> AnyHook {
    let handler = hook.handler;
    AnyHook {
        hook_type: hook.hook_type,
        label: hook.label,
        description: hook.description,
        input_fields: hook.input_fields,
        dynamic_inputs: any_dynamic_fields(hook.dynamic_inputs),
        output_types: hook.output_types,
        handler: handler_of(move |call: Call, request| async move {
            handler(&Context::<D>::new(call)?, request).await
        }),
    }
}
