//! What QEMU calls, and what it is asked to call.
#![allow(unsafe_code, reason = "QEMU's plugin interface, version 1, is C")]

use crate::cost::{Core, Mark, cost, mark};
use core::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A jump refills the pipeline.
const REFILL: u64 = 2;

/// The interface this is written for.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name is QEMU's")]
pub(crate) static qemu_plugin_version: c_int = 1;

type Id = u64;

#[repr(C)]
pub(crate) struct Opaque {
    nothing: [u8; 0],
}

type Translated = unsafe extern "C" fn(Id, *mut Opaque);
type Executed = unsafe extern "C" fn(c_uint, *mut c_void);
/// The callback reads no registers.
const NO_REGISTERS: c_int = 0;

unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(id: Id, callback: Translated);
    fn qemu_plugin_register_vcpu_tb_exec_cb(block: *mut Opaque, callback: Executed, flags: c_int, data: *mut c_void);
    fn qemu_plugin_register_vcpu_insn_exec_cb(code: *mut Opaque, callback: Executed, flags: c_int, data: *mut c_void);
    fn qemu_plugin_tb_n_insns(block: *const Opaque) -> usize;
    fn qemu_plugin_tb_get_insn(block: *const Opaque, index: usize) -> *mut Opaque;
    fn qemu_plugin_tb_vaddr(block: *const Opaque) -> u64;
    fn qemu_plugin_insn_data(code: *const Opaque) -> *const c_void;
    fn qemu_plugin_insn_size(code: *const Opaque) -> usize;
}

/// Totals so far. One core runs, so single additions need not be atomic; they are because statics must.
static CYCLES: AtomicU64 = AtomicU64::new(0);
static INSTRUCTIONS: AtomicU64 = AtomicU64::new(0);
/// Where the last block ended.
static END: AtomicU64 = AtomicU64::new(0);
/// Totals at the last start of a stretch.
static START: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];
static M3: AtomicU64 = AtomicU64::new(0);
static OUT: Mutex<Option<File>> = Mutex::new(None);

/// What is known of a block of code once it is translated.
struct Block {
    start: u64,
    end: u64,
    cycles: u64,
    instructions: u64,
}

fn add(total: &AtomicU64, more: u64) {
    total.store(total.load(Ordering::Relaxed) + more, Ordering::Relaxed);
}

unsafe extern "C" fn block(_: c_uint, data: *mut c_void) {
    // SAFETY: the data is the block that was left for this callback, for good.
    let block = unsafe { &*data.cast::<Block>() };
    let jumped = END.swap(block.end, Ordering::Relaxed) != block.start;
    add(&CYCLES, block.cycles + if jumped { REFILL } else { 0 });
    add(&INSTRUCTIONS, block.instructions);
}

unsafe extern "C" fn start(_: c_uint, _: *mut c_void) {
    START[0].store(CYCLES.load(Ordering::Relaxed), Ordering::Relaxed);
    START[1].store(INSTRUCTIONS.load(Ordering::Relaxed), Ordering::Relaxed);
}

unsafe extern "C" fn end(_: c_uint, _: *mut c_void) {
    let cycles = CYCLES.load(Ordering::Relaxed) - START[0].load(Ordering::Relaxed);
    let instructions = INSTRUCTIONS.load(Ordering::Relaxed) - START[1].load(Ordering::Relaxed);
    if let Ok(mut out) = OUT.lock()
        && let Some(file) = out.as_mut()
    {
        // Who reads the file sees what is missing.
        let _ = writeln!(file, "{cycles} {instructions}");
    }
}

unsafe extern "C" fn translated(_: Id, code: *mut Opaque) {
    let core = if M3.load(Ordering::Relaxed) == 1 { Core::M3 } else { Core::M4 };
    // SAFETY: QEMU hands over a block that lives as long as this call.
    let (at, count) = unsafe { (qemu_plugin_tb_vaddr(code), qemu_plugin_tb_n_insns(code)) };
    let mut known = Block { start: at, end: at, cycles: 0, instructions: count as u64 };
    let mut after_load = false;
    for index in 0..count {
        // SAFETY: the index is below the number of instructions, and each has as many bytes as it says.
        let (instruction, bytes) = unsafe {
            let instruction = qemu_plugin_tb_get_insn(code, index);
            let len = qemu_plugin_insn_size(instruction);
            (instruction, core::slice::from_raw_parts(qemu_plugin_insn_data(instruction).cast::<u8>(), len))
        };
        let cost = cost(bytes, after_load, core);
        after_load = cost.load;
        known.cycles += u64::from(cost.cycles);
        known.end += bytes.len() as u64;
        let marked: Option<Executed> = mark(bytes).map(|mark| match mark {
            Mark::Start => start as Executed,
            Mark::End => end as Executed,
        });
        if let Some(callback) = marked {
            // SAFETY: a function of this plugin, without data.
            unsafe {
                qemu_plugin_register_vcpu_insn_exec_cb(instruction, callback, NO_REGISTERS, core::ptr::null_mut());
            }
        }
    }
    // SAFETY: the block is never freed: QEMU may run what it translated until it ends.
    unsafe {
        qemu_plugin_register_vcpu_tb_exec_cb(code, block, NO_REGISTERS, Box::into_raw(Box::new(known)).cast());
    }
}

/// QEMU starts here. Arguments: `out=FILE`, and `m3=on` for the tables of the Cortex-M3.
///
/// # Safety
/// For QEMU to call, with `count` strings at `arguments`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn qemu_plugin_install(
    id: Id,
    _: *const Opaque,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    for index in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: the promise above.
        let argument = unsafe { CStr::from_ptr(*arguments.add(index)) }.to_string_lossy().into_owned();
        if argument == "m3=on" {
            M3.store(1, Ordering::Relaxed);
        }
        if let Some(path) = argument.strip_prefix("out=") {
            let (Ok(file), Ok(mut out)) = (File::create(path), OUT.lock()) else { return 1 };
            *out = Some(file);
        }
    }
    // SAFETY: a function of this plugin.
    unsafe { qemu_plugin_register_vcpu_tb_trans_cb(id, translated) };
    0
}
