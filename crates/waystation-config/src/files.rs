//! Files that are read as a whole: the configuration and secrets.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The largest file that is read. Configurations and secrets are far smaller; a device never ends.
const LARGEST: u64 = 1 << 20;

/// Whether a file can be read again and again: not a pipe, which is empty after the first time.
pub(crate) fn is_regular(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// The text of a regular file.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(bytes(path)?);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// The bytes of a regular file.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    // Asked before the file is opened: opening a named pipe waits until somebody writes to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    read(File::open(path)?)
}

/// The text of a configuration, which may also be a pipe that the shell made, as in `--config <(command)`.
pub(crate) fn text_once(path: &Path) -> io::Result<String> {
    if is_regular(path) || !is_from_shell(path) {
        return text(path);
    }
    let text = String::from_utf8(read(File::open(path)?)?);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// An open file of this process, which has no other name: `/dev/fd/63`, `/dev/stdin`. What has a name of its own, a
/// named pipe or a device, may never end.
fn is_from_shell(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()) && fs::canonicalize(path).is_err()
}

fn read(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}
