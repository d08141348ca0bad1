//! Generated code does not depend on what is in scope.
#![allow(non_camel_case_types, dead_code)]

mod inner {
    struct Option;
    struct Some;
    struct Vec;
    struct String;
    struct Cow;
    struct Fields;
    struct FieldDefinition;
    struct Value;
    mod std {}

    fn fields() -> ::waystation_kit::fields::Fields {
        ::waystation_kit::fields::Fields::new()
    }

    #[derive(serde::Deserialize, waystation_kit::Payload)]
    #[payload(extend = fields)]
    pub struct Event {
        /// The person.
        #[field(placeholder = "a", default = 1, choices = ["a"], format = email, disabled_input_methods = [literal])]
        fields: ::std::option::Option<::std::string::String>,
        field: Kind,
        #[field(properties = fields())]
        inside: ::serde_json::Value,
    }

    #[derive(serde::Deserialize, waystation_kit::Choices)]
    pub enum Kind {
        A,
        r#B,
    }
}

fn main() {
    assert_eq!(<inner::Event as waystation_kit::Payload>::fields().len(), 3);
}
