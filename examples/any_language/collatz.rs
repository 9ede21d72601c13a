//! Longest Collatz paths, as a slice module of meshnode's ABI 1 (docs/slice-abi.md), for any rustc that knows wasm32:
//!
//!     rustc --target wasm32-unknown-unknown --crate-type cdylib -O -C panic=abort -C strip=symbols \
//!         -C link-arg=--export=mesh_progress -o collatz.wasm collatz.rs
//!     printf 1000000 | meshnode run-module collatz.wasm --iterations 1000 --captures -
//!
//! Iteration i looks at the thousand starts from (first + i * 1000) on; `first` is the captures' text. Each iteration
//! puts one line on the tape, so that the tapes of all chunks in order are a table.
//!
//! A slice module's memory does not grow, as it would with Rust's own allocator: this one gives parts of an array.
#![no_std]

use core::fmt::{self, Write};

const HEAP_BYTES: usize = 1 << 20;

#[repr(align(16))]
struct Heap([u8; HEAP_BYTES]);

static mut HEAP: Heap = Heap([0; HEAP_BYTES]);
static mut HEAP_USED: usize = 0;
static mut FIRST: u64 = 0;

/// What the host reads after each chunk, also after a trap: whole iterations done, and the tape's length then.
#[no_mangle]
pub static mut mesh_progress: [u64; 2] = [0; 2];

#[panic_handler]
fn trap(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// Its presence says: ABI 1.
#[no_mangle]
pub extern "C" fn mesh_abi_1() {}

/// Frees nothing: an instance lives for one chunk.
#[no_mangle]
pub unsafe extern "C" fn mesh_alloc(size: u32) -> *mut u8 {
    let start = (HEAP_USED + 15) & !15;
    HEAP_USED = start + size as usize;
    HEAP.0[start..HEAP_USED].as_mut_ptr()
}

#[no_mangle]
pub unsafe extern "C" fn mesh_load(captures: *const u8, length: u32) {
    let text = core::slice::from_raw_parts(captures, length as usize);
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    FIRST = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
}

struct Tape {
    bytes: &'static mut [u8],
    length: usize,
}

impl Write for Tape {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = self.length;
        self.length += text.len();
        self.bytes[start..self.length].copy_from_slice(text.as_bytes());
        Ok(())
    }
}

fn steps(mut number: u64) -> u64 {
    let mut count = 0;
    while number > 1 {
        number = if number % 2 == 1 { 3 * number + 1 } else { number / 2 };
        count += 1;
    }
    count
}

#[no_mangle]
pub unsafe extern "C" fn mesh_chunk(_loop: u32, start: u64, stop: u64) -> u64 {
    let size = (stop - start) as usize * 48;
    let bytes = core::slice::from_raw_parts_mut(mesh_alloc(size as u32), size);
    let mut tape = Tape { bytes, length: 0 };
    for i in start..stop {
        let (mut best, mut best_steps) = (0, 0);
        for number in FIRST + i * 1000..FIRST + (i + 1) * 1000 {
            let count = steps(number);
            if count > best_steps {
                (best, best_steps) = (number, count);
            }
        }
        writeln!(tape, "{} {}", best, best_steps).unwrap();
        mesh_progress = [mesh_progress[0] + 1, tape.length as u64];
    }
    (tape.bytes.as_ptr() as u64) << 32 | tape.length as u64
}
