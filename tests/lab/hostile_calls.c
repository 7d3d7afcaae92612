/* One attempt to reach out of a box, by its name. Prints what the kernel said; exits 0 only where it said yes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long tcp(const char *address) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	inet_pton(AF_INET, address, &to.sin_addr);
	return connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof to);
}

static long tcp6(const char *address) {
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_scope_id = 1};
	inet_pton(AF_INET6, address, &to.sin6_addr);
	return connect(socket(AF_INET6, SOCK_STREAM, 0), (void *)&to, sizeof to);
}

static long udp(const char *address) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
	inet_pton(AF_INET, address, &to.sin_addr);
	return sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (void *)&to, sizeof to);
}

static long local(const char *path) {
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	strcpy(to.sun_path, path);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&to, sizeof to);
}

/* To the machine's own hypervisor: family, port, context identifier 2. */
static long vsock(void) {
	struct { unsigned short family, zero; unsigned port, cid; unsigned char rest[4]; } to = {40, 0, 1, 2, {0}};
	return connect(socket(40, SOCK_STREAM, 0), (void *)&to, sizeof to);
}

static long privileged_copy(void) {
	int made = open("/work/suid", O_CREAT | O_WRONLY, 0755);
	if (made < 0 || fchown(made, 0, 0) != 0)
		return -1;
	return fchmod(made, 04755);
}

static long attempt(const char *name) {
	if (!strcmp(name, "tcp")) return tcp("192.0.2.1");
	if (!strcmp(name, "gateway")) return tcp("172.17.0.1");
	if (!strcmp(name, "metadata")) return tcp("169.254.169.254");
	if (!strcmp(name, "tcp6")) return tcp6("2001:db8::1");
	if (!strcmp(name, "link-local6")) return tcp6("fe80::1");
	if (!strcmp(name, "dns")) return udp("192.0.2.1");
	if (!strcmp(name, "raw")) return socket(AF_INET, SOCK_RAW, 1);
	if (!strcmp(name, "packet")) return socket(AF_PACKET, SOCK_RAW, 0);
	if (!strcmp(name, "vsock")) return vsock();
	if (!strcmp(name, "crypto")) return socket(38, SOCK_SEQPACKET, 0);
	if (!strcmp(name, "engine")) return local("/var/run/docker.sock");
	if (!strcmp(name, "containerd")) return local("/run/containerd/containerd.sock");
	if (!strcmp(name, "mount")) return mount("none", "/work", "tmpfs", 0, "");
	if (!strcmp(name, "proc")) return mount("none", "/work", "proc", 0, "");
	if (!strcmp(name, "remount")) return mount("none", "/", 0, MS_REMOUNT | MS_BIND, "");
	if (!strcmp(name, "umount")) return umount2("/proc/kcore", MNT_DETACH);
	if (!strcmp(name, "pivot_root")) return syscall(SYS_pivot_root, "/work", "/work");
	if (!strcmp(name, "chroot")) return chroot("/work");
	if (!strcmp(name, "user namespace")) return unshare(CLONE_NEWUSER);
	if (!strcmp(name, "mount namespace")) return unshare(CLONE_NEWNS);
	if (!strcmp(name, "network namespace")) return unshare(CLONE_NEWNET);
	if (!strcmp(name, "setns")) return setns(open("/proc/1/ns/mnt", O_RDONLY), 0);
	if (!strcmp(name, "setuid")) return setuid(0);
	if (!strcmp(name, "setgid")) return setgid(0);
	if (!strcmp(name, "suid")) return privileged_copy();
	if (!strcmp(name, "ptrace")) return ptrace(PTRACE_ATTACH, 1, 0, 0);
	if (!strcmp(name, "ptrace the starter")) return ptrace(PTRACE_SEIZE, getppid(), 0, 0);
	if (!strcmp(name, "foreign memory")) return syscall(SYS_process_vm_readv, 1, "", 0, "", 0, 0) < 0 ? -1 : open("/proc/1/mem", O_RDWR);
	if (!strcmp(name, "add_key")) return syscall(SYS_add_key, "user", "x", "y", 1, -4);
	if (!strcmp(name, "keyctl")) return syscall(SYS_keyctl, 0, -4, 1);
	if (!strcmp(name, "request_key")) return syscall(SYS_request_key, "user", "x", 0, -4);
	if (!strcmp(name, "bpf")) return syscall(SYS_bpf, 0, "", 0);
	if (!strcmp(name, "userfaultfd")) return syscall(SYS_userfaultfd, 0);
	if (!strcmp(name, "perf")) {
		struct { unsigned type, size; char rest[128]; } attr = {1, 112, {0}};
		return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
	}
	if (!strcmp(name, "module")) return syscall(SYS_init_module, "", 0, "");
	if (!strcmp(name, "kexec")) return syscall(SYS_kexec_load, 0, 0, 0, 0);
	if (!strcmp(name, "handle")) return syscall(SYS_open_by_handle_at, AT_FDCWD, "", 0);
	if (!strcmp(name, "reboot")) return reboot(RB_DISABLE_CAD);
	if (!strcmp(name, "swap")) return syscall(SYS_swapon, "/work/x", 0);
	if (!strcmp(name, "hostname")) return sethostname("x", 1);
	if (!strcmp(name, "device")) return mknod("/work/disk", S_IFBLK | 0600, makedev(254, 0));
	if (!strcmp(name, "memory device")) return open("/dev/mem", O_RDWR);
	if (!strcmp(name, "kernel log")) return open("/dev/kmsg", O_RDWR);
	if (!strcmp(name, "core pattern")) return open("/proc/sys/kernel/core_pattern", O_WRONLY);
	if (!strcmp(name, "sysrq")) return open("/proc/sysrq-trigger", O_WRONLY);
	if (!strcmp(name, "cgroup")) return open("/sys/fs/cgroup/memory/memory.limit_in_bytes", O_WRONLY) & open("/sys/fs/cgroup/memory.max", O_WRONLY);
	if (!strcmp(name, "uevent")) return open("/sys/kernel/uevent_helper", O_WRONLY);
	if (!strcmp(name, "root folder")) return open("/etc/passwd", O_WRONLY);
	if (!strcmp(name, "toolchain")) return open("/usr/local/go/bin/go", O_WRONLY);
	if (!strcmp(name, "starter")) return open("/usr/local/lib/claims/starter", O_WRONLY);
	if (!strcmp(name, "clock")) {
		struct timeval t = {1, 0};
		return settimeofday(&t, 0);
	}
	if (!strcmp(name, "clock_settime")) {
		struct timespec t = {1, 0};
		return clock_settime(CLOCK_REALTIME, &t);
	}
	if (!strcmp(name, "priority")) return setpriority(0, 0, -20);
	if (!strcmp(name, "real time")) {
		struct sched_param p = {1};
		return sched_setscheduler(0, SCHED_FIFO, &p);
	}
	if (!strcmp(name, "kill the keeper")) return kill(1, 9);
	errno = ENOSYS;
	exit(99);
}

int main(int argc, char **argv) {
	long got = attempt(argc > 1 ? argv[1] : "");
	if (got < 0) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	printf("it was allowed\n");
	return 0;
}
