//! How much memory a part takes, its children included.

use super::table;

/// Bytes of a process and all below it; `None` when it is gone.
pub(crate) fn tree_bytes(pid: u32) -> Option<u64> {
    let mut bytes = table::memory(pid)?;
    let children = table::children();
    let mut below: Vec<u32> = children.get(&pid).cloned().unwrap_or_default();
    while let Some(child) = below.pop() {
        bytes += table::memory(child).unwrap_or(0);
        below.extend(children.get(&child).into_iter().flatten());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_process_takes_memory_and_a_missing_one_none() {
        let mine = tree_bytes(std::process::id()).unwrap();
        assert!((1 << 20..1 << 34).contains(&mine), "{mine}");
        assert_eq!(tree_bytes(u32::MAX / 2), None);
    }
}
