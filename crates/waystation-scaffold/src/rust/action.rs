//! The file of an action.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waystation_kit::hooks::HookType;
use waystation_kit::sync_mode::SyncMode;

use super::items::{Item, Items};
use super::record::{Record, Role};
use super::{CrateNames, SourceFile, batching, literal, mentions};
use crate::blueprint::{Action, Body, Delivery, Hook};
use crate::names;

/// An action, of which the parts are written and not yet put together.
pub(crate) struct ActionFile<'a> {
    action: &'a Action,
    names: &'a CrateNames,
    main: String,
    /// What hooks ask for, keep and do.
    hooks: String,
    pub(crate) items: Vec<Item>,
}

/// The type of an action's payload.
pub(crate) fn type_name(action: &Action) -> String {
    super::destination_type(&action.slug)
}

/// The module of an action.
pub(crate) fn module_name(action: &Action) -> String {
    names::identifier(&names::snake(&action.slug))
}

/// The module of all actions.
pub(crate) fn module(actions: &[Action]) -> SourceFile {
    let mut sorted: Vec<&Action> = actions.iter().collect();
    sorted.sort_by_key(|action| names::snake(&action.slug));
    let mut text = "//! The actions, one file each.\n\n".to_owned();
    for action in &sorted {
        let _ = writeln!(text, "pub mod {};", module_name(action));
    }
    text.push('\n');
    for action in &sorted {
        let _ = writeln!(text, "pub use {}::{};", module_name(action), type_name(action));
    }
    SourceFile::new("src/actions/mod.rs", text)
}

impl<'a> ActionFile<'a> {
    pub(crate) fn new(action: &'a Action, names: &'a CrateNames) -> Self {
        let main_name = type_name(action);
        let mut items = Items::beside([main_name.as_str(), names.destination.as_str()]);
        let taken_out = batching::taken_out(&action.fields);
        let (extend, fields) = match &taken_out {
            Some((call, others)) => {
                let code =
                    format!("/// How events are gathered.\nfn batching() -> Fields {{\n    {call}\n}}\n");
                items.add("batching".to_owned(), code, BTreeSet::new());
                (Some("batching"), others)
            }
            None => (None, &action.fields),
        };
        let record = Record {
            name: &main_name,
            doc: format!("The payload of \"{}\".", action.title),
            role: Role::Payload,
            is_serialized: matches!(action.body, Body::Post(_)),
            extend,
            keeps_others: false,
            fields,
        };
        let (main, _) = record.write(&mut items);
        let hooks = action
            .hooks
            .iter()
            .map(|hook| hook_code(action, hook, names, &mut items))
            .collect();
        Self {
            action,
            names,
            main,
            hooks,
            items: items.into_list(),
        }
    }

    /// The file, given the names of what is defined elsewhere for several files.
    pub(crate) fn render(&self, shared: &[String]) -> SourceFile {
        let mut body = self.main.clone();
        for item in &self.items {
            let _ = write!(body, "\n{}", item.code);
        }
        let _ = write!(body, "\n{}\n{}", self.info(), self.perform());
        body.push_str(&self.hooks);
        let used: Vec<&str> = shared
            .iter()
            .map(String::as_str)
            .filter(|name| mentions(&body, name))
            .collect();
        let mut head = format!("//! {}.\n\nuse waystation_kit::prelude::*;\n", self.action.title);
        self.import_hooks(&mut head);
        let _ = writeln!(head, "\nuse crate::{};", self.names.destination);
        if matches!(self.action.body, Body::Post(_)) {
            head.push_str("use crate::client::url;\n");
        }
        if body.contains("pick::") {
            head.push_str("use crate::pick;\n");
        }
        if !used.is_empty() {
            let _ = writeln!(head, "use crate::fields::{{{}}};", used.join(", "));
        }
        let file = names::snake(&self.action.slug);
        SourceFile::new(format!("src/actions/{file}.rs"), format!("{head}\n{body}"))
    }

    fn import_hooks(&self, head: &mut String) {
        let (action, hooks) = (self.action, !self.action.hooks.is_empty());
        if !action.dynamic_fields.is_empty() || hooks {
            head.push_str("use waystation_kit::dynamic_fields::DynamicFields;\n");
        }
        if hooks {
            head.push_str("use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType, Hooks};\n");
        }
        if action.delivery == Delivery::Asynchronous {
            head.push_str("use waystation_kit::jobs::{JobPoll, JobStatus, SubmittedJob};\n");
        }
    }

    fn info(&self) -> String {
        let action = self.action;
        let mut info = format!(
            "impl ActionInfo<{}> for {} {{\n",
            self.names.destination,
            type_name(action)
        );
        for (constant, text) in [("SLUG", &action.slug), ("TITLE", &action.title)] {
            let _ = writeln!(
                info,
                "    const {constant}: &'static str = {};",
                literal::text(text)
            );
        }
        let description = format!("{} in {}.", action.title, self.names.partner);
        let _ = writeln!(
            info,
            "    const DESCRIPTION: &'static str = {};",
            literal::text(&description)
        );
        if let Some(subscribe) = &action.subscribe {
            let subscribe = literal::subscription(subscribe);
            let _ = writeln!(
                info,
                "    const SUBSCRIBE: Option<&'static str> = Some({subscribe});"
            );
        }
        if action.is_hidden {
            info.push_str("    const HIDDEN: bool = true;\n");
        }
        if let Some(modes) = &action.sync_modes {
            let choices: Vec<String> = modes
                .choices
                .iter()
                .map(|mode| format!("({}, {:?})", variant(*mode), names::capitalised(mode.name())))
                .collect();
            let _ = write!(
                info,
                "\n    fn sync_modes() -> Option<SyncModes> {{\n        Some(SyncModes {{\n            default: {},\n            \
                 label: \"How rows are synced\",\n            description: \"What is to happen to a row of the warehouse.\",\n            \
                 choices: vec![{}],\n        }})\n    }}\n",
                variant(modes.default),
                choices.join(", ")
            );
        }
        if !action.dynamic_fields.is_empty() {
            let fields = dynamic_fields(&action.dynamic_fields);
            let _ = write!(
                info,
                "\n    fn dynamic_fields() -> DynamicFields<{}> {{\n        {fields}\n    }}\n",
                self.names.destination
            );
        }
        if !action.hooks.is_empty() {
            let hooks: String = action.hooks.iter().map(|hook| self.hook(hook)).collect();
            let _ = write!(
                info,
                "\n    fn hooks() -> Hooks<{}> {{\n        Hooks::new(){hooks}\n    }}\n",
                self.names.destination
            );
        }
        info.push_str("}\n");
        info
    }

    fn hook(&self, hook: &Hook) -> String {
        let name = hook_name(self.action, hook);
        let fields = |fields: &waystation_kit::fields::Fields, part: &str| match fields.is_empty() {
            true => "Fields::new()".to_owned(),
            false => format!("{name}{part}::fields()"),
        };
        format!(
            ".hook(Hook {{\n hook_type: HookType::{}, label: {:?}, description: {:?}, input_fields: {}, dynamic_inputs: {}, \
             output_types: {}, handler: |cx, request| Box::pin({}(cx, request)),\n }})",
            hook_variant(hook.hook_type),
            hook_label(hook.hook_type),
            format!("{}.", hook_label(hook.hook_type)),
            fields(&hook.inputs, "Inputs"),
            dynamic_fields(&hook.dynamic_inputs()),
            fields(&hook.outputs, "Outputs"),
            hook_function(hook.hook_type),
        )
    }

    fn perform(&self) -> String {
        let (destination, action) = (&self.names.destination, type_name(self.action));
        let not_written = format!(
            "Err(Error::not_implemented({:?}))",
            format!("{} is not written yet", self.action.slug)
        );
        match (&self.action.body, self.action.delivery) {
            (Body::Post(path), _) => posting(destination, &action, path),
            (Body::Unwritten, Delivery::Asynchronous) => format!(
                "impl AsynchronousAction<{destination}> for {action} {{\n    \
                 async fn perform_batch(_: &Context<{destination}>, _: Batch<Self>) -> Result<SubmittedJob> {{\n        {not_written}\n    }}\n\n    \
                 async fn perform_poll(_: &Context<{destination}>, _: JobPoll) -> Result<JobStatus> {{\n        {not_written}\n    }}\n}}\n"
            ),
            (Body::Unwritten, delivery) => {
                let mut code = format!(
                    "impl Action<{destination}> for {action} {{\n    \
                     async fn perform(_: &Context<{destination}>, _: Self) -> Result<Output> {{\n        {not_written}\n    }}\n}}\n"
                );
                if delivery == Delivery::Batched {
                    let _ = write!(
                        code,
                        "\nimpl BatchAction<{destination}> for {action} {{\n    \
                         async fn perform_batch(_: &Context<{destination}>, _: Batch<Self>) -> Result<BatchOutput> {{\n        {not_written}\n    }}\n}}\n"
                    );
                }
                code
            }
        }
    }
}

/// What a hook asks for, what it keeps, and what it does.
fn hook_code(action: &Action, hook: &Hook, names: &CrateNames, items: &mut Items) -> String {
    let (name, mut code) = (hook_name(action, hook), String::new());
    for (part, fields, doc) in [
        (
            "Inputs",
            &hook.inputs,
            "What a person is asked for when a mapping is saved.",
        ),
        ("Outputs", &hook.outputs, "What is kept with the mapping."),
    ] {
        if fields.is_empty() {
            continue;
        }
        let record = Record {
            name: &format!("{name}{part}"),
            doc: doc.to_owned(),
            role: Role::Settings,
            is_serialized: false,
            extend: None,
            keeps_others: false,
            fields,
        };
        let (main, _) = record.write(items);
        let _ = write!(code, "\n{main}");
    }
    let problem = format!(
        "the hook {} of {} is not written yet",
        hook.hook_type.name(),
        action.slug
    );
    let _ = write!(
        code,
        "\n/// {}.\nasync fn {}(_: &Context<{}>, _: HookRequest) -> Result<HookAnswer> {{\n    \
         Err(Error::not_implemented({problem:?}))\n}}\n",
        hook_label(hook.hook_type),
        hook_function(hook.hook_type),
        names.destination,
    );
    code
}

/// An action that posts its payload as JSON.
fn posting(destination: &str, action: &str, path: &str) -> String {
    format!(
        r#"impl Action<{destination}> for {action} {{
    async fn perform(cx: &Context<{destination}>, payload: Self) -> Result<Output> {{
        Ok(cx.post(url("{path}")).json(&payload).send().await?.into())
    }}
}}

impl BatchAction<{destination}> for {action} {{
    async fn perform_batch(cx: &Context<{destination}>, batch: Batch<Self>) -> Result<BatchOutput> {{
        let sent: Vec<Value> = batch.payloads().map(|payload| json!(payload)).collect();
        let answer = cx.post(url("{path}/batch")).json(&sent).send().await;
        Ok(batch.settle(sent, answer, crate::client::read_complaints)?.into())
    }}
}}
"#
    )
}

/// The handlers of dynamic fields.
fn dynamic_fields(paths: &[String]) -> String {
    let mut code = "DynamicFields::new()".to_owned();
    for path in paths {
        let _ = write!(
            code,
            ".field({}, |cx, request| Box::pin(pick::{}(cx, request)))",
            literal::text(path),
            super::parts::picking(path)
        );
    }
    code
}

fn variant(mode: SyncMode) -> String {
    format!("SyncMode::{}", names::capitalised(mode.name()))
}

const fn hook_variant(hook: HookType) -> &'static str {
    match hook {
        HookType::OnMappingSave => "OnMappingSave",
        HookType::RetlOnMappingSave => "RetlOnMappingSave",
    }
}

const fn hook_label(hook: HookType) -> &'static str {
    match hook {
        HookType::OnMappingSave => "When a mapping is saved",
        HookType::RetlOnMappingSave => "When a mapping of a warehouse is saved",
    }
}

const fn hook_function(hook: HookType) -> &'static str {
    match hook {
        HookType::OnMappingSave => "on_mapping_save",
        HookType::RetlOnMappingSave => "retl_on_mapping_save",
    }
}

fn hook_name(action: &Action, hook: &Hook) -> String {
    let prefix = type_name(action);
    match hook.hook_type {
        HookType::OnMappingSave => format!("{prefix}Hook"),
        HookType::RetlOnMappingSave => format!("{prefix}RetlHook"),
    }
}
