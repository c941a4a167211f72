//! How many cores a processor has, where its maker's name for it says so.

/// Makers' words for a number of cores.
const NUMBERS: [(&str, u32); 7] =
    [("dual", 2), ("triple", 3), ("quad", 4), ("six", 6), ("eight", 8), ("twelve", 12), ("sixteen", 16)];

/// Cores of one processor out of its model (`AMD EPYC 7302P 16-Core Processor`, `Quad-Core AMD Opteron(tm) Processor 2356`);
/// `None` where the name does not tell.
pub(super) fn cores_of(model: &str) -> Option<u32> {
    let model = model.to_lowercase();
    model.split_whitespace().find_map(|word| {
        let number = word.strip_suffix("-core").or_else(|| word.strip_suffix("-cores"))?;
        let spelt = NUMBERS.iter().find(|(name, _)| *name == number).map(|(_, cores)| *cores);
        spelt.or_else(|| number.parse().ok()).filter(|cores| *cores > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::cores_of;

    #[test]
    fn the_makers_name_tells_the_cores_or_nothing_does() {
        for (model, cores) in [
            ("AMD EPYC 7302P 16-Core Processor", Some(16)),
            ("Quad-Core AMD Opteron(tm) Processor 2356", Some(4)),
            ("Pentium(R) Dual-Core CPU E5300 @ 2.60GHz", Some(2)),
            ("Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz", None),
            ("Intel(R) Core(TM) i5-8500 CPU", None),
            ("0-Core", None),
        ] {
            assert_eq!(cores_of(model), cores, "{model}");
        }
    }
}
