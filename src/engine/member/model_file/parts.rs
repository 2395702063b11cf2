//! Models in several files (`NAME-00002-of-00003.gguf`) in one folder, which are opened by the first.

use std::path::{Path, PathBuf};

/// The most files of a model; a larger number is just part of a name.
const MOST: usize = 1000;

/// One of the files of a model in several.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name they share.
    pub name: String,
    /// The number of this one, from 1.
    pub number: usize,
    pub total: usize,
}

impl Part {
    /// The path of one of these files, derived from the path of another.
    #[must_use]
    pub fn path(&self, path: &Path, number: usize) -> PathBuf {
        path.with_file_name(format!("{}-{number:05}-of-{:05}.gguf", self.name, self.total))
    }
}

/// Which part of a model a file is, judging by its name; `None` for a model in one file.
#[must_use]
pub fn part_of(path: &Path) -> Option<Part> {
    let (rest, total) = path.file_stem()?.to_str()?.rsplit_once("-of-")?;
    let (name, number) = rest.rsplit_once('-')?;
    if [number, total].iter().any(|digits| digits.len() != 5 || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (number, total) = (number.parse().ok()?, total.parse().ok()?);
    let part = Part { name: name.to_owned(), number, total };
    ((1..=total).contains(&number) && total <= MOST).then_some(part)
}

/// All files of the model that this one belongs to, whether or not they exist.
#[must_use]
pub fn files(path: &Path) -> Vec<PathBuf> {
    match part_of(path) {
        Some(part) => (1..=part.total).map(|number| part.path(path, number)).collect(),
        None => vec![path.to_owned()],
    }
}

/// Bytes of all files of the model, as far as they exist: the size of its weights.
#[must_use]
pub fn bytes(path: &Path) -> u64 {
    let sizes = files(path).into_iter().filter_map(|file| std::fs::metadata(file).ok());
    sizes.map(|metadata| metadata.len()).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_by_their_names() {
        let part = |name: &str| part_of(Path::new(name)).map(|part| (part.name, part.number, part.total));
        assert_eq!(part("/m/a-b-00002-of-00003.gguf"), Some(("a-b".to_owned(), 2, 3)));
        let names =
            ["a.gguf", "a-1-of-2.gguf", "a-00003-of-00002.gguf", "a-00000-of-00002.gguf", "a-00001-of-09999.gguf", "of.gguf"];
        assert_eq!(names.map(part), [const { None }; 6]);
        assert_eq!(files(Path::new("/m/a.gguf")), [PathBuf::from("/m/a.gguf")]);
        assert_eq!(
            files(Path::new("/m/a-00002-of-00002.gguf")),
            ["/m/a-00001-of-00002.gguf", "/m/a-00002-of-00002.gguf"].map(PathBuf::from)
        );
    }
}
