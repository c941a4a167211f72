//! What the reading child gives up before it sees a foreign byte: opening files, the network, other programs, and more memory
//! and time than a file may cost. Where the kernel cannot take it away, that is said.

use serde::{Deserialize, Serialize};

/// What the kernel took away from a reading child.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// It cannot open or write any file.
    pub files: bool,
    /// It cannot reach the network nor start programs.
    pub network: bool,
    /// Its memory and time are bounded by the kernel.
    pub bounded: bool,
}

impl Confinement {
    /// Everything was taken away.
    pub fn is_whole(self) -> bool {
        self.files && self.network && self.bounded
    }
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{allow_time_for_one_more, confine};

#[cfg(not(target_os = "linux"))]
pub(crate) fn confine() -> Confinement {
    Confinement::default()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn allow_time_for_one_more() {}

#[cfg(target_os = "linux")]
mod linux {
    use super::Confinement;
    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
    use rustix::process::{Resource, Rlimit, setrlimit};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    use std::collections::BTreeMap;

    /// Address space of a child, in bytes.
    const MEMORY: u64 = 4 << 30;
    /// Processor time for one file, in seconds.
    const SECONDS: u64 = 120;

    pub(crate) fn confine() -> Confinement {
        let files = landlock().unwrap_or(false);
        // The filter comes last: it also forbids what the rest of this function needs.
        let bounded = bound();
        Confinement { files, network: filter().is_some(), bounded }
    }

    fn bound() -> bool {
        let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok();
        // No file may grow by a byte, and a crash leaves no copy of the evidence on the disk.
        limit(Resource::As, MEMORY) & limit(Resource::Core, 0) & limit(Resource::Fsize, 0)
    }

    /// The limit of processor time counts from the start of the process, and a child serves many files: before each it is
    /// set anew. A child that stays within its wall-clock limit but spins is ended by the kernel.
    pub(crate) fn allow_time_for_one_more() {
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let soft = u64::try_from(used.tv_sec).unwrap_or_default().saturating_add(SECONDS);
        // If the system refuses, the parent's clock still ends the child.
        let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(soft), maximum: None });
    }

    /// Every right on files and ports is handled, none is granted.
    fn landlock() -> Result<bool, landlock::RulesetError> {
        let newest = ABI::V6;
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(newest))?
            .handle_access(AccessNet::from_all(newest))?
            .scope(Scope::from_all(newest))?
            .create()?
            .restrict_self()?;
        Ok(status.ruleset != RulesetStatus::NotEnforced)
    }

    fn architecture() -> Option<TargetArch> {
        if cfg!(target_arch = "x86_64") {
            Some(TargetArch::x86_64)
        } else if cfg!(target_arch = "aarch64") {
            Some(TargetArch::aarch64)
        } else {
            None
        }
    }

    /// Calls that a reader of bytes in memory never needs.
    fn filter() -> Option<()> {
        let calls = [
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept4,
            libc::SYS_sendto,
            libc::SYS_sendmsg,
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_openat,
            libc::SYS_openat2,
            libc::SYS_mkdirat,
            libc::SYS_mknodat,
            libc::SYS_unlinkat,
            libc::SYS_renameat2,
            libc::SYS_linkat,
            libc::SYS_symlinkat,
            libc::SYS_fchmodat,
            libc::SYS_fchownat,
            libc::SYS_truncate,
            libc::SYS_mount,
            libc::SYS_ptrace,
            libc::SYS_kill,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_open,
            libc::SYS_pidfd_getfd,
            libc::SYS_io_uring_setup,
            libc::SYS_bpf,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_keyctl,
            libc::SYS_memfd_create,
        ];
        let mut rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> =
            calls.into_iter().map(|call| (call, Vec::new())).collect();
        #[cfg(target_arch = "x86_64")]
        for call in [
            libc::SYS_open,
            libc::SYS_creat,
            libc::SYS_fork,
            libc::SYS_vfork,
            libc::SYS_unlink,
            libc::SYS_rename,
            libc::SYS_renameat,
            libc::SYS_mkdir,
            libc::SYS_rmdir,
            libc::SYS_link,
            libc::SYS_symlink,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_accept,
        ] {
            rules.insert(call, Vec::new());
        }
        let forbidden = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, forbidden, architecture()?).ok()?;
        let program: BpfProgram = filter.try_into().ok()?;
        seccompiler::apply_filter(&program).ok()
    }
}
