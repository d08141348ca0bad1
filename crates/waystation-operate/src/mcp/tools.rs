//! Tools, made from the operations of the OpenAPI document.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use crate::api::RawRequest;

/// Operations that are no tools: a stream that does not end.
const LEFT_OUT: [&str; 1] = ["tailDeliveries"];

/// What all paths of tools begin with.
const PREFIX: &str = "/admin/";

/// Under which argument a tool takes the body.
const BODY: &str = "body";

/// How deep references are followed: schemas may refer to themselves.
const DEEPEST: usize = 12;

/// The tools, by name.
#[derive(Debug)]
pub(super) struct Tools(BTreeMap<String, Tool>);

/// An operation of the document.
#[derive(Debug)]
pub(super) struct Tool {
    method: Method,
    path: String,
    description: String,
    /// Names of what stands in the path, and of what stands in the query.
    in_path: Vec<String>,
    in_query: Vec<String>,
    takes_body: bool,
    schema: Value,
}

impl Tools {
    /// The operations of a document; those that change something only if that is wanted.
    pub(super) fn of(document: &Value, operate: bool) -> Self {
        let paths = document
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let mut tools = BTreeMap::new();
        for (path, operations) in paths.filter(|(path, _)| path.starts_with(PREFIX)) {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else {
                    continue;
                };
                let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                    continue;
                };
                let is_wanted = (operate || method == Method::GET) && !LEFT_OUT.contains(&id);
                if is_wanted {
                    tools.insert(id.to_owned(), Tool::of(document, method, path, operation));
                }
            }
        }
        Self(tools)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Tool> {
        self.0.get(name)
    }

    pub(super) fn unknown(&self, name: &str) -> String {
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        format!(
            "There is no tool \"{name}\"; there are {}. Tools that change something take `waystation mcp --operate`.",
            names.join(", ")
        )
    }

    /// As `tools/list` answers.
    pub(super) fn listed(&self) -> Value {
        let tools = self.0.iter().map(|(name, tool)| {
            let is_read = tool.method == Method::GET;
            json!({
                "name": name,
                "description": tool.description,
                "inputSchema": tool.schema,
                "annotations": {
                    "readOnlyHint": is_read,
                    "destructiveHint": !is_read,
                    "idempotentHint": is_read,
                    "openWorldHint": false,
                },
            })
        });
        json!({"tools": tools.collect::<Vec<_>>()})
    }
}

impl Tool {
    fn of(document: &Value, method: Method, path: &str, operation: &Value) -> Self {
        let text = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        let (mut in_path, mut in_query) = (Vec::new(), Vec::new());
        let parameters = operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for parameter in parameters {
            let name = text(parameter, "name");
            match parameter.get("in").and_then(Value::as_str) {
                Some("path") => in_path.push(name.clone()),
                Some("query") => in_query.push(name.clone()),
                _ => continue,
            }
            if parameter.get("required").and_then(Value::as_bool) == Some(true) {
                required.push(name.as_str().into());
            }
            let mut schema = resolved(document, parameter.get("schema").unwrap_or(&Value::Null), 0);
            let description = text(parameter, "description");
            if let Some(schema) = schema.as_object_mut().filter(|_| !description.is_empty()) {
                schema.insert("description".to_owned(), description.into());
            }
            properties.insert(name, schema);
        }
        let body = operation.pointer("/requestBody/content/application~1json/schema");
        if let Some(body) = body {
            properties.insert(BODY.to_owned(), resolved(document, body, 0));
            if operation
                .pointer("/requestBody/required")
                .and_then(Value::as_bool)
                == Some(true)
            {
                required.push(BODY.into());
            }
        }
        Self {
            method,
            path: path.to_owned(),
            description: format!(
                "{}\n\n{}",
                text(operation, "summary"),
                text(operation, "description")
            )
            .trim()
            .to_owned(),
            in_path,
            in_query,
            takes_body: body.is_some(),
            schema: json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            }),
        }
    }

    /// The request that these arguments mean.
    ///
    /// # Errors
    /// Something is missing, or is not what the tool takes.
    pub(super) fn request(&self, arguments: &Value) -> Result<RawRequest, String> {
        let arguments = arguments.as_object().ok_or("The arguments must be an object.")?;
        let is_known = |name: &String| {
            self.in_path.contains(name) || self.in_query.contains(name) || (self.takes_body && name == BODY)
        };
        if let Some(unknown) = arguments.keys().find(|name| !is_known(name)) {
            return Err(format!("There is no argument \"{unknown}\"."));
        }
        let given = |name: &String| arguments.get(name).filter(|value| !value.is_null()).map(plain);
        let mut segments = Vec::new();
        for segment in self.path.trim_start_matches('/').split('/') {
            let name = segment
                .strip_prefix('{')
                .and_then(|segment| segment.strip_suffix('}'));
            segments.push(match name {
                Some(name) => {
                    given(&name.to_owned()).ok_or_else(|| format!("The argument \"{name}\" is missing."))?
                }
                None => segment.to_owned(),
            });
        }
        let query = self
            .in_query
            .iter()
            .filter_map(|name| Some((name.clone(), given(name)?)));
        Ok(RawRequest {
            method: self.method.clone(),
            segments,
            query: query.collect(),
            body: arguments.get(BODY).cloned(),
        })
    }
}

/// A value as it stands in a path or a query.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A schema with everything it refers to in its place, for clients that know no references.
fn resolved(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return json!({});
    }
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            if let Some(target) =
                reference.and_then(|reference| document.pointer(reference.trim_start_matches('#')))
            {
                return resolved(document, target, depth + 1);
            }
            let members = members.iter();
            members
                .map(|(key, member)| (key.clone(), resolved(document, member, depth + 1)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(items) => items
            .iter()
            .map(|item| resolved(document, item, depth + 1))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "paths": {
                "/admin/v1/things": {"get": {
                    "operationId": "listThings", "summary": "List things",
                    "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}],
                }},
                "/admin/v1/things/{id}/mend": {"post": {
                    "operationId": "mendThing", "summary": "Mend a thing",
                    "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "integer"}}],
                    "requestBody": {"required": true, "content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/Mending"},
                    }}},
                }},
                "/v1/track": {"post": {"operationId": "track"}},
            },
            "components": {"schemas": {
                "Mending": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Mending"}}},
            }},
        })
    }

    fn names(operate: bool) -> Vec<String> {
        let listed = Tools::of(&document(), operate).listed();
        let tools = listed["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn only_what_reads_is_offered_unless_more_is_wanted() {
        assert_eq!(names(false), ["listThings"]);
        assert_eq!(names(true), ["listThings", "mendThing"]);
    }

    #[test]
    fn arguments_become_a_request() {
        let tools = Tools::of(&document(), true);
        let mend = tools.get("mendThing").unwrap();
        let request = mend.request(&json!({"id": 7, "body": {"a": 1}})).unwrap();
        assert_eq!(request.segments, ["admin", "v1", "things", "7", "mend"]);
        assert_eq!(
            (request.method, request.body),
            (Method::POST, Some(json!({"a": 1})))
        );
        assert!(
            mend.request(&json!({"body": {}}))
                .unwrap_err()
                .contains("\"id\" is missing")
        );
        assert!(
            mend.request(&json!({"id": 7, "force": true}))
                .unwrap_err()
                .contains("force")
        );
        let list = tools.get("listThings").unwrap();
        assert_eq!(
            list.request(&json!({"limit": 3})).unwrap().query,
            [("limit".to_owned(), "3".to_owned())]
        );
    }

    #[test]
    fn schemas_hold_no_references_and_end() {
        let listed = Tools::of(&document(), true).listed().to_string();
        assert!(!listed.contains("$ref") && listed.len() < 4_000, "{listed}");
    }
}
