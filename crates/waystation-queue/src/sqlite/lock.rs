//! One process at a time.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::presence::{self, FileNumber};
use crate::error::OpenError;

/// The lock on a store. The operating system ends it with the process, however that ends.
///
/// What is locked is the database file itself, whatever the name that led to it. A file beside it holds the process id
/// for whoever finds the lock taken, and keeps programs away that know of no other lock.
#[derive(Debug)]
pub(super) struct StoreLock {
    _database: File,
    _beside: File,
    number: Option<FileNumber>,
}

/// The stores that this process has open. They are never opened a second time to find out whether they are locked:
/// with the closing of any handle a process loses what SQLite has locked by another.
static OPEN: Mutex<BTreeSet<FileNumber>> = Mutex::new(BTreeSet::new());

impl StoreLock {
    /// Takes the lock of the store in this file, which exists.
    pub(super) fn take(store: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::File {
            path: store.to_owned(),
            source,
        };
        let beside = lock_path(store);
        check(store, &beside).map_err(failed)?;
        let number = presence::number(store);
        let in_use = || OpenError::InUse {
            path: store.to_owned(),
            holder: holder(&beside),
        };
        if number.is_some_and(|number| open().contains(&number)) {
            return Err(in_use());
        }
        let lock = |path: &Path| {
            let mut options = OpenOptions::new();
            options
                .create(path == beside)
                .truncate(false)
                .read(true)
                .write(true);
            let file = options.open(path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => Ok(file),
                Err(TryLockError::WouldBlock) => Err(in_use()),
                Err(TryLockError::Error(error)) => Err(failed(error)),
            }
        };
        let database = lock(store)?;
        let mut beside = lock(&beside)?;
        sign(&mut beside).map_err(failed)?;
        open().extend(number);
        Ok(Self {
            _database: database,
            _beside: beside,
            number,
        })
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            open().remove(&number);
        }
    }
}

fn open() -> MutexGuard<'static, BTreeSet<FileNumber>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses a store with a second name, whose log would be looked for under either, and a lock file that leads
/// elsewhere. A store that others may read is told.
#[cfg(unix)]
fn check(store: &Path, beside: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let file = fs::metadata(store)?;
    if file.nlink() > 1 {
        return Err(io::Error::other(
            "the file has several names (hard links), and a store must have one",
        ));
    }
    if file.mode() & 0o077 != 0 {
        let mode = format!("{:o}", file.mode() & 0o777);
        tracing::warn!(store = %store.display(), mode, "others than the owner may open the store, which holds personal data and tokens");
    }
    match fs::symlink_metadata(beside) {
        Ok(file) if !file.is_file() => Err(io::Error::other(format!(
            "{} is not a regular file",
            beside.display()
        ))),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn check(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

fn lock_path(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push("-lock");
    path.into()
}

/// Leaves our process id for whoever finds the lock taken.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(beside: &Path) -> Option<u32> {
    fs::read_to_string(beside).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("queue.db");
        fs::write(&store, "").unwrap();
        (folder, store)
    }

    #[test]
    fn a_second_holder_is_told_of_the_first() {
        let (_folder, store) = store();
        let lock = StoreLock::take(&store).unwrap();
        let message = StoreLock::take(&store).unwrap_err().to_string();
        let expected = format!("in use by process {}", std::process::id());
        assert!(message.contains(&expected), "{message}");
        drop(lock);
        StoreLock::take(&store).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_store_is_locked_under_whichever_name_it_is_reached_and_without_its_lock_file() {
        let (folder, store) = store();
        let _lock = StoreLock::take(&store).unwrap();
        let alias = folder.path().join("alias.db");
        std::os::unix::fs::symlink(&store, &alias).unwrap();
        fs::remove_file(lock_path(&store)).unwrap();
        for name in [&store, &alias] {
            let error = StoreLock::take(name).unwrap_err();
            assert!(matches!(error, OpenError::InUse { .. }), "{error}");
        }
    }

    #[test]
    fn another_process_that_has_locked_the_database_keeps_it() {
        let (_folder, store) = store();
        // A lock belongs to an open file, so another open file stands for another process.
        let theirs = File::open(&store).unwrap();
        theirs.lock().unwrap();
        let error = StoreLock::take(&store).unwrap_err();
        assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    }

    #[test]
    fn a_store_with_two_names_is_refused() {
        let (folder, store) = store();
        fs::hard_link(&store, folder.path().join("other.db")).unwrap();
        let message = StoreLock::take(&store).unwrap_err().to_string();
        assert!(message.contains("hard links"), "{message}");
    }

    #[test]
    #[cfg(unix)]
    fn a_lock_file_that_leads_elsewhere_is_refused_and_what_it_leads_to_stays() {
        let (folder, store) = store();
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, lock_path(&store)).unwrap();
        let message = StoreLock::take(&store).unwrap_err().to_string();
        assert!(message.contains("is not a regular file"), "{message}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    }

    /// Remembers what is said.
    #[derive(Clone, Default)]
    struct Said(std::sync::Arc<Mutex<String>>);

    impl tracing::field::Visit for Said {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            use std::fmt::Write;
            let _ = write!(self.0.lock().unwrap(), "{}={value:?} ", field.name());
        }
    }

    impl tracing::Subscriber for Said {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            *metadata.level() == tracing::Level::WARN
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            event.record(&mut self.clone());
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    #[cfg(unix)]
    fn a_store_that_others_may_read_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        for (mode, is_said) in [(0o644, true), (0o600, false)] {
            fs::set_permissions(&store, fs::Permissions::from_mode(mode)).unwrap();
            let said = Said::default();
            tracing::subscriber::with_default(said.clone(), || drop(StoreLock::take(&store).unwrap()));
            let said = said.0.lock().unwrap().clone();
            assert_eq!(said.contains(&format!("{mode:o}")), is_said, "{said}");
            assert_eq!(
                said.contains("others than the owner may open the store"),
                is_said,
                "{said}"
            );
        }
    }
}
