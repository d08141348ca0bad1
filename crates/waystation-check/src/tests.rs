use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFields};
use waystation_kit::prelude::*;

use super::*;

/// A destination with a mistake of every kind that a definition of one action can hold.
struct Careless;

#[derive(Debug, Deserialize, Settings)]
struct CarelessSettings {
    /// Found in your account.
    #[allow(dead_code, reason = "only its definition matters")]
    api_token: Option<String>,
}

/// A payload.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
#[allow(dead_code, reason = "only its definition matters")]
struct Send {
    undescribed: Option<String>,
    /// Nobody can fill it.
    #[field(hidden)]
    required: String,
    /// The default is not on offer.
    #[field(choices = ["a"], default = "b")]
    chosen: Option<String>,
    /// Nobody answers for it.
    #[field(dynamic)]
    list: Option<String>,
    /// Asks for a field that is not there.
    #[field(depends_on = Conditions::all([Condition::is("missing", 1)]))]
    dependent: Option<String>,
    /// The default is no mapping.
    #[field(default = json!({"@unknown": 1}))]
    mapped: Option<String>,
}

fn batching() -> Fields {
    waystation_kit::batching::Batching::up_to(5)
        .grouped_by(["nowhere"])
        .fields()
}

impl ActionInfo<Careless> for Send {
    const SLUG: &'static str = "send it";
    const TITLE: &'static str = "Send";
    const DESCRIPTION: &'static str = " ";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\" and anonymousId != null");
    const AFTER: &'static [&'static str] = &["send-it"];

    fn dynamic_fields() -> DynamicFields<Careless> {
        DynamicFields::new().field("nobody", |_, _| {
            Box::pin(async { Ok(DynamicFieldAnswer::of(Vec::new())) })
        })
    }
}

impl Action<Careless> for Send {
    async fn perform(_: &Context<Careless>, _: Self) -> Result<Output> {
        Ok(Output::Nothing)
    }
}

impl Destination for Careless {
    const SLUG: &'static str = "careless";
    const NAME: &'static str = "Careless";
    const DESCRIPTION: &'static str = "Full of mistakes.";
    type Settings = CarelessSettings;

    fn definition() -> Definition<Self> {
        let changes = MappingChanges::none().set("stranger", json!(1));
        Definition::new(Scheme::OAuth2)
            .action::<Send>()
            .preset_with::<Send>("Twice", MappingChanges::none())
            .preset_on_event::<Send>("Twice", "event", changes)
    }
}

#[test]
fn every_mistake_is_found_at_its_place() {
    let mut found: Vec<(Rule, String)> = findings::<Careless>()
        .into_iter()
        .map(|finding| (finding.rule, finding.place))
        .collect();
    found.dedup();
    let expected = [
        (Rule::NamesWellFormed, "send it"),
        (Rule::Described, "send it"),
        (Rule::NamesUnique, "preset Twice"),
        (Rule::DefaultsUsable, "send it"),
        (Rule::Described, "send it.undescribed"),
        (Rule::RequiredFieldsCanBeFilled, "send it.required"),
        (Rule::DefaultsUsable, "send it.chosen"),
        (Rule::ConditionsNameFields, "send it.dependent"),
        (Rule::BatchKeysDeclared, "send it.batch_keys"),
        (Rule::SecretsAreHidden, "settings.api_token"),
        (Rule::DynamicFieldsHaveHandlers, "send it.list"),
        (Rule::DynamicFieldsHaveHandlers, "send it.nobody"),
        (Rule::SubscriptionsReadable, "send it"),
        (Rule::PredecessorsExist, "send it"),
        (Rule::SubscriptionsReadable, "preset \"Twice\""),
        (Rule::PresetsFit, "preset \"Twice\""),
        (Rule::TokensCanBeRefreshed, "authentication"),
    ];
    for (rule, place) in expected {
        assert!(
            found.contains(&(rule, place.to_owned())),
            "{rule:?} at {place} was not found among {found:#?}"
        );
    }
    assert_eq!(found.len(), expected.len(), "nothing else is wrong: {found:#?}");
}

#[test]
#[should_panic(expected = "the exception from NamesUnique is no longer needed")]
fn exceptions_that_nothing_needs_are_told() {
    check_except::<Careless>(&[(Rule::NamesUnique, "somewhere")]);
}

#[test]
#[should_panic(expected = "settings.api_token: it looks like a credential")]
fn the_panic_lists_what_to_mend() {
    check::<Careless>();
}

#[test]
fn types_that_no_event_has_are_told() {
    let told = |subscribe: &'static str| {
        let mut findings = Findings::default();
        subscriptions::check_subscription("send", subscribe, &mut findings);
        findings
            .into_list()
            .into_iter()
            .map(|finding| finding.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("type = \"trak\" or (type != \"page\" and event = \"page view\")"),
        ["no event has the type \"trak\"; there are track, identify, group, page, screen, alias"]
    );
    assert_eq!(told("type = \"track\" or type = \"alias\""), [""; 0]);
}

#[test]
fn a_preset_that_leaves_out_what_is_required_is_told() {
    let findings = findings::<Careless>();
    let told = findings
        .iter()
        .filter(|finding| finding.place == "preset \"Twice\"");
    let messages: Vec<&str> = told.map(|finding| finding.message.as_str()).collect();
    assert!(
        messages
            .iter()
            .any(|message| message.contains("maps no \"required\"")),
        "{messages:?}"
    );
}
