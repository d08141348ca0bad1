//! The [error codes](https://crm-docs-internal.uat.digiwedge.com/reference/api/errors), and what each of them
//! means for a delivery.

/// What a refusal means for a delivery. A known code says more than the status that it comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The values do not fit.
    Invalid,
    /// The token is missing, wrong or expired.
    Unauthenticated,
    /// The token lacks a scope, or belongs to another tenant.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It stands in the way of what there is already.
    Conflict,
    /// The request makes sense, but not in this state of things.
    Unprocessable,
    /// The social network failed: worth another attempt if DigiWedge blames the server.
    SocialFailure,
    /// A person has to act at the social network, whatever the status says.
    SocialRefusal,
    /// The social network limits requests, and for long.
    SocialRateLimit,
    /// Too many requests for the moment.
    RateLimit,
    /// The quota of the month is used up: no retry within the life of an event helps.
    Quota,
}

impl Class {
    /// The class of a documented code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Some(match code {
            "VALIDATION_ERROR"
            | "INVALID_EMAIL"
            | "INVALID_PHONE"
            | "INVALID_DATE"
            | "INVALID_CRITERIA"
            | "MISSING_REQUIRED_FIELD"
            | "INVALID_ENUM_VALUE" => Self::Invalid,
            "UNAUTHORIZED" | "TOKEN_EXPIRED" | "TOKEN_INVALID" => Self::Unauthenticated,
            "FORBIDDEN" | "TENANT_MISMATCH" | "SCOPE_REQUIRED" => Self::Forbidden,
            "CUSTOMER_NOT_FOUND"
            | "SEGMENT_NOT_FOUND"
            | "CAMPAIGN_NOT_FOUND"
            | "JOURNEY_NOT_FOUND"
            | "JOURNEY_STEP_NOT_FOUND"
            | "ENROLLMENT_NOT_FOUND"
            | "CONNECTION_NOT_FOUND"
            | "POST_NOT_FOUND"
            | "PROMOTION_NOT_FOUND"
            | "NOTE_NOT_FOUND"
            | "RESOURCE_NOT_FOUND" => Self::NotFound,
            "INVALID_CAMPAIGN_STATUS"
            | "INVALID_JOURNEY_STATUS"
            | "JOURNEY_NO_STEPS"
            | "JOURNEY_ACTIVE"
            | "CAMPAIGN_ALREADY_SENT"
            | "SEGMENT_IN_USE"
            | "CUSTOMER_ALREADY_ENROLLED"
            | "MERGE_SAME_CUSTOMER"
            | "DUPLICATE_EMAIL"
            | "OAUTH_FAILED" => Self::Unprocessable,
            "SOCIAL_PUBLISH_FAILED" => Self::SocialFailure,
            "SOCIAL_TOKEN_EXPIRED" | "SOCIAL_PERMISSION_DENIED" | "SOCIAL_CONTENT_REJECTED" => {
                Self::SocialRefusal
            }
            "SOCIAL_RATE_LIMITED" => Self::SocialRateLimit,
            "RATE_LIMITED" => Self::RateLimit,
            "QUOTA_EXCEEDED" => Self::Quota,
            _ => return None,
        })
    }

    /// The class that a failing status implies, where there is no documented code; `None` for faults of the
    /// server and whatever else is told by its status alone.
    #[must_use]
    pub const fn of_status(status: u16) -> Option<Self> {
        Some(match status {
            400 => Self::Invalid,
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            422 => Self::Unprocessable,
            429 => Self::RateLimit,
            _ => return None,
        })
    }

    /// The status that a failure of this class is reported with. It is final unless
    /// [`is_retryable_status`](waystation_kit::retry::is_retryable_status) says otherwise.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Quota => 402,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Unprocessable | Self::SocialRefusal => 422,
            Self::SocialRateLimit | Self::RateLimit => 429,
            Self::SocialFailure => 500,
        }
    }
}
