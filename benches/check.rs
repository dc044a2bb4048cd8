//! The whole of `assize check`, against the floor: an owned typed parse of the same bytes.
//!
//! ```text
//! cargo bench --bench check                    # an invented estate of 10,000 principals
//! cargo bench --bench check -- 100000          # of another size
//! cargo bench --bench check -- export.json     # an export of your own
//! ```
//!
//! Both run in processes of their own, in turn, with the same allocator. What is compared is the median of the times, and
//! the peak of the memory of one more run, since looking it up takes time from what is measured; nothing here passes or
//! fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::struct_field_names,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a benchmark talks to the person who runs it"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::Deserialize;

#[path = "support/estate.rs"]
mod estate;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().map(String::as_str) == Some("--floor") {
        return floor(Path::new(&arguments[1]));
    }
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("exports");
    std::fs::create_dir(&folder).unwrap();
    let target = folder.join("authorization-details.json");
    match arguments.first().map(|argument| argument.parse::<u64>()) {
        Some(Err(_)) => drop(std::fs::copy(&arguments[0], &target).expect("the export can be copied")),
        size => {
            let principals = size.and_then(Result::ok).unwrap_or(10_000);
            let mut file = std::io::BufWriter::new(std::fs::File::create(&target).unwrap());
            estate::write_details(principals, &mut file).unwrap();
        }
    }
    let bytes = std::fs::metadata(&target).unwrap().len();
    println!("{:.1} MB", bytes as f64 / 1e6);
    let this = std::env::current_exe().unwrap();
    let assize = PathBuf::from(env!("CARGO_BIN_EXE_assize"));
    let out = scratch.path().join("evidence");
    let floor_of = || {
        let mut command = Command::new(&this);
        command.arg("--floor").arg(&target);
        command
    };
    // Each run writes into a new folder, so that taking an earlier report away is not measured.
    let check_of = || {
        drop(std::fs::remove_dir_all(&out));
        let mut command = Command::new(&assize);
        command.arg("check").arg(&folder).args(["--as-of", "2026-11-01", "--report"]).arg(&out);
        command
    };
    let (mut floors, mut checks) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        floors.push(time(&mut floor_of()));
        checks.push(time(&mut check_of()));
    }
    let (floor, check) = (median(&mut floors), median(&mut checks));
    let (floor_peak, check_peak) = (peak(&mut floor_of()), peak(&mut check_of()));
    println!("floor, an owned typed parse: {:8.1} ms, {:7.1} MB", floor * 1e3, floor_peak);
    println!("assize check, all outputs:   {:8.1} ms, {:7.1} MB", check * 1e3, check_peak);
    println!("time {:.2} of the floor; memory {:.2} of the file", check / floor, check_peak * 1e6 / bytes as f64);
}

/// The seconds that a program takes. Nothing runs beside it: it has as many threads as there are cores.
fn time(command: &mut Command) -> f64 {
    let started = Instant::now();
    let mut child = quiet(command).spawn().unwrap();
    child.wait().unwrap();
    started.elapsed().as_secs_f64()
}

/// The peak of a program's resident memory, in MB, looked up every millisecond.
fn peak(command: &mut Command) -> f64 {
    let mut child = quiet(command).spawn().unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0.0_f64;
    loop {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            peak = peak.max(kilobytes.unwrap_or(0.0) * 1024.0 / 1e6);
        }
        if child.try_wait().unwrap().is_some() {
            return peak;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null())
}

fn median(runs: &mut [f64]) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

/// Parses the whole export into owned types, once, and drops it.
fn floor(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let details: Details = serde_json::from_slice(&bytes).unwrap();
    println!("{}", details.users.len() + details.roles.len() + details.groups.len() + details.policies.len());
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    #[serde(default, rename = "UserDetailList")]
    users: Vec<Principal>,
    #[serde(default, rename = "GroupDetailList")]
    groups: Vec<Principal>,
    #[serde(default, rename = "RoleDetailList")]
    roles: Vec<Principal>,
    #[serde(default)]
    policies: Vec<Policy>,
}

/// The fields of users, groups and roles that assize reads.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Principal {
    arn: String,
    create_date: Option<String>,
    user_name: Option<String>,
    user_id: Option<String>,
    role_name: Option<String>,
    role_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    group_list: Vec<String>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    user_policy_list: Vec<Inline>,
    #[serde(default)]
    role_policy_list: Vec<Inline>,
    #[serde(default)]
    group_policy_list: Vec<Inline>,
    assume_role_policy_document: Option<Document>,
    #[serde(default)]
    instance_profile_list: Vec<Profile>,
    permissions_boundary: Option<Boundary>,
    #[serde(default)]
    tags: Vec<Tag>,
    role_last_used: Option<LastUsed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Attached {
    policy_name: String,
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Inline {
    policy_name: String,
    policy_document: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Statement {
    sid: Option<String>,
    effect: String,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
    resource: Option<OneOrMany<String>>,
    not_resource: Option<OneOrMany<String>>,
    principal: Option<Box<serde_json::value::RawValue>>,
    condition: Option<Box<serde_json::value::RawValue>>,
}

/// One value or a list of them, told apart by the first byte and not by trying.
#[expect(dead_code, reason = "parsed to be measured")]
struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value or a list")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|one| OneOrMany(vec![one]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMany(all))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|one| OneOrMany(vec![one]))
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Profile {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Boundary {
    permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct LastUsed {
    last_used_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Policy {
    arn: String,
    policy_name: String,
    create_date: Option<String>,
    update_date: Option<String>,
    policy_version_list: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsed to be measured")]
struct Version {
    document: Document,
    is_default_version: bool,
}
