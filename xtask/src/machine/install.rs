//! The command that installs something, in the words of the package manager that is here.

/// The package managers that we know names for.
#[derive(Clone, Copy)]
enum Manager {
    Apt,
    Dnf,
    Brew,
}

/// The command that installs a package, by its names for apt, dnf and brew.
pub(super) fn package(apt: &str, dnf: &str, brew: &str) -> String {
    match manager() {
        Manager::Apt => format!("sudo apt-get install -y {apt}"),
        Manager::Dnf => format!("sudo dnf install -y {dnf}"),
        Manager::Brew => format!("brew install {brew}"),
    }
}

fn manager() -> Manager {
    let has = |path: &str| std::path::Path::new(path).exists();
    match std::env::consts::OS {
        "macos" => Manager::Brew,
        _ if has("/usr/bin/dnf") && !has("/usr/bin/apt-get") => Manager::Dnf,
        _ => Manager::Apt,
    }
}
