/* Longest Collatz paths, as a slice module of meshnode's ABI 1 (docs/slice-abi.md), for any C compiler that knows wasm32:
 *
 *   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry,--export=mesh_progress -o collatz.wasm collatz.c
 *   printf 1000000 | meshnode run-module collatz.wasm --iterations 1000 --captures -
 *
 * Iteration i looks at the thousand starts from (first + i * 1000) on; `first` is the captures' text. Each iteration
 * puts one line on the tape, so that the tapes of all chunks in order are a table.
 */
#define EXPORT(name) __attribute__((export_name(#name)))

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

static u8 heap[1 << 20];
static u32 heap_used;

/* What the host reads after each chunk, also after a trap: whole iterations done, and the tape's length then. */
struct { u64 iterations_done, tape_bytes; } mesh_progress;
static u64 first;

/* Its presence says: ABI 1. */
EXPORT(mesh_abi_1) void mesh_abi_1(void) {}

EXPORT(mesh_alloc) void *mesh_alloc(u32 size) {
    u32 start = (heap_used + 15) & ~15u;
    if (size > sizeof heap - start) __builtin_trap();
    heap_used = start + size;
    return heap + start;
}

EXPORT(mesh_load) void mesh_load(const u8 *captures, u32 length) {
    for (u32 i = 0; i < length; i++)
        if (captures[i] >= '0' && captures[i] <= '9') first = first * 10 + (captures[i] - '0');
}

static u8 *put(u8 *at, u64 value) {
    u8 digits[20];
    int count = 0;
    do digits[count++] = '0' + value % 10; while (value /= 10);
    while (count) *at++ = digits[--count];
    return at;
}

EXPORT(mesh_chunk) u64 mesh_chunk(u32 loop, u64 start, u64 stop) {
    u8 *tape = mesh_alloc((u32)(stop - start) * 48), *at = tape;
    (void)loop;
    for (u64 i = start; i < stop; i++) {
        u64 best = 0, best_steps = 0;
        for (u64 n = first + i * 1000, end = n + 1000; n < end; n++) {
            u64 x = n, steps = 0;
            while (x > 1) { x = x % 2 ? 3 * x + 1 : x / 2; steps++; }
            if (steps > best_steps) { best_steps = steps; best = n; }
        }
        at = put(at, best); *at++ = ' '; at = put(at, best_steps); *at++ = '\n';
        mesh_progress.iterations_done++;
        mesh_progress.tape_bytes = (u64)(at - tape);
    }
    return (u64)(u32)tape << 32 | (u32)(at - tape);
}
