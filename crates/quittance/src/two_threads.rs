//! A second thread for the parts of a position that need nothing of each other.

use licensing::side_by_side::{Part, SideBySide};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// For a position: parts at once. Where the system gives no second thread, or gives it late, this one does both.
pub(crate) const SIDE_BY_SIDE: SideBySide = SideBySide::by(at_once);

fn at_once(one: Part<'_>, other: Part<'_>) {
    let other = Mutex::new(Some(other));
    // Whoever comes first takes it.
    let run = || {
        let part = other.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(part) = part {
            part();
        }
    };
    thread::scope(|scope| {
        // Without a thread nothing is lost: the part is taken below.
        let _ = thread::Builder::new().spawn_scoped(scope, run);
        one();
        run();
    });
}

#[cfg(test)]
mod tests {
    use super::at_once;

    #[test]
    fn each_part_is_run_once() {
        let (mut one, mut other) = (0, 0);
        at_once(&mut || one += 1, &mut || other += 1);
        assert_eq!((one, other), (1, 1));
    }
}
