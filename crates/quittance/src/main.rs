//! The program: command line and web desk. The only room that prints, reads the environment, and exits.

mod command;
mod exit;
mod listen;
mod out;
mod report;
mod session;
mod standing;
mod text;
mod two_threads;
mod web;
mod workbooks;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    // The same program under another name for its job: reading foreign bytes, confined. See `desk::reader`.
    if arguments.get(1).is_some_and(|first| first == desk::reader::CHILD_ARGUMENT) {
        return exit::of_reader(desk::reader::child(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()));
    }
    if arguments.get(1).is_some_and(|first| first == desk::great::LIST_ARGUMENT) {
        let asked = arguments.get(2).map(|asked| asked.to_string_lossy()).unwrap_or_default();
        let path = arguments.get(3).map(std::ffi::OsString::as_os_str);
        return exit::of_reader(desk::great::child(&asked, path, &mut std::io::stdout().lock()));
    }
    if arguments.get(1).is_some_and(|first| first == command::MAIL_CHILD_ARGUMENT) {
        return exit::of_reader(command::judge_mails(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()));
    }
    if arguments.get(1).is_some_and(|first| first == workbooks::ARGUMENT) {
        return exit::of_reader(workbooks::child(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()));
    }
    let text = text::Text::new(text::Language::choose(&arguments, &|name| std::env::var(name).ok()));
    let outcome = command::run(&arguments, &text);
    exit::close(outcome, &text)
}
