//! Putting a destination together: what [`Destination::definition`] returns.

mod presets;
mod typed;

use std::marker::PhantomData;
use std::sync::Arc;

use crate::action::{Action, AsynchronousAction, BatchAction};
use crate::any::{
    AnyAction, AnyAudiences, AnyDestination, Authentication, BatchAnswer, Perform, RawItem, RequestKeyOf,
};
use crate::audience::Audiences;
use crate::auth::{RefreshedTokens, Scheme};
use crate::context::{Call, Context};
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::future::BoxFuture;
use crate::grouping;
use crate::jobs::SubmittedJob;
use crate::multistatus::{Batch, MultiStatusResponse};
use crate::payload::Settings;
use typed::{TypedItems, any_action, handler_of, parse_settings, perform_handler, request_key};

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
        self.add(any_action::<D, A>(Perform::Single(perform_handler::<D, A>())))
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
        let mut action = any_action::<D, A>(perform);
        action.request_key = A::REQUEST_KEY.map(|_| request_key::<D, A> as RequestKeyOf);
        action.most_bytes = A::MOST_BYTES;
        action.splits = A::SPLITS;
        self.add(action)
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
        self.add(any_action::<D, A>(Perform::Asynchronous { submit, poll }))
    }

    fn add(mut self, action: AnyAction) -> Self {
        self.any.actions.push(Arc::new(action));
        self
    }

    /// The destination, its types forgotten: what the runtime works with.
    #[must_use]
    pub fn build(self) -> AnyDestination {
        self.any
    }
}
