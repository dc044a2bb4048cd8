//! Names of packages and images, as what runs them writes them: `@scope/name@1.2.3`, `image:tag`.

/// A package or an image without its version: `@scope/name` of `@scope/name@1.2.3`, `image` of `image:tag`.
#[must_use]
pub fn unversioned(target: &str) -> &str {
    if target.contains("://") {
        return target.trim_end_matches('/');
    }
    let from = usize::from(target.starts_with('@'));
    let rest = target.get(from..).unwrap_or("");
    let image = rest.rfind('/').unwrap_or(0);
    let end = rest.find('@').or_else(|| rest.get(image..)?.find(':').map(|at| image + at));
    let end = end.or_else(|| rest.find("==")).unwrap_or(rest.len());
    target.get(..from + end).unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::unversioned;

    #[test]
    fn a_version_does_not_count() {
        for (target, want) in [
            ("@scope/name@1.2.3", "@scope/name"),
            ("@scope/name", "@scope/name"),
            ("name@latest", "name"),
            ("ghcr.io/github/github-mcp-server:v1", "ghcr.io/github/github-mcp-server"),
            ("registry.test:5000/a/b", "registry.test:5000/a/b"),
            ("mcp-server-fetch==1.0", "mcp-server-fetch"),
            ("https://mcp.example.test/sse/", "https://mcp.example.test/sse"),
        ] {
            assert_eq!(unversioned(target), want, "{target}");
        }
    }
}
