//! Formatting what was written, with the rules of the repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::ScaffoldError;
use crate::rust::SourceFile;
use crate::workspace::write_crate;

/// The files as `rustfmt` writes them. It is run once, in a folder of its own, for it starts slowly.
pub(crate) fn formatted(files: Vec<SourceFile>) -> Result<Vec<SourceFile>, ScaffoldError> {
    let failed = |file: &Path, problem: String| ScaffoldError::Format {
        file: file.display().to_string(),
        problem,
    };
    let folder = tempfile::tempdir().map_err(|error| failed(Path::new("."), error.to_string()))?;
    write_crate(folder.path(), &files)?;
    let is_source = |file: &&SourceFile| file.path.extension().is_some_and(|extension| extension == "rs");
    let output = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(["--config", "max_width=110,use_field_init_shorthand=true"])
        .args(
            files
                .iter()
                .filter(is_source)
                .map(|file| folder.path().join(&file.path)),
        )
        .output()
        .map_err(|error| failed(Path::new("."), error.to_string()))?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(Path::new("."), problem));
    }
    let read = |file: SourceFile| {
        let text = fs::read_to_string(folder.path().join(&file.path));
        let text = text.map_err(|error| failed(&file.path, error.to_string()))?;
        Ok(SourceFile { text, ..file })
    };
    files.into_iter().map(read).collect()
}
