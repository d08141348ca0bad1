//! `default = ...`: what a new mapping suggests.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, LitStr};

use crate::attribute::text_literal;
use crate::errors::Errors;

/// A default whose paths and templates have been checked.
pub(crate) enum DefaultValue {
    /// `path("$.userId")`.
    Path(LitStr),
    /// `template("{{properties.name}}")`.
    Template(LitStr),
    /// `first_of("$.a", "$.b")`: the first path that exists.
    FirstOf(Vec<LitStr>),
    /// Anything else that converts into a JSON value.
    Expression(Expr),
}

impl DefaultValue {
    pub(crate) fn read(expression: &Expr, errors: &mut Errors) -> Option<Self> {
        let Some((directive, call)) = directive_call(expression) else {
            if let Some((text, mistake)) =
                text_literal(expression).and_then(|text| Some((text, forgotten(text)?)))
            {
                errors.at(text, mistake);
                return None;
            }
            return Some(Self::Expression(expression.clone()));
        };
        match directive {
            Directive::Path => single_text(call, "path", errors)
                .filter(|text| is_accepted(text, path_mistake, errors))
                .map(Self::Path),
            Directive::Template => single_text(call, "template", errors)
                .filter(|text| is_accepted(text, template_mistake, errors))
                .map(Self::Template),
            Directive::FirstOf => paths(call, errors).map(Self::FirstOf),
        }
    }
}

impl ToTokens for DefaultValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Path(path) => quote!(::waystation_kit::directive::path(#path)),
            Self::Template(template) => quote!(::waystation_kit::directive::template(#template)),
            Self::FirstOf(paths) => quote!(::waystation_kit::directive::first_of(&[#(#paths),*])),
            Self::Expression(expression) => {
                quote_spanned!(expression.span()=> ::waystation_kit::derived::value(#expression))
            }
        });
    }
}

/// What is wrong with a bare text, if it looks like the argument of a directive: partners would receive it as it stands.
fn forgotten(text: &LitStr) -> Option<String> {
    let value = text.value();
    let directive = match () {
        () if value == "$" || value.starts_with("$.") => "path",
        () if value.contains("{{") && value.contains("}}") => "template",
        () => return None,
    };
    Some(format!(
        "this is a text, sent as it stands: write `{directive}({value:?})` for what it stands for, or `json!({value:?})` \
         if the text is meant"
    ))
}

/// The calls that are checked here instead of being left to the compiler.
#[derive(Clone, Copy)]
enum Directive {
    Path,
    Template,
    FirstOf,
}

fn directive_call(expression: &Expr) -> Option<(Directive, &ExprCall)> {
    let Expr::Call(call) = expression else { return None };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let directive = match function.path.get_ident()?.to_string().as_str() {
        "path" => Directive::Path,
        "template" => Directive::Template,
        "first_of" => Directive::FirstOf,
        _ => return None,
    };
    Some((directive, call))
}

fn single_text(call: &ExprCall, name: &str, errors: &mut Errors) -> Option<LitStr> {
    if let (1, Some(text)) = (call.args.len(), call.args.first().and_then(text_literal)) {
        return Some(text.clone());
    }
    errors.at(call, format_args!("`{name}` takes one text in quotes"));
    None
}

/// Every path of a `first_of`, each checked even if an earlier one is wrong.
fn paths(call: &ExprCall, errors: &mut Errors) -> Option<Vec<LitStr>> {
    let texts: Vec<&LitStr> = call.args.iter().filter_map(text_literal).collect();
    if texts.len() != call.args.len() || texts.len() < 2 {
        errors.at(call, "`first_of` takes two or more paths in quotes");
        return None;
    }
    let mut all_accepted = true;
    for text in &texts {
        all_accepted &= is_accepted(text, path_mistake, errors);
    }
    all_accepted.then(|| texts.into_iter().cloned().collect())
}

fn is_accepted(text: &LitStr, mistake: impl Fn(&str) -> Option<&'static str>, errors: &mut Errors) -> bool {
    let mistake = mistake(&text.value());
    if let Some(mistake) = mistake {
        errors.at(text, mistake);
    }
    mistake.is_none()
}

/// What is wrong with a path, if anything.
fn path_mistake(path: &str) -> Option<&'static str> {
    if path == "$" {
        return None;
    }
    match path.strip_prefix("$.") {
        None => Some("a path starts with `$.`, as in `$.userId`; `$` alone is the whole event"),
        Some(keys) if keys.trim().is_empty() => Some("the path names no key after `$.`"),
        Some(_) => None,
    }
}

/// What is wrong with a template, if anything. Single braces are text, as in a template that writes JSON.
fn template_mistake(template: &str) -> Option<&'static str> {
    let mut open_text_braces = 0_usize;
    let mut rest = template;
    while let Some(start) = rest.find(['{', '}']) {
        rest = &rest[start..];
        if rest.starts_with("{{") {
            match after_placeholder(rest) {
                Ok(after) => rest = after,
                Err(mistake) => return Some(mistake),
            }
            continue;
        }
        if rest.starts_with("}}") && open_text_braces == 0 {
            return Some("the template closes a placeholder that it does not open");
        }
        if rest.starts_with('{') {
            open_text_braces += 1;
        } else {
            open_text_braces = open_text_braces.saturating_sub(1);
        }
        rest = &rest[1..];
    }
    None
}

/// The text after a placeholder, `{{ ... }}` or `{{{ ... }}}`, or what is wrong with it.
fn after_placeholder(text: &str) -> Result<&str, &'static str> {
    let inside = text.trim_start_matches('{');
    let closing = match text.len() - inside.len() {
        2 => "}}",
        3 => "}}}",
        _ => return Err("a placeholder has two or three braces on each side"),
    };
    let end = inside.find(['{', '}']).unwrap_or(inside.len());
    let (name, after) = inside.split_at(end);
    match after.strip_prefix(closing) {
        None => Err("the template opens a placeholder that it does not close"),
        Some(_) if name.trim().is_empty() => Err("the template has an empty placeholder"),
        Some(after) => Ok(after),
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn paths_start_at_the_event() {
        for good in ["$", "$.a", "$.a.b[0]", "$.properties['a b']"] {
            assert_eq!(path_mistake(good), None, "{good}");
        }
        for bad in ["", "userId", "$userId", "$.", "$. ", ".a", " $.a"] {
            assert!(path_mistake(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn templates_close_what_they_open() {
        for good in [
            "",
            "plain",
            "{{a}}",
            "{{ a }} and {{{b}}}",
            "a } b { c",
            "{{a}}{{b}}",
            r#"{"a": {"b": {{c}}}}"#,
            r#"{"a":{"b":"{{c}}"}}"#,
        ] {
            assert_eq!(template_mistake(good), None, "{good}");
        }
        for bad in [
            "{{a",
            "{{a}",
            "a}}",
            "{{{a}}",
            "{{a {{b}} }}",
            "{{}}",
            "{{ }}",
            "{{{{a}}}}",
            "{{a}} }}",
            "{ {{a}} }}}",
        ] {
            assert!(template_mistake(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn every_mistake_of_a_list_of_paths_is_found() {
        let mut errors = Errors::default();
        let read = DefaultValue::read(&parse_quote!(first_of("a", "$.b", "c")), &mut errors);
        assert!(read.is_none());
        assert_eq!(errors.messages().len(), 2);
    }

    #[test]
    fn texts_that_look_like_directives_are_refused() {
        let mut errors = Errors::default();
        for expression in [
            parse_quote!("$.userId"),
            parse_quote!("$"),
            parse_quote!("{{userId}}"),
        ] {
            assert!(DefaultValue::read(&expression, &mut errors).is_none());
        }
        let messages = errors.messages();
        assert!(messages[0].contains("write `path(\"$.userId\")`"), "{messages:?}");
        assert!(
            messages[2].contains("write `template(\"{{userId}}\")`"),
            "{messages:?}"
        );
    }

    #[test]
    fn other_calls_are_left_to_the_compiler() {
        let mut errors = Errors::default();
        for expression in [
            parse_quote!(crate::path(1)),
            parse_quote!(json!({"a": 1})),
            parse_quote!(json!("$.a")),
            parse_quote!("a"),
            parse_quote!("$5"),
        ] {
            let read = DefaultValue::read(&expression, &mut errors);
            assert!(matches!(read, Some(DefaultValue::Expression(_))));
        }
        assert!(errors.finish().is_ok());
    }
}
