//! Gets secrets from where they are kept.

use std::path::{Path, PathBuf};

use waystation_fields::{FieldType, Fields};
use waystation_kit::Secret;
use waystation_kit::services::Environment;

use crate::document::{Entry, Findings, Kind, Located, Spot, Tree};
use crate::fault::Problem;
use crate::files;
use crate::written::{SecretText, reference};

/// Where secrets are kept: environment and files.
#[derive(Debug)]
pub(crate) struct Vault<'a> {
    environment: &'a Environment,
    /// From where relative paths count.
    folder: &'a Path,
    /// The files that were asked for, whether they could be read or not.
    files: Vec<PathBuf>,
}

impl<'a> Vault<'a> {
    pub(crate) fn new(environment: &'a Environment, folder: &'a Path) -> Self {
        Self {
            environment,
            folder,
            files: Vec::new(),
        }
    }

    /// The files that were asked for.
    pub(crate) fn into_files(self) -> Vec<PathBuf> {
        self.files
    }

    /// The secret itself. One that cannot be had, or is empty, is told.
    pub(crate) fn open(
        &mut self,
        secret: &SecretText,
        spot: &Spot,
        findings: &mut Findings<'_>,
    ) -> Option<Secret> {
        match self.get(secret) {
            Ok(secret) => Some(secret),
            Err(problem) => {
                findings.add(spot, problem);
                None
            }
        }
    }

    /// As [`Vault::open`], for what may not be written at all.
    pub(crate) fn open_written(
        &mut self,
        secret: Option<Located<SecretText>>,
        findings: &mut Findings<'_>,
    ) -> Option<Secret> {
        let secret = secret?;
        self.open(&secret.value, &secret.spot, findings)
    }

    fn get(&mut self, secret: &SecretText) -> Result<Secret, Problem> {
        let (found, origin) = match secret {
            SecretText::Here(secret) => (secret.clone(), None),
            SecretText::Environment(name) => {
                let found = self.environment.get(name);
                let missing = || Problem::MissingVariable { name: name.clone() };
                (found.ok_or_else(missing)?.into(), Some(name.clone()))
            }
            SecretText::File(path) => (self.read(path)?, Some(path.clone())),
        };
        match found.is_empty() {
            true => Err(Problem::EmptySecret { origin }),
            false => Ok(found),
        }
    }

    /// Where a file is that somebody else reads, if it can be read; it is followed from now on.
    pub(super) fn find(&mut self, path: &Path) -> Result<PathBuf, Problem> {
        let file = self.folder.join(path);
        self.files.push(file.clone());
        match files::bytes(&file) {
            Ok(_) => Ok(file),
            Err(error) => Err(Problem::UnreadableSecret {
                path: path.display().to_string(),
                error: error.to_string(),
            }),
        }
    }

    /// The text of a file, which is followed from now on.
    pub(super) fn read(&mut self, path: &str) -> Result<Secret, Problem> {
        let file = self.folder.join(path);
        self.files.push(file.clone());
        let mut text = files::text(&file).map_err(|error| Problem::UnreadableSecret {
            path: path.to_owned(),
            error: error.to_string(),
        })?;
        // Most editors end the last line.
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(text.into())
    }

    /// Settings with the texts in place of what tells where they are kept. A setting that is an object by its
    /// declaration is never taken for a reference itself, only what is in it.
    pub(crate) fn fill_in(
        &mut self,
        settings: &Tree,
        declared: Option<&Fields>,
        findings: &mut Findings<'_>,
    ) -> (Tree, Vec<Secret>) {
        let mut secrets = Vec::new();
        let filled = settings.entries().iter().map(|entry| {
            let is_object = declared
                .and_then(|declared| declared.get(&entry.key.value))
                .is_some_and(|field| field.field_type == FieldType::Object);
            let value = match is_object {
                true => self.fill_in_parts(&entry.value, &mut secrets, findings),
                false => self.fill_in_value(&entry.value, &mut secrets, findings),
            };
            Entry {
                key: entry.key.clone(),
                value,
            }
        });
        let kind = Kind::Table(filled.collect());
        let spot = settings.spot.clone();
        (Tree { kind, spot }, secrets)
    }

    fn fill_in_value(&mut self, tree: &Tree, secrets: &mut Vec<Secret>, findings: &mut Findings<'_>) -> Tree {
        let Some(reference) = reference(tree) else {
            return self.fill_in_parts(tree, secrets, findings);
        };
        // Where it cannot be had, which was told, the text is empty.
        let secret = self.open(&reference, &tree.spot, findings).unwrap_or_default();
        let kind = Kind::Text(secret.expose().to_owned());
        secrets.push(secret);
        Tree {
            kind,
            spot: tree.spot.clone(),
        }
    }

    fn fill_in_parts(&mut self, tree: &Tree, secrets: &mut Vec<Secret>, findings: &mut Findings<'_>) -> Tree {
        let kind = match &tree.kind {
            Kind::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.fill_in_value(item, secrets, findings));
                Kind::List(items.collect())
            }
            Kind::Table(entries) => {
                let entries = entries.iter().map(|entry| Entry {
                    key: entry.key.clone(),
                    value: self.fill_in_value(&entry.value, secrets, findings),
                });
                Kind::Table(entries.collect())
            }
            other => other.clone(),
        };
        Tree {
            kind,
            spot: tree.spot.clone(),
        }
    }
}
