// Command main defers by hand, in the way that the source describes: a record knows how many bytes of arguments it holds, and
// as many are copied to a new place when the deferred call runs. Its machine code is looked at; it is not run.
package main

import (
	"os"
	"unsafe"
)

type _defer struct {
	siz  int32
	fn   func(arguments *[64]byte)
	link *_defer
	args [64]byte
}

var (
	pending *_defer
	total   int
)

//go:linkname memmove runtime.memmove
//go:noescape
func memmove(to, from unsafe.Pointer, n uintptr)

//go:noinline
func deferproc(siz int32, fn func(*[64]byte), argp unsafe.Pointer) {
	d := &_defer{siz: siz, fn: fn, link: pending}
	memmove(unsafe.Pointer(&d.args), argp, uintptr(siz))
	pending = d
}

//go:noinline
func deferreturn() {
	for pending != nil {
		d := pending
		pending = d.link
		var frame [64]byte
		memmove(unsafe.Pointer(&frame), unsafe.Pointer(&d.args), uintptr(d.siz))
		d.fn(&frame)
	}
}

func three(arguments *[64]byte) {
	words := (*[3]int)(unsafe.Pointer(arguments))
	total += words[0] + words[1] + words[2]
}

//go:noinline
func deferThree(n int) {
	for i := 0; i < n; i++ {
		arguments := [3]int{i, n, total}
		deferproc(24, three, unsafe.Pointer(&arguments))
	}
	deferreturn()
}

func main() {
	deferThree(len(os.Args))
	if total == 0 {
		os.Exit(1)
	}
}
