//! The system's table of processes: `/proc` where there is one, `ps` elsewhere.

#[cfg(target_os = "linux")]
pub(in crate::local) use linux::{children, command_line, memory, started, working_in};
#[cfg(not(target_os = "linux"))]
pub(in crate::local) use portable::{children, command_line, memory, started, working_in};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::fs;
    use std::path::Path;

    /// When a process started: the boot and the clock ticks since. `None` for none or a dead one.
    pub(crate) fn started(pid: u32) -> Option<String> {
        let fields = stat(pid)?;
        let (state, ticks) = (fields.first()?, fields.get(19)?);
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        (!matches!(state.as_str(), "Z" | "X")).then(|| format!("{} {ticks}", boot.trim()))
    }

    /// Every process's children.
    pub(crate) fn children() -> HashMap<u32, Vec<u32>> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for pid in pids() {
            let parent = stat(pid).and_then(|fields| fields.get(1)?.parse().ok());
            if let Some(parent) = parent {
                children.entry(parent).or_default().push(pid);
            }
        }
        children
    }

    /// Bytes of memory, pages shared with other processes counted in part.
    pub(crate) fn memory(pid: u32) -> Option<u64> {
        let kilobytes = |file: &str, key: &str| {
            let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix(key))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let size = kilobytes("smaps_rollup", "Pss:").or_else(|| kilobytes("status", "VmRSS:"))?;
        Some(size * 1024)
    }

    /// The program and its arguments.
    pub(crate) fn command_line(pid: u32) -> Option<String> {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
    }

    /// Who has this folder as the current one.
    pub(crate) fn working_in(folder: &Path) -> Vec<u32> {
        let is_in = |pid: &u32| {
            fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|current| current == folder)
        };
        pids().filter(is_in).collect()
    }

    fn pids() -> impl Iterator<Item = u32> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
    }

    /// The fields of `/proc/<pid>/stat` after the command's name, which may hold anything.
    fn stat(pid: u32) -> Option<Vec<String>> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = text.rsplit_once(')')?;
        Some(rest.split_whitespace().map(str::to_owned).collect())
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::collections::HashMap;
    use std::path::Path;
    use std::process::Command;

    /// When a process started. `None` for none or a dead one.
    pub(crate) fn started(pid: u32) -> Option<String> {
        let line = ps(&["-o", "state=,lstart=", "-p", &pid.to_string()])?;
        let (state, started) = line.trim().split_once(char::is_whitespace)?;
        (!state.starts_with('Z')).then(|| started.trim().to_owned())
    }

    /// Every process's children.
    pub(crate) fn children() -> HashMap<u32, Vec<u32>> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for line in ps(&["-axo", "ppid=,pid="]).unwrap_or_default().lines() {
            let mut numbers = line
                .split_whitespace()
                .filter_map(|number| number.parse().ok());
            if let (Some(parent), Some(pid)) = (numbers.next(), numbers.next()) {
                children.entry(parent).or_default().push(pid);
            }
        }
        children
    }

    /// Bytes of resident memory.
    pub(crate) fn memory(pid: u32) -> Option<u64> {
        let line = ps(&["-o", "rss=", "-p", &pid.to_string()])?;
        Some(line.trim().parse::<u64>().ok()? * 1024)
    }

    /// The program and its arguments.
    pub(crate) fn command_line(pid: u32) -> Option<String> {
        ps(&["-o", "command=", "-p", &pid.to_string()])
    }

    /// Who has this folder as the current one. Only asked where the dead are not reaped, which
    /// does not happen here: the first process of these systems does that.
    pub(crate) fn working_in(_folder: &Path) -> Vec<u32> {
        Vec::new()
    }

    fn ps(arguments: &[&str]) -> Option<String> {
        let output = Command::new("ps")
            .args(arguments)
            .env("LC_ALL", "C")
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
