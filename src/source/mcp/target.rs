//! What a server runs or calls, short and without anything secret: a package, an image, a program, an address.

use crate::source::secrets::{self, urls, urls::Url};

/// Options of package runners that take a value.
const RUNNER_VALUES: &[&str] = &[
    "--allow-net",
    "--cache",
    "--default-index",
    "--directory",
    "--env-file",
    "--extra-index-url",
    "--index",
    "--index-url",
    "--project",
    "--python",
    "--registry",
    "--with",
    "--with-editable",
    "--with-requirements",
    "-c",
    "-r",
];
/// Options of package runners whose value is the package.
const RUNNER_PACKAGE: &[&str] = &["--from", "--package", "--spec", "-p"];
/// Options of `docker run` that take no value.
const DOCKER_FLAGS: &[&str] = &[
    "--detach",
    "--init",
    "--interactive",
    "--no-healthcheck",
    "--privileged",
    "--read-only",
    "--rm",
    "--tty",
    "-d",
    "-i",
    "-it",
    "-t",
    "-ti",
];

/// What a command with its arguments runs; `None` where nothing can be shown.
#[must_use]
pub fn of_command(command: &[&str]) -> Option<String> {
    let (program, args) = command.split_first()?;
    let args = without_secrets(args);
    let args = args.as_slice();
    let name = program_name(program);
    let first = args.first().copied().unwrap_or("");
    let rest = args.get(1..).unwrap_or(&[]);
    let found = match name.as_str() {
        "cmd" if first.eq_ignore_ascii_case("/c") => return of_command(rest),
        "env" => {
            let skip = args.iter().take_while(|arg| arg.starts_with('-') || arg.contains('=')).count();
            return of_command(args.get(skip..).unwrap_or(&[]));
        }
        "bash" | "sh" | "zsh" => return of_shell(&name, args),
        "npx" | "bunx" | "pnpx" | "uvx" | "pipx" if name != "pipx" || first == "run" => {
            package(if name == "pipx" { rest } else { args })
        }
        "pnpm" | "yarn" if first == "dlx" => package(rest),
        "npm" if matches!(first, "exec" | "x") => package(rest),
        "bun" if first == "x" => package(rest),
        "uv" => uv(args),
        "docker" | "podman" | "nerdctl" => image(args),
        "node" | "deno" | "ruby" | "java" | "php" | "dotnet" | "tsx" | "ts-node" | "bun" | "go" => {
            let script = args.iter().find(|arg| !arg.starts_with('-') && !matches!(**arg, "run" | "exec"));
            script.map(|script| last_part(script))
        }
        _ if name.starts_with("python") || name == "py" => python(args),
        _ => None,
    };
    let found = found.unwrap_or(name);
    shown(&found)
}

/// Arguments without those that are secrets by their form, or by the option before them.
fn without_secrets<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let named = |option: &str| {
        let header = matches!(option, "--header" | "--headers" | "-H");
        header || option.starts_with('-') && !option.contains('=') && secrets::kind(option).is_some()
    };
    let mut before = "";
    let mut kept = Vec::new();
    for arg in args {
        if !named(before) && (Url::new(arg).is_some() || !secrets::value("", arg).is_literal()) {
            kept.push(*arg);
        }
        before = arg;
    }
    kept
}

/// What an address is, without user, query and fragment.
#[must_use]
pub fn of_address(text: &str) -> Option<String> {
    let settled = urls::settled(text);
    let Some(url) = Url::new(&settled).map(|url| url.shown()) else { return shown(text) };
    // One in the place of the scheme leaves open whether what goes over it can be read.
    if let Some((scheme, _)) = text.split_once("://").filter(|(scheme, _)| is_variable(scheme))
        && let Some(host) = url.strip_prefix("https://")
    {
        return Some(format!("{scheme}://{host}"));
    }
    // A variable in the place of the host says nothing of how it is called.
    Some(match url.strip_prefix("https://").filter(|host| host.starts_with(['$', '{', '%'])) {
        Some(host) => host.to_owned(),
        None => url,
    })
}

/// True for a reference to a variable and nothing else, such as `${SCHEME}`.
fn is_variable(text: &str) -> bool {
    let name = text.trim_start_matches(['$', '{', '%']).trim_end_matches(['}', '%']);
    let named =
        !name.is_empty() && name.len() <= 60 && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c));
    name.len() < text.len() && named && !name.contains(":-")
}

/// A target as it may be shown.
fn shown(text: &str) -> Option<String> {
    // What is fetched by git is no address that is called.
    if let Some(url) = text.strip_prefix("git+").and_then(Url::new) {
        return Some(format!("git+{}", url.shown()));
    }
    if let Some(url) = Url::new(text) {
        return Some(url.shown());
    }
    if is_pinned(text) {
        return Some(text.to_owned());
    }
    // An address that is none may hold anything, and so may what is no name of a program, package or image.
    let signs = ['=', '?', ';', '&', '"', '\'', '\\', '<', '>', '|'];
    let of_somebody = text.rsplit_once('@').is_some_and(|(who, at)| who.contains(':') && !at.starts_with("sha256:"));
    let odd = text.contains("://")
        || of_somebody
        || text.contains(|c: char| c.is_whitespace() || signs.contains(&c))
        || secrets::within(text).is_some();
    (!odd && !text.is_empty()).then(|| text.to_owned())
}

/// True for a package of Python with its version, as `name==2.3.1` or `name[extra]==2.3.1`.
fn is_pinned(text: &str) -> bool {
    let Some((package, version)) = text.split_once("==") else { return false };
    let (name, extras) = package.strip_suffix(']').and_then(|open| open.split_once('[')).unwrap_or((package, "x"));
    let plain = |text: &str, more: &[char]| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(&c))
    };
    plain(name, &['-', '_', '.'])
        && plain(extras, &['-', '_', '.', ','])
        && plain(version, &['.', '-', '+', '!'])
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.len() <= 40
        && secrets::within(text).is_none()
}

/// The last part of the path of a program, without the ending that Windows gives it.
fn program_name(program: &str) -> String {
    let name = last_part(program);
    let lower = name.to_ascii_lowercase();
    [".exe", ".cmd", ".bat"].iter().find_map(|end| lower.strip_suffix(end).map(str::to_owned)).unwrap_or(name)
}

fn last_part(path: &str) -> String {
    path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path).to_owned()
}

/// The package of `npx`, `uvx` and their like.
fn package(args: &[&str]) -> Option<String> {
    let mut args = args.iter();
    let mut named = None;
    let first = loop {
        let Some(arg) = args.next() else { break None };
        if let Some((_, package)) = arg.split_once('=').filter(|(option, _)| RUNNER_PACKAGE.contains(option)) {
            named = Some((*package).to_owned());
        } else if RUNNER_PACKAGE.contains(arg) {
            named = args.next().map(|package| (*package).to_owned());
        } else if RUNNER_VALUES.contains(arg) {
            args.next();
        } else if !arg.starts_with('-') {
            break Some((*arg).to_owned());
        }
    };
    let found = named.or(first)?;
    // A bridge to a server elsewhere: that server is what is called.
    if found == "mcp-remote" || found.starts_with("mcp-remote@") {
        return args.find(|arg| Url::new(arg).is_some()).map(|address| (*address).to_owned()).or(Some(found));
    }
    Some(found)
}

fn uv(args: &[&str]) -> Option<String> {
    let at = args.iter().position(|arg| matches!(*arg, "run" | "tool" | "x"))?;
    let rest = args.get(at + 1..).unwrap_or(&[]);
    if args.get(at) == Some(&"tool") {
        return package(rest.get(1..).unwrap_or(&[]));
    }
    let (mut bare, mut skip) = (Vec::new(), false);
    for (at, arg) in rest.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        if bare.is_empty() && *arg == "-m" {
            return rest.get(at + 1).map(|module| (*module).to_owned());
        }
        if bare.is_empty() && arg.starts_with('-') {
            skip = RUNNER_VALUES.contains(arg) || RUNNER_PACKAGE.contains(arg);
            continue;
        }
        bare.push(*arg);
    }
    match bare.as_slice() {
        ["mcp" | "fastmcp", "run" | "dev", script, ..] => Some(last_part(script)),
        [python, rest @ ..] if python.starts_with("python") => self::python(rest),
        [first, ..] => Some(last_part(first)),
        [] => None,
    }
}

fn python(args: &[&str]) -> Option<String> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match *arg {
            "-m" => return args.next().map(|module| (*module).to_owned()),
            "-c" => return None,
            option if option.starts_with('-') => {}
            script => return Some(last_part(script)),
        }
    }
    None
}

/// The image of `docker run`.
fn image(args: &[&str]) -> Option<String> {
    let at = args.iter().position(|arg| *arg == "run")?;
    let mut args = args.get(at + 1..).unwrap_or(&[]).iter();
    while let Some(arg) = args.next() {
        if !arg.starts_with('-') {
            return Some((*arg).to_owned());
        }
        let whole = arg.contains('=') || DOCKER_FLAGS.contains(arg) || arg.len() > 2 && !arg.starts_with("--");
        if !whole {
            args.next();
        }
    }
    None
}

/// What `sh -c "…"` runs.
fn of_shell(name: &str, args: &[&str]) -> Option<String> {
    let at = args.iter().position(|arg| arg.starts_with('-') && arg.ends_with('c'));
    let script = at.and_then(|at| args.get(at + 1));
    match script {
        Some(script) => {
            let words: Vec<&str> = script.split_whitespace().filter(|word| !matches!(*word, "exec" | "&&")).collect();
            let skip = words.iter().take_while(|word| word.contains('=')).count();
            match words.get(skip..) {
                Some([first, rest @ ..]) if !matches!(*first, "sh" | "bash" | "zsh" | "cd" | "source" | ".") => {
                    let command: Vec<&str> = std::iter::once(*first).chain(rest.iter().copied()).collect();
                    of_command(&command)
                }
                _ => Some(name.to_owned()),
            }
        }
        None => Some(args.first().map_or_else(|| name.to_owned(), |script| last_part(script))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_run() {
        for (command, expected) in [
            ("npx -y @modelcontextprotocol/server-github@2025.4.8", "@modelcontextprotocol/server-github@2025.4.8"),
            ("npx --package=@acme/x x --y", "@acme/x"),
            ("/usr/local/bin/npx.cmd -y pkg", "pkg"),
            ("cmd /c npx -y pkg", "pkg"),
            ("uvx --from mcp-server-git@1 mcp-server-git", "mcp-server-git@1"),
            ("uvx --python 3.12 mcp-server-time --local-timezone=UTC", "mcp-server-time"),
            ("uv run --with mcp[cli] mcp run /home/a/whatsapp.py", "whatsapp.py"),
            ("uv --directory /srv run server.py", "server.py"),
            ("uv run python tests/weather_server.py", "weather_server.py"),
            ("uv tool run pkg", "pkg"),
            ("uvx --from git+https://git.acme.example/cases@main cases", "git+https://git.acme.example/cases@main"),
            ("uvx mcp-server-fetch==2025.4.7", "mcp-server-fetch==2025.4.7"),
            ("uvx --from mcp[cli]==1.2 mcp", "mcp[cli]==1.2"),
            (
                "docker run -i --rm -e GITHUB_TOKEN -v /a:/b ghcr.io/github/github-mcp-server:v1",
                "ghcr.io/github/github-mcp-server:v1",
            ),
            ("python3 -m acme.server --port 1", "acme.server"),
            ("node /srv/mcp/index.js", "index.js"),
            ("npx mcp-remote https://u:p@mcp.example.org/sse?key=abc --header X", "https://mcp.example.org/sse"),
            ("sh -c TOKEN=abc\u{a0}exec\u{a0}pkg", "pkg"),
            ("~/Library/Application\u{a0}Support/snyk/snyk-macos-arm64 mcp", "snyk-macos-arm64"),
            ("/opt/acme/mcp --token abc", "mcp"),
            ("C:\\tools\\server.exe", "server"),
        ] {
            let words: Vec<&str> = command.split(' ').collect();
            assert_eq!(of_command(&words).as_deref(), Some(expected), "{command}");
        }
        assert_eq!(of_command(&["bash", "-c", "exec npx -y pkg"]).as_deref(), Some("pkg"));
        // What is no name of a program may have a secret in it.
        for command in [
            &["cmd", "/c", "set API_TOKEN=hunter2&& npx m"][..],
            &["API_TOKEN=hunter2 npx m"],
            &["java", "jdbc:mysql://h/db?user=x&password=hunter2"],
            &["npx", "u:hunter2@h"],
        ] {
            assert!(!of_command(command).unwrap_or_default().contains("hunter2"), "{command:?}");
        }
        let drawn = "NzA5ZjE5YmQtMmM0ZC00";
        for (address, shown) in [
            (format!("https://mcp.zapier.com/api/mcp/s/{drawn}/mcp"), "https://mcp.zapier.com/api/mcp/s/…/mcp"),
            ("https://a.example/3f2b8c1e-9d4a-4e6b-8f21-0c7d5a9e1b34/sse".to_owned(), "https://a.example/…/sse"),
            (
                "https://a.example/v1/long-names-of-things-2024/sse".to_owned(),
                "https://a.example/v1/long-names-of-things-2024/sse",
            ),
        ] {
            assert_eq!(of_address(&address).as_deref(), Some(shown));
        }
        assert_eq!(of_address("https://a.example.org/mcp?api_key=x#y").as_deref(), Some("https://a.example.org/mcp"));
        for (address, expected) in [
            ("${HOST}/mcp?api_key=x", "${HOST}/mcp"),
            ("${HOST:-https://u:hunter2@a.example.org}/mcp", "https://a.example.org/mcp"),
            ("{env:HOST}/mcp#x", "{env:HOST}/mcp"),
            ("${SCHEME}://u:hunter2@a.example.org/mcp", "${SCHEME}://a.example.org/mcp"),
            ("$HOST", "$HOST"),
        ] {
            assert_eq!(of_address(address).as_deref(), Some(expected), "{address}");
        }
        assert_eq!(of_address("https://a b"), None);
        let command = of_command(&["npx", "-y", "${X:-https://u:hunter2@a.example.org}"]);
        assert_eq!(command.as_deref(), Some("npx"));
        assert_eq!(of_command(&["npx", "-y", "${X:-https://a.example.org}"]), None);
        assert_eq!(of_command(&[]), None);
        assert_eq!(of_command(&["uvx", "token==1?a"]), None);
        assert_eq!(of_command(&["uvx", "pkg==secret"]), None);
        assert_eq!(of_command(&["node", "--token", "hunter2", "index.js"]).as_deref(), Some("index.js"));
    }
}
