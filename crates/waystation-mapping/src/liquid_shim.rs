#![allow(missing_docs, unreachable_pub)]
use serde_json::Value;
#[derive(Debug)]
pub struct Template;
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("no liquid")]
pub struct CompileError;
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("no liquid")]
pub struct RenderError;
#[derive(Default)]
pub struct Counters(Vec<(String, Value)>);
impl Counters {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        self.0.iter().map(|(a, b)| (a.as_str(), b.clone()))
    }
}
#[derive(Default)]
pub struct Budget(());
impl Template {
    pub fn compile(_: &str) -> Result<Self, CompileError> {
        Err(CompileError)
    }
    pub fn render(&self, _: &Value, _: &mut Counters, _: &mut Budget) -> Result<String, RenderError> {
        Err(RenderError)
    }
}
