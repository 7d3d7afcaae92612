/* launcher COUNT PROGRAM: starts PROGRAM COUNT times, one after the other, and tells how long each took
 * from just before it was forked to the first complete answer.
 *
 * PROGRAM must serve HTTP on 127.0.0.1:$PORT. The launcher knocks every 20 us until the port is open, asks for
 * /items, reads until the body has as many bytes as Content-Length says, takes the time, and kills PROGRAM.
 * Every start has a port of its own, below the range from which the kernel picks ports for clients.
 * Prints {"metric": "start", "value": T, "unit": "us"} and the same for "listening", the time to the first accepted
 * connection. The clock is CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_PORT = 20000, PATIENCE_S = 10, KNOCK_NS = 20000, USUAL_SLACK_NS = 50000 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static pid_t launch(char *program)
{
    char *arguments[] = {program, NULL};
    pid_t child = vfork();
    if (child == 0) {
        /* The launcher's own fine timer is not for the program. */
        prctl(PR_SET_TIMERSLACK, USUAL_SLACK_NS, 0, 0, 0);
        execv(program, arguments);
        _exit(127);
    }
    if (child < 0)
        die("vfork");
    return child;
}

static int knock(int port, double until)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timespec pause = {0, KNOCK_NS};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    while (now_us() < until) {
        int door = socket(AF_INET, SOCK_STREAM, 0);
        if (door < 0)
            die("socket");
        if (connect(door, (struct sockaddr *)&address, sizeof address) == 0)
            return door;
        if (errno != ECONNREFUSED)
            die("connect");
        close(door);
        nanosleep(&pause, NULL);
    }
    fprintf(stderr, "nobody listens on port %d after %d s\n", port, PATIENCE_S);
    exit(1);
}

/* Reads one answer and returns when its body is complete; anything but a 200 with a length ends the launcher. */
static void read_answer(int door)
{
    char text[8192];
    size_t have = 0;
    for (;;) {
        ssize_t got = read(door, text + have, sizeof text - 1 - have);
        if (got <= 0)
            break;
        have += got;
        text[have] = 0;
        char *body = strstr(text, "\r\n\r\n");
        if (!body)
            continue;
        char *length = strcasestr(text, "\r\nContent-Length:");
        if (strncmp(text, "HTTP/1.1 200 ", 13) != 0 || !length || length > body)
            break;
        if ((size_t)(text + have - (body + 4)) >= strtoul(length + 17, NULL, 10))
            return;
    }
    fprintf(stderr, "no complete answer with status 200: %.*s\n", (int)have, text);
    exit(1);
}

int main(int count, char **argument)
{
    static const char request[] = "GET /items HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int starts = count == 3 ? atoi(argument[1]) : 0;
    if (starts < 1) {
        fprintf(stderr, "usage: launcher COUNT PROGRAM\n");
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    for (int i = 0; i < starts; i++) {
        int port = FIRST_PORT + i;
        char digits[16];
        snprintf(digits, sizeof digits, "%d", port);
        setenv("PORT", digits, 1);
        double begin = now_us();
        pid_t child = launch(argument[2]);
        int door = knock(port, begin + PATIENCE_S * 1e6);
        double open = now_us();
        if (write(door, request, sizeof request - 1) != (ssize_t)(sizeof request - 1))
            die("write");
        read_answer(door);
        double end = now_us();
        close(door);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        printf("{\"metric\": \"listening\", \"value\": %.1f, \"unit\": \"us\"}\n", open - begin);
        printf("{\"metric\": \"start\", \"value\": %.1f, \"unit\": \"us\"}\n", end - begin);
    }
    return 0;
}
