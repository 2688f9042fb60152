//! This computer in place of a board: the same loop on the same simulated world as under QEMU, and the same text.

use std::process;

use tinysolve_stm32f4::app::{App, Line};
use tinysolve_stm32f4::simulated::{self, World};

pub(crate) fn start() -> ! {
    let world = World::new();
    crate::control(simulated::parts(&world))
}

pub(crate) fn watch(app: &App, line: &Line) -> bool {
    simulated::watch(app, line, |text| println!("{text}"))
}

pub(crate) fn finish(app: &App) -> ! {
    process::exit(i32::from(!simulated::passed(app)))
}
