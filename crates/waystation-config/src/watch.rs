//! Notices when files change.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc as notices;

use crate::files;

/// Files are looked at this often even if the system tells of nothing: network drives often do not.
const LOOK_ANYWAY: Duration = Duration::from_secs(10);

/// How often files are looked at if the system tells nothing at all.
const LOOK_ALWAYS: Duration = Duration::from_secs(2);

/// What the system tells in this time is gathered.
const GATHER: Duration = Duration::from_millis(100);

/// A file counts as changed when it has stayed the same for this long: some editors write in several steps.
const SETTLE: Duration = Duration::from_millis(200);

/// Notices when one of some files changes: when it is written, replaced (as editors do), or when a symbolic link on
/// the way to it leads elsewhere (as Kubernetes does with mounted secrets). What counts is the content.
///
/// To miss nothing, start before the files are read, and [`follow`](Self::follow) the files of the configuration
/// after every load, whether it succeeded ([`Config::files`](crate::Config::files)) or not
/// ([`Faults::files`](crate::Faults::files)).
#[derive(Debug)]
pub struct Watch {
    notices: notices::Receiver<()>,
    orders: mpsc::Sender<Order>,
}

/// Why files cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be watched: {0}")]
pub struct WatchError(#[from] io::Error);

/// What the watching thread is told.
enum Order {
    /// Something happened in a folder.
    Look,
    /// These are the files from now on.
    Follow(Vec<PathBuf>),
    /// Nobody listens any more.
    Stop,
}

impl Watch {
    /// Begins to watch files. What they contain now is what they are compared with.
    ///
    /// # Errors
    /// There can be no further thread.
    pub fn start(files: impl IntoIterator<Item = PathBuf>) -> Result<Self, WatchError> {
        let (orders, received) = mpsc::channel();
        let (notify, notices) = notices::channel(1);
        let mut watcher = Watching::new(&orders, notify);
        watcher.follow(files.into_iter().collect());
        thread::Builder::new()
            .name("waystation-watch".to_owned())
            .spawn(move || watcher.run(&received))?;
        Ok(Self { notices, orders })
    }

    /// Watches these files from now on. Those that were watched before are compared with what they contained
    /// then, so that no change is missed.
    pub fn follow(&self, files: impl IntoIterator<Item = PathBuf>) {
        // The thread lives as long as this does.
        let _ = self.orders.send(Order::Follow(files.into_iter().collect()));
    }

    /// Waits until files have changed, since the start or since the last time. `None` when watching came to an
    /// end, which only a fault of the thread can bring about.
    ///
    /// Nothing is lost if the wait is given up.
    pub async fn changed(&mut self) -> Option<()> {
        self.notices.recv().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
    }
}

/// The watching thread's own.
struct Watching {
    notify: notices::Sender<()>,
    /// Tells of what happens in folders; `None` where the system does not offer it.
    watcher: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
    /// What the files contained when they were last told of.
    known: Contents,
    names: Arc<ArcSwap<Names>>,
}

/// The names of the files, and of the files that links lead to.
type Names = HashSet<OsString>;

/// A digest of each file's content; `None` for one that cannot be read.
type Contents = BTreeMap<PathBuf, Option<[u8; 32]>>;

impl Watching {
    fn new(orders: &mpsc::Sender<Order>, notify: notices::Sender<()>) -> Self {
        let (orders, names) = (orders.clone(), Arc::<ArcSwap<Names>>::default());
        let concerned = Arc::clone(&names);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| concerns(&event, &concerned.load())) {
                let _ = orders.send(Order::Look);
            }
        });
        Self {
            notify,
            watcher: watcher
                .inspect_err(|error| tracing::warn!(%error, "changes of files are noticed late"))
                .ok(),
            folders: BTreeSet::new(),
            known: Contents::new(),
            names,
        }
    }

    fn run(mut self, orders: &mpsc::Receiver<Order>) {
        let pause = match self.watcher {
            Some(_) => LOOK_ANYWAY,
            None => LOOK_ALWAYS,
        };
        loop {
            let order = match orders.recv_timeout(pause) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => Order::Look,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let further = match order {
                Order::Look => {
                    #[allow(clippy::disallowed_methods, reason = "a thread of its own")]
                    thread::sleep(GATHER);
                    orders
                        .try_iter()
                        .filter(|order| !matches!(order, Order::Look))
                        .collect()
                }
                order => vec![order],
            };
            for order in further {
                match order {
                    Order::Look => {}
                    Order::Follow(files) => self.follow(files),
                    Order::Stop => return,
                }
            }
            self.look();
        }
    }

    fn follow(&mut self, files: Vec<PathBuf>) {
        let known = |path: PathBuf| {
            let content = self.known.get(&path).copied();
            (content.unwrap_or_else(|| digest(&path)), path)
        };
        let contents = files
            .into_iter()
            .map(known)
            .map(|(content, path)| (path, content));
        self.known = contents.collect();
        self.watch_folders();
    }

    /// Folders are watched rather than files: a file that takes the place of another is a new file.
    fn watch_folders(&mut self) {
        let names = self.known.keys().flat_map(|file| names(file));
        self.names.store(Arc::new(names.collect()));
        let wanted: BTreeSet<PathBuf> = self.known.keys().flat_map(|file| folders(file)).collect();
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for gone in self.folders.difference(&wanted) {
            // It may be gone for good.
            let _ = watcher.unwatch(gone);
        }
        for added in wanted.difference(&self.folders) {
            if let Err(error) = watcher.watch(added, RecursiveMode::NonRecursive) {
                tracing::debug!(folder = %added.display(), %error, "a folder cannot be watched");
            }
        }
        self.folders = wanted;
    }

    /// Tells if files have changed.
    fn look(&mut self) {
        let mut contents = self.contents();
        if contents == self.known {
            return;
        }
        loop {
            #[allow(clippy::disallowed_methods, reason = "a thread of its own")]
            thread::sleep(SETTLE);
            let later = self.contents();
            if later == contents {
                break;
            }
            contents = later;
        }
        if contents != self.known {
            self.known = contents;
            // A link may lead into another folder now.
            self.watch_folders();
            // If there is a notice that nobody has taken yet, it counts for this change as well.
            let _ = self.notify.try_send(());
        }
    }

    fn contents(&self) -> Contents {
        let files = self.known.keys();
        files.map(|file| (file.clone(), digest(file))).collect()
    }
}

fn digest(file: &Path) -> Option<[u8; 32]> {
    Some(Sha256::digest(files::bytes(file).ok()?).into())
}

/// Whether what happened in a folder is worth a look. Other files may be written there all the time, those of a database
/// for example; what comes, goes or gets another name may be a link on the way to a file.
fn concerns(event: &notify::Event, names: &Names) -> bool {
    use notify::event::{EventKind, ModifyKind};
    match event.kind {
        // Looking at a file is an event as well, and would lead to the next look.
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)) => {
            event.paths.is_empty() || event.paths.iter().any(|path| is_named(path, names))
        }
        _ => true,
    }
}

fn is_named(path: &Path, names: &Names) -> bool {
    path.file_name().is_none_or(|name| names.contains(name))
}

/// The name of the file, and that of the file that links lead to.
fn names(file: &Path) -> impl Iterator<Item = OsString> {
    let target = fs::canonicalize(file).ok();
    let paths = [Some(file.to_owned()), target].into_iter().flatten();
    paths.filter_map(|path| path.file_name().map(ToOwned::to_owned))
}

/// The folder of the file, and that of the file that links lead to.
fn folders(file: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = |file: &Path| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_owned()
    };
    let target = fs::canonicalize(file).ok().map(|target| folder(&target));
    [Some(folder(file)), target].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::time::timeout;

    use super::*;

    /// Longer than any look; only reached by a test that fails.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    async fn assert_noticed(watch: &mut Watch) {
        let noticed = timeout(PATIENCE, watch.changed()).await;
        assert_eq!(noticed.ok().flatten(), Some(()), "the change was not noticed");
    }

    /// A change that counts is noticed after one that does not, and there is only the one notice.
    async fn assert_single_notice(watch: &mut Watch) {
        assert_noticed(watch).await;
        let again = timeout(GATHER + SETTLE * 3, watch.changed()).await;
        assert!(again.is_err(), "one change was noticed twice");
    }

    #[tokio::test]
    async fn a_file_that_is_written_or_replaced() {
        let folder = TempDir::new().unwrap();
        let file = write(&folder, "waystation.toml", "a = 1");
        let mut watch = Watch::start([file.clone()]).unwrap();
        fs::write(&file, "a = 2").unwrap();
        assert_noticed(&mut watch).await;
        // As editors do it.
        let draft = write(&folder, "waystation.toml.new", "a = 3");
        fs::rename(draft, &file).unwrap();
        assert_noticed(&mut watch).await;
        fs::remove_file(&file).unwrap();
        assert_noticed(&mut watch).await;
        fs::write(&file, "a = 4").unwrap();
        assert_noticed(&mut watch).await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_that_lead_elsewhere() {
        use std::os::unix::fs::symlink;

        let folder = TempDir::new().unwrap();
        for (version, text) in [("..1", "a = 1"), ("..2", "a = 2"), ("..3", "a = 3")] {
            fs::create_dir(folder.path().join(version)).unwrap();
            fs::write(folder.path().join(version).join("waystation.toml"), text).unwrap();
        }
        // As Kubernetes does it.
        let data = folder.path().join("..data");
        symlink("..1", &data).unwrap();
        let file = folder.path().join("waystation.toml");
        symlink("..data/waystation.toml", &file).unwrap();
        let mut watch = Watch::start([file]).unwrap();
        for version in ["..2", "..3"] {
            let draft = folder.path().join("..data_tmp");
            symlink(version, &draft).unwrap();
            fs::rename(draft, &data).unwrap();
            assert_noticed(&mut watch).await;
        }
    }

    #[tokio::test]
    async fn what_stays_the_same_and_other_files_do_not_count() {
        let folder = TempDir::new().unwrap();
        let file = write(&folder, "waystation.toml", "a = 1");
        let mut watch = Watch::start([file.clone()]).unwrap();
        fs::write(&file, "a = 1").unwrap();
        write(&folder, "waystation.db", "x");
        fs::write(&file, "a = 2").unwrap();
        assert_single_notice(&mut watch).await;
    }

    #[test]
    fn what_is_written_to_other_files_is_not_looked_at() {
        use notify::event::{CreateKind, DataChange, Event, EventKind, ModifyKind, RenameMode};

        let file = Path::new("/etc/waystation/waystation.toml");
        let names: Names = names(file).collect();
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let event = |kind, name: &str| Event::new(kind).add_path(file.with_file_name(name));
        assert!(concerns(&event(written, "waystation.toml"), &names));
        assert!(!concerns(&event(written, "waystation.db-wal"), &names));
        let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::Any));
        assert!(concerns(&event(renamed, "..data"), &names), "it may be a link");
        let created = EventKind::Create(CreateKind::Any);
        assert!(concerns(&event(created, "..data"), &names), "it may be a link");
        assert!(concerns(&Event::new(written), &names), "nobody knows what");
    }

    #[tokio::test]
    async fn files_that_are_followed_later() {
        let folder = TempDir::new().unwrap();
        let file = write(&folder, "waystation.toml", "a = 1");
        let secret = write(&folder, "secret", "1");
        let mut watch = Watch::start([file.clone()]).unwrap();
        // Between the start and the new list, a file of both lists changes.
        fs::write(&file, "a = 2").unwrap();
        watch.follow([file, secret.clone()]);
        assert_noticed(&mut watch).await;
        fs::write(&secret, "2").unwrap();
        assert_noticed(&mut watch).await;
    }
}
