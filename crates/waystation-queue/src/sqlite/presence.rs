//! Whether the files that are open are still the ones that a restart would find.

use std::fmt;
use std::path::{Path, PathBuf};

/// The files of a store as they were opened.
///
/// A file that is removed or replaced can still be written by whoever has it open, and everything in it is lost when
/// they close it. On systems without file numbers nothing is noticed.
#[derive(Debug)]
pub(super) struct Presence {
    files: Vec<(PathBuf, Option<FileNumber>)>,
}

/// A file of the store is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gone {
    path: PathBuf,
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} was removed or replaced while it was open; put it back or restart",
            self.path.display()
        )
    }
}

/// Device and number of a file.
pub(super) type FileNumber = (u64, u64);

impl Presence {
    /// The files of the store that is open at this path. The log is made when it is first written.
    pub(super) fn of(store: &Path) -> Self {
        let mut log = store.as_os_str().to_owned();
        log.push("-wal");
        Self {
            files: vec![(store.to_owned(), number(store)), (log.into(), None)],
        }
    }

    /// Looks whether the files are the ones that were seen first.
    ///
    /// # Errors
    /// One of them is not.
    pub(super) fn check(&mut self) -> Result<(), Gone> {
        for (path, seen) in &mut self.files {
            let present = number(path);
            match seen {
                Some(_) if present == *seen => {}
                Some(_) => return Err(Gone { path: path.clone() }),
                None => *seen = present,
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
pub(super) fn number(path: &Path) -> Option<FileNumber> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(super) fn number(_: &Path) -> Option<FileNumber> {
    None
}
