//! Completes Azure's addresses. Its portal shows the resource's root, its `openai`, the old route of a deployment, or a project's
//! endpoint.

use super::ends::Told;

/// Completes a path on one of Azure's hosts; a deployment in the path is the model.
pub(super) fn complete(segments: &mut Vec<String>, told: &mut Told) {
    if let Some(deployments) = segments.iter().position(|segment| segment == "deployments") {
        match segments.get(deployments + 1).cloned() {
            Some(name) => {
                segments.truncate(deployments + 2);
                told.model = Some(name);
                return;
            }
            None => segments.truncate(deployments),
        }
    }
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let more: &[&str] = match parts.as_slice() {
        // The model inference API of a resource: a lone `models` is its base, not a list.
        [] if told.list => &["models"],
        [] | ["api", "projects", _] => &["openai", "v1"],
        ["openai"] | ["api", "projects", _, "openai"] => &["v1"],
        _ => &[],
    };
    segments.extend(more.iter().map(|part| (*part).to_owned()));
}
