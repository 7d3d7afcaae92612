/*
 * Counts the system calls that a program makes for one switch: `count TURNS PROGRAM` runs the program
 * twice as a traced child, with TURNS=0 and with TURNS as given in its environment, and divides the
 * difference by the number of switches, which is twice TURNS. The calls of all threads are counted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h> /* after sys/ptrace.h, for PTRACE_GET_SYSCALL_INFO's structure */

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

/* The child's side: asks to be traced, waits for the tracer and becomes the program. */
static void become(char *const program[], const char *turns)
{
    setenv("TURNS", turns, 1);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        fail("PTRACE_TRACEME");
    raise(SIGSTOP);
    execvp(program[0], program);
    fail(program[0]);
}

/* Whether the thread stopped on its way into the kernel. One that is gone was killed by another's exit: it is past counting. */
static int enters_call(pid_t thread)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) {
        if (errno == ESRCH)
            return 0;
        fail("PTRACE_GET_SYSCALL_INFO");
    }
    return info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

static long count(char *const program[], const char *turns)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    long calls = 0;
    int status;
    pid_t child = fork(), thread;

    if (child < 0)
        fail("fork");
    if (child == 0)
        become(program, turns);
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        fail("the child did not stop");
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, options) != 0)
        fail("PTRACE_SETOPTIONS");
    ptrace(PTRACE_SYSCALL, child, NULL, 0L);

    while ((thread = waitpid(-1, &status, __WALL)) > 0) {
        long deliver = 0;

        if (!WIFSTOPPED(status)) {
            if (thread == child && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
                fprintf(stderr, "%s failed\n", program[0]);
                exit(1);
            }
            continue;
        }
        if (WSTOPSIG(status) == (SIGTRAP | 0x80))
            calls += enters_call(thread);
        else if (WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP)
            deliver = WSTOPSIG(status); /* a signal of the program's own; the others are the tracer's */
        ptrace(PTRACE_SYSCALL, thread, NULL, deliver);
    }
    return calls;
}

int main(int argc, char *argv[])
{
    if (argc < 3 || atol(argv[1]) <= 0) {
        fprintf(stderr, "usage: count TURNS PROGRAM\n");
        return 1;
    }
    long none = count(argv + 2, "0"), all = count(argv + 2, argv[1]);

    printf("%ld system calls with %s turns, %ld with none\n", all, argv[1], none);
    printf("{\"metric\": \"system_calls\", \"value\": %.5f}\n", (double)(all - none) / (2.0 * (double)atol(argv[1])));
    return 0;
}
