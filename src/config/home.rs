//! The platform's folders for this program, as far as they can be used.
//!
//! A folder that is a file, leads nowhere or cannot be entered stops nothing: the program continues without it after one warning.
//! Owns finding that out before anything is read or written there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Configuration,
    Data,
}

/// The folder for what a user writes; `None` if there is no usable one. It need not exist yet.
#[must_use]
pub fn config() -> Option<PathBuf> {
    usable(Purpose::Configuration)
}

/// Where the folder for what a user writes would be, usable or not.
#[must_use]
pub fn config_folder() -> Option<PathBuf> {
    folder(Purpose::Configuration)
}

/// The folder for what the program writes; `None` if there is no usable one. It need not exist yet.
#[must_use]
pub fn data() -> Option<PathBuf> {
    usable(Purpose::Data)
}

/// What is wrong with the folders, one sentence for each cause. Without `both` only the folder for what the program writes is
/// checked.
#[must_use]
pub fn warnings(both: bool) -> Vec<String> {
    let folder = |purpose| folder(purpose).map(|folder| check(&folder));
    let faults = [(Purpose::Configuration, both), (Purpose::Data, true)].map(|(purpose, wanted)| {
        let fault = wanted.then(|| folder(purpose)).flatten().and_then(Result::err);
        (fault, wanted.then(|| relative(purpose)).flatten())
    });
    let [(configuration, ignored), (data, ignored_data)] = faults;
    let unusable = match (configuration, data) {
        (Some(one), Some(other)) if one == other => {
            vec![format!("no trace, history or result is kept, and no configuration is read: {one}")]
        }
        (one, other) => {
            let configuration = one.map(|fault| format!("no configuration is read: {fault}"));
            configuration.into_iter().chain(other.map(|fault| format!("no trace, history or result is kept: {fault}"))).collect()
        }
    };
    ignored.into_iter().chain(ignored_data).chain(unusable).collect()
}

fn usable(purpose: Purpose) -> Option<PathBuf> {
    folder(purpose).filter(|folder| check(folder).is_ok())
}

fn folder(purpose: Purpose) -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "specfuse")?;
    Some(match purpose {
        Purpose::Configuration => dirs.config_dir().to_owned(),
        Purpose::Data => dirs.data_local_dir().to_owned(),
    })
}

/// The XDG specification requires relative paths to be ignored, which a user who set one should know.
fn relative(purpose: Purpose) -> Option<String> {
    let variable = match purpose {
        Purpose::Configuration => "XDG_CONFIG_HOME",
        Purpose::Data => "XDG_DATA_HOME",
    };
    let counts = cfg!(all(unix, not(target_os = "macos")));
    let value = std::env::var_os(variable).filter(|value| counts && !value.is_empty() && Path::new(value).is_relative())?;
    Some(format!("{variable} is a relative path ({}): it is ignored, as its specification says", Path::new(&value).display()))
}

/// What keeps a folder from being used or created, with the part of its path that is the cause.
fn check(folder: &Path) -> Result<(), String> {
    if folder.is_relative() {
        return Err(format!("{} is a relative path", folder.display()));
    }
    for part in folder.ancestors() {
        // Only a user who may enter the folder can find the dot.
        match fs::metadata(part.join(".")) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(part).is_ok() => {
                return Err(format!("{} is a link that leads nowhere", part.display()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory && fs::metadata(part).is_ok() => {
                return Err(format!("{} is not a folder", part.display()));
            }
            // The file is further up.
            Err(error) if error.kind() == ErrorKind::NotADirectory => {}
            Err(error) => return Err(format!("{} cannot be entered: {error}", part.display())),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_there_or_can_be_made_is_used() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(check(home.path()), Ok(()));
        assert_eq!(check(&home.path().join("not/there/yet")), Ok(()));
    }

    #[test]
    fn what_cannot_be_a_folder_is_named_with_the_part_that_is_to_blame() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let told = format!("{} is not a folder", file.display());
        assert_eq!(check(&file), Err(told.clone()));
        assert_eq!(check(&file.join("deep/specfuse")), Err(told));
        assert!(check(Path::new("some/where")).unwrap_err().contains("relative"));
        #[cfg(unix)]
        {
            let link = home.path().join("link");
            std::os::unix::fs::symlink(home.path().join("nowhere"), &link).unwrap();
            assert!(check(&link.join("specfuse")).unwrap_err().contains("link is a link that leads nowhere"));
            let circle = home.path().join("circle");
            std::os::unix::fs::symlink(&circle, &circle).unwrap();
            assert!(check(&circle).unwrap_err().contains("circle cannot be entered"));
        }
    }
}
