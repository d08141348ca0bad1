//! Finding and reading the files of recorded cases.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// One recorded case.
#[derive(Debug)]
pub struct Case {
    /// The name of the case, unique in its area.
    pub id: String,
    /// How much a failure weighs.
    pub tier: Tier,
    /// The whole line, expectation included.
    pub content: Value,
    /// The folder of its file, for areas whose cases refer to a neighbouring file.
    pub folder: PathBuf,
}

/// How far users rely on what a case records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Users rely on it: it must pass. A case that names no tier counts as this.
    Core,
    /// An accident of the recorded program.
    Quirk,
}

/// A file of cases and the area it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseFile {
    /// The name of its folder, which is the name of its area.
    pub area: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl CaseFile {
    fn new(path: PathBuf) -> Self {
        let folder = path.parent().and_then(Path::file_name);
        let area = folder
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self { area, path }
    }

    /// Area and file name, as the report shows it: `fql/cases.jsonl`.
    #[must_use]
    pub fn name(&self) -> String {
        let file = self
            .path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        format!("{}/{file}", self.area)
    }
}

/// Why the corpus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file or folder is missing or cannot be opened.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No folder was given and the recorded cases are not where the repository keeps them.
    #[error("no recorded cases found in tests/conformance; name a file or folder")]
    NoDefault,
    /// A line is not JSON, or lacks what every case has.
    #[error("{path}:{line}: {problem}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// The folder of recorded cases in the working directory, else in the repository this was built from.
///
/// # Errors
/// [`CorpusError::NoDefault`] when neither is there.
pub fn default_folder() -> Result<PathBuf, CorpusError> {
    let here = PathBuf::from("tests/conformance");
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    [here, built_from]
        .into_iter()
        .find(|folder| folder.is_dir())
        .ok_or(CorpusError::NoDefault)
}

/// The files of cases at the given paths, in order of area and name; folders are searched to the bottom.
///
/// # Errors
/// [`CorpusError::Unreadable`] when a path does not exist or a folder cannot be listed.
pub fn find(paths: &[PathBuf]) -> Result<Vec<CaseFile>, CorpusError> {
    let mut files = Vec::new();
    for path in paths {
        let unreadable = |source| CorpusError::Unreadable {
            path: path.clone(),
            source,
        };
        let path = fs::canonicalize(path).map_err(unreadable)?;
        if path.is_dir() {
            search(&path, &mut files)?;
        } else {
            files.push(CaseFile::new(path));
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn search(folder: &Path, files: &mut Vec<CaseFile>) -> Result<(), CorpusError> {
    let unreadable = |source| CorpusError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            search(&path, files)?;
        } else if holds_cases(&path) {
            files.push(CaseFile::new(path));
        }
    }
    Ok(())
}

/// Lists of cases are `.jsonl`; a manifest is one `.json` file that is a case as a whole. The list of
/// deliberate differences is no list of cases.
fn holds_cases(path: &Path) -> bool {
    let in_folder = |name: &str| {
        path.parent()
            .and_then(Path::file_name)
            .is_some_and(|folder| folder == name)
    };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl") => path
            .file_name()
            .is_some_and(|name| name != crate::differences::FILE_NAME),
        Some("json") => in_folder("manifests"),
        _ => false,
    }
}

/// The cases of a file.
///
/// # Errors
/// [`CorpusError`] when the file cannot be read or a line of it is no case.
pub fn read(file: &CaseFile) -> Result<Vec<Case>, CorpusError> {
    let folder = file.path.parent().unwrap_or(Path::new("")).to_owned();
    if is_one_case(&file.path) {
        return Ok(vec![whole_file(file, folder)?]);
    }
    let lines = read_lines(&file.path)?;
    lines
        .into_iter()
        .map(|(line, content)| {
            case(content, &folder).map_err(|problem| CorpusError::Malformed {
                path: file.path.clone(),
                line,
                problem,
            })
        })
        .collect()
}

/// The number of cases in a file whose form is not known: its lines, or one if it is a case as a whole.
///
/// # Errors
/// [`CorpusError::Unreadable`] when the file cannot be read.
pub fn count(file: &CaseFile) -> Result<usize, CorpusError> {
    if is_one_case(&file.path) {
        return Ok(1);
    }
    Ok(read_text(&file.path)?
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count())
}

/// A `.json` file is a case as a whole, where `.jsonl` files have one a line.
fn is_one_case(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// The file as a case that bears its name.
fn whole_file(file: &CaseFile, folder: PathBuf) -> Result<Case, CorpusError> {
    let text = read_text(&file.path)?;
    let content = serde_json::from_str(&text).map_err(|error| CorpusError::Malformed {
        path: file.path.clone(),
        line: error.line(),
        problem: error.to_string(),
    })?;
    let name = file.path.file_stem().unwrap_or_default();
    Ok(Case {
        id: format!("{}-{}", file.area, name.to_string_lossy()),
        tier: Tier::Core,
        content,
        folder,
    })
}

fn read_text(path: &Path) -> Result<String, CorpusError> {
    fs::read_to_string(path).map_err(|source| CorpusError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// The JSON value and the number of every line that is not empty.
pub(crate) fn read_lines(path: &Path) -> Result<Vec<(usize, Value)>, CorpusError> {
    let text = read_text(path)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let value = serde_json::from_str(line).map_err(|error| CorpusError::Malformed {
                path: path.to_owned(),
                line: index + 1,
                problem: error.to_string(),
            })?;
            Ok((index + 1, value))
        })
        .collect()
}

fn case(content: Value, folder: &Path) -> Result<Case, String> {
    let Some(id) = content.get("id").and_then(Value::as_str) else {
        return Err("a case needs an `id`".to_owned());
    };
    let tier = match content.get("tier").and_then(Value::as_str) {
        None | Some("core") => Tier::Core,
        Some("quirk") => Tier::Quirk,
        Some(other) => return Err(format!("unknown tier `{other}`, expected `core` or `quirk`")),
    };
    Ok(Case {
        id: id.to_owned(),
        tier,
        content,
        folder: folder.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_folder_names_the_area() {
        let file = CaseFile::new(PathBuf::from("/any/where/mapping/path.jsonl"));
        assert_eq!(
            (file.area.as_str(), file.name().as_str()),
            ("mapping", "mapping/path.jsonl")
        );
    }

    #[test]
    fn only_lists_of_cases_and_manifests_are_picked_up() {
        assert!(holds_cases(Path::new("x/fql/cases.jsonl")));
        assert!(holds_cases(Path::new("x/destinations/manifests/slack.json")));
        assert!(!holds_cases(Path::new("x/runtime/probe.json")));
        assert!(!holds_cases(Path::new("x/differences.jsonl")));
        assert!(!holds_cases(Path::new("x/fql/README.md")));
    }

    #[test]
    fn a_case_without_a_tier_is_core() {
        let folder = Path::new("");
        assert_eq!(case(json!({"id": "a"}), folder).unwrap().tier, Tier::Core);
        assert_eq!(
            case(json!({"id": "a", "tier": "quirk"}), folder).unwrap().tier,
            Tier::Quirk
        );
        assert!(case(json!({"tier": "core"}), folder).unwrap_err().contains("id"));
        assert!(
            case(json!({"id": "a", "tier": "cork"}), folder)
                .unwrap_err()
                .contains("cork")
        );
    }
}
