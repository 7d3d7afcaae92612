// Package aware is the control: a pool of records as the source describes it, one for each processor, filled with memory
// of the node that the processor belongs to. It is read by scan and is no part of a program.
package aware

import (
	"syscall"
	"unsafe"
)

const (
	sysMbind  = 237
	sysGetcpu = 309
	mpolBind  = 2
	pageBytes = 4096
)

type record struct{ link *record }

type p struct {
	deferpool []*record
}

func newdefer(pp *p) *record {
	if n := len(pp.deferpool); n > 0 {
		r := pp.deferpool[n-1]
		pp.deferpool = pp.deferpool[:n-1]
		return r
	}
	return numaAlloc(getcpu())
}

// getcpu returns the node of the processor on which it runs.
func getcpu() (node uint32) {
	var cpu uint32
	syscall.RawSyscall(sysGetcpu, uintptr(unsafe.Pointer(&cpu)), uintptr(unsafe.Pointer(&node)), 0)
	return node
}

func numaAlloc(node uint32) *record {
	block, err := syscall.Mmap(-1, 0, pageBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	mbind(block, node)
	return (*record)(unsafe.Pointer(&block[0]))
}

func mbind(block []byte, node uint32) {
	nodes := uint64(1) << node
	syscall.RawSyscall6(sysMbind, uintptr(unsafe.Pointer(&block[0])), uintptr(len(block)), mpolBind,
		uintptr(unsafe.Pointer(&nodes)), 64, 0)
}
