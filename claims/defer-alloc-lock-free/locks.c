/*
 * Counts the locks that a Go program's runtime takes between its functions main.begin and main.end, on the
 * thread that calls them, by a breakpoint at runtime.lock2, through which every lock of the runtime goes:
 *
 *     locks BEGIN END LOCK2 SCRATCH HEAP POOL CONVENTION PROGRAM...
 *
 * The first three are the addresses of the functions, SCRATCH that of a function which is never called, HEAP and
 * POOL those of the heap's lock and of the lock of the central pool of records, all in hexadecimal. CONVENTION says
 * where lock2 finds its argument: `stack` (up to Go 1.16) or `register`.
 *
 * Other threads take locks meanwhile, so the breakpoint must never be lifted, not even for one instruction. The
 * instruction that it covers has a copy in the scratch function, with a jump back to the next one behind it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

typedef unsigned long address;

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static long word(pid_t thread, address at)
{
    errno = 0;
    long value = ptrace(PTRACE_PEEKTEXT, thread, (void *)at, NULL);
    if (errno != 0)
        fail("PTRACE_PEEKTEXT");
    return value;
}

static void put(pid_t thread, address at, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        size_t part = count < sizeof(long) ? count : sizeof(long);
        long value = word(thread, at);

        memcpy(&value, bytes, part);
        if (ptrace(PTRACE_POKETEXT, thread, (void *)at, (void *)value) != 0)
            fail("PTRACE_POKETEXT");
        at += part;
        bytes += part;
        count -= part;
    }
}

static unsigned char byte(pid_t thread, address at)
{
    return (unsigned char)word(thread, at);
}

static void set_trap(pid_t thread, address at)
{
    put(thread, at, (const unsigned char[]){0xcc}, 1);
}

/* Writes the copy of lock2's first instruction and the jump. It must be one of the two that functions of Go begin with. */
static void write_copy(pid_t thread, address lock2, address scratch)
{
    static const unsigned char compare[] = {0x49, 0x3b, 0x66, 0x10};                             /* CMPQ SP, 16(R14) */
    static const unsigned char load[] = {0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff, 0xff}; /* MOVQ FS:-8, CX */
    unsigned char code[sizeof load + 5];
    size_t length;

    for (size_t i = 0; i < sizeof load; i++)
        code[i] = byte(thread, lock2 + i);
    if (memcmp(code, compare, sizeof compare) == 0) {
        length = sizeof compare;
    } else if (memcmp(code, load, sizeof load) == 0) {
        length = sizeof load;
    } else {
        fprintf(stderr, "runtime.lock2 begins with %02x %02x %02x %02x\n", code[0], code[1], code[2], code[3]);
        exit(1);
    }
    int distance = (int)((long)(lock2 + length) - (long)(scratch + length + 5));

    code[length] = 0xe9; /* JMP */
    memcpy(code + length + 1, &distance, sizeof distance);
    put(thread, scratch, code, length + 5);
}

static void set_place(pid_t thread, struct user_regs_struct *registers, address at)
{
    registers->rip = at;
    if (ptrace(PTRACE_SETREGS, thread, NULL, registers) != 0)
        fail("PTRACE_SETREGS");
}

int main(int argc, char *argv[])
{
    long of_heap = 0, of_pool = 0, of_others = 0;
    pid_t child, thread, counted = 0;
    int status, finished = 0;

    if (argc < 9) {
        fprintf(stderr, "usage: locks BEGIN END LOCK2 SCRATCH HEAP POOL CONVENTION PROGRAM...\n");
        return 1;
    }
    address begin = strtoul(argv[1], NULL, 16), end = strtoul(argv[2], NULL, 16);
    address lock2 = strtoul(argv[3], NULL, 16), scratch = strtoul(argv[4], NULL, 16);
    address heap = strtoul(argv[5], NULL, 16), pool = strtoul(argv[6], NULL, 16);
    int on_stack = strcmp(argv[7], "stack") == 0;

    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            fail("PTRACE_TRACEME");
        execv(argv[8], argv + 8);
        fail(argv[8]);
    }
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        fail("the program did not start");
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)) != 0)
        fail("PTRACE_SETOPTIONS");
    unsigned char at_begin = byte(child, begin), at_end = byte(child, end);

    write_copy(child, lock2, scratch);
    set_trap(child, begin);
    set_trap(child, end);
    ptrace(PTRACE_CONT, child, NULL, NULL);

    while ((thread = waitpid(-1, &status, __WALL)) > 0) {
        long deliver = 0;

        if (!WIFSTOPPED(status)) {
            if (thread == child && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
                fprintf(stderr, "the program failed\n");
                return 1;
            }
            continue;
        }
        if (WSTOPSIG(status) == SIGTRAP && status >> 16 == 0) {
            struct user_regs_struct registers;

            if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) != 0)
                continue; /* killed by another thread's exit */
            address at = registers.rip - 1;

            if (at == begin) {
                counted = thread;
                put(thread, begin, &at_begin, 1);
                set_trap(thread, lock2);
                set_place(thread, &registers, begin);
            } else if (at == end) {
                counted = 0;
                finished++;
                put(thread, end, &at_end, 1);
                set_place(thread, &registers, end);
            } else if (at == lock2) {
                if (thread == counted) {
                    address lock = on_stack ? (address)word(thread, registers.rsp + 8) : registers.rax;

                    if (lock == heap)
                        of_heap++;
                    else if (lock == pool)
                        of_pool++;
                    else
                        of_others++;
                }
                registers.rip = scratch;
                if (ptrace(PTRACE_SETREGS, thread, NULL, &registers) != 0)
                    continue;
            }
        } else if (WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP) {
            deliver = WSTOPSIG(status); /* a signal of the program's own */
        }
        ptrace(PTRACE_CONT, thread, NULL, (void *)deliver);
    }
    printf("{\"metric\": \"heap_locks\", \"value\": %ld}\n", of_heap);
    printf("{\"metric\": \"pool_locks\", \"value\": %ld}\n", of_pool);
    printf("{\"metric\": \"other_locks\", \"value\": %ld}\n", of_others);
    printf("{\"metric\": \"windows\", \"value\": %d}\n", finished);
    return 0;
}
