//! What a file is that was named as a model but is not one.
//!
//! Failed downloads leave files: a web page, a pointer, an error in JSON, nothing. No model server would do better with those, so
//! the error says what they are and what to do, before any engine reads the file. Whether and where a GGUF file can run is not
//! decided here.

use std::fs::{File, FileType, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::clean::clean_line;
use crate::engine::member::model_file::parts::{Part, part_of};

/// How many bytes of a file are read to recognise it.
const HEAD: u64 = 4096;

/// How many characters of a text are shown.
const SHOWN: usize = 80;

/// How many model files of a folder are named.
const NAMED: usize = 3;

/// How files start that are not models, or not models that any engine here reads, and what to do with them.
const BEGINNINGS: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a ZIP archive (PyTorch files are such archives)", CONVERT),
    (b"\x80\x02", "a PyTorch file (a pickle)", CONVERT),
    (b"\x80\x03", "a PyTorch file (a pickle)", CONVERT),
    (b"\x80\x04", "a PyTorch file (a pickle)", CONVERT),
    (b"\x80\x05", "a PyTorch file (a pickle)", CONVERT),
    (b"\x89HDF", "an HDF5 file", CONVERT),
    (b"\x93NUMPY", "a NumPy file", CONVERT),
    (b"lmgg", "a GGML file, from before GGUF", OLD),
    (b"fmgg", "a GGML file, from before GGUF", OLD),
    (b"tjgg", "a GGML file, from before GGUF", OLD),
    (b"algg", "a GGML file, from before GGUF", OLD),
    (b"ggml", "a GGML file, from before GGUF", OLD),
    (b"GGML", "a GGML file, from before GGUF", OLD),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"%PDF", "a PDF document", CHOOSE),
    (b"\x89PNG", "a picture", CHOOSE),
    (b"\xff\xd8\xff", "a picture", CHOOSE),
    (b"\x7fELF", "a program", CHOOSE),
    (b"#!", "a script", CHOOSE),
];

const CONVERT: &str = "look for the same model as a .gguf file, or convert it (convert_hf_to_gguf.py)";
const OLD: &str = "look for the same model as a .gguf file of today";
const UNPACK: &str = "unpack it, and name the .gguf file inside";
const CHOOSE: &str = "name a .gguf file";
const AGAIN: &str = "download it again";

/// What is wrong with a file that should be a model, and what to do.
pub(super) fn problem(path: &Path) -> Option<String> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(_) if path.as_os_str().is_empty() => return Some(format!("no file is named: {CHOOSE}")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let is_link = std::fs::symlink_metadata(path).is_ok();
            let what = if is_link { "the link points to a file that is not there" } else { "there is no such file" };
            return Some(format!("{what}: check the path"));
        }
        Err(error) => return Some(format!("{error}: check the path")),
    };
    if metadata.is_dir() {
        return Some(folder(path));
    }
    if !metadata.is_file() {
        // A pipe that a shell passes by its number has a writer; any other pipe may never get one.
        let handed_over = path.starts_with("/dev/fd") || path.starts_with("/proc");
        return (!handed_over).then(|| format!("this is {}, not a file: {CHOOSE}", special(metadata.file_type())));
    }
    part(path).or_else(|| match head(path) {
        Ok(head) => contents(&head, &metadata),
        Err(error) => Some(error.to_string()),
    })
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// A folder, and the model files in it.
fn folder(path: &Path) -> String {
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut models: Vec<PathBuf> = entries.filter(|file| file.extension().is_some_and(|ending| ending == "gguf")).collect();
    models.sort();
    let named: Vec<String> = models.iter().take(NAMED).map(|file| format!("`{}`", file.display())).collect();
    if named.is_empty() {
        format!("this is a folder: {CHOOSE}")
    } else {
        format!("this is a folder: name a file, as {}", named.join(", "))
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "a device"
}

/// A model in several files: the first must be named, and the others must be next to it.
fn part(path: &Path) -> Option<String> {
    let part = part_of(path)?;
    let Part { number, total, .. } = part;
    if number > 1 {
        return Some(format!("this is part {number} of {total} of a model: name the first, {}", part.path(path, 1).display()));
    }
    let missing = (2..=total).find(|number| !part.path(path, *number).exists())?;
    let needed = part.path(path, missing);
    Some(format!("this is part 1 of {total} of a model, and part {missing} is not beside it: download {}", needed.display()))
}

/// What the start of a file reveals; `None` for a GGUF file that may be read.
fn contents(head: &[u8], metadata: &Metadata) -> Option<String> {
    if let Some(rest) = head.strip_prefix(b"GGUF") {
        return version(rest);
    }
    if head.is_empty() {
        return Some(format!("the file is empty: {AGAIN}"));
    }
    if b"GGUF".starts_with(head) {
        return Some(format!("the file is cut after {} bytes: {AGAIN}", head.len()));
    }
    if head.iter().all(|byte| *byte == 0) {
        return Some(format!("the file begins with nothing but zeros, as a download does that has not ended: {AGAIN}"));
    }
    let known = BEGINNINGS.iter().find(|(beginning, ..)| head.starts_with(beginning));
    if let Some((_, what, advice)) = known {
        return Some(format!("this is {what}, not a GGUF file: {advice}"));
    }
    if is_safetensors(head, metadata.len()) {
        return Some(format!("this is a safetensors file, not a GGUF file: {CONVERT}"));
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(format!("this is a tar archive, not a GGUF file: {UNPACK}"));
    }
    Some(match text(head) {
        Some(text) => of_text(&text),
        None => format!("this is not a GGUF file: {CHOOSE}"),
    })
}

/// The problem with a GGUF file's version, which follows the magic.
fn version(rest: &[u8]) -> Option<String> {
    let Some(bytes) = rest.first_chunk() else { return Some(format!("the file is cut after {} bytes: {AGAIN}", rest.len() + 4)) };
    match u32::from_le_bytes(*bytes) {
        0 => Some(format!("the file is damaged: its GGUF version is 0: {AGAIN}")),
        1 => Some("GGUF version 1, which nothing reads any longer: look for the model in version 2 or 3".to_owned()),
        2 | 3 => None,
        // Written by a big-endian machine.
        _ if u32::from_be_bytes(*bytes) <= 3 => {
            Some("a big-endian GGUF file, for another kind of machine: look for the usual one, which is little-endian".to_owned())
        }
        other if other > 1000 => Some(format!("the file is damaged: its GGUF version is {other}: {AGAIN}")),
        other => {
            Some(format!("GGUF version {other}, newer than what this program knows (2 and 3): look for the model in version 3"))
        }
    }
}

/// Starts with the length of a JSON header, followed by the header.
fn is_safetensors(head: &[u8], length: u64) -> bool {
    let Some((header, rest)) = head.split_first_chunk() else { return false };
    (2..length).contains(&u64::from_le_bytes(*header)) && rest.first() == Some(&b'{')
}

/// The start of a file as text, if it is text.
fn text(head: &[u8]) -> Option<String> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if let Some(units) = head.strip_prefix(b"\xFF\xFE") {
        return String::from_utf16(&units.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect::<Vec<_>>()).ok();
    }
    // The last character may be cut.
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let is_text = |character: char| !character.is_control() || character.is_whitespace() || character == '\u{1b}';
    valid.chars().all(is_text).then(|| valid.to_owned())
}

fn of_text(text: &str) -> String {
    let start = text.trim_start();
    let lower = start.to_ascii_lowercase();
    if start.is_empty() {
        return format!("the file holds nothing but blanks: {AGAIN}");
    }
    if start.starts_with("version https://git-lfs") {
        return "a Git LFS pointer, not the model itself: fetch it with `git lfs pull`, or download the file".to_owned();
    }
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| lower.starts_with(tag)) || lower.contains("<html") {
        return "a web page, not a model: download the file itself (on Hugging Face, `/resolve/` instead of `/blob/`)".to_owned();
    }
    if start.starts_with('<') {
        return format!("XML, not a model: it says {}: {CHOOSE}", quoted(start));
    }
    let what = if start.starts_with(['{', '[']) { "JSON" } else { "text" };
    format!("{what}, not a model: it says {}: download the file again, with a key where it asks for one", quoted(start))
}

/// The start of a text, fit to show.
fn quoted(text: &str) -> String {
    let line = clean_line(text);
    let cut = if line.chars().count() > SHOWN { "…" } else { "" };
    format!("`{}{cut}`", line.chars().take(SHOWN).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problem with a file, preceded by its path.
    fn examine(path: &Path) -> Result<(), String> {
        problem(path).map_or(Ok(()), |problem| Err(format!("{}: {problem}", path.display())))
    }

    /// The problem with a file with these contents.
    fn told(contents: &[u8]) -> String {
        told_of("x.gguf", contents)
    }

    fn told_of(name: &str, contents: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        examine(&path).err().map(|said| said.replace(&folder.path().display().to_string(), "")).unwrap_or_default()
    }

    fn of_version(version: [u8; 4]) -> String {
        told(&[b"GGUF".as_slice(), &version, &[0; 16]].concat())
    }

    #[test]
    fn what_was_downloaded_instead_of_a_model_is_said() {
        for (contents, said) in [
            (b"<html>\n".as_slice(), "web page"),
            (b"\xEF\xBB\xBF\r\n<!DOCTYPE html><title>Log in</title>", "web page"),
            (b"<!-- a comment --><HTML>", "web page"),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4\n", "git lfs pull"),
            (b"{\"error\":\"Invalid username or password.\"}", "JSON, not a model: it says `{\"error\":\"Invalid username"),
            (b"Invalid username or password.", "text, not a model: it says `Invalid username or password.`"),
            (b"Entry not found\n", "`Entry not found`"),
            (b"", "is empty"),
            (b" \n\n", "nothing but blanks"),
            (b"GG", "cut after 2 bytes"),
            (b"GGUF\x03\0", "cut after 6 bytes"),
            (&[0; 5000], "nothing but zeros"),
        ] {
            let all = told(contents);
            assert!(all.starts_with("/x.gguf: ") && all.contains(said) && !all.contains("llama.cpp"), "{all}");
        }
    }

    #[test]
    fn models_in_other_forms_are_named() {
        let safetensors = [&20_u64.to_le_bytes(), b"{\"__metadata__\":{}}  ".as_slice(), &[7; 64]].concat();
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (contents, said) in [
            (b"PK\x03\x04rest".as_slice(), "ZIP"),
            (b"\x80\x02\x8a\x0al\xfc", "PyTorch"),
            (b"tjgg\x01\0\0\0", "before GGUF"),
            (b"lmgg\x01\0\0\0", "before GGUF"),
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"\x28\xb5\x2f\xfd\0", "Zstandard"),
            (&safetensors, "safetensors"),
            (&tar, "tar archive"),
            (b"\x01\x02\x03\xff\xfe", "not a GGUF file"),
        ] {
            assert!(told(contents).contains(said), "{}", told(contents));
        }
    }

    #[test]
    fn versions_that_nothing_here_reads_are_told_from_damage() {
        assert_eq!((of_version([3, 0, 0, 0]), of_version([2, 0, 0, 0])), (String::new(), String::new()));
        assert!(of_version([0, 0, 0, 3]).contains("big-endian"));
        assert!(of_version([1, 0, 0, 0]).contains("version 1"));
        assert!(of_version([4, 0, 0, 0]).contains("newer"));
        assert!(of_version([0xff; 4]).contains("damaged"));
    }

    #[test]
    fn a_part_of_a_model_names_the_first_and_what_is_missing() {
        let second = told_of("m-00002-of-00003.gguf", b"GGUF\x03\0\0\0");
        assert!(second.contains("part 2 of 3") && second.ends_with("/m-00001-of-00003.gguf"), "{second}");
        let first = told_of("m-00001-of-00003.gguf", b"GGUF\x03\0\0\0");
        assert!(first.contains("part 2 is not beside it") && first.contains("/m-00002-of-00003.gguf"), "{first}");
        assert_eq!(told_of("one-of-many.gguf", b"GGUF\x03\0\0\0"), "");
        assert_eq!(told_of("m-00001-of-00001.gguf", b"GGUF\x03\0\0\0"), "");
    }

    #[test]
    fn what_is_no_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(examine(folder.path()).unwrap_err().contains("a folder: name a .gguf file"));
        std::fs::write(folder.path().join("a.gguf"), "").unwrap();
        assert!(examine(folder.path()).unwrap_err().contains("a.gguf`"));
        assert!(examine(&folder.path().join("nowhere.gguf")).unwrap_err().contains("nowhere.gguf: "));
        if cfg!(unix) {
            // Reading it would never end.
            assert!(examine(Path::new("/dev/zero")).unwrap_err().contains("a device"));
        }
    }
}
