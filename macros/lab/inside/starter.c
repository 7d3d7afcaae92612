/* The starter: starts one box's processes, one after the other, as the host asks for them.

   usage: starter FOLDER SENTINEL
   A request on its standard input is a line "WORD WATCHED LENGTH" and then LENGTH bytes of a script. The script runs in
   a fresh /bin/sh in FOLDER, under the SENTINEL where WATCHED is 1, with the starter's own output and error streams, so
   that nothing that it prints passes through here. When it has ended, all that it left behind is killed and waited for:
   it must not run beside a later process, and then nothing can follow what the starter writes last, which is
       on the output stream:  RS WORD RS
       on the error stream:   RS status=N REPORT RS WORD RS
   where RS is the record separator (036) and REPORT is what the sentinel said. WORD is a secret of the host's. The script
   never learns it: the starter cannot be traced, nor its input be opened, by the user that it shares with the script. So no
   script can end itself in the host's eyes, or say how it ended.

   It says RS ready RS when it is there, and ends with its input. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORD = 64, REPORT = 2000, LONGEST = 1 << 20, LEAVE_SECONDS = 30, FAILED = 125 };

static const char *folder, *sentinel;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

/* 1: all of it; 0: the end came before. */
static int take(char *into, size_t length) {
	while (length > 0) {
		ssize_t came = read(0, into, length);
		if (came < 0 && errno == EINTR)
			continue;
		if (came <= 0)
			return 0;
		into += came, length -= (size_t)came;
	}
	return 1;
}

static int take_line(char *into, size_t room) {
	for (size_t at = 0; at + 1 < room; at++) {
		if (!take(into + at, 1))
			return 0;
		if (into[at] == '\n') {
			into[at] = 0;
			return 1;
		}
	}
	return 0;
}

/* Scripts share these streams, and may have made them non-blocking. */
static void make_blocking(int stream) { fcntl(stream, F_SETFL, fcntl(stream, F_GETFL) & O_ACCMODE); }

static void give(int stream, const char *text) {
	size_t length = strlen(text);
	while (length > 0) {
		ssize_t went = write(stream, text, length);
		if (went < 0 && errno == EINTR)
			continue;
		if (went <= 0)
			_exit(FAILED);
		text += went, length -= (size_t)went;
	}
}

/* ---- processes --------------------------------------------------------------------------------------------------- */

/* Signals that a script may send to all of its user's processes do not end the starter; only a kill does. */
static void of_signals(void (*what)(int)) {
	for (int number = 1; number < NSIG; number++)
		if (number != SIGCHLD)
			signal(number, what);
}

static void become(char *script, int report) {
	char number[16];
	sigset_t none;
	of_signals(SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	int nothing = open("/dev/null", O_RDONLY);
	if (nothing < 0 || dup2(nothing, 0) < 0 || chdir(folder) != 0) {
		dprintf(2, "%s: %s\n", folder, strerror(errno));
		_exit(FAILED);
	}
	close(nothing);
	if (report < 0) {
		execl("/bin/sh", "/bin/sh", "-euc", script, (char *)NULL);
	} else {
		fcntl(report, F_SETFD, 0);
		snprintf(number, sizeof number, "%d", report);
		execl(sentinel, sentinel, number, "/bin/sh", "-euc", script, (char *)NULL);
	}
	dprintf(2, "cannot start: %s\n", strerror(errno));
	_exit(FAILED);
}

/* What is left of the script: every process that this user may signal, but for the starter itself; the kernel lets none of
   them fork meanwhile. All of them are the starter's descendants, so no child is left when they are gone. One that is
   killed still runs while it gives its memory back. */
static void clear(void) {
	double until = now() + LEAVE_SECONDS;
	for (;;) {
		kill(-1, SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return;
		if (now() > until) {
			give(2, "what the script left behind cannot be killed\n");
			_exit(FAILED);
		}
		usleep(1000);
	}
}

/* The exit status as a shell gives it. */
static int run(char *script, int watched, char *said) {
	int status = 0, came, pipes[2] = {-1, -1};
	said[0] = 0;
	if (watched && pipe2(pipes, O_CLOEXEC) != 0)
		return FAILED;
	pid_t child = fork();
	if (child == 0)
		become(script, pipes[1]);
	if (watched)
		close(pipes[1]);
	if (child < 0)
		dprintf(2, "cannot start: %s\n", strerror(errno)), status = FAILED;
	else {
		for (pid_t ended; (ended = waitpid(-1, &came, 0)) != child;)
			if (ended < 0 && errno != EINTR)
				_exit(FAILED);
		status = WIFEXITED(came) ? WEXITSTATUS(came) : 128 + WTERMSIG(came);
	}
	clear();
	if (watched) {
		ssize_t length = read(pipes[0], said, REPORT - 1);
		said[length > 0 ? length : 0] = 0;
		for (char *at = said; *at; at++)
			if (*at == '\036' || *at == '\n')
				*at = ' ';
		close(pipes[0]);
	}
	return status;
}

int main(int argc, char **argv) {
	static char line[WORD + 64], script[LONGEST + 1], said[REPORT], end[REPORT + WORD + 64];
	if (argc != 3)
		return FAILED;
	if (getuid() == 0) {
		fprintf(stderr, "the starter kills every process that it may signal: not as root\n");
		return FAILED;
	}
	folder = argv[1], sentinel = argv[2];
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	of_signals(SIG_IGN);
	fcntl(0, F_SETFD, FD_CLOEXEC);
	give(1, "\036ready\036");
	while (take_line(line, sizeof line)) {
		char word[WORD + 1];
		int watched;
		long length;
		if (sscanf(line, "%64s %d %ld", word, &watched, &length) != 3 || length < 0 || length > LONGEST)
			return FAILED;
		if (!take(script, (size_t)length))
			return FAILED;
		script[length] = 0;
		int status = run(script, watched, said);
		make_blocking(1), make_blocking(2);
		snprintf(end, sizeof end, "\036%s\036", word);
		give(1, end);
		snprintf(end, sizeof end, "\036status=%d %s\036%s\036", status, said, word);
		give(2, end);
	}
	return 0;
}
