//! The part of our environment that a server started by this program gets: what it needs to find its libraries and its devices,
//! and no key.
//!
//! A list of what is passed on, not of what is held back: keys can have any name.

use std::ffi::OsString;

use crate::engine::member::http::names_secret;

/// Variables that are passed on.
const NAMES: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "TMP",
    "TEMP",
    "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_DATA_DIRS",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "PATHEXT",
    "COMSPEC",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "NUMBER_OF_PROCESSORS",
];

/// Prefixes of further names that are passed on: the locale, the program's own, and those of devices and of libraries that
/// compute.
const BEGINNINGS: &[&str] = &[
    "LC_",
    "LLAMA_",
    "GGML_",
    "CUDA_",
    "NVIDIA_",
    "HIP_",
    "ROCR_",
    "ROCM_",
    "HSA_",
    "AMD_",
    "GPU_",
    "ONEAPI_",
    "SYCL_",
    "ZE_",
    "ZES_",
    "VK_",
    "MESA_",
    "RADV_",
    "MTL_",
    "METAL_",
    "MUSA_",
    "ASCEND_",
    "OMP_",
    "GOMP_",
    "KMP_",
    "MKL_",
    "OPENBLAS_",
    "PROCESSOR_",
];

/// The variables, among these, that a server gets.
pub(super) fn given(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (OsString, OsString)> {
    variables.filter(|(name, _)| name.to_str().is_some_and(is_given))
}

fn is_given(name: &str) -> bool {
    // Windows ignores case.
    let name = name.to_ascii_uppercase();
    let is_known = NAMES.contains(&name.as_str()) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    is_known && !names_secret(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_gets_what_it_needs_and_no_key() {
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "LC_ALL", "TMPDIR", "CUDA_VISIBLE_DEVICES", "GGML_VK_VISIBLE_DEVICES"] {
            assert!(is_given(name), "{name}");
        }
        for name in ["LLAMA_CACHE", "LLAMA_ARG_N_GPU_LAYERS", "HIP_VISIBLE_DEVICES", "OMP_NUM_THREADS", "SystemRoot"] {
            assert!(is_given(name), "{name}");
        }
        for name in
            ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MY_OWN", "AWS_PROFILE", "HF_TOKEN", "GITHUB_TOKEN", "SSH_AUTH_SOCK", ""]
        {
            assert!(!is_given(name), "{name}");
        }
        for name in
            ["LLAMA_API_KEY", "LLAMA_ARG_API_KEY", "LLAMA_ARG_HF_TOKEN", "llama_arg_api_key", "GGML_SECRET", "NVIDIA_API_KEY"]
        {
            assert!(!is_given(name), "{name}");
        }
    }

    #[test]
    fn values_are_given_as_they_are() {
        let variables = [("HOME", "/h"), ("X_KEY", "fake"), ("GGML_A", "b c")].map(|(name, value)| (name.into(), value.into()));
        let given: Vec<_> = given(variables.into_iter()).collect();
        assert_eq!(given, [("HOME".into(), "/h".into()), ("GGML_A".into(), "b c".into())]);
    }
}
