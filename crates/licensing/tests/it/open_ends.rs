//! Servers of which nobody told the processors or the cores: read as one, and the upper end of their line was false.

use crate::outcomes::positioned;
use licensing::position::{Line, Position};

fn estate(size: &str, installs: &[(&str, &str, &str)], lots: &str) -> Position {
    let mut text = format!("[[server]]\nid = \"s\"\n{size}\n");
    for (product, edition, version) in installs {
        text += &format!(
            "[[install]]\non = \"s\"\nproduct = \"{product}\"\nedition = \"{edition}\"\nversion = \"{version}\"\n"
        );
    }
    positioned(&(text + lots))
}

fn windows(size: &str) -> Position {
    estate(size, &[("Windows Server", "Standard", "2019")], "")
}

fn only(position: &Position) -> &Line {
    assert_eq!(position.lines.len(), 1, "{:?}", position.lines);
    &position.lines[0]
}

#[test]
fn an_unknown_number_of_processors_was_read_as_one_and_the_line_said_sixteen_at_most() {
    for size in ["", "processors = 2", "cores_per_processor = 8"] {
        let position = windows(size);
        let line = only(&position);
        assert!(line.required.open && line.shortfall.open && line.exposure.open, "{size}");
        assert!(position.exposure.open);
        assert_eq!((line.required.low, line.required.high), (16, 16), "the fewest that can be: {size}");
        assert!(
            position.clause.as_ref().is_none_or(|clause| clause.high.is_none()),
            "no upper end of the clause either"
        );
        let question = &position.questions[0];
        assert_eq!((question.code.as_str(), question.open), ("processor-unknown", true), "{size}");
    }
    let position = windows("processors = 2\ncores_per_processor = 10");
    let line = only(&position);
    assert!(!line.required.open && position.questions.is_empty());
    assert_eq!(line.required.high, 20);
}

#[test]
fn cores_or_threads_in_all_bound_what_is_unknown_of_a_processor() {
    let bounds = |size: &str| {
        let position = windows(size);
        let line = only(&position);
        assert!(!line.required.open && !position.questions.first().is_some_and(|question| question.open), "{size}");
        (line.required.low, line.required.high)
    };
    // Both settle it: ten cores each, two processors.
    assert_eq!(bounds("processors = 2\ncores = 20"), (20, 20));
    assert_eq!(bounds("cores_per_processor = 10\ncores = 20"), (20, 20));
    // One processor of twenty cores, or twenty of one, each of which counts as eight.
    assert_eq!(bounds("cores = 20"), (20, 160));
    // At most as many cores as threads.
    assert_eq!(bounds("processors = 2\nlogical = 40"), (16, 40));
    assert_eq!(bounds("cores_per_processor = 10\nlogical = 40"), (16, 40));
    assert_eq!(bounds("logical = 4"), (16, 32));
}

#[test]
fn a_metric_that_does_not_hang_on_what_is_unknown_has_an_end() {
    let position = estate("processors = 4", &[("Windows Server", "Datacenter", "2012 R2")], "");
    let line = only(&position);
    assert_eq!((line.metric.as_str(), line.required.high, line.required.open), ("processor_pair", 2, false));
    let position = estate("cores_per_processor = 8", &[("Windows Server", "Datacenter", "2012 R2")], "");
    assert!(only(&position).required.open, "pairs of an unknown number of processors");
    let position = estate("", &[("Exchange Server", "Standard", "2016")], "");
    assert!(!only(&position).required.open, "one licence a server");
}

#[test]
fn licences_for_the_fewest_cores_that_can_be_do_not_make_a_server_licensed() {
    let lots = "[[entitlement]]\nid = \"e\"\nproduct = \"Windows Server\"\nedition = \"Standard\"\nversion = \"2019\"\n\
        metric = \"core\"\nquantity = 16\nchannel = \"volume\"\n";
    let position = estate("processors = 2", &[("Windows Server", "Standard", "2019")], lots);
    let line = only(&position);
    assert_eq!((line.shortfall.low, line.shortfall.high, line.shortfall.open), (0, 0, true));
    assert_eq!(line.subjects[0].outcome, "cannot-tell");
}

#[test]
fn virtual_cores_that_are_not_told_are_at_most_the_threads_of_their_host() {
    let sql = |size: &str| {
        positioned(&format!(
            "[[server]]\nid = \"h\"\n{size}\n[[vm]]\nid = \"v\"\nhost = \"h\"\n\
             [[install]]\non = \"v\"\nproduct = \"SQL Server\"\nedition = \"Standard\"\nversion = \"2019\"\n"
        ))
    };
    let known = sql("processors = 2\ncores_per_processor = 8\nthreads_per_core = 2");
    assert_eq!((only(&known).required.low, only(&known).required.high, only(&known).required.open), (4, 32, false));
    let unknown = sql("processors = 2\ncores_per_processor = 8");
    assert_eq!((only(&unknown).required.high, only(&unknown).required.open), (4, true));
    assert!(unknown.questions[0].open);
}
